package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"wangge/geo/datum"
	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/sheet"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nasty are texts that a file must carry or make harmless.
var nasty = []string{"=cmd|' /C calc'!A0", "@SUM(1)", "-1+2", "+86 138", "'=1", "\t=1", "＝1", "a,b;\"c\"", "多行\n文本", "370281001001001001", "007", "<b>&amp;", " 空格 ", "𠮷", "1e5"}

// shapes are geometries of each kind near Jiaozhou.
func shapes(k layers.Kind, i int) orb.Geometry {
	x, y := 120+float64(i)/1000+1e-9, 36.25
	ring := orb.Ring{{x, y}, {x + .001, y}, {x + .001, y + .001}, {x, y}}
	line := orb.LineString{{x, y}, {x + .001, y + .0005}}
	switch k {
	case layers.Point:
		return orb.Point{x, y}
	case layers.LineString:
		return line
	case layers.MultiLineString:
		return orb.MultiLineString{line, {{x, y + .01}, {x, y + .02}}}
	case layers.Polygon:
		return orb.Polygon{ring}
	}
	return orb.MultiPolygon{{ring}, {{{x, y + .01}, {x + .001, y + .01}, {x, y + .011}, {x, y + .01}}}}
}

// tableOf is a table of a layer with every column, and n rows.
func tableOf(t testing.TB, l *layers.Layer, n int) (Table, Source) {
	t.Helper()
	at := time.Date(2026, 1, 31, 15, 59, 59, 123456000, time.UTC)
	tab := Table{Layer: l, Rules: &layers.Rules{}, Columns: l.Columns(), Zone: time.FixedZone("CST", 8*3600), Now: at, Filter: "status = 'closed'"}
	for i := range l.Fields {
		tab.Shown = append(tab.Shown, &l.Fields[i])
	}
	return tab, func(ctx context.Context, take func(Row) error) error {
		var row Row
		for i := range n {
			row.ID, row.Revision, row.Fields = int64(i+1), 1, row.Fields[:0]
			for k, f := range tab.Columns {
				row.Fields = append(row.Fields, value(f, i+k, at))
			}
			var err error
			if row.Geometry, err = pgeom.Append(row.Geometry[:0], shapes(l.Geometry[i%len(l.Geometry)], i%100)); err != nil {
				return err
			}
			if err := take(row); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	}
}

func value(f *layers.Field, i int, at time.Time) any {
	if i%7 == 6 && !f.Required {
		return nil
	}
	switch f.Type {
	case layers.Integer:
		return int64(i)
	case layers.Number:
		return float64(i) / 8
	case layers.Boolean:
		return i%2 == 0
	case layers.Date:
		return time.Date(2026, 1, i%28+1, 0, 0, 0, 0, time.UTC)
	case layers.Time:
		return at
	case layers.Enum:
		return f.Values[i%len(f.Values)].Code
	case layers.Object:
		return map[string]any{"键": nasty[i%len(nasty)]}
	}
	return nasty[i%len(nasty)]
}

func write(t testing.TB, f Format, tab Table, rows Source) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, NewWriter().Write(t.Context(), &b, f, tab, rows))
	return b.Bytes()
}

func needGDAL(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("ogr2ogr is not installed: GeoPackage and Shapefile are not tested")
	}
}

// No two columns of a layer have one heading, and titles lead to the fields that they are of.
func TestHeadings(t *testing.T) {
	for _, l := range layers.Catalogue() {
		tab, _ := tableOf(t, l, 0)
		for _, codes := range []bool{false, true} {
			tab.Codes = codes
			seen := map[string]bool{}
			for _, c := range tab.headings() {
				if seen[c.Heading] || c.Heading == "" {
					t.Errorf("%s: two columns are %q", l.ID, c.Heading)
				}
				seen[c.Heading] = true
			}
		}
	}
}

// Every layer becomes GeoJSON that is JSON, with every row.
func TestGeoJSON(t *testing.T) {
	for _, l := range layers.Catalogue() {
		tab, rows := tableOf(t, l, 30)
		var got struct {
			Features []struct {
				ID         int64
				Geometry   struct{ Type string }
				Properties map[string]any
			}
			NumberReturned int
			CRS            *struct{ Properties struct{ Name string } }
			Note           map[string]string `json:"crs_note"`
		}
		must(t, json.Unmarshal(write(t, GeoJSON, tab, rows), &got))
		if len(got.Features) != 30 || got.NumberReturned != 30 || got.CRS != nil || len(got.Features[0].Properties) != len(tab.Shown) {
			t.Errorf("%s: %d features, %d returned", l.ID, len(got.Features), got.NumberReturned)
		}
		var err error
		tab.System, err = datum.Parse("EPSG:4549")
		must(t, err)
		must(t, json.Unmarshal(write(t, GeoJSON, tab, rows), &got))
		if got.CRS == nil || got.CRS.Properties.Name != "urn:ogc:def:crs:EPSG::4549" || got.Note["code"] != "EPSG:4549" {
			t.Errorf("%s: %+v %v", l.ID, got.CRS, got.Note)
		}
	}
}

