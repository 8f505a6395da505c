package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"wangge/geo/datum"
	"wangge/layers"
)

// ErrNoGDAL says that a format needs a program which is not there.
var ErrNoGDAL = errors.New("GDAL is not installed")

// What GDAL's programs may take.
const (
	infoTime = time.Minute
	readTime = 15 * time.Minute
	maxInfo  = 4 << 20 // of what ogrinfo says
	// What GDAL keeps in memory whole may not be as long as what it streams.
	maxWholeBytes = 128 << 20
)

// gdalSource is a file as GDAL sees it: unpacked where it was zipped. End with close.
type gdalSource struct {
	paths  []string // one for each file with layers of its own
	names  []string // of the files in a zip, in the same order
	folder string   // with what was unpacked; "" for none
	tables []gdalTable
	table  int               // the one that is read
	fields map[string]string // of an export of ours, whose layers are one: the field that each column is; nil for others
}

// gdalTable is one layer of a file.
type gdalTable struct {
	path    string
	layer   string // as GDAL calls it
	name    string // as people know it
	rows    int64
	wkt     string // of its coordinate system; "" for none
	columns []string
	full    map[string]string // columns that are called otherwise in the file, by their names there
}

func (s *gdalSource) close() {
	if s.folder != "" {
		_ = os.RemoveAll(s.folder) // a temporary folder
	}
}

// openGDAL unpacks a file where it must and asks GDAL what is in it.
func openGDAL(ctx context.Context, f *File, charset Charset) (_ *gdalSource, err error) {
	if f.size > MaxFileBytes || f.size > maxWholeBytes && slices.Contains([]Format{KML, GML, DXF, MapInfo}, f.Format) {
		return nil, tooLarge(fmt.Sprintf("%d MB", f.size>>20))
	}
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		return nil, noGDAL()
	}
	s := &gdalSource{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := s.unpack(ctx, f); err != nil {
		return nil, err
	}
	for i, path := range s.paths {
		tables, err := ask(ctx, path, charset)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			if t.name = t.layer; s.names != nil && len(tables) == 1 {
				t.name = s.names[i]
			}
			t.rename(s.fields)
			s.tables = append(s.tables, t)
		}
	}
	if len(s.tables) == 0 {
		return nil, empty()
	}
	return s, nil
}

func noGDAL() error {
	return &Fault{ErrNoGDAL, "读取 Shapefile、GeoPackage 等格式需要 GDAL 的 ogr2ogr：请安装 gdal-bin，或先转换为 GeoJSON",
		"Shapefile, GeoPackage and the like are read with GDAL's ogr2ogr: install gdal-bin, or convert to GeoJSON first"}
}

// endings are those of the files that can be opened, by format.
func endings(f Format) []string {
	return map[Format][]string{Shapefile: {".shp"}, GeoPackage: {".gpkg"}, MapInfo: {".tab", ".mif"}, KML: {".kml"}}[f]
}

// maxZipSets bounds how many Shapefiles a zip may have.
const maxZipSets = 50

// unpack puts what is zipped into a folder of its own, under names of our own.
func (s *gdalSource) unpack(ctx context.Context, f *File) (err error) {
	if !f.zipped() {
		s.paths = []string{f.Path}
		return nil
	}
	a, err := openZip(f.Path, f.size)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }() // it was only read
	if f.Format == Shapefile {
		if s.fields, err = a.sidecar(ctx); err != nil {
			return err
		}
	}
	if s.folder, err = os.MkdirTemp("", "wangge-gdal-"); err != nil {
		return err
	}
	all := a.kinds(endings(f.Format)...)
	if len(all) > maxZipSets {
		return bomb(fmt.Sprintf("%d 个文件 files", len(all)))
	}
	for i, one := range all {
		path, err := a.unpackSet(one, s.folder, "layer"+strconv.Itoa(i+1))
		if err != nil {
			return err
		}
		s.paths, s.names = append(s.paths, path), append(s.names, stemOf(one))
	}
	return nil
}

