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
//   - Streets meet at vertices that are equal to the bit (the city keeps shared ones shared), on one level, or whatever the levels where
//     one of them ends: a bridge comes down at its end and nowhere else. Without a common vertex they meet where they cross or touch on
//     one level; the crossing is reported, for the record should have a vertex there.
//   - Positions within 20 mm are not told apart where streets cross or end: the city in memory is exact to 8 mm. An end farther than that
//     from a street, up to Options.JoinMM, is moved onto it and reported; one whose street meets the other just before is a stub and
//     stays. A stub that is too long is no gap either.
//   - A segment (from vertex to vertex as drawn) is measured once and rounded once; its parts add up to it, whichever way it runs. So
//     neither cutting nor turning a street changes a distance.
//   - Streets along the same line are all kept, for their traits may differ, and reported.
//   - The nearest position counts segment by segment: where a barrier parts a place from the nearest position of an edge, another
//     position of the same edge may do. So it does not matter where a street is cut. A barrier within 20 mm of either end of the
//     connector only touches it: banks are drawn along streets, facilities stand in walls.
//   - Streets across the antimeridian are not ours.
//   - Nothing here knows a database, a layer or a grid.
package walk
