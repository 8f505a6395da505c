package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"wangge/api/reply"
	"wangge/geo/tile"
	"wangge/grid/rights"
)

const toiletTiles = "coverage_public_toilet"

// hexagonsIn are the features of a tile of coverage.
func hexagonsIn(t *testing.T, a answer) map[float64]map[string]any {
	t.Helper()
	layers, err := mvt.Unmarshal(a.body)
	if err != nil || len(layers) != 1 || layers[0].Name != toiletTiles {
		t.Fatalf("%s: %v, %d layers of %d bytes", a.Request.URL, err, len(layers), len(a.body))
	}
	out := map[float64]map[string]any{}
	for _, f := range layers[0].Features {
		out[f.ID.(float64)] = f.Properties
	}
	return out
}

// Tiles of coverage have hexagons with distances, and follow the city: the tag of a tile changes with its bytes and with nothing else.
func TestCoverageTiles(t *testing.T) {
	w := newTown(t)
	for _, z := range []uint8{0, 5, 9, 11, 13, 14, 16, 18} {
		before := hexagonsIn(t, w.get(t, tilePath(toiletTiles, z)))
		if len(before) == 0 {
			t.Errorf("zoom %d has no hexagons", z)
		}
	}
	path := tilePath(toiletTiles, 15)
	before := w.get(t, path)
	after := w.get(t, path+"?min_revision="+w.write(t, `UPDATE public_toilet SET status = 'closed'`))
	if before.Header.Get("ETag") == after.Header.Get("ETag") {
		t.Error("closing all toilets leaves the tile as it was")
	}
	for id, hexagon := range hexagonsIn(t, after) {
		if _, near := hexagon["d"]; near {
			t.Errorf("hexagon %v has a toilet nearby", id)
		}
	}
	renamed := w.write(t, `UPDATE road SET name = 'another'`)
	if again := w.get(t, path+"?min_revision="+renamed); again.Header.Get("ETag") != after.Header.Get("ETag") || !bytes.Equal(again.body, after.body) {
		t.Error("the tile changes with the name of a road")
	}
}

// Kinds, modes and resolutions are questions of their own; what is not known is told so.
func TestCoverageTilesAsk(t *testing.T) {
	w := newTown(t)
	path := tilePath(toiletTiles, 16)
	plain := hexagonsIn(t, w.get(t, path))
	fine := hexagonsIn(t, w.get(t, path+"?res=12"))
	straight := hexagonsIn(t, w.get(t, path+"?mode=straight"))
	if len(fine) < 3*len(plain) {
		t.Errorf("%d hexagons, %d fine ones", len(plain), len(fine))
	}
	for id, hexagon := range plain {
		d, near := hexagon["d"].(float64)
		if s, ok := straight[id]["d"].(float64); near && (!ok || s > d) {
			t.Errorf("hexagon %v: %v on foot, %v straight", id, d, s)
		}
	}
	for ask, want := range map[string]int{
		tilePath("coverage_nothing", 15):               http.StatusNotFound,
		tilePath("coverage_", 15):                      http.StatusNotFound,
		tilePath("coverage_public_toilet,road", 15):    http.StatusNotFound,
		path + "?kind=none":                            http.StatusBadRequest,
		path + "?mode=fly":                             http.StatusBadRequest,
		path + "?profile=none":                         http.StatusBadRequest,
		path + "?res=13":                               http.StatusBadRequest,
		path + "?radius=0":                             http.StatusBadRequest,
		path + "?radius=1000000000":                    http.StatusBadRequest,
		path + "?filter=x":                             http.StatusBadRequest,
		"/tiles/" + toiletTiles + "/19/0/0.mvt":        http.StatusNotFound,
		"/tiles/" + toiletTiles + "/3/9/0.mvt":         http.StatusBadRequest,
		"/tiles/" + toiletTiles + "/x/0/0.mvt":         http.StatusBadRequest,
		"/tiles/coverage_nothing.json":                 http.StatusNotFound,
		"/tiles/" + toiletTiles + ".json?mode=fly":     http.StatusBadRequest,
		"/tiles/" + toiletTiles + "/14/0/0.mvt":        http.StatusNoContent,
		"/tiles/" + toiletTiles + "/14/0/0.pbf?res=12": http.StatusNoContent,
	} {
		if a := w.ask(t, http.MethodGet, ask); a.StatusCode != want {
			t.Errorf("%s: %s, want %d", ask, a.Status, want)
		}
	}
}

