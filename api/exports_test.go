package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
	"wangge/layers/export"
	"wangge/layers/sheet"
)

func needGDAL(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed: GeoPackage and Shapefile are not tested")
	}
}

// tableOf reads the first sheet of a workbook or a csv.
func tableOf(t *testing.T, a answer) (rows [][]string) {
	t.Helper()
	size := int64(len(a.body))
	book, err := sheet.Open(t.Context(), bytes.NewReader(a.body), size, sheet.Limits{})
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		book, err = sheet.OpenCSV(t.Context(), bytes.NewReader(a.body), size, sheet.CSVOptions{}, sheet.Limits{})
	}
	if err != nil {
		t.Fatalf("%v: %s %s", err, a.Status, a.Header.Get("Content-Type"))
	}
	err = book.Rows(t.Context(), 0, func(l sheet.Line) error {
		var row []string
		for _, c := range l.Cells {
			row = append(row, c.Text)
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Every layer comes in every format, under a Chinese name, with public fields only.
func TestExportsOfEverybody(t *testing.T) {
	needGDAL(t)
	w := newTown(t)
	for format, media := range map[string]string{"geojson": "application/geo+json", "csv": "text/csv; charset=utf-8",
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "gpkg": "application/geopackage+sqlite3", "shp.zip": "application/zip"} {
		a := w.get(t, "/api/v1/exports/public_toilet."+format)
		_, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != media || err != nil ||
			!strings.HasPrefix(params["filename"], "公厕_20") || !strings.HasSuffix(params["filename"], "."+format) {
			t.Errorf("%s: %s %v %v", format, a.Status, a.Header, err)
		}
		if bytes.Contains(a.body, []byte("secret")) || strings.Contains(a.Header.Get("Cache-Control"), "private") || !strings.Contains(a.Header.Get("Vary"), "Authorization") {
			t.Errorf("%s: what is internal is out, or kept by nobody: %v", format, a.Header)
		}
		if h := w.ask(t, http.MethodHead, "/api/v1/exports/public_toilet."+format); h.StatusCode != http.StatusOK || h.Header.Get("Content-Type") != media || len(h.body) > 0 {
			t.Errorf("HEAD %s: %s %v", format, h.Status, h.Header)
		}
	}
	for _, layer := range []string{"unit_grid", "road", "back_alley", "barrier_free_ramp", "parking_space", "construction_site"} {
		if a := w.get(t, "/api/v1/exports/"+layer+".csv"); a.StatusCode != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %s", layer, a.Status)
		}
	}
}

// exportMatrix are the rows of exports in the matrix of rights: of a layer that is not there, which costs nothing.
func exportMatrix() (rows []row) {
	for _, f := range export.Formats() {
		rows = append(rows, row{"GET /api/v1/exports/{layer}." + string(f), rights.ReadOpen, of("/api/v1/exports/nothing." + string(f)), []int{http.StatusNotFound}})
	}
	return rows
}

// What staff may see is in their files, and nobody keeps those.
func TestExportsOfStaff(t *testing.T) {
	w := newTown(t)
	var c struct {
		Features []struct{ Properties map[string]any }
	}
	for _, role := range []rights.Role{rights.Viewer, rights.Bureau} {
		a := w.get(t, "/api/v1/exports/public_toilet.geojson", w.as(t, role)...)
		if err := json.Unmarshal(a.body, &c); err != nil || len(c.Features) != 1 {
			t.Fatalf("%s: %v %s", role, err, a.body)
		}
		_, shown := c.Features[0].Properties["note"]
		if want := w.get(t, "/ogc/collections/public_toilet/items/7", w.as(t, role)...); shown != bytes.Contains(want.body, []byte(`"note"`)) {
			t.Errorf("%s: note in the file: %t, in the item: %s", role, shown, want.body)
		}
		if a.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %s", role, a.Header.Get("Cache-Control"))
		}
	}
	if a := w.get(t, "/api/v1/exports/public_toilet.csv?filter=note='secret'"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("what is internal can be asked for: %s", a.Status)
	}
}

// An export holds what items hold, asked for in the same way.
func TestExportsAsItems(t *testing.T) {
	w := newTown(t)
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf(`INSERT INTO parking_space (code, name, kind, capacity, status, geom) VALUES ('P-%d', '停车场%d', 'motor', %d, '%s', 'SRID=4490;POINT(%f 36.27)')`,
			i, i, i%7, []string{"intact", "closed"}[i%2], 119.99+float64(i)/1000))
	}
	w.settle(t, all...)
	for _, query := range []string{"", "filter=capacity>3", "filter=status='停用'&sortby=-capacity,name", "grid=duty:Z-01", "region=370281001&sortby=name", "ids=1,2,3,5"} {
		query = strings.ReplaceAll(strings.ReplaceAll(query, ">", "%3E"), "'", "%27")
		var items, file struct {
			Features []struct {
				ID         int
				Geometry   any
				Properties map[string]any
			}
		}
		w.json(t, "/ogc/collections/parking_space/items?limit=1000&"+query, &items)
		w.json(t, "/api/v1/exports/parking_space.geojson?"+query, &file)
		if d := cmp.Diff(items.Features, file.Features); d != "" {
			t.Errorf("%s (-items +file):\n%s", query, d)
		}
		rows := tableOf(t, w.get(t, "/api/v1/exports/parking_space.xlsx?"+query))
		if len(rows) != len(items.Features)+1 {
			t.Errorf("%s: %d rows of %d", query, len(rows), len(items.Features))
		}
	}
	rows := tableOf(t, w.get(t, "/api/v1/exports/parking_space.csv?properties=name,status&sortby=name&filter=capacity%3D6"))
	if d := cmp.Diff([]string{"名称", "状态", "WKT", "id"}, rows[0]); d != "" || rows[1][1] != "完好" && rows[1][1] != "停用" {
		t.Errorf("%v %s", rows[:2], d)
	}
	rows = tableOf(t, w.get(t, "/api/v1/exports/public_toilet.csv?values=codes&properties=code,open_24h,grade&crs=gcj02"))
	if d := cmp.Diff([][]string{{"grade", "open_24h", "code", "lon", "lat", "id"}}, rows[:1]); d != "" || rows[1][3] == "119.9995" {
		t.Errorf("%v %s", rows, d)
	}
}

