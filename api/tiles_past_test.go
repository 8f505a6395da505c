package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"
)

// now is the time of the record, as an address has it.
func (w *town) now(t *testing.T) string {
	t.Helper()
	var at time.Time
	if err := w.pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&at); err != nil {
		t.Fatal(err)
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// contentOf is what a tile shows: layer, id and attributes, and geometry.
func contentOf(t *testing.T, body []byte) map[string][]string {
	t.Helper()
	decoded, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, l := range decoded {
		for _, f := range l.Features {
			out[l.Name] = append(out[l.Name], fmt.Sprint(f.ID, f.Properties, f.Geometry))
		}
		slices.Sort(out[l.Name]) // their order is that of the writes
	}
	return out
}

// firstYearsSQL and laterSQL are a town's life before and after the instant that is asked for.
const (
	firstYearsSQL = `UPDATE road SET class = 'arterial', name = '新路' WHERE id = 1;
		INSERT INTO parking_space (id, kind, capacity, geom) VALUES (1, 'motor', 30, ST_MakeEnvelope(119.9993, 36.2697, 119.9996, 36.2699, 4490));
		UPDATE barrier_free_ramp SET slope = 0.05;
		INSERT INTO public_toilet (id, name, geom) VALUES (8, '二', 'SRID=4490;POINT(119.9993 36.2703)')`
	laterSQL = `DELETE FROM road; TRUNCATE parking_space; UPDATE public_toilet SET geom = ST_Translate(geom, 0.0001, 0), status = 'closed';
		UPDATE grid SET valid_to = '2026-01-01' WHERE id = 12; UPDATE grid SET name = 'x' WHERE id = 13; UPDATE barrier_free_ramp SET slope = 0.3;
		INSERT INTO road (id, class, geom) VALUES (2, 'branch', 'SRID=4490;LINESTRING(119.9992 36.2701, 120.0008 36.2701)');
		UPDATE region SET name = name || '!'; INSERT INTO ground (kind, geom) VALUES ('water', ST_MakeEnvelope(119.9, 36.2, 120.1, 36.3, 4490))`
)

// TestTilesOfThePast holds tiles of a past instant against those of another town whose record stopped then.
func TestTilesOfThePast(t *testing.T) {
	w, stopped := newTown(t), newTown(t)
	at(t, stopped, stopped.write(t, firstYearsSQL))
	w.write(t, firstYearsSQL)
	then := w.now(t)
	at(t, w, w.write(t, laterSQL))
	for _, list := range []string{"city", "road", "unit_grid,public_toilet", "grid_duty,parking_space"} {
		for z := uint8(8); z <= 18; z++ {
			for _, more := range []string{"", "&fields=name,status&filter=" + "status%20IS%20NULL%20OR%20status%3D%27intact%27"} {
				if more != "" && list == "city" {
					continue
				}
				path := tilePath(list, z)
				past, want := w.get(t, path+"?datetime="+then+more), stopped.get(t, path+"?"+strings.TrimPrefix(more, "&"))
				if past.StatusCode != want.StatusCode {
					t.Fatalf("%s%s: %s, want %s\n%s", path, more, past.Status, want.Status, past.body)
				}
				if diff := cmp.Diff(contentOf(t, want.body), contentOf(t, past.body)); diff != "" {
					t.Errorf("%s%s: %s", path, more, diff)
				}
				if past.Header.Get("Cache-Control") != pastCache || past.Header.Get("ETag") != want.Header.Get("ETag") {
					t.Errorf("%s%s: %v, want tag %s", path, more, past.Header, want.Header.Get("ETag"))
				}
				if again := w.get(t, path+"?datetime="+then+more, "If-None-Match", past.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
					t.Errorf("%s%s: %s for who has it", path, more, again.Status)
				}
			}
		}
	}
	now := w.get(t, tilePath("road", 16))
	if cmp.Diff(contentOf(t, now.body), contentOf(t, w.get(t, tilePath("road", 16)+"?datetime="+then).body)) == "" {
		t.Error("the past is the present: nothing was compared")
	}
}

// at waits until a revision is in memory.
func at(t *testing.T, w *town, revision string) {
	t.Helper()
	if a := w.get(t, "/api/v1/status?min_revision="+revision); a.StatusCode != http.StatusOK {
		t.Fatal(a.Status)
	}
}

func TestTilesBeforeTheRecordAndInTheFuture(t *testing.T) {
	w := newTown(t)
	path := tilePath("city", 16)
	if a := w.get(t, path+"?datetime=1949-10-01"); a.StatusCode != http.StatusNoContent || len(a.body) != 0 {
		t.Errorf("before the record: %s", a.Status)
	}
	live := w.get(t, path)
	future := w.get(t, path+"?datetime=2999-01-01")
	if string(future.body) != string(live.body) || future.Header.Get("Cache-Control") != live.Header.Get("Cache-Control") {
		t.Errorf("the future is not now: %v", future.Header)
	}
	if again := w.get(t, path+"?datetime=1949-10-01"); again.StatusCode != http.StatusNoContent {
		t.Errorf("again: %s", again.Status)
	}
	if a := w.get(t, path); string(a.body) != string(live.body) {
		t.Error("asking for the past changed the present")
	}
}

// A day is its end in the city's time zone.
func TestTilesOfADay(t *testing.T) {
	w := newTown(t)
	w.write(t, `UPDATE change SET at = at - interval '3 days'`)
	at(t, w, w.write(t, `UPDATE public_toilet SET name = '后' WHERE id = 7`))
	day := func(back int) string {
		return time.Now().In(time.FixedZone("", 8*3600)).AddDate(0, 0, -back).Format(time.DateOnly)
	}
	for back, want := range map[int]string{4: "", 3: "少海公厕", 1: "少海公厕", 0: "后"} {
		if got := fmt.Sprint(contentOf(t, w.get(t, tilePath("public_toilet", 16)+"?datetime="+day(back)).body)); want == "" && got != "map[]" || !strings.Contains(got, want) {
			t.Errorf("%d days ago: %s", back, got)
		}
	}
}

func TestTileJSONAndOGCTilesOfThePast(t *testing.T) {
	w := newTown(t)
	then := w.now(t)
	at(t, w, w.write(t, `DELETE FROM road`))
	var doc tileJSON
	w.json(t, "/tiles/road.json?fields=name&datetime="+then, &doc)
	if want := "?fields=name&datetime=" + strings.ReplaceAll(then, ":", "%3A"); len(doc.Tiles) != 1 || !strings.HasSuffix(doc.Tiles[0], want) {
		t.Errorf("%v lacks %s", doc.Tiles, want)
	}
	w.json(t, "/tiles/road.json?datetime="+then, &doc)
	if !strings.HasSuffix(doc.Tiles[0], "{y}.mvt?datetime="+strings.ReplaceAll(then, ":", "%3A")) {
		t.Errorf("%v", doc.Tiles)
	}
	addr := addrAt(16)
	path := fmt.Sprintf("tiles/WebMercatorQuad/%d/%d/%d", addr.Z, addr.Y, addr.X)
	for _, home := range []string{"/ogc/collections/road/", "/ogc/"} {
		a := w.get(t, home+path+"?datetime="+then)
		if a.StatusCode != http.StatusOK || len(contentOf(t, a.body)["road"]) != 1 {
			t.Errorf("%s: %s %v", home, a.Status, contentOf(t, a.body))
		}
	}
}
