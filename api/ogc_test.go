package api

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo"
	"wangge/geo/tile"
)

// The tests below are named after the requirements of OGC API - Tiles - Part 1 (OGC 20-057) that they hold the server to:
// TestReqTiles<class><requirement>.

const tilesConf = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"

// ogcTilePath is the tile of a zoom that the small city's features lie in, below a resource: the row comes before the column.
func ogcTilePath(resource string, z uint8) string {
	addr := addrAt(z)
	return fmt.Sprintf("%s/tiles/WebMercatorQuad/%d/%d/%d", resource, addr.Z, addr.Y, addr.X)
}

type ogcLink struct {
	Href, Rel, Type string
	Templated       bool
}

type ogcLimits struct {
	TileMatrix                                     string
	MinTileRow, MaxTileRow, MinTileCol, MaxTileCol uint32
}

type ogcTileset struct {
	Title, DataType, CRS string
	TileMatrixSetURI     string
	Links                []ogcLink
	TileMatrixSetLimits  []ogcLimits
	BoundingBox          struct{ LowerLeft, UpperRight [2]float64 }
	CenterPoint          *struct {
		Coordinates [2]float64
		TileMatrix  string
	}
	Layers []struct {
		ID                           string
		DataType                     string
		GeometryDimension            *int
		MinTileMatrix, MaxTileMatrix string
		PropertiesSchema             struct {
			Type       string
			Properties map[string]struct {
				Type, Title, Format string
				Enum                []string
			}
		}
		Links []ogcLink
	}
}

// linked is the address of the one link of a relation.
func linked(t *testing.T, links []ogcLink, rel string) string {
	t.Helper()
	found := ""
	for _, l := range links {
		if l.Rel != rel {
			continue
		}
		if found != "" || l.Type == "" {
			t.Errorf("a second link %q, or one without a type: %+v", rel, links)
		}
		found = l.Href
	}
	if found == "" {
		t.Fatalf("no link %q in %+v", rel, links)
	}
	return found
}

// local is an address of the server without the server.
func (w *town) local(t *testing.T, address string) string {
	t.Helper()
	path, ok := strings.CutPrefix(address, w.URL)
	if !ok {
		t.Fatalf("%q is not an address of this server", address)
	}
	return path
}

// fill puts values for the variables of a template, which must have no others.
func fill(t *testing.T, template string, addr tile.Addr) string {
	t.Helper()
	filled := strings.NewReplacer("{tileMatrix}", fmt.Sprint(addr.Z), "{tileRow}", fmt.Sprint(addr.Y), "{tileCol}", fmt.Sprint(addr.X)).Replace(template)
	if strings.ContainsAny(filled, "{}") {
		t.Fatalf("%q has other variables", template)
	}
	return filled
}

