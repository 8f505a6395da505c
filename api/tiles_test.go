package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"

	"wangge/geo"
	"wangge/geo/tile"
)

// addrAt is the tile of a zoom that the small city's features lie in.
func addrAt(z uint8) tile.Addr { return tile.At(z, geo.WorldX(119.9995), geo.WorldY(36.2702)) }

func tilePath(layers string, z uint8) string {
	return fmt.Sprintf("/tiles/%s/%s.mvt", layers, addrAt(z))
}

// layersOf gives the names of the layers of a tile, in order.
func layersOf(t *testing.T, body []byte) []string {
	t.Helper()
	decoded, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range decoded {
		names = append(names, l.Name)
	}
	return names
}

func TestTileHasTheLayersAskedFor(t *testing.T) {
	w := newTown(t)
	for list, want := range map[string][]string{
		"road":                    {"road"},
		"public_toilet,road":      {"road", "public_toilet"},
		"road,public_toilet,road": {"road", "public_toilet"},
		"grid_duty":               {"grid_duty", "grid_duty_label"},
	} {
		a := w.get(t, tilePath(list, 16))
		if diff := cmp.Diff(want, layersOf(t, a.body)); diff != "" {
			t.Errorf("%s: %s", list, diff)
		}
	}
	all := layersOf(t, w.get(t, tilePath("city", 16)).body)
	for _, want := range []string{"region", "unit_grid", "grid_duty", "road", "public_toilet", "barrier_free_ramp", "construction_site"} {
		if !strings.Contains(strings.Join(all, ","), want) {
			t.Errorf("city lacks %s: %v", want, all)
		}
	}
	one, two := w.get(t, tilePath("public_toilet,road", 16)), w.get(t, tilePath("road,public_toilet,road", 16))
	if one.Header.Get("ETag") != two.Header.Get("ETag") || !bytes.Equal(one.body, two.body) {
		t.Error("the same set of layers gives two tiles")
	}
}

func TestTileCaching(t *testing.T) {
	w := newTown(t)
	path := tilePath("city", 16)
	plain := w.get(t, path)
	packed := w.get(t, path, "Accept-Encoding", "gzip")
	if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings %q, %q", plain.Header.Get("Content-Encoding"), packed.Header.Get("Content-Encoding"))
	}
	if !bytes.Equal(plain.body, unzip(t, packed.body)) || len(packed.body) >= len(plain.body) {
		t.Errorf("gzip of %d bytes has %d", len(plain.body), len(packed.body))
	}
	tags := map[string]string{"identity": plain.Header.Get("ETag"), "gzip": packed.Header.Get("ETag")}
	if tags["identity"] == tags["gzip"] || strings.HasPrefix(tags["gzip"], "W/") {
		t.Errorf("tags %v", tags)
	}
	for encoding, tag := range tags {
		for _, c := range []struct {
			header string
			known  bool
		}{
			{tag, true}, {"W/" + tag, true}, {`"other", ` + tag, true}, {`"a,b" ,W/` + tag, true}, {"*", true},
			{`"other"`, false}, {"", false}, {strings.Trim(tag, `"`), false}, {strings.ToUpper(tag), false}, {`"` + tag, false},
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				a := w.ask(t, method, path, "Accept-Encoding", encoding, "If-None-Match", c.header)
				if (a.StatusCode == http.StatusNotModified) != c.known {
					t.Errorf("%s %s If-None-Match %s: %s", method, encoding, c.header, a.Status)
				}
				if a.Header.Get("ETag") != tag || a.Header.Get("Vary") != "Accept-Encoding" ||
					a.Header.Get("Cache-Control") != "public, max-age=0, must-revalidate" || a.Header.Get("Access-Control-Allow-Origin") != "*" {
					t.Errorf("%s %s If-None-Match %s: headers %v", method, encoding, c.header, a.Header)
				}
				if c.known && len(a.body) > 0 {
					t.Errorf("a 304 with a body")
				}
			}
		}
	}
	other := map[string]string{"identity": "gzip", "gzip": "identity"}
	for encoding := range tags {
		if a := w.get(t, path, "Accept-Encoding", encoding, "If-None-Match", tags[other[encoding]]); a.StatusCode != http.StatusOK {
			t.Errorf("the tag of one encoding is taken for another: %s", a.Status)
		}
	}
}

