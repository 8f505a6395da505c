// Package ogc serves the inventory below /ogc in the manner of OGC API Features, and its tiles as OGC API Tiles. 台账的标准接口。
//
// Decisions:
//
//   - Collections are the layers of the catalogue that are collections, and the nets of grids that the record has.
//   - The conformance page declares a class when every requirement of it has a test named after it: those of Tiles (OGC 20-057) and of the two
//     standards it rests on (OGC 17-083r4, OGC API Common Part 1) in api/ogc_test.go, those of Features Parts 1, 2, 3 and 8 and the classes of CQL2
//     in api/conformance_test.go and api/items_test.go, those of Part 4 (OGC 20-002r1, a draft) in api/write_ogc_test.go. Of CQL2 there are no
//     arrays and no functions of our own. Part 5 is kept but not declared: it wants every keyword of ours to begin with x-ogc-, and x-title-en,
//     x-unit and others are ours, not OGC's.
//   - Part 4 lets a server choose. Here PUT makes nothing new, so that what is not there is a 404 whatever If-Match says; a body with another id than
//     the address is refused, since it is more likely a mistake than meant; and writes without If-Match are a 428.
//   - openapi.json is written by hand, for people read it. A test holds its paths and parameters against the table of routes, another
//     every answer, good or bad, against its schemas, which are those of the standards cut to what we send.
//   - f names the format of a resource; without f, Accept must let it through, or the answer is a 406. What is read by people (landing page,
//     collections, items, queryables) is a web page too, for those who prefer one: without scripts, and with a policy that allows none.
//   - Items come from the record row by row and are written by hand as they come (items_pen.go): an answer of 10,000 features takes no more memory
//     than one of 500. An answer that cannot be finished breaks off, so that nobody takes a part for the whole.
//   - numberMatched is known for nothing where a page is the whole, and where everything is asked for. Else first pages count, up to 50,000;
//     later pages, and more than that, count when asked to (count=true): counting costs as much as reading.
//   - A collection is offered in the systems that all of it lies in the area of, the city's own (table local_system) among them, under
//     urn:wangge:def:crs:CODE and easting first. Axes of the others are in the order of the registry. Who names a system that is none of
//     the known ones has the table looked into; lists know it from at most a minute ago, for they are answered from memory.
//   - Features of a list have the revision that a writer names, but not what takes looking up: labels, regions and grids are for the feature alone.
//   - A tile is answered by the code behind /tiles (Handler.Tile): the same bytes, tags and encodings, filter and fields included. What is added
//     here is the order of row and column, and the limits.
//   - The one tile matrix set is WebMercatorQuad as registered, cut to the zooms that there are tiles of.
//   - Limits follow from the boxes of what the city holds at the time, with room for the hexagons that stand in for it. A tile outside them is a
//     404, as the standard wants, where /tiles answers 204; a layer without features has no limits and empty tiles. A tile into whose buffer
//     alone something reaches is outside: its neighbour shows that.
//   - The parameter collections is about collections: ground and divisions are in the tiles of the city, but cannot be chosen. In tiles the order of
//     layers is fixed whatever the order of the choice, for one set of layers is one tile with one tag; what lies above what is said by the
//     style that the metadata of a tileset name. The metadata themselves keep the order of the choice.
//   - GDAL's driver for OGC API (version 3.6) reads drafts of tile matrix sets only. For it, and for every other program that takes an address for a
//     folder, there is metadata.json beside the tiles.
//   - A feature carries, beside its properties, what a reader would have to look up: the names of its departments (labels), the
//     regions and grids it lies in. Derived fields are computed here by the rules of the city's view, so map and drawer agree.
//   - The ETag of a feature begins with its revision, which a writer will have to name, and goes on with a hash of what is shown, for
//     grids and thresholds change without the row.
//   - Extents come from the city in memory: they are those of its search trees.
package ogc