// tilesetsOf follows the link of a resource to its tilesets, and the links of these to what describes them.
func (w *town) tilesetsOf(t *testing.T, resource string) []ogcTileset {
	t.Helper()
	var page struct{ Links []ogcLink }
	w.json(t, resource, &page)
	var list struct{ Tilesets []ogcTileset }
	w.json(t, w.local(t, linked(t, page.Links, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")), &list)
	var out []ogcTileset
	for _, item := range list.Tilesets {
		var whole ogcTileset
		w.json(t, w.local(t, linked(t, item.Links, "self")), &whole)
		out = append(out, whole)
	}
	if len(out) == 0 {
		t.Fatalf("%s has no tilesets", resource)
	}
	return out
}

// sameTile compares an answer below /ogc with that of the tile route: bytes, headers and status.
func sameTile(t *testing.T, got, want answer) {
	t.Helper()
	if got.StatusCode != want.StatusCode || !bytes.Equal(got.body, want.body) {
		t.Errorf("%s of %d bytes, want %s of %d", got.Status, len(got.body), want.Status, len(want.body))
	}
	for _, name := range []string{"ETag", "Vary", "Cache-Control", "Content-Type", "Content-Encoding", "Content-Length"} {
		if g, w := got.Header.Get(name), want.Header.Get(name); g != w {
			t.Errorf("%s is %q, want %q", name, g, w)
		}
	}
}

func TestReqTilesCoreConformanceSuccess(t *testing.T) {
	w := newTown(t)
	var doc struct{ ConformsTo []string }
	w.json(t, "/ogc/conformance", &doc)
	for _, class := range []string{"core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection", "mvt", "oas30"} {
		if !slices.Contains(doc.ConformsTo, tilesConf+class) {
			t.Errorf("%s is not declared", class)
		}
	}
	seen := slices.Compact(slices.Sorted(slices.Values(doc.ConformsTo)))
	if len(seen) != len(doc.ConformsTo) {
		t.Errorf("declared twice: %v", doc.ConformsTo)
	}
}

// The template of the metadata, filled, is a tile: the same one, header by header, as the tile route's.
func TestReqTilesCoreOp(t *testing.T) {
	w := newTown(t)
	for resource, list := range map[string]string{"/ogc": "city", "/ogc/collections/road": "road", "/ogc/collections/grid_duty": "grid_duty"} {
		template := linked(t, w.tilesetsOf(t, resource)[0].Links, "item")
		for z := range uint8(deepestZoom + 1) {
			path := w.local(t, fill(t, template, addrAt(z)))
			if path != ogcTilePath(resource, z) {
				t.Fatalf("template %q gives %q", template, path)
			}
			for _, encoding := range []string{"identity", "gzip"} {
				want := w.get(t, tilePath(list, z), "Accept-Encoding", encoding)
				sameTile(t, w.get(t, path, "Accept-Encoding", encoding), want)
				again := w.get(t, path, "Accept-Encoding", encoding, "If-None-Match", want.Header.Get("ETag"))
				if again.StatusCode != http.StatusNotModified {
					t.Errorf("%s with the tag of the tile route: %s", path, again.Status)
				}
			}
		}
	}
}

// The variables are a matrix, a row and a column of the registered set: rows grow southwards, columns eastwards.
func TestReqTilesCoreTileMatrixRowColDefinition(t *testing.T) {
	w := newTown(t)
	addr := addrAt(14)
	at := fmt.Sprintf("/ogc/tiles/WebMercatorQuad/14/%d/%d", addr.Y, addr.X)
	if a := w.get(t, at); a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", at, a.Status)
	}
	swapped := fmt.Sprintf("/ogc/tiles/WebMercatorQuad/14/%d/%d", addr.X, addr.Y)
	if a := w.get(t, swapped); a.StatusCode != http.StatusNotFound {
		t.Errorf("row and column can be swapped: %s", a.Status)
	}
	d := w.definition(t)
	for path, item := range d.Paths.Map() {
		if !strings.HasSuffix(path, "/{tileCol}") {
			continue
		}
		for name, kind := range map[string]string{"tileMatrix": "string", "tileRow": "integer", "tileCol": "integer"} {
			p := item.Get.Parameters.GetByInAndName("path", name)
			if p == nil || !p.Required || !p.Schema.Value.Type.Is(kind) || kind == "integer" && (p.Schema.Value.Min == nil || *p.Schema.Value.Min != 0) {
				t.Errorf("%s: parameter %s is %+v", path, name, p)
			}
		}
	}
}

func TestReqTilesCoreSuccess(t *testing.T) {
	w := newTown(t)
	path := ogcTilePath("/ogc", 16)
	for _, c := range []struct {
		accept, query string
		status        int
	}{
		{"", "", 200}, {"*/*", "", 200}, {"application/vnd.mapbox-vector-tile", "", 200}, {"application/*;q=0.1, text/html", "", 200},
		{"image/png", "", 406}, {"application/json", "", 406}, {"*/*, application/vnd.mapbox-vector-tile;q=0", "", 406},
		{"image/png", "?f=mvt", 200}, {"", "?f=png", 400}, {"", "?f=json", 400},
	} {
		a := w.get(t, path+c.query, "Accept", c.accept)
		if a.StatusCode != c.status {
			t.Errorf("Accept %q %s: %s", c.accept, c.query, a.Status)
			continue
		}
		if c.status != 200 {
			problemOf(t, a)
		} else if got := a.Header.Get("Content-Type"); got != "application/vnd.mapbox-vector-tile" {
			t.Errorf("Accept %q: %s", c.accept, got)
		}
	}
}

// Within the limits there is a tile, empty or not; outside them, and outside the matrix, there is none.
func TestReqTilesCoreError(t *testing.T) {
	w := newTown(t)
	for _, resource := range []string{"/ogc", "/ogc/collections/public_toilet"} {
		set := w.tilesetsOf(t, resource)[0]
		if len(set.TileMatrixSetLimits) != deepestZoom+1 {
			t.Fatalf("%s: limits of %d matrices", resource, len(set.TileMatrixSetLimits))
		}
		for z, l := range set.TileMatrixSetLimits {
			if l.TileMatrix != fmt.Sprint(z) {
				t.Fatalf("limits are not in order: %+v", l)
			}
			ask := func(row, col uint32) int {
				return w.get(t, fmt.Sprintf("%s/tiles/WebMercatorQuad/%d/%d/%d", resource, z, row, col)).StatusCode
			}
			for _, corner := range [][2]uint32{{l.MinTileRow, l.MinTileCol}, {l.MaxTileRow, l.MaxTileCol}, {l.MinTileRow, l.MaxTileCol}} {
				if got := ask(corner[0], corner[1]); got != 200 && got != 204 {
					t.Errorf("%s zoom %d, row and column %v within the limits: %d", resource, z, corner, got)
				}
			}
			for _, outside := range [][2]uint32{
				{l.MinTileRow - 1, l.MinTileCol}, {l.MaxTileRow + 1, l.MinTileCol}, {l.MinTileRow, l.MinTileCol - 1}, {l.MinTileRow, l.MaxTileCol + 1},
				{1 << z, 0}, {0, 1 << z},
			} {
				if got := ask(outside[0], outside[1]); got != 404 && got != 400 {
					t.Errorf("%s zoom %d, row and column %v outside the limits: %d", resource, z, outside, got)
				}
			}
		}
	}
	if got := w.get(t, "/ogc/tiles/WebMercatorQuad/19/0/0").StatusCode; got != 404 {
		t.Errorf("zoom 19: %d", got)
	}
}

func TestReqTilesTilesetDescription(t *testing.T) {
	w := newTown(t)
	w.write(t, `INSERT INTO setting (key, value) VALUES ('attribution', '["© A & B"]')`)
	set := w.tilesetsOf(t, "/ogc")[0]
	if set.DataType != "vector" || set.CRS != "http://www.opengis.net/def/crs/EPSG/0/3857" ||
		set.TileMatrixSetURI != "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad" || !strings.Contains(set.Title, "胶州市") {
		t.Errorf("%+v", set)
	}
	if set.BoundingBox.LowerLeft != [2]float64{119.9, 36.2} || set.BoundingBox.UpperRight != [2]float64{120.1, 36.35} {
		t.Errorf("box %v", set.BoundingBox)
	}
	if c := set.CenterPoint; c == nil || c.Coordinates != [2]float64{120, 36.27} || c.TileMatrix != "13" {
		t.Errorf("center %+v", c)
	}
	var scheme struct {
		ID           string
		TileMatrices []struct{ ID string }
	}
	w.json(t, w.local(t, linked(t, set.Links, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")), &scheme)
	if scheme.ID != "WebMercatorQuad" || len(scheme.TileMatrices) != deepestZoom+1 {
		t.Errorf("scheme %+v", scheme)
	}
	i := slices.IndexFunc(set.Links, func(l ogcLink) bool { return l.Rel == "item" })
	if item := set.Links[i]; !item.Templated || item.Type != "application/vnd.mapbox-vector-tile" {
		t.Errorf("item %+v", item)
	}
	for _, l := range set.Links {
		if !l.Templated && w.get(t, w.local(t, l.Href)).StatusCode != http.StatusOK {
			t.Errorf("the link %+v leads nowhere", l)
		}
	}
	a := w.get(t, "/ogc/tiles/WebMercatorQuad", "Accept", "application/xml")
	if p := problemOf(t, a); a.StatusCode != http.StatusNotAcceptable || p.Type != "no-such-format" {
		t.Errorf("XML: %s %s", a.Status, p.Type)
	}
}

// The layers of the metadata are those of TileJSON, with the attributes that the catalogue gives them.
func TestReqTilesTilesetDescriptionLayers(t *testing.T) {
	w := newTown(t)
	set := w.tilesetsOf(t, "/ogc")[0]
	var doc tileJSON
	w.json(t, "/tiles/city.json", &doc)
	if len(set.Layers) != len(doc.VectorLayers) {
		t.Fatalf("%d layers here, %d in TileJSON", len(set.Layers), len(doc.VectorLayers))
	}
	dimension := map[string]int{"road": 1, "public_toilet": 0, "unit_grid": 2, "unit_grid_label": 0, "public_toilet_density": 2, "parking_space": -1}
	for i, l := range set.Layers {
		o := doc.VectorLayers[i]
		if l.ID != o.ID || l.DataType != "vector" || l.MinTileMatrix != fmt.Sprint(o.MinZoom) || l.MaxTileMatrix != fmt.Sprint(o.MaxZoom) ||
			l.PropertiesSchema.Type != "object" || len(l.PropertiesSchema.Properties) != len(o.Fields) {
			t.Errorf("%+v here, %+v in TileJSON", l, o)
		}
		if want, tried := dimension[l.ID]; tried && (l.GeometryDimension == nil) != (want < 0) || tried && want >= 0 && *l.GeometryDimension != want {
			t.Errorf("%s has dimension %v, want %d", l.ID, l.GeometryDimension, want)
		}
		if l.ID == "road" {
			class := l.PropertiesSchema.Properties["class"]
			if class.Type != "string" || class.Title != "等级" || !slices.Contains(class.Enum, "arterial") || l.PropertiesSchema.Properties["level"].Type != "integer" {
				t.Errorf("road: %+v", l.PropertiesSchema)
			}
			if w.get(t, w.local(t, l.Links[0].Href)).StatusCode != http.StatusOK {
				t.Errorf("road links to %v", l.Links)
			}
		}
	}
}

func TestReqTilesTilesetsListTilesetLinks(t *testing.T) {
	w := newTown(t)
	for _, resource := range []string{"/ogc", "/ogc/collections/road"} {
		var list struct {
			Links    []ogcLink
			Tilesets []ogcTileset
		}
		w.json(t, resource+"/tiles", &list)
		if self := linked(t, list.Links, "self"); self != w.URL+resource+"/tiles" {
			t.Errorf("%s: self is %s", resource, self)
		}
		for _, s := range list.Tilesets {
			if s.DataType != "vector" || s.CRS == "" || s.TileMatrixSetURI == "" || s.Layers != nil {
				t.Errorf("%s: %+v", resource, s)
			}
			if self := linked(t, s.Links, "self"); self != w.URL+resource+"/tiles/WebMercatorQuad" {
				t.Errorf("%s: the tileset is at %s", resource, self)
			}
			linked(t, s.Links, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")
		}
	}
}

func TestReqTilesDatasetTilesetsLandingPageAndOperation(t *testing.T) {
	w := newTown(t)
	for _, address := range []string{"/ogc", "/ogc/"} {
		var page struct{ Links []ogcLink }
		w.json(t, address, &page)
		if got := linked(t, page.Links, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"); got != w.URL+"/ogc/tiles" {
			t.Errorf("%s: tilesets at %s", address, got)
		}
		for _, rel := range []string{"self", "service-desc", "conformance", "data", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"} {
			if a := w.get(t, w.local(t, linked(t, page.Links, rel))); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s", rel, a.Status)
			}
		}
	}
}

func TestReqTilesGeodataTilesetsDescLinksAndOperation(t *testing.T) {
	w := newTown(t)
	var list struct {
		Collections []struct {
			ID    string
			Links []ogcLink
		}
	}
	w.json(t, "/ogc/collections", &list)
	if len(list.Collections) < 7 {
		t.Fatalf("%d collections", len(list.Collections))
	}
	for _, c := range list.Collections {
		if got := linked(t, c.Links, "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"); got != w.URL+"/ogc/collections/"+c.ID+"/tiles" {
			t.Errorf("%s: tilesets at %s", c.ID, got)
		}
		set := w.tilesetsOf(t, "/ogc/collections/"+c.ID)[0]
		for _, l := range set.Layers {
			if l.ID != c.ID && !strings.HasPrefix(l.ID, c.ID+"_") {
				t.Errorf("%s holds %s", c.ID, l.ID)
			}
		}
	}
}

func TestReqTilesCollectionsSelectionQueryCollections(t *testing.T) {
	w := newTown(t)
	address := func(id string) string { return w.URL + "/ogc/collections/" + id }
	for list, want := range map[string]string{
		"road": "road", "public_toilet,road": "public_toilet,road", "road,road,road": "road", "unit_grid": "unit_grid", "grid_duty": "grid_duty",
		address("road") + ",public_toilet":                           "public_toilet,road",
		strings.ReplaceAll(address("public_toilet"), "/", "%2F"):     "public_toilet",
		strings.Join([]string{address("road"), "road", "road"}, ","): "road",
	} {
		sameTile(t, w.get(t, ogcTilePath("/ogc", 16)+"?collections="+list), w.get(t, tilePath(want, 16)))
	}
	for path, item := range w.definition(t).Paths.Map() {
		if !strings.HasPrefix(path, "/tiles") {
			continue
		}
		p := item.Get.Parameters.GetByInAndName("query", "collections")
		if p == nil || p.Required || p.Style != "form" || p.Explode == nil || *p.Explode || !p.Schema.Value.Type.Is("array") {
			t.Errorf("%s: collections is %+v", path, p)
		}
	}
}

// Only what was chosen is in the answers. The metadata list it in the order of the choice; in tiles the order is fixed, for the style that the
// metadata name says what lies above what.
func TestReqTilesCollectionsSelectionCollectionsResponse(t *testing.T) {
	w := newTown(t)
	for _, choice := range [][]string{{"road"}, {"road", "public_toilet"}, {"public_toilet", "road"}, {"construction_site", "grid_duty", "unit_grid"}} {
		query := "?collections=" + strings.Join(choice, ",")
		var set ogcTileset
		w.json(t, "/ogc/tiles/WebMercatorQuad"+query, &set)
		var order, known []string
		for _, l := range set.Layers {
			known = append(known, l.ID)
			if slices.Contains(choice, l.ID) {
				order = append(order, l.ID)
			}
		}
		if diff := cmp.Diff(choice, order); diff != "" {
			t.Errorf("layers of the metadata: %s", diff)
		}
		for z := range uint8(deepestZoom + 1) {
			a := w.get(t, w.local(t, fill(t, linked(t, set.Links, "item"), addrAt(z))))
			if a.StatusCode == http.StatusNoContent {
				continue
			}
			names := layersOf(t, a.body)
			for _, name := range names {
				if !slices.Contains(known, name) {
					t.Errorf("%v at zoom %d has %s", choice, z, name)
				}
			}
			if z == 16 && !slices.Contains(names, choice[0]) {
				t.Errorf("%v at zoom 16 has only %v", choice, names)
			}
		}
		var list struct{ Tilesets []ogcTileset }
		w.json(t, "/ogc/tiles"+query, &list)
		if self := linked(t, list.Tilesets[0].Links, "self"); self != w.URL+"/ogc/tiles/WebMercatorQuad"+query {
			t.Errorf("the choice is lost: %s", self)
		}
	}
}

// A tile is one MVT document, each feature has a type and a geometry, and tile units are linear in Web Mercator from the upper left corner.
func TestReqTilesMVTContent(t *testing.T) {
	w := newTown(t)
	for z := uint8(12); z <= deepestZoom; z++ {
		addr := addrAt(z)
		a := w.get(t, ogcTilePath("/ogc", z))
		decoded, err := mvt.Unmarshal(a.body)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range decoded {
			for _, f := range l.Features {
				if f.Geometry == nil || f.Geometry.GeoJSONType() == "" {
					t.Errorf("zoom %d: a feature of %s without geometry", z, l.Name)
				}
				at, ok := f.Geometry.(orb.Point)
				if l.Name != "public_toilet" || !ok {
					continue
				}
				side := math.Exp2(32 - float64(z))
				x := (float64(addr.X) + at[0]/float64(l.Extent)) * side
				y := (float64(addr.Y) + at[1]/float64(l.Extent)) * side
				if unit := side / float64(l.Extent); math.Abs(x-float64(geo.WorldX(119.9995))) > unit || math.Abs(y-float64(geo.WorldY(36.2702))) > unit {
					t.Errorf("zoom %d: the toilet is at %v", z, at)
				}
			}
		}
	}
}

// The definition has the numbers that OGC registered for WebMercatorQuad.
func TestReqTMSTileMatrixSet(t *testing.T) {
	w := newTown(t)
	var list struct {
		TileMatrixSets []struct {
			ID, URI, CRS string
			Links        []ogcLink
		}
	}
	w.json(t, "/ogc/tileMatrixSets", &list)
	if len(list.TileMatrixSets) != 1 || list.TileMatrixSets[0].ID != "WebMercatorQuad" {
		t.Fatalf("%+v", list)
	}
	var set struct {
		ID, URI, CRS, WellKnownScaleSet string
		TileMatrices                    []struct {
			ID, CornerOfOrigin                               string
			ScaleDenominator, CellSize                       float64
			PointOfOrigin                                    [2]float64
			TileWidth, TileHeight, MatrixWidth, MatrixHeight int
		}
	}
	w.json(t, w.local(t, linked(t, list.TileMatrixSets[0].Links, "self")), &set)
	if set.URI != "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad" || set.CRS != "http://www.opengis.net/def/crs/EPSG/0/3857" ||
		set.WellKnownScaleSet != "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible" {
		t.Errorf("%+v", set)
	}
	near := func(got, want float64) bool { return math.Abs(got-want) <= math.Abs(want)*1e-12 }
	registered := map[int][2]float64{
		0: {559082264.028717, 156543.033928041}, 1: {279541132.014358, 78271.5169640204}, 14: {34123.6733415964, 9.55462853564703}, 18: {2132.72958384978, 0.597164283477939},
	}
	for z, m := range set.TileMatrices {
		if m.ID != fmt.Sprint(z) || m.CornerOfOrigin != "topLeft" || m.TileWidth != 256 || m.TileHeight != 256 || m.MatrixWidth != 1<<z || m.MatrixHeight != 1<<z ||
			!near(m.PointOfOrigin[0], -20037508.3427892) || !near(m.PointOfOrigin[1], 20037508.3427892) {
			t.Errorf("matrix %d: %+v", z, m)
		}
		if want, ok := registered[z]; ok && (!near(m.ScaleDenominator, want[0]) || !near(m.CellSize, want[1])) {
			t.Errorf("matrix %d: %v, %v", z, m.ScaleDenominator, m.CellSize)
		}
	}
}

// What nobody has put into the city has no limits, and its tiles are empty.
func TestTilesetOfNothing(t *testing.T) {
	w := newTown(t)
	set := w.tilesetsOf(t, "/ogc/collections/parking_space")[0]
	if set.TileMatrixSetLimits != nil || len(set.Layers) == 0 {
		t.Errorf("%+v", set)
	}
	if a := w.get(t, ogcTilePath("/ogc/collections/parking_space", 16)); a.StatusCode != http.StatusNoContent {
		t.Errorf("a tile of nothing: %s", a.Status)
	}
}

// A write is in the tile and in the limits that a caller asks for by its revision.
func TestTilesetFollowsWrites(t *testing.T) {
	w := newTown(t)
	revision := w.write(t, `INSERT INTO parking_space (id, kind, geom) VALUES (1, 'motor', 'SRID=4490;POINT(119.9995 36.2702)')`)
	if a := w.get(t, ogcTilePath("/ogc/collections/parking_space", 18)+"?min_revision="+revision); a.StatusCode != http.StatusOK {
		t.Errorf("the tile: %s\n%s", a.Status, a.body)
	}
	var set ogcTileset
	w.json(t, "/ogc/collections/parking_space/tiles/WebMercatorQuad?min_revision="+revision, &set)
	if len(set.TileMatrixSetLimits) == 0 {
		t.Error("no limits")
	}
}

// filter and fields mean below /ogc what they mean on the tile route.
func TestTileQueryBelowOGC(t *testing.T) {
	w := newTown(t)
	for _, query := range []string{"fields=name", "filter=class='branch'", "filter=class='arterial'", "fields=name&filter=class='branch'"} {
		sameTile(t, w.get(t, ogcTilePath("/ogc/collections/road", 16)+"?"+query), w.get(t, tilePath("road", 16)+"?"+query))
		sameTile(t, w.get(t, ogcTilePath("/ogc", 16)+"?collections=road&"+query), w.get(t, tilePath("road", 16)+"?"+query))
	}
	a := w.get(t, ogcTilePath("/ogc/collections/road", 16)+"?filter=class=")
	if p := problemOf(t, a); a.StatusCode != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Parameter != "filter" {
		t.Errorf("a bad filter: %s %s", a.Status, a.body)
	}
}

// OGC API - Common - Part 1: what a caller made up is a 400 that names it, and answers in JSON say so.
func TestReqCommonCoreQueryParams(t *testing.T) {
	w := newTown(t)
	for path := range good() {
		if !strings.HasPrefix(path, "/ogc") || strings.Contains(path, "?") {
			continue
		}
		for query, name := range map[string]string{"?unknown=1": "unknown", "?F=json": "F", "?f=xml": "f"} {
			a := w.get(t, path+query)
			if p := problemOf(t, a); a.StatusCode != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Parameter != name {
				t.Errorf("%s%s: %s %s", path, query, a.Status, a.body)
			}
		}
		if a := w.get(t, path, "Accept", "text/csv"); problemOf(t, a).Type != "no-such-format" {
			t.Errorf("%s as CSV: %s", path, a.Status)
		}
	}
}
