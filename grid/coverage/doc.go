// Package coverage answers what of a city is within reach on foot, what is not, and where the next one should go. It works on values:
// the city comes through the interface [City], nothing here knows SQL, HTTP or where the city is kept. 覆盖分析。
//
//	live := coverage.NewLive()
//	board, err := live.At(ctx, city)                       // the state of the city that the caller sees
//	table, err := board.Table(ctx, question, "community")  // figures by area
//	what, err := board.With(ctx, changes)                  // the same, with changes that are in no record
//
// Words: a service 服务 is a layer, or some of it, whose facilities people walk to; a sheet 六边形底图 is the hexagons of one resolution over
// the city; an area 统计单元 is a grid, community, street, county or zone that figures are given for; a board 计算结果 is coverage of one state of the
// city; a scenario 情景 is changes that are in no record.
//
// Decisions:
//
//   - Ground is covered, uncovered or without network; the third is told apart in every figure. Distances beyond the limit of a search are
//     "farther", never a number.
//   - A share is covered area by the area of the unit's own geometry. Hexagons are dealt out to units by exact intersection, so a unit grid of a
//     hectare is not all or nothing. Sums are whole numbers (hundredths of square metres, thousandths of persons, millimetres): no drift,
//     whatever the order of changes.
//   - Hexagons stand in the order of their edges, sums are by the smallest radius that covers, and arrays are pages of which a change copies only those
//     that it touches. So a board never changes, a facility more costs what lies around it, and the figures are those of starting anew, to the last
//     millimetre. What facilities are put into and taken out of belongs to the newest board; an older one makes its own again if asked.
//   - A change of streets makes the network anew; hexagons that nothing changed near keep their place on it. Nothing is worked out until it is asked for.
//   - A street that a scenario opens is drawn by hand: its ends are led on to the nearest street within 25 m.
//   - One search of 1,500 m serves the usual radii; farther ones have searches of 4 and of 10 km.
//   - Straight mode measures from the centres of hexagons, knows no class without network, and covers the stretches of streets inside the circles.
//   - Covered streets are exact stretches of edges, without hexagons. What runs along the border of two areas that do not overlap belongs to the one with
//     the lower code. A total is the sum of its rows; where areas overlap it is that of the city or of the region asked for.
//   - A facility is where its point is, the middle of its line, or a place inside its area. One that a scenario adds goes after those of the record when
//     both are equally near.
//   - Rows of population of a whole region count for nothing where a region in it has rows: they are the same people. Of several counts of one region
//     the newest counts.
//   - Siting counts hexagons, or their pieces in areas, that are not covered now. Candidates are searched from one by one; what they cover is kept, so
//     choosing is sums over lists. Greedy choice, exchanges of one for one, and a Lagrangian bound in whole numbers: what is told as proven is,
//     whatever the rounding. Where every area must have its share, needless sites are given up instead of exchanged: what goes beyond an area's target
//     is worth nothing, so that what a site would lose is no sum of what it alone covers. Steps are counted, never timed, so that an
//     answer does not depend on the machine.
//   - Stability moves the weights of whole neighbourhoods, not of hexagons, whose errors would cancel out.
//   - Supply by demand (two-step floating catchments) counts demand everywhere, also outside of the areas asked for: they share the same facilities.
//   - Questions about layers and people are sums over things: each thing adds whole units to numerator and denominator, and a line does so for every
//     millimetre. A line is cut where borders cross it; what runs along a border, to the centimetre that memory has, belongs to the area with the
//     lower code, as a point there does. So figures of areas that do not overlap, and of what lies in none of them, sum to the whole.
//   - A threshold that the profile in force lacks is taken from the house's own, which nobody has verified: no figure is without one, and each says
//     which it had. Density, spacing and service radius are three columns; spacing is the way on foot to the nearest other facility.
//   - Land use is that of its layer where that has ground, whatever the use, and of unit grids elsewhere; what a hexagon has of a use lies alike in all of it.
//   - The same city and the same question give the same bytes; ties go to the lower id.
package coverage