// In a csv and a workbook no text begins like a formula, and all texts come back.
func TestTables(t *testing.T) {
	for _, l := range layers.Catalogue() {
		tab, rows := tableOf(t, l, 40)
		for _, f := range []Format{CSV, XLSX} {
			data := write(t, f, tab, rows)
			book, err := sheet.Open(t.Context(), bytes.NewReader(data), int64(len(data)), sheet.Limits{})
			if f == CSV {
				book, err = sheet.OpenCSV(t.Context(), bytes.NewReader(data), int64(len(data)), sheet.CSVOptions{}, sheet.Limits{})
			}
			must(t, err)
			at, lines := 0, 0
			for i, field := range tab.Shown {
				if field.Name == "name" {
					at = i
				}
			}
			var names []string
			must(t, book.Rows(t.Context(), 0, func(line sheet.Line) error {
				if lines++; lines > 1 && at < len(line.Cells) && line.Cells[at].Text != "" {
					names = append(names, line.Cells[at].Text)
				}
				return nil
			}))
			var want []string
			must(t, rows(t.Context(), func(r Row) error {
				if s, ok := newShownRow(&tab).of(r)[at].(string); ok {
					want = append(want, s)
				}
				return nil
			}))
			if d := cmp.Diff(want, names); d != "" || lines != 41 {
				t.Errorf("%s.%s: %d lines (-want +got)\n%s", l.ID, f, lines, d)
			}
		}
	}
}

// GDAL reads as many features as were written, in the types of the catalogue.
func TestGDAL(t *testing.T) {
	needGDAL(t)
	for i, l := range layers.Catalogue() {
		if testing.Short() && i > 1 {
			break
		}
		tab, rows := tableOf(t, l, 12)
		tab.System, _ = datum.Parse("EPSG:4549")
		path := filepath.Join(t.TempDir(), l.ID+".gpkg")
		must(t, os.WriteFile(path, write(t, GeoPackage, tab, rows), 0o600))
		info, err := exec.Command("ogrinfo", "-so", path, l.ID).CombinedOutput()
		must(t, err)
		for _, want := range []string{"Feature Count: 12", `ID["EPSG",4549]`, "extra: String", "surveyed_on: Date", "created_at: DateTime", "revision: Integer64"} {
			if !strings.Contains(string(info), want) {
				t.Errorf("%s: no %q in\n%s", l.ID, want, info)
			}
		}
	}
}

func TestShapefile(t *testing.T) {
	needGDAL(t)
	l := layers.ByID("parking_space")
	tab, rows := tableOf(t, l, 12)
	for _, tab.GBK = range []bool{false, true} {
		data := write(t, Shapefile, tab, rows)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		must(t, err)
		var names []string
		texts := map[string]string{}
		for _, f := range z.File {
			names = append(names, f.Name)
			r, err := f.Open()
			must(t, err)
			b, err := io.ReadAll(r)
			must(t, err)
			texts[f.Name] = string(b)
		}
		for _, kind := range []string{"point", "line", "polygon"} {
			for _, part := range []string{".shp", ".shx", ".dbf", ".prj", ".cpg"} {
				if _, ok := texts["parking_space_"+kind+part]; !ok {
					t.Errorf("no %s%s in %v", kind, part, names)
				}
			}
		}
		if !strings.Contains(texts[SidecarName], "accessibl") || !strings.Contains(texts[SidecarName], "accessible_capacity") {
			t.Errorf("sidecar: %s", texts[SidecarName])
		}
		charset := map[bool]string{false: "UTF-8", true: "CP936"}[tab.GBK]
		if got := strings.TrimSpace(texts["parking_space_point.cpg"]); got != charset {
			t.Errorf("charset %q", got)
		}
		if lost := strings.Contains(texts["说明.txt"], "GBK 没有的字符"); lost != tab.GBK { // 𠮷 is not in GBK
			t.Errorf("%s: told: %t", charset, lost)
		}
		path := filepath.Join(t.TempDir(), "x.zip")
		must(t, os.WriteFile(path, data, 0o600))
		info, err := exec.Command("ogrinfo", "-al", "/vsizip/"+path+"/parking_space_polygon.shp").CombinedOutput()
		must(t, err)
		if !strings.Contains(string(info), "Feature Count: 6") || !strings.Contains(string(info), "多行") {
			t.Errorf("%s", info)
		}
	}
}

