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
//     a pixel and has no winding. Feature answers false then.
//   - Outer rings have positive area in tile coordinates (clockwise on the screen), holes negative, whatever the input
//     was. The first ring of a polygon is its outer ring.
//   - Attributes go through a [Dict]: keys and values are encoded and numbered once per layer, not per tile; a tile only
//     marks which it uses. Values that no dictionary foresaw are interned with [Encoder.Value].
//   - An [Encoder] is reused. After it has grown to the size of its largest tile it allocates nothing.
//   - Not used for writing: orb/encoding/mvt (random order of layers' keys, version 1 by default, panics on empty lines, edits its
//     input). Tests read our tiles with it.
package tile
