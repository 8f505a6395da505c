// Package tileset says what there is in tiles: layers, their attributes, the zooms at which they appear. 瓦片内容的说明。
//
// TileJSON, the metadata that GDAL reads and the tileset metadata of OGC API Tiles say the same in three languages; this is what
// they say.
//
// Decisions:
//
//   - A layer of the catalogue is up to three layers in tiles: its features, their label points where it has areas, and the
//     hexagons that stand in for them. Each is listed with the attributes it carries, and right behind the layer it belongs to.
//   - Hexagons are listed up to the deepest zoom: any tile may fall back to them where its features would make it too large.
package tileset
