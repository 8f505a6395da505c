// Package tile has tile addresses and the vector-tile encoder (MVT 2.1). It turns geometry in world units into the
// integer plane of one tile: 4096 units a side, x to the right, y down, with a buffer around it.
//
// 矢量瓦片编码：裁剪、取整、化简、编码。
//
// Decisions
//
//   - Rounding comes first. Every vertex goes to the nearest tile unit by itself, before anything is clipped, so a border
//     that two grids share is the same run of points in both, in every tile it is drawn in.
//   - Crossings with the edge of the buffer are computed from the lower of a segment's ends to the higher, side by side
//     in a fixed order, so they do not depend on the direction a ring runs in.
//   - Polygons are clipped ring by ring after Sutherland and Hodgman, which cannot fail but leaves bridges along the
//     edge where a concave ring leaves and comes back, and holes that lie on their outer ring. The second step
//     (border.go) takes those away: it cancels the stretches of the edge that are run in both directions and threads
//     what is left into new rings. A ring that falls apart gives several polygons, a hole that crosses the edge becomes
//     part of the outline.
//   - Simplification is only what nobody can see and what does not depend on the neighbourhood: equal neighbours,
//     vertices exactly on the line between theirs, and spikes of rings that run back on themselves. No tolerance, no
//     repair: a ring may touch itself after rounding, and repairing it would pull shared borders apart.
//   - What rounding leaves without length or area is left out, a whole polygon too: it would be smaller than an eighth of
//     a pixel and has no winding. Open answers false then.
//   - Outer rings have positive area in tile coordinates (clockwise on the screen), holes negative, whatever the input
//     was. The first ring of a polygon is its outer ring.
//   - There are two ways for geometry. What lies within the clip box and is one point, one line, or one ring that turns at
//     each of its positions goes the quick way (quick.go): both coordinates in one word (pair.go), no copies, a few
//     nanoseconds a position. All else goes the long way (shape.go, polygon.go). Tests hold the two to the same result. The
//     quick way finds out by itself whether it is the right one, so nobody has to know beforehand.
//   - Geometry stands before the tags of a feature, and lengths are filled in when it is closed: everything is written once,
//     in its final place. Only what turns out longer than 127 bytes is moved, by a byte.
//   - Attributes go through a [Dict]: keys and values are encoded and numbered once per layer, not per tile; a tile has
//     those it uses, in the order of their first use. Features of a city have a few hundred combinations of them, which the
//     caller keeps as [Sets]: a tile translates a set the first time and copies bytes after that. It remembers 1,024 sets, each
//     in one place; a set pushed out by another is translated again.
//   - Texts that are no part of a set are either unique (codes), and written without looking, or shared by neighbours
//     (names), and known by a token of their store. The 256 places for tokens are as many as it takes to find the neighbours;
//     a text that was pushed out, or comes from another store of the layer, is written again. That costs bytes, no more than one
//     copy each time it comes, and no correctness. Other values are interned exactly, by [Encoder.TagValue].
//   - What is remembered is marked with the number of the layer or store it is for, so a new layer clears nothing.
//   - Room is made once for all a call may write; the writers then do not look again. That is unsafe code, four lines of it
//     (put.go), for a sixth of the time; under the race detector the same writers look (put_checked.go).
//   - An [Encoder] is reused. After it has grown to the size of its largest tile it allocates nothing, and between tiles it
//     holds on to nothing of its callers.
//   - Not used for writing: orb/encoding/mvt (random order of layers' keys, version 1 by default, panics on empty lines, edits its
//     input). Tests read our tiles with it.
package tile
