// Package export writes features as files that people take away: GeoJSON, CSV, xlsx, GeoPackage and Shapefile. 导出：流式写出要素文件。
//
// It works on rows that somebody else reads from the record, one at a time, and on bounded memory.
//
// Decisions:
//
//   - GeoJSON, CSV and xlsx go straight to the writer. GeoPackage and Shapefile need files that can be sought in, and GDAL: the rows become a table with
//     positions as text in a temporary file of bounded size, one for each type of geometry of a Shapefile, ogr2ogr reads it with the types that the
//     catalogue has (a virtual data source says them, so nothing is guessed from values), and the result is sent on and removed.
//   - A table for people has titles for headings and labels for codes, and the import knows both. With Codes it has what the API has. GeoJSON and GeoPackage
//     have the API's names and codes always.
//   - GeoJSON is of RFC 7946 in degrees with longitude first. In another system it has the members crs (which GDAL reads) and crs_note, which says so in words; positions
//     are easting before northing in every file, as programs expect of files, whatever the registry's order.
//   - The datum stands in the headings of a table of points: 经度, WGS84经度, GCJ经度, 百度经度, 东坐标. Elsewhere it stands beside the table: in the sheet 说明, in the
//     text file within a zip.
//   - Nothing is cut silently. A position that does not fit into a cell of a workbook, a text that does not fit into a dBase field or its charset, is
//     counted and told in 说明.
//   - A Shapefile's names have ten bytes: fields.csv beside it says which field each is, and the import reads it.
package export