// zipped tells whether a file is a zip file.
func (f *File) zipped() bool {
	file, err := os.Open(f.Path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // it was only read
	head := make([]byte, 2)
	n, _ := file.Read(head)
	return string(head[:n]) == "PK"
}

// gdal prepares one of GDAL's programs.
func gdal(ctx context.Context, charset Charset, program string, args ...string) *exec.Cmd {
	child := exec.CommandContext(ctx, program, args...) //nolint:gosec // the arguments are ours and a file's name
	child.Env = append(os.Environ(), "SHAPE_ENCODING="+string(charset), "GDAL_DISABLE_READDIR_ON_OPEN=NO", "CPL_CURL_ENABLE_VSIMEM=NO",
		"GML_DOWNLOAD_SCHEMA=NO", "GML_SKIP_RESOLVE_ELEMS=ALL", "GDAL_HTTP_TIMEOUT=1", "OGR_GMLAS_ALLOW_DOWNLOAD=NO", "CPL_DEBUG=OFF", "LC_ALL=C.UTF-8")
	child.WaitDelay = 5 * time.Second
	return child
}

// ask lets ogrinfo tell the layers of a file.
func ask(ctx context.Context, path string, charset Charset) ([]gdalTable, error) {
	limited, stop := context.WithTimeout(ctx, infoTime)
	defer stop()
	charset, err := charsetOf(path, charset)
	if err != nil {
		return nil, err
	}
	child := gdal(limited, charset, "ogrinfo", "-ro", "-so", "-al", "-nomd", "-wkt_format", "WKT1", path)
	var says, out firstBytes
	says.most, out.most = 4096, maxInfo
	child.Stderr, child.Stdout = &says, &out
	if err := child.Run(); err != nil {
		return nil, gdalFault(ctx, limited, err, says.String()+out.String())
	}
	return readInfo(path, out.String()), nil
}

// gdalFault says why a program of GDAL's failed: the caller's end, too long, or the file.
func gdalFault(caller, limited context.Context, err error, says string) error {
	switch {
	case caller.Err() != nil:
		return caller.Err()
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return &Fault{ErrTime, "读取文件用时过长", "reading the file takes too long"}
	case errors.Is(err, exec.ErrNotFound):
		return noGDAL()
	}
	return syntax("GDAL: " + shorten(strings.TrimSpace(says)))
}

// infoField is a line of ogrinfo's that names a column.
var infoField = regexp.MustCompile(`^(.+): (Integer64|Integer|Real|String|Date|DateTime|Time|Binary|IntegerList|Integer64List|RealList|StringList)\b[^:]*\([0-9.]+\)`)

// readInfo reads what ogrinfo says.
func readInfo(path, says string) (tables []gdalTable) {
	inWKT := false
	for line := range strings.Lines(says) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "Layer name: "); ok {
			tables = append(tables, gdalTable{path: path, layer: name})
			inWKT = false
			continue
		}
		if len(tables) == 0 {
			continue
		}
		t := &tables[len(tables)-1]
		count, isCount := strings.CutPrefix(line, "Feature Count: ")
		switch {
		case line == "Layer SRS WKT:":
			inWKT = true
		case strings.HasPrefix(line, "Data axis to CRS axis mapping"):
			inWKT = false
		case inWKT && line == "(unknown)":
			inWKT = false
		case inWKT && (t.wkt == "" || line[:1] == " "):
			t.wkt += line + "\n"
		case isCount:
			t.rows, _ = strconv.ParseInt(count, 10, 64)
		default:
			inWKT = false
			if m := infoField.FindStringSubmatch(line); m != nil {
				t.columns = append(t.columns, m[1])
			}
		}
	}
	return tables
}

// The code and the name that WKT ends and begins with, and the system of degrees that a projection is made of.
var (
	wktCode = regexp.MustCompile(`AUTHORITY\["EPSG","([0-9]+)"\]\]\s*$`)
	wktName = regexp.MustCompile(`^\s*[A-Z]+\["([^"]*)"`)
	wktGeog = regexp.MustCompile(`GEOGCS\["([^"]*)"`)
)

