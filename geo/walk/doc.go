// Package walk has the walking network of a city and the ways on it: which streets meet where, which of them one can use, where a
// place joins the network, and how far it is on foot to the nearest of many. 步行网络：建图、挂接、最短路。
//
//	net, err := walk.Build(ctx, streets, barriers, walk.DefaultOptions())
//	g := net.Graph(walk.Profile{ID: "walk"})
//	spot, ok := g.Snap(place, walk.SnapLimitMM)
//	tree := walk.NewTree(g, 800_000)
//	new(walk.Searcher).Grow(tree, seeds)
//	mm, owner := tree.At(spot)
//
// Decisions:
//
//   - Lengths are whole millimetres, computed once when an edge is made: sums are exact, equal means equal, and a path is recovered
//     from distances alone. Metres are measured on the ellipsoid.
//   - A distance is off-street perpendicular + along the network + off-street perpendicular. Preferences never hide in metres: a profile
//     (walk, step-free, night) only takes edges away.
//   - One network has the edges of all profiles; a [Graph] is what one profile may use of it.
//   - Vehicle one-way does not bind walkers; no street of the record is one-way on foot, so the graph is undirected.
//   - Nothing here knows a database, a layer or a grid.
package walk