// Encodings, tags and caches are as those of all tiles.
func TestCoverageTilesAreKeptAsOthers(t *testing.T) {
	w := newTown(t)
	path := tilePath(toiletTiles, 14)
	plain := w.get(t, path)
	if plain.Header.Get("Cache-Control") != reply.Revalidate || plain.Header.Get("Vary") != "Accept-Encoding" || plain.Header.Get("Content-Type") != tileType {
		t.Errorf("headers %v", plain.Header)
	}
	tags := map[string]bool{plain.Header.Get("ETag"): true}
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		for range 2 { // made, then kept
			a := w.get(t, path, "Accept-Encoding", encoding)
			if a.Header.Get("Content-Encoding") != encoding || len(a.body) >= len(plain.body) {
				t.Errorf("%s: %v, %d bytes of %d", encoding, a.Header, len(a.body), len(plain.body))
			}
			tags[a.Header.Get("ETag")] = true
		}
		if a := w.get(t, path, "Accept-Encoding", encoding); encoding == "gzip" && !bytes.Equal(unzip(t, a.body), plain.body) {
			t.Error("gzip has other bytes")
		}
	}
	if len(tags) != 4 {
		t.Errorf("tags %v", tags)
	}
	if a := w.ask(t, http.MethodGet, path, "If-None-Match", plain.Header.Get("ETag")); a.StatusCode != http.StatusNotModified || len(a.body) != 0 {
		t.Errorf("what the caller has: %s", a.Status)
	}
	if a := w.ask(t, http.MethodHead, path); a.StatusCode != http.StatusOK || len(a.body) != 0 || a.Header.Get("ETag") != plain.Header.Get("ETag") {
		t.Errorf("HEAD: %s, %v", a.Status, a.Header)
	}
}

// TileJSON tells where the tiles of a question are and what they hold.
func TestCoverageTileJSON(t *testing.T) {
	w := newTown(t)
	var doc tileJSON
	if err := json.Unmarshal(w.get(t, "/tiles/"+toiletTiles+".json?mode=straight&kind=accessible").body, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.VectorLayers) != 1 || doc.VectorLayers[0].ID != toiletTiles || len(doc.VectorLayers[0].Fields) != 5 || len(doc.Tiles) != 1 {
		t.Fatalf("%+v", doc)
	}
	_, address, _ := strings.Cut(doc.Tiles[0], "/tiles/")
	address = "/tiles/" + address
	if !strings.HasSuffix(address, "?kind=accessible&mode=straight") {
		t.Errorf("tiles at %s", address)
	}
	addr := addrAt(14)
	at := strings.NewReplacer("{z}/{x}/{y}", tile.Addr.String(addr)).Replace(address)
	if a := w.ask(t, http.MethodGet, at); a.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", at, a.Status)
	}
}

// Tiles of a scenario are for those who may read it, and nobody keeps them.
func TestCoverageTilesOfScenarios(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	who := w.as(t, rights.Planner)
	made := w.send(t, http.MethodPost, "/api/v1/coverage/scenarios", strings.NewReader(`{"name": "关闭", "service": "public_toilet",
		"question": {"radii_m": [300], "by": "street"}, "changes": [{"op": "close", "service": "public_toilet", "id": 7}], "shared": false}`), append(who, "Content-Type", jsonBody)...)
	var scenario struct{ ID int64 }
	if err := json.Unmarshal(made.body, &scenario); err != nil || made.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s", made.Status, made.body)
	}
	path := tilePath(toiletTiles, 15)
	now, what := w.get(t, path), w.get(t, fmt.Sprintf("%s?scenario=%d", path, scenario.ID), who...)
	if bytes.Equal(now.body, what.body) {
		t.Error("closing a toilet changes nothing")
	}
	if h := what.Header; h.Get("Cache-Control") != reply.Private || h.Get("ETag") != "" || !strings.Contains(strings.Join(h.Values("Vary"), ","), "Authorization") {
		t.Errorf("headers %v", what.Header)
	}
	for _, c := range []struct {
		query string
		who   []string
		want  int
	}{
		{fmt.Sprintf("?scenario=%d", scenario.ID), nil, http.StatusUnauthorized},
		{fmt.Sprintf("?scenario=%d", scenario.ID), w.as(t, rights.Viewer), http.StatusNotFound},
		{"?scenario=999999", who, http.StatusNotFound},
		{"?scenario=x", who, http.StatusBadRequest},
	} {
		if a := w.ask(t, http.MethodGet, path+c.query, c.who...); a.StatusCode != c.want {
			t.Errorf("%s: %s, want %d", c.query, a.Status, c.want)
		}
	}
}
