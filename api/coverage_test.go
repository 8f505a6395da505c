package api

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/fixtures/pgtest"
	"wangge/layers/sheet"
)

// The same city and the same question have the same bytes, on every server; who has them is told so.
func TestCoverageTags(t *testing.T) {
	w := newTown(t)
	other := townOn(t, w.pool)
	seen := map[string]string{}
	for _, path := range []string{"", "?by=community", "?mode=straight", "?radius=300", "?sort=code", "?f=csv", "?f=xlsx", "/facilities", "/gaps.geojson", "/hexagons", "/report.xlsx", "/explain?lon=120&lat=36.27",
		"?ambiguous=true", "?kind=accessible", "?profile=step_free", "?within=370281001", "?limit=1"} {
		path = toiletCoverage + path
		a, b := w.get(t, path), other.get(t, path)
		tag := a.Header.Get("ETag")
		if a.StatusCode != http.StatusOK || tag == "" || a.Header.Get("Cache-Control") != "public, max-age=0, must-revalidate" || !bytes.Equal(a.body, b.body) {
			t.Errorf("%s: %s %v, %d and %d bytes", path, a.Status, a.Header, len(a.body), len(b.body))
		}
		if before, taken := seen[tag]; taken {
			t.Errorf("%s has the tag of %s", path, before)
		}
		seen[tag] = path
		for _, known := range []string{tag, "*", `"x", W/` + tag} {
			if again := w.get(t, path, "If-None-Match", known); again.StatusCode != http.StatusNotModified || len(again.body) > 0 || again.Header.Get("ETag") != tag {
				t.Errorf("%s with %s: %s %v", path, known, again.Status, again.Header)
			}
		}
		if packed := w.get(t, path, "Accept-Encoding", "gzip"); packed.Header.Get("Content-Encoding") == "gzip" {
			tag := packed.Header.Get("ETag")
			if again := w.get(t, path, "Accept-Encoding", "gzip", "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
				t.Errorf("%s with %s: %s", path, tag, again.Status)
			}
		}
		if h := w.ask(t, http.MethodHead, path); h.StatusCode != http.StatusOK || len(h.body) > 0 || h.Header.Get("ETag") != tag {
			t.Errorf("HEAD %s: %s %v", path, h.Status, h.Header)
		}
	}
	tag := w.get(t, toiletCoverage).Header.Get("ETag")
	revision := w.write(t, `UPDATE public_toilet SET status = 'closed' WHERE id = 7`)
	if b := other.get(t, toiletCoverage, "If-None-Match", tag); b.StatusCode != http.StatusOK {
		t.Errorf("another server takes this one's tag: %s", b.Status)
	}
	if a := w.get(t, toiletCoverage+"?min_revision="+revision, "If-None-Match", tag); a.StatusCode != http.StatusOK {
		t.Errorf("after a toilet was closed: %s", a.Status)
	}
}