// stated is the system that a layer says it has, by name, or "" where it says none. known is false for one that is neither WGS 84 nor CGCS2000,
// nor a projection of theirs.
func (t *gdalTable) stated() (name string, s datum.System, ours, known bool) {
	if t.wkt == "" {
		return "", s, false, true
	}
	if m := wktName.FindStringSubmatch(t.wkt); m != nil {
		name = m[1]
	}
	if m := wktCode.FindStringSubmatch(t.wkt); m != nil {
		if parsed, err := datum.Parse("EPSG:" + m[1]); err == nil {
			return parsed.Code(), parsed, true, true
		}
		name = "EPSG:" + m[1] + " " + name
	}
	geog := ""
	if m := wktGeog.FindStringSubmatch(t.wkt); m != nil {
		geog = strings.ToLower(m[1])
	}
	for _, good := range []string{"wgs 84", "wgs84", "gcs_wgs_1984", "china geodetic coordinate system 2000", "cgcs2000", "gcs_china_geodetic_coordinate_system_2000", "cgcs_2000", "wgs_1984"} {
		if strings.Contains(geog, good) {
			return name, s, strings.HasPrefix(strings.TrimSpace(t.wkt), "GEOGCS"), true
		}
	}
	return name, s, false, false
}

// choose takes the layer that was asked for, or the one whose columns are known best, or the one with the most rows.
func (s *gdalSource) choose(o *Options) error {
	if o.Sheet != "" {
		s.table = slices.IndexFunc(s.tables, func(t gdalTable) bool { return t.name == o.Sheet || t.layer == o.Sheet })
		if s.table < 0 {
			var names []string
			for _, t := range s.tables {
				names = append(names, t.name)
			}
			return usage("文件中没有图层 %[1]q；有：%[2]s", "there is no layer %[1]q in the file; there are: %[2]s", o.Sheet, strings.Join(names, ", "))
		}
		return nil
	}
	best := -1
	for i, t := range s.tables {
		score := knownColumns(t.columns, o.Layer)
		if t.rows > 0 {
			score++
		}
		if score > best {
			s.table, best = i, score
		}
	}
	return nil
}

// knownColumns counts the columns that the layer, or the likeliest layer, has fields for.
func knownColumns(columns []string, l *layers.Layer) int {
	all := layers.Catalogue()
	if l != nil {
		all = []*layers.Layer{l}
	}
	best := 0
	for _, one := range all {
		known, n := headings(one), 0
		for _, c := range columns {
			if f, _ := findHeading(known, heading(c)); f != nil {
				n += 2
			}
		}
		best = max(best, n)
	}
	return best
}

// system is the system of the numbers that GDAL gives for a layer: degrees where the layer says what it has, for GDAL converts then; else what was said.
func (t *gdalTable) system(o *Options) (datum.System, error) {
	name, stated, ours, known := t.stated()
	if name == "" {
		return o.checkDatum(true)
	}
	if !known {
		return stated, &Fault{ErrCRS, "文件自称坐标系为 " + shorten(name) + "，它与 CGCS2000 的换算参数不公开：请先转换坐标", "the file calls its coordinate system " + shorten(name) + ", whose relation to CGCS2000 is not public: convert it first"}
	}
	said, err := o.checkDatum(false)
	if err != nil || o.Datum == "" {
		return datum.System{}, err
	}
	if !ours || !agrees(stated, said) {
		return said, contradiction(name, o.Datum)
	}
	if isShifted(said) {
		return said, nil
	}
	return datum.System{}, nil
}

// readGDAL reads a file through GDAL.
func readGDAL(ctx context.Context, f *File, m *Mapper, take func(*object) error) error {
	s, err := openGDAL(ctx, f, Charset(m.o.Charset))
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.choose(&m.o); err != nil {
		return err
	}
	tables := s.tables[s.table : s.table+1]
	if s.fields != nil && m.o.Sheet == "" {
		tables = s.tables // one for each type of geometry
	}
	before, empties := int64(0), 0
	for i := range tables {
		t := &tables[i]
		err := m.readLayer(ctx, f, t, func(obj *object) error {
			obj.row += before
			return take(obj)
		})
		if errors.Is(err, ErrEmpty) && len(tables) > 1 {
			empties++
			err = nil
		}
		if err != nil {
			return err
		}
		before += t.rows
	}
	if empties == len(tables) {
		return empty()
	}
	return nil
}

