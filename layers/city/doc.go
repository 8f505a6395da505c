// Package city keeps the published city in memory: what tiles, look-ups and coverage need of every feature, always as
// the record has it. 内存中的城市：快照、跟随变更、瓦片、检索。
//
//	c := city.New(city.Config{Pool: pool, Models: map[string]city.Model{"net": gridpg.Model{}}})
//	go c.Run(ctx)
//	view, err := c.At(ctx, minRevision)
//	plan, err := view.Plan(city.Query{Layers: []string{"road"}})
//	body, err := view.Tile(ctx, plan, addr)
//
// Decisions:
//
//   - A [View] is the whole city at one moment of the record, immutable, behind one atomic pointer. A request takes one and
//     sees layers, settings and models of the same transaction. Readers never wait for the follower.
//   - A layer is a stack of packed blocks: a large base and, above it, small blocks of later changes, each with a list of rows
//     that a later block replaced. Small blocks are merged as they come (a few thousand rows at most), the whole stack in the
//     background when it has grown. So an edit costs microseconds, and an import does not stall anybody.
//   - Columns are in Hilbert order within each first zoom, so that a map of the whole city does not look at what it does not show:
//     ids, geometry in world units as one run of numbers, and one column per attribute: its distinct values, and for each row a code
//     as narrow as it can be (codes.go). There is no Go pointer per feature, so the garbage collector does not care how large a city is.
//   - Besides what tiles carry, memory has the public fields that filters may ask for. A test of a filter is made once for each distinct
//     value of its column; a row then costs a look-up (sieve.go). A filtered tile's hash is summed over the rows that pass.
//   - Rows that agree in all attributes whose values come again and again share a tag set (sets.go), which the encoder translates
//     once a tile. Codes and names are written row by row.
//   - Vertices of lines carry the first zoom at which they are drawn (simplify.go): half a tile unit off at most, decided by the line
//     alone. Areas keep all their vertices, because neighbours share them.
//   - A tile over 500 kB is drawn again with layers shown in a coarser way: hexagons grow, then take in features; areas of reference
//     lose the smallest. The tile says which (Tile.Thinned).
//   - The follower reads in one repeatable-read transaction what became visible since the last one (snapshot.go), applies it, and
//     swaps the pointer once per batch. Any doubt (a lost connection, a row it cannot read) loads the whole city again behind
//     the old view: transaction ids come again after a crash, so there is nothing to go on from.
//   - An ALTER TABLE that rewrites a table leaves it empty for snapshots of before, and tells nobody. So every transaction asks, after
//     reading, whether its tables are where its snapshot has them, and is taken again where not (rewritten.go).
//   - That the memory is the record is not believed but checked: in tests after every fault, and in production on demand, beside
//     writers and without holding up anybody ([City.Verify]).
//   - Grids are rows of one table and several layers (unit_grid, grid_<scheme>). Retired rows (valid_to is set) of grids and
//     regions are in no layer.
//   - A derived field may use the public columns of its row. When the rules change, the layers with derived fields are read again.
//   - threshold_profile and checklist_item are not in the change feed (they have no id); the rules are compared with every batch
//     and at every slow poll.
//   - A change is told as boxes around what it touched, before and after, few however many: features of one neighbourhood share
//     one. What cannot be told in time (thousands of features, a table that is read again) is all of the layer; settings and
//     schemes are all of the city, for they change its style.
//   - The city as it was (past.go) is read like the live one, from what the change log makes of its tables, table by table, into a bounded archive;
//     rules and nets are those of today. The follower tells it of transactions that commit late; any reload empties it.
//   - The content hash of a tile sums what its rows contribute, row by row, so it does not depend on their order, on the
//     blocks they lie in, or on the server. Prefix sums in tree order make it as cheap as a search for whole nodes.
package city
