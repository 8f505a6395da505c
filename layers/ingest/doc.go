// Package ingest reads files of features and says what each of them is in the catalogue: GeoJSON, GeoJSON text
// sequences, OpenStreetMap (.osm.pbf, .osm). It streams: one feature is in memory at a time, and what a file may ask of
// memory is bounded. Storing is the business of layers/postgres.
//
// 导入：读取 GeoJSON 与 OpenStreetMap，按数据写明的规则映射到图层。
//
// Decisions:
//
//   - A fault of the file (cut short, empty, no syntax, a feature over 64 MB, nesting over 64) is a [*Fault] and ends the
//     reading. A bad feature is a [Reject] and the reading goes on. NaN and Infinity, which are no JSON but which
//     several programs write, are not a fault: a coordinate makes its feature a reject, a property is empty.
//   - GeoJSON is framed by a scanner of our own, because encoding/json keeps the whole of a value it is asked for and has no
//     limit. What is inside a feature is read by encoding/json.
//   - OpenStreetMap PBF is decoded here and not by paulmach/osm. Its decoder panics in goroutines of its own, where nobody
//     can recover, on plain nodes and on indexes outside the string table, and takes a file cut behind a block's header for
//     a whole one. The format is small.
//   - An OpenStreetMap file is read four times: relations, ways, nodes, ways again. Memory holds the positions of the nodes
//     that wanted ways need (16 bytes each) and the wanted relations, not the file.
//   - A way that misses nodes (the edge of an extract) is rejected whole, never cut: half a road would have a wrong length
//     under the key of the whole one. A multipolygon that misses members likewise.
//   - Closed ways are areas or lines as the rule that takes them says.
//   - The mapping of tags is data: osm_rules.go says which tags make which layer, osm_fields.go which tags fill which
//     fields. One object may become features of several layers (a car park that is a building), at most one of each.
//   - What no field takes goes to extra, bounded, so that nothing told by a source is lost silently.
//   - Keys: the source "osm" with n/w/r and the number, whatever the format (GeoJSON made from OpenStreetMap carries them in
//     id, @id, or osm_type and osm_id); else the file's name with the feature's id; else the source "geojson" with a hash of
//     geometry and properties, so that equal features are one in whichever files they come. --set source=… names it.
package ingest
