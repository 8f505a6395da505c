// Package ingest reads files of features and says what each of them is in the catalogue: GeoJSON, GeoJSON text
// sequences, OpenStreetMap (.osm.pbf, .osm), ledgers (xlsx, csv), and through GDAL Shapefile, GeoPackage, KML, KMZ, DXF, MapInfo, GML and FlatGeobuf. It
// streams: one feature is in memory at a time, and what a file may ask of memory is bounded. Storing is the business of layers/postgres.
//
// 导入：读取 GeoJSON、OpenStreetMap、台账（xlsx、csv）与 GDAL 各格式，按数据写明的规则映射到图层。
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
//   - Ledgers: the headings are the row with the most known ones among the first fifty; titles above it are passed over, and of two rows of headings the lower
//     holds, into which merged cells are filled down. Rows of sums are rejects, headings that come again are passed over. A position is two columns, WKT,
//     GeoJSON or pairs in one cell, decimal or in degrees and minutes; 0, 0 is none. A row without one that has a name or an address is set aside ([Sink.Aside]).
//   - Values are read as people write them ([Mapper] in loose.go): 1000余, >50, 约3, 近200 give the field its number, and extra.bounds its comparator, which a
//     remark counts; a range or a word is a reject. A unit stands in the value, in what was said of the column, or in its heading. What a formula made, an
//     error cell, and a code that was a number of more than 15 digits are rejects. A month without a day is no day.
//   - The datum is never guessed: it is what was said, held against the numbers (nine of ten positions that cannot be of it are a fault of the file, with what
//     they look like) and against what the file states. GCJ-02 and BD-09 have no code in any format: a file that states WGS 84 may be said to be of them.
//     Metres need the order of their axes said. Systems other than WGS 84 and CGCS2000 and their projections are refused: their parameters are not public.
//   - GDAL runs as a child process with a time limit on a file whose format was told by its content, never by its name; texts of zip files are unpacked under names
//     of our own. Limits: 1 GiB a file and unpacked, 200 times its size; 1,000 entries; 50 Shapefiles; 128 MiB of what GDAL keeps in memory; 1,000,000 rows,
//     512 columns of a table.
//   - A row of people may be of a whole region: a table without positions names it by code (twelve digits may be filled up with zeros) or by name (居委会 and the
//     like are left out), and the row takes its outline. No region, or several of a name, is a reject. Its key is region and day, whoever counted, so that a later file
//     corrects an earlier one and no day is counted twice; its origin is the file's name where no column says it. A row with a place of its own keeps it, and the region
//     that it names goes to extra. Such a table alone needs no datum.
//   - A file that has both source and key, or revision and time of change, is one of our own export: it says where its rows come from, and what the record keeps
//     itself is passed over.
package ingest