// No text of the record becomes a formula in a spreadsheet program.
func TestExportsWithoutFormulas(t *testing.T) {
	w := newTown(t)
	w.settle(t, `UPDATE public_toilet SET name = '=cmd|'' /C calc''!A0', code = '+1', opening_hours = '@SUM(1)', note = '-2'`)
	who := w.as(t, rights.Bureau)
	csv := w.get(t, "/api/v1/exports/public_toilet.csv", who...)
	for _, bad := range []string{",=", ",+", ",@", `,"=`, `,"@`, "\n="} {
		if bytes.Contains(csv.body, []byte(bad)) {
			t.Errorf("%q in %s", bad, csv.body)
		}
	}
	if rows := tableOf(t, csv); !slices.Contains(rows[1], "=cmd|' /C calc'!A0") {
		t.Errorf("the import would not read it as it was: %q", rows[1])
	}
	book := w.get(t, "/api/v1/exports/public_toilet.xlsx", who...)
	z, err := zip.NewReader(bytes.NewReader(book.body), int64(len(book.body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(r); err != nil || bytes.Contains(b, []byte("<f>")) || bytes.Contains(b, []byte("<f ")) {
			t.Errorf("%s: a formula, or %v", f.Name, err)
		}
	}
}

// Every bad request for an export has its documented answer.
func TestBadExports(t *testing.T) {
	w := newTown(t)
	text, err := os.ReadFile("testdata/bad/exports.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		parts := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(parts) != 4 {
			continue
		}
		a := w.get(t, parts[3])
		p := problemOf(t, a)
		named := "-"
		if len(p.Errors) > 0 {
			named = p.Errors[0].Parameter
		}
		if got := strings.Join([]string{strconv.Itoa(a.StatusCode), p.Type, named}, " "); got != strings.Join(parts[:3], " ") {
			t.Errorf("%s: %s, want %s\n%s", parts[3], got, parts[:3], a.body)
		}
		if a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: a problem that is to be saved as a file", parts[3])
		}
		tried++
	}
	if tried < 30 {
		t.Errorf("only %d requests", tried)
	}
}

// manySpacesSQL makes a file that no buffer between server and caller holds.
const manySpacesSQL = `INSERT INTO parking_space (code, name, kind, geom)
	SELECT 'X-' || i, repeat('停', 300), 'motor', 'SRID=4490;POINT(119.9995 36.2702)' FROM generate_series(1, 20000) i`

// A caller that goes away ends the work on the database.
func TestExportEndsWithItsCaller(t *testing.T) {
	w := newTown(t)
	w.settle(t, `SET LOCAL session_replication_role = replica`, manySpacesSQL)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+"/api/v1/exports/parking_space.geojson", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity")
	resp, err := w.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, resp.Body, 100_000); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	for { // its connection comes back
		if w.pool.Stat().AcquiredConns() == 0 {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d connections are still in use", w.pool.Stat().AcquiredConns())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// An error behind the first bytes breaks the connection: half a file never looks like a whole one.
func TestExportBreaksOff(t *testing.T) {
	w := newTown(t)
	w.settle(t, `SET LOCAL session_replication_role = replica`, manySpacesSQL)
	for _, format := range []string{"geojson", "csv", "xlsx"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/api/v1/exports/parking_space."+format, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := w.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.pool.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%parking_space%' AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if format != "xlsx" && err == nil { // a workbook is so small that it may have been whole already
			t.Errorf("%s: nobody was told that it broke off", format)
		}
	}
}

func TestExportsWithoutGDAL(t *testing.T) {
	w := newTown(t)
	t.Setenv("PATH", t.TempDir())
	for _, format := range []string{"gpkg", "shp.zip"} {
		a := w.get(t, "/api/v1/exports/road."+format)
		if p := problemOf(t, a); a.StatusCode != http.StatusNotImplemented || p.Type != "no-gdal" {
			t.Errorf("%s: %s %s", format, a.Status, a.body)
		}
	}
}
