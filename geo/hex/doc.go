// Package hex has H3: the hexagons in which features are counted. 六边形格网（H3）。
//
// Decisions
//
//   - The cell of a position is what latLngToCell of the H3 library says. [At] and [Of] ask it, through cgo, in about 0.7 µs; a
//     [Finder] gives the same answer in a few dozen nanoseconds and asks it only once per cell and near the edges of cells.
//   - A Finder works in the plane in which H3 is made: on each of the 20 faces of its icosahedron the cells of a resolution are a
//     plain lattice of hexagons in the gnomonic projection about the middle of the face, where edges, arcs of great circles, are straight.
//     So the answer depends on nothing but the face and two whole numbers, and there is no distortion to allow for. (Outlines
//     in Mercator were considered: their edges are bent there, positions had to be sorted first, and each outline costs 1.6 µs.)
//   - What may differ from H3 is the last digits of floating point, 1e-15 of the Earth's radius or so. A position within 1e-4 of the
//     lattice's step from an edge of its cell (7 mm at resolution 10) is put to H3, and so is one within some metres of an edge between
//     faces, or within a kilometre of the middle of a face, where H3 itself loses digits.
//   - The lattice is derived from H3's own pentagons, whose middles are the icosahedron's corners: there is no table to copy.
//   - Outlines of cells on one face are drawn from the lattice by a [Pen], in a third of the time that H3 takes: then nobody needs to keep
//     them. The corners are thirds of the step, the same numbers for all three cells that meet there, so these share the corner exactly.
//     Cells across an edge of the icosahedron are drawn by H3, from which a Pen differs by a millionth of a world unit: one rounded coordinate in
//     a million.
//   - [Cover] finds all cells that shapes meet without asking H3 for each: corners and middles of cells are a lattice of triangles; borders are cut
//     where they cross its lines, and every piece says what it adds to the area of the triangles to its right, as renderers of fonts do it.
//     Sums along the rows are the exact area of the shape in each triangle, six of which are a cell: no ring is clipped against a cell, the
//     inside costs an addition a cell, and rounding cannot make a gap. Edges of shapes are straight in longitude and latitude, as everywhere in
//     the project; those of more than half a kilometre are cut first, for they are bent on the plane of a face.
//   - The index of a place follows from those of its ancestors: a cell's children are the seventh places of the finer lattice about it, told by
//     the remainder of a division. H3 is asked for a few ancestors, and which way their digits are turned.
//   - A [Mesh] numbers its cells in ascending order: the children of one parent stand side by side. Cells across an edge of the icosahedron are
//     bent; they are held against shapes one by one, as triangles about their middle.
//   - A shape that is wholly within one face, borders and all, is taken to be so inside as well: shapes as large as a face are no shapes of a city.
//   - A cell on the 180th meridian is cut there, and one that reaches beyond the Mercator square at its edge.
package hex