// readLayer reads one layer of a file.
func (m *Mapper) readLayer(ctx context.Context, f *File, t *gdalTable, take func(*object) error) error {
	system, err := t.system(&m.o)
	if err != nil {
		return err
	}
	o := m.o
	if t.wkt != "" {
		o.Axes = "" // GDAL knows
	}
	m.exported = m.o.Layer != nil && ownExport(m.namesOf(t.columns))
	if m.o.Layer != nil {
		m.settle(t.columns)
	}
	conv := newConverter(&o, system)
	address := slices.IndexFunc(t.columns, func(c string) bool { return isOneOf(heading(c), addressHeadings) })
	err = t.read(ctx, Charset(m.o.Charset), func(obj *object) error {
		if f.report != nil && obj.row%1000 == 0 {
			f.report(obj.row, t.rows)
		}
		if address >= 0 {
			obj.address, _ = scalarText(obj.props[t.columns[address]])
		}
		obj.place(conv)
		return take(obj)
	})
	if err == nil {
		err = conv.judge()
	}
	return err
}

// place turns an object's numbers into degrees; one that has none has no place.
func (o *object) place(conv *converter) {
	if code, _, _ := reason(o.err); o.err != nil && code == missingGeometry {
		o.err, o.nowhere = nil, true
		return
	}
	if o.err == nil {
		o.geometry, o.err = conv.convert(o.geometry)
	}
}

// read lets ogr2ogr write a layer into a pipe as GeoJSON, and reads that. Coordinates come in degrees where the layer says what system it has, else as they stand.
func (t *gdalTable) read(ctx context.Context, charset Charset, take func(*object) error) error {
	limited, stop := context.WithTimeout(ctx, readTime)
	defer stop()
	charset, err := charsetOf(t.path, charset)
	if err != nil {
		return err
	}
	child := gdal(limited, charset, "ogr2ogr", "-f", "GeoJSONSeq", "-lco", "RS=NO", "-lco", "COORDINATE_PRECISION=12", "-nlt", "PROMOTE_TO_MULTI", "/vsistdout/", t.path, t.layer)
	says := firstBytes{most: 4096}
	child.Stderr = &says
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return gdalFault(ctx, limited, err, "")
	}
	err = readGeoJSON(limited, streamFile(t.path, out), nil, func(obj *object) error {
		t.renamed(obj)
		return take(obj)
	})
	if err != nil {
		stop() // whatever it would still write
	}
	ended := child.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil && ended != nil, ended != nil && (errors.Is(err, ErrEmpty) || errors.Is(err, ErrTruncated)), errors.Is(err, context.DeadlineExceeded):
		return gdalFault(ctx, limited, ended, says.String())
	}
	return err
}

// charsetOf is the charset of a Shapefile's texts: the one that was said, or that its texts look like.
func charsetOf(name string, said Charset) (Charset, error) {
	switch strings.ToLower(strings.ReplaceAll(string(said), "-", "")) {
	case "", "auto":
	case "gbk", "gb2312", "gb18030", "cp936":
		return CharsetGBK, nil
	case "utf8":
		return CharsetUTF8, nil
	default:
		return "", usage("不认识字符集 %[1]q：可用 UTF-8、GBK", "unknown charset %[1]q: UTF-8 or GBK", string(said))
	}
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	for _, kind := range []string{".dbf", ".DBF"} {
		f, err := os.Open(stem + kind)
		if err != nil {
			continue // GDAL will say what is missing
		}
		charset, err := dbfCharset(f)
		_ = f.Close() // it was only read
		return charset, err
	}
	return CharsetUTF8, nil
}

// readable gives a text of an unknown charset as UTF-8: what is none is taken for GBK.
func readable(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().String(s); err == nil {
		return text
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// firstBytes keeps the beginning of what a program says and takes the rest all the same.
type firstBytes struct {
	bytes.Buffer
	most int
}

// Write keeps what there is room for.
func (f *firstBytes) Write(b []byte) (int, error) {
	f.Buffer.Write(b[:min(len(b), max(0, f.most-f.Len()))])
	return len(b), nil
}