func TestTileTagFollowsContentOnly(t *testing.T) {
	w := newTown(t)
	path := tilePath("public_toilet", 16)
	before := w.get(t, path).Header.Get("ETag")
	far := w.write(t, `INSERT INTO public_toilet (id, geom) VALUES (99, 'SRID=4490;POINT(119.91 36.21)')`)
	if got := w.get(t, path+"?min_revision="+far).Header.Get("ETag"); got != before {
		t.Error("a change elsewhere changes the tag")
	}
	near := w.write(t, `UPDATE public_toilet SET status = 'closed' WHERE id = 7`)
	changed := w.get(t, path+"?min_revision="+near)
	if changed.Header.Get("ETag") == before || changed.StatusCode != http.StatusOK {
		t.Error("a change here leaves the tag")
	}
	back := w.write(t, `UPDATE public_toilet SET status = 'intact' WHERE id = 7`)
	if got := w.get(t, path+"?min_revision="+back, "If-None-Match", before); got.StatusCode != http.StatusNotModified {
		t.Errorf("the old content has a new tag: %s", got.Status)
	}
}

func TestTileTagsOfTwoServers(t *testing.T) {
	w := newTown(t)
	other := townOn(t, w.pool)
	for z := range uint8(deepestZoom + 1) {
		if a, b := w.get(t, tilePath("city", z)).Header.Get("ETag"), other.get(t, tilePath("city", z)).Header.Get("ETag"); a != b || a == "" {
			t.Errorf("zoom %d: %s here, %s there", z, a, b)
		}
	}
}

func TestEmptyTile(t *testing.T) {
	w := newTown(t)
	for _, encoding := range []string{"identity", "gzip"} {
		a := w.get(t, "/tiles/road/14/0/0.mvt", "Accept-Encoding", encoding)
		if a.StatusCode != http.StatusNoContent || len(a.body) > 0 || a.Header.Get("ETag") == "" || a.Header.Get("Vary") == "" || a.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s %v", a.Status, a.Header)
		}
		if again := w.get(t, "/tiles/road/14/0/0.mvt", "Accept-Encoding", encoding, "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("again: %s", again.Status)
		}
	}
}

func TestNotAcceptable(t *testing.T) {
	w := newTown(t)
	for header, want := range map[string]int{
		"identity;q=0": 406, "*;q=0": 406, "deflate, identity;q=0": 406, "br, identity;q=0": 200, "gzip;q=0": 200, "gzip;q=0, *;q=0": 406, "br": 200, "": 200, "gzip;q=1.5": 200,
	} {
		a := w.get(t, tilePath("city", 16), "Accept-Encoding", header)
		if a.StatusCode != want {
			t.Errorf("Accept-Encoding %q: %s", header, a.Status)
		}
		if want == 406 {
			problemOf(t, a)
		}
	}
}

func TestMinRevision(t *testing.T) {
	w := newTown(t)
	for i := range 20 {
		revision := w.write(t, fmt.Sprintf(`UPDATE public_toilet SET name = '公厕%d' WHERE id = 7`, i))
		if a := w.get(t, tilePath("public_toilet", 16)+"?min_revision="+revision); !bytes.Contains(a.body, fmt.Appendf(nil, "公厕%d", i)) {
			t.Fatalf("write %d is not in the tile: %s", i, a.Status)
		}
	}
	begun := time.Now()
	a := w.get(t, "/api/v1/counts?min_revision=18446744073709551615")
	if p := problemOf(t, a); a.StatusCode != http.StatusServiceUnavailable || p.Type != "revision-not-yet" || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s %v %s", a.Status, a.Header, a.body)
	}
	if took := time.Since(begun); took < time.Second || took > 10*time.Second {
		t.Errorf("waited %v", took)
	}
}

