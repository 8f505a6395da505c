// Package api is the server's HTTP side: router, parameters, answers, problems. 接口。
//
//	handler, err := api.New(api.Config{City: city, Records: postgres.NewReader(pool), Store: store, Auth: auth.NewGate(store)})
//	server, err := api.Listen(ctx, api.ServerConfig{Addr: "127.0.0.1:8080"}, handler)
//	err = server.Run(ctx)
//
// Decisions:
//
//   - Routes are one table (routes.go): template, query parameters, handler. What is not in it belongs to the web app or is a 404.
//     A handler returns its error; one table (problem.go) turns errors into application/problem+json.
//   - Parameters that a route does not know are refused everywhere but on /healthz and /metrics, which belong to machines that
//     add their own.
//   - Every route but those two takes min_revision where it reads the city: the answer then shows that write, or is a 503.
//   - Repeated tile layers are one layer: a list is a set, and its order does not matter, neither to the tile nor to its ETag.
//   - A tile address is a resource only where there can be a tile: a zoom that no tileset has is a 404, a column that no zoom
//     has is a 400.
//   - A 204 for an empty tile carries the ETag of its emptiness, so asking again costs nothing either.
//   - /api/v1/changes streams what edits touch, so that a map asks again for those tiles only. Listeners are places in one short
//     memory of changes; whoever falls out of it, or comes from another server, is told that all may have changed. Its event ids are
//     places in that memory and not revisions, which neither come in order nor once.
//   - fields is a set and a filter is brought into one form, so that one question has one ETag however it is spelled. A field that none
//     of the layers has, or a filter over a field that one of them lacks, is a 400 and not an empty tile.
//   - Before the router stands a shortcut (tiles_warm.go) for tiles that were asked for by the same address in this version of the city:
//     router, contexts and content hash cost more than sending the tile. What it answers is what the router's handler would answer.
//     What is left of its cost is headers: net/http takes a good deal longer for more than eight.
//   - Tiles that are answered well are counted, and logged on the level for debugging only: a map asks for dozens at every move.
//   - HEAD for a tile that is not there yet draws it, to tell 200 from 204, but does not compress it and so gives no Content-Length.
//   - As many tiles are drawn at once as there are processors; the others wait for their turn as long as their callers do. The bytes of
//     tiles being sent are bounded, and who comes when they are used up gets a 503. A connection is given up when it takes next to
//     nothing for a quarter of a minute (patience.go), so the bound is not used up for long by those who do not read.
//   - X-Forwarded-* counts only with TrustProxy. A caller on the loopback interface that comes through a proxy is not local.
//   - What net/http refuses itself (a malformed request line, headers beyond the limit) is answered by it in plain text, before
//     there is a request to answer.
//   - A request whose caller has gone gets no answer and no line of its own in the log but the access log's, as status 499.
package api
