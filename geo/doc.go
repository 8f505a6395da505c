// Package geo holds what every other room knows about places: ranges of longitude and latitude, validity of
// geometry, metres on the ellipsoid, and the city's own integer plane. It works on values only: no I/O, no SQL.
//
// 经度在前，纬度在后；坐标系为 CGCS2000（EPSG:4490）。
//
// Decisions
//
//   - Geometry is [github.com/paulmach/orb] in degrees of EPSG:4490, longitude first. On the axes of a tile, and in
//     memory, it is in world units: the Web Mercator square cut into 2^32 × 2^32, y growing southwards. One unit is
//     9.3 mm at the equator and 7.5 mm at 36° north, finer than the best accuracy of the inventory (0.5 m).
//   - Faults are values. [Check] and [CheckLonLat] answer a [*Fault] with a stable [Code], the place in the
//     coordinate array and the position, so that any edge can say it in its own words; [Code.Title] has ours.
//   - Check means what PostGIS means by ST_IsValid (a test compares them on random shapes), and a little more: NaN,
//     ranges, emptiness, size. What passes Check never fails a constraint of the record. Orientation tests are exact:
//     a filter in floating point decides nearly always, sums of floats without rounding the rest.
//   - Pairs of segments are found with the packed R-tree of geo/index, so that a boundary of 100,000 vertices takes
//     milliseconds. Shapes built to defeat that (long parallel diagonals) meet a budget and are refused as
//     too_complex instead of keeping a processor busy.
//   - Lengths and areas are those of the CGCS2000 ellipsoid with geodesic edges, as PostGIS measures geography. Short
//     segments use the mid-latitude formula, long ones Vincenty's inverse; areas are taken on the authalic sphere,
//     with edges bent as geodesics are. On shapes from 5 m to 40 km PostGIS differs by 3e-9 in length and 1e-9 in area.
//   - Shapes that hold a pole are out of scope.
package geo
