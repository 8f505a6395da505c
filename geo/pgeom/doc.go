// Package pgeom is the door between PostGIS columns and the geometry of this project: EWKB on one side, orb or world
// units on the other. It is the only importer of go-geom.
//
// PostGIS 几何列与 orb 之间的转换。
//
//	config.AfterConnect = pgeom.Register          // orb.Geometry scans from geometry columns and goes into them, COPY too
//	g, err := pgeom.Decode(ewkb)                  // one by hand
//	err := pgeom.World(ewkb, &columns)            // straight into world units, for loading a city
//
// Decisions
//
//   - The reference system is written, and checked on reading: anything but EPSG:4490, also none, is [ErrSRID].
//   - Heights and measures (Z, M) are dropped on reading, on purpose: the inventory is flat, and orb has no room for them.
//     Nothing writes them.
//   - NULL reads as a nil orb.Geometry; nil, also a nil slice of a kind, writes NULL. POINT EMPTY reads as an
//     orb.MultiPoint of no positions, for an orb.Point cannot be empty; every other empty geometry keeps its kind.
//     A point of NaN is refused on writing, because PostGIS would take it as POINT EMPTY.
//   - An orb.Ring or orb.Bound is written as the polygon it means.
//   - go-geom believes the counts in its input and would allocate gigabytes for twenty bytes of nonsense. So every
//     input is walked first: counts against the bytes that are there, nesting, kinds, trailing bytes. World uses the
//     same walk and needs no second look.
//   - What passes here is well formed, not valid: that is geo.Check's business.
package pgeom
