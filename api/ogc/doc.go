// Package ogc serves the inventory below /ogc in the manner of OGC API Features. 台账的标准接口。
//
// Decisions:
//
//   - Collections are the layers of the catalogue that are collections, and the nets of grids that the record has.
//   - The conformance page declares nothing yet: without lists of items and an API document no class is whole.
//   - A feature carries, beside its properties, what a reader would have to look up: the names of its departments (labels), the
//     regions and grids it lies in. Derived fields are computed here by the rules of the city's view, so map and drawer agree.
//   - The ETag of a feature begins with its revision, which a writer will have to name, and goes on with a hash of what is shown, for
//     grids and thresholds change without the row.
//   - Extents come from the city in memory: they are those of its search trees.
package ogc