// Tables come as files with Chinese headings, all rows and the total, and the method beside them.
func TestCoverageFiles(t *testing.T) {
	w := newTown(t)
	var table tableRead
	w.json(t, toiletCoverage+"?by=street&radius=300,500", &table)
	for _, f := range []string{"csv", "xlsx"} {
		a := w.get(t, toiletCoverage+"?by=street&radius=300,500&f="+f)
		rows := tableOf(t, a)
		if len(rows) != table.Count+2 || !strings.Contains(a.Header.Get("Content-Disposition"), "filename*=UTF-8''%E8%A6%86%E7%9B%96") {
			t.Fatalf("%s: %d rows of %d, %v", f, len(rows), table.Count, a.Header)
		}
		for _, heading := range []string{"面积（m²）", "300 m 内面积（m²）", "500 m 内面积占比", "道路长度（m）", "人口（人）"} {
			if !strings.Contains(strings.Join(rows[0], "|"), heading) {
				t.Errorf("%s has no %s: %v", f, heading, rows[0])
			}
		}
		for i, r := range table.Items {
			if rows[i+1][1] != r.Code || rows[i+1][3] != decimal(r.AreaM2) || rows[i+1][5] != decimal(r.CoveredM2[0]) {
				t.Errorf("%s: %v, want %+v", f, rows[i+1], r)
			}
		}
	}
	if a := w.get(t, toiletCoverage+"?f=csv"); !bytes.HasPrefix(a.body, []byte("\ufeff")) {
		t.Error("csv without a byte order mark")
	}
	a := w.get(t, toiletCoverage+"/report.xlsx?by=street")
	book, err := sheet.Open(t.Context(), bytes.NewReader(a.body), int64(len(a.body)), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"指标", "口径", "阈值", "设施"}, book.Names()); diff != "" {
		t.Error(diff)
	}
	for i, name := range book.Names() {
		n := 0
		if err := book.Texts(t.Context(), i, func(int, []string, []bool) error { n++; return nil }); err != nil || n < 2 {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Pages hold every row once, whatever the order.
func TestCoveragePages(t *testing.T) {
	w := newTown(t)
	for _, sort := range []string{"-uncovered", "code", "-code", "name", "%2Bname", "area", "-share", "share:300", "population", "-uncovered_population", "road", "-facilities"} {
		var all, page tableRead
		query := toiletCoverage + "?by=street&radius=300,500&sort=" + sort
		w.json(t, query, &all)
		var got []string
		for cursor, n := "", 0; n < 10; n++ {
			w.json(t, query+"&limit=1"+cursor, &page)
			for _, r := range page.Items {
				got = append(got, r.Code)
			}
			if page.Next == nil {
				break
			}
			cursor = "&cursor=" + *page.Next
			page = tableRead{}
		}
		var want []string
		for _, r := range all.Items {
			want = append(want, r.Code)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) != 2 {
			t.Errorf("%s: %s", sort, diff)
		}
	}
}

// A city without streets, facilities or regions has answers, not errors.
func TestCoverageOfNothing(t *testing.T) {
	for name, w := range map[string]*town{"no city": townOn(t, pgtest.DB(t)), "no streets": bare(t, `DELETE FROM road`), "no toilets": bare(t, `DELETE FROM public_toilet`)} {
		for route, path := range coverageAsks() {
			if a := w.get(t, path); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s: %s %.300s", name, route, a.Status, a.body)
			}
		}
		for _, path := range []string{toiletCoverage + "?mode=straight", toiletCoverage + "?f=csv", "/api/v1/coverage/parking_space?by=grid:unit"} {
			if a := w.get(t, path); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s: %s %.300s", name, path, a.Status, a.body)
			}
		}
		for path, body := range map[string]string{
			toiletCoverage + "/preview": `{"question": {"radii_m": [300]}, "changes": [{"op": "add", "service": "public_toilet", "at": [120, 36.27]}], "hexagons": true}`,
			"/api/v1/coverage/siting":   `{"service": "public_toilet", "radius_m": 300, "k": 3, "stability": true}`,
		} {
			if a := w.send(t, http.MethodPost, path, strings.NewReader(body), "Content-Type", "application/json"); a.StatusCode != http.StatusOK {
				t.Errorf("%s: %s: %s %.300s", name, path, a.Status, a.body)
			}
		}
	}
	var table tableRead
	bare(t, `DELETE FROM public_toilet`).json(t, toiletCoverage+"?by=street", &table)
	if table.Method.Facilities != 0 || table.Total.AreaM2 == 0 || *table.Total.CoveredShare[0] != 0 {
		t.Errorf("without toilets: %+v", table.Total)
	}
}

// bare is the small city with something taken out.
func bare(t *testing.T, statement string) *town {
	t.Helper()
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), smallCitySQL+statement); err != nil {
		t.Fatal(err)
	}
	return townOn(t, pool)
}

// packed reads the compact form as a stranger would, by its description.
func packed(t *testing.T, b []byte) (cells []uint64, metres []uint16, flags []byte) {
	t.Helper()
	if string(b[:4]) != "WGHX" || b[4] != 1 {
		t.Fatalf("not a pack: % x", b[:12])
	}
	n := int(binary.LittleEndian.Uint32(b[8:]))
	b = b[12:]
	for i := range n {
		if i == 0 {
			cells, b = append(cells, binary.LittleEndian.Uint64(b)), b[8:]
			continue
		}
		delta, size := binary.Uvarint(b)
		cells, b = append(cells, cells[i-1]+delta), b[size:]
	}
	for range n {
		metres, b = append(metres, binary.LittleEndian.Uint16(b)), b[2:]
	}
	if len(b) != n {
		t.Fatalf("%d bytes left of %d hexagons", len(b), n)
	}
	return cells, metres, b
}

func TestCoverageHexagons(t *testing.T) {
	w := newTown(t)
	a := w.get(t, toiletCoverage+"/hexagons?radius=500")
	cells, metres, _ := packed(t, a.body)
	if a.Header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(a.Header.Get("Wangge-Method"), "walk-") || len(cells) < 1000 {
		t.Fatalf("%d cells, %v", len(cells), a.Header)
	}
	reached, off := 0, 0
	for _, m := range metres {
		if m < 500 {
			reached++
		}
		if m == 65534 {
			off++
		}
	}
	if reached == 0 || off == 0 || reached+off > len(cells) {
		t.Errorf("%d reached, %d without network of %d", reached, off, len(cells))
	}
	some, _, _ := packed(t, w.get(t, toiletCoverage+"/hexagons?radius=500&within=370281001001").body)
	if len(some) == 0 || len(some) >= len(cells) {
		t.Errorf("%d of %d cells in a community", len(some), len(cells))
	}
}

// Boards are worked out on first use: who cannot wait as long is told to come back.
func TestCoverageTakesTime(t *testing.T) {
	w := newTown(t, func(c *Config) { c.RequestTimeout = time.Microsecond })
	p := problemOf(t, w.get(t, toiletCoverage))
	if p.Status != http.StatusServiceUnavailable || p.Type != "too-slow" {
		t.Errorf("%+v", p)
	}
	if a := w.get(t, toiletCoverage); a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
}