func TestTileJSON(t *testing.T) {
	w := newTown(t)
	var doc tileJSON
	w.json(t, "/tiles/city.json", &doc)
	if doc.TileJSON != "3.0.0" || doc.Name != "胶州市" || doc.MinZoom != 0 || doc.MaxZoom != 18 {
		t.Errorf("%+v", doc)
	}
	if diff := cmp.Diff(&[3]float64{120, 36.27, 13}, doc.Center); diff != "" {
		t.Errorf("center: %s", diff)
	}
	if diff := cmp.Diff(&[4]float64{119.9, 36.2, 120.1, 36.35}, doc.Bounds); diff != "" {
		t.Errorf("bounds: %s", diff)
	}
	if doc.Tiles[0] != w.URL+"/tiles/city/{z}/{x}/{y}.mvt" {
		t.Errorf("tiles %v", doc.Tiles)
	}
	for _, l := range doc.VectorLayers {
		if l.ID == "" || l.Fields == nil || l.MinZoom < 0 || l.MaxZoom > 18 || l.MinZoom > l.MaxZoom {
			t.Errorf("%+v", l)
		}
	}
	credited := w.write(t, `INSERT INTO setting (key, value) VALUES ('attribution', '["© A & B", "<i>C"]')`)
	if w.json(t, "/tiles/city.json?min_revision="+credited, &doc); doc.Attribution != "© A &amp; B | &lt;i&gt;C" {
		t.Errorf("attribution %q", doc.Attribution)
	}
	above := w.write(t, `INSERT INTO region (code, name, kind) VALUES ('3702', '青岛市', 'city')`)
	doc.Bounds = nil
	if w.json(t, "/tiles/city.json?min_revision="+above, &doc); doc.Bounds == nil || *doc.Bounds != [4]float64{119.9, 36.2, 120.1, 36.35} {
		t.Errorf("bounds below a region without shape: %v", doc.Bounds)
	}
	w.json(t, "/tiles/public_toilet,road,road.json", &doc)
	if len(doc.VectorLayers) != 4 || !strings.Contains(doc.Tiles[0], "/tiles/road,public_toilet/") {
		t.Errorf("%+v", doc)
	}
	a := w.get(t, strings.TrimPrefix(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0").Replace(doc.Tiles[0]), w.URL))
	if a.StatusCode != http.StatusNoContent && a.StatusCode != http.StatusOK {
		t.Errorf("the tile address does not work: %s", a.Status)
	}
}

func TestBaseAddress(t *testing.T) {
	w := newTown(t)
	trusting := townOn(t, w.pool, func(c *Config) { c.TrustProxy = true })
	public := townOn(t, w.pool, func(c *Config) { c.PublicURL = "https://wangge.example/" })
	forwarded := []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "city.example:8443"}
	for _, c := range []struct {
		town    *town
		headers []string
		want    string
	}{
		{w, nil, w.URL}, {w, forwarded, w.URL},
		{trusting, nil, trusting.URL}, {trusting, forwarded, "https://city.example:8443"},
		{trusting, []string{"X-Forwarded-Proto", "javascript", "X-Forwarded-Host", "evil/\"x"}, trusting.URL},
		{public, forwarded, "https://wangge.example"},
	} {
		body := string(c.town.get(t, "/tiles/road.json", c.headers...).body)
		if !strings.Contains(body, `"`+c.want+`/tiles/road/`) {
			t.Errorf("want %s in %s", c.want, body)
		}
	}
	for _, bad := range []string{"wangge.example", "ftp://x", "https://", "https://x/path", "https://x?y", "://"} {
		if _, err := New(Config{City: w.city, Records: w.api.cfg.Records, PublicURL: bad}); err == nil {
			t.Errorf("PublicURL %q is taken", bad)
		}
	}
}