func TestShortNames(t *testing.T) {
	got := shortNames([]string{"name", "accessible_capacity", "accessible_stalls", "competent_dept", "ACCESSIBLE", "a_very_long_name"})
	want := []string{"name", "accessib_1", "accessib_2", "competent_", "ACCESSIBLE", "a_very_lon"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, l := range layers.Catalogue() {
		tab, _ := tableOf(t, l, 0)
		seen := map[string]bool{}
		for _, n := range newSpool("", Shapefile, &tab, 0).names {
			if len(n) > dbfNameBytes || seen[strings.ToUpper(n)] {
				t.Errorf("%s: %q", l.ID, n)
			}
			seen[strings.ToUpper(n)] = true
		}
	}
}

// What cannot be written says why, whatever the format.
func TestFaults(t *testing.T) {
	l := layers.ByID("public_toilet")
	tab, rows := tableOf(t, l, 500)
	broken := errors.New("the source broke")
	half := func(ctx context.Context, take func(Row) error) error {
		return errors.Join(rows(ctx, take), broken)
	}
	for _, f := range Formats() {
		if f == GeoPackage || f == Shapefile {
			needGDAL(t)
		}
		if err := NewWriter().Write(t.Context(), io.Discard, f, tab, half); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := NewWriter().Write(ctx, io.Discard, f, tab, rows); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
		far := tab
		far.System, _ = datum.Parse("EPSG:4534") // 75 E
		if err := NewWriter().Write(t.Context(), io.Discard, f, far, rows); !errors.Is(err, ErrSystem) {
			t.Errorf("%s: %v", f, err)
		}
		if err := NewWriter().Write(t.Context(), shut{}, f, tab, rows); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: %v", f, err)
		}
	}
	small := NewWriter()
	small.MaxTemp = 1000
	if err := small.Write(t.Context(), io.Discard, GeoPackage, tab, rows); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := NewWriter().Write(t.Context(), io.Discard, Shapefile, tab, rows); !errors.Is(err, ErrNoGDAL) {
		t.Errorf("%v", err)
	}
}

type shut struct{}

func (shut) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Many rows need no more memory than few.
func TestMemory(t *testing.T) {
	n := 20000
	if os.Getenv("WANGGE_LONG") != "" {
		n = 1_000_000
	}
	l := layers.ByID("public_toilet")
	for _, f := range []Format{GeoJSON, CSV, XLSX, GeoPackage} {
		if f == GeoPackage {
			if n < 1_000_000 {
				continue
			}
			needGDAL(t)
		}
		tab, rows := tableOf(t, l, n)
		before, peak, began := heap(), uint64(0), time.Now()
		counted, sent := 0, &meter{}
		must(t, NewWriter().Write(t.Context(), sent, f, tab, func(ctx context.Context, take func(Row) error) error {
			return rows(ctx, func(r Row) error {
				if counted++; counted%5000 == 0 {
					peak = max(peak, heap())
				}
				return take(r)
			})
		}))
		t.Logf("%s: %d rows, %d MB in %v, %d kB more in use", f, n, sent.n>>20, time.Since(began), (int64(peak)-int64(before))>>10)
		if peak > before+16<<20 {
			t.Errorf("%s: %d kB more in use", f, (peak-before)>>10)
		}
	}
}

type meter struct{ n int }

func (m *meter) Write(b []byte) (int, error) { m.n += len(b); return len(b), nil }

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestFileName(t *testing.T) {
	tab, _ := tableOf(t, layers.ByID("public_toilet"), 0)
	if got := FileName(tab, XLSX); got != "公厕_2026-01-31.xlsx" {
		t.Error(got)
	}
	tab.At = time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC)
	if got := FileName(tab, Shapefile); got != "公厕_2026-01-01.shp.zip" {
		t.Error(got)
	}
	if s := fmt.Sprint(Formats()); s != "[geojson csv xlsx gpkg shp.zip]" {
		t.Error(s)
	}
}
