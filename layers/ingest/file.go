package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"wangge/layers/sheet"
)

// Format is a format of files that can be read.
type Format string

// The formats.
const (
	GeoJSON Format = "geojson" // one text, or a sequence of texts
	PBF     Format = "osm.pbf"
	OSM     Format = "osm"
	XLSX    Format = "xlsx"
	CSV     Format = "csv"

	Shapefile  Format = "shapefile" // zipped, or its .shp with the others beside it
	GeoPackage Format = "gpkg"
	KML        Format = "kml" // and KMZ
	DXF        Format = "dxf"
	MapInfo    Format = "mapinfo" // .tab zipped or with the others beside it, .mif
	GML        Format = "gml"
	FlatGeobuf Format = "fgb"
)

// fromOSM tells whether a format is OpenStreetMap's own.
func (f Format) fromOSM() bool { return f == PBF || f == OSM }

// IsTable tells whether a format is one of ledgers.
func (f Format) IsTable() bool { return f == XLSX || f == CSV }

// byGDAL tells whether a format is read by GDAL.
func (f Format) byGDAL() bool {
	switch f {
	case Shapefile, GeoPackage, KML, DXF, MapInfo, GML, FlatGeobuf:
		return true
	}
	return false
}

// MaxFileBytes bounds a file that is read as a table or by GDAL. GeoJSON and OpenStreetMap are streamed and may be longer.
const MaxFileBytes = 1 << 30

// File is a file to be read, once for GeoJSON, several times for OpenStreetMap.
type File struct {
	Path   string
	Format Format
	source func() (io.ReadCloser, error)
	size   int64
	passes int64 // how often the format is read, for the progress
	done   int64 // bytes of the passes before
	report func(done, total int64)
}

// Open looks at the beginning of a file and tells its format, by content first and by name where that says nothing.
// A *Fault tells what is wrong with it.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening the file: %w", err)
	case !info.Mode().IsRegular():
		return nil, unknownFormat(path)
	case info.Size() == 0:
		return nil, empty()
	}
	return look(path, info.Size(), func() (io.ReadCloser, error) { return os.Open(path) })
}

// look tells the format of what source opens.
func look(path string, size int64, source func() (io.ReadCloser, error)) (*File, error) {
	f := &File{Path: path, source: source, size: size, passes: 1}
	file, err := source()
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	r, err := unzipped(file)
	if err != nil {
		return nil, err
	}
	head, err := bufio.NewReaderSize(r, headBytes).Peek(headBytes)
	if err != nil && len(head) == 0 {
		return nil, readFault(err, "gzip")
	}
	if f.Format, err = sniff(head, path, size); err != nil {
		return nil, err
	}
	if f.Format.fromOSM() {
		f.passes = 4
	}
	if (f.Format.IsTable() || f.Format.byGDAL()) && strings.HasSuffix(strings.ToLower(path), ".gz") {
		return nil, syntax("gzip: 请先解压 unpack it first")
	}
	return f, nil
}

// headBytes is how much of a file is looked at to tell its format.
const headBytes = 4096

// oleHeader begins encrypted workbooks, and xls files.
const oleHeader = "\xd0\xcf\x11\xe0"

// sniff tells the format from the first bytes, or else from the name.
func sniff(head []byte, path string, size int64) (Format, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
	switch {
	case bytes.HasPrefix(head, []byte(oleHeader)):
		return "", sheetFault(sheet.ErrEncrypted)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return sniffZip(path, size)
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return GeoPackage, nil
	case bytes.HasPrefix(head, []byte("fgb\x03fgb")):
		return FlatGeobuf, nil
	case bytes.HasPrefix(head, []byte{0, 0, 0x27, 0x0a}):
		return Shapefile, nil
	case bytes.Contains(head[:min(len(head), 64)], []byte("OSMHeader")):
		return PBF, nil
	case bytes.HasPrefix(text, []byte("{")):
		return GeoJSON, nil
	case bytes.HasPrefix(text, []byte("<")):
		return sniffXML(text), nil
	case isDXF(text):
		return DXF, nil
	case bytes.HasPrefix(bytes.ToLower(text), []byte("!table")), bytes.HasPrefix(bytes.ToLower(text), []byte("version ")) && hasSuffix(path, ".mif"):
		return MapInfo, nil
	}
	for suffix, format := range map[string]Format{".pbf": PBF, ".osm": OSM, ".geojson": GeoJSON, ".json": GeoJSON,
		".geojsonl": GeoJSON, ".geojsons": GeoJSON, ".geojsonseq": GeoJSON, ".ndjson": GeoJSON, ".jsonl": GeoJSON,
		".csv": CSV, ".tsv": CSV, ".txt": CSV} {
		if hasSuffix(path, suffix) {
			return format, nil
		}
	}
	if hasSuffix(path, ".xlsx") || hasSuffix(path, ".zip") || hasSuffix(path, ".gpkg") || hasSuffix(path, ".shp") || hasSuffix(path, ".kmz") {
		return "", syntax("not what its name says")
	}
	return "", unknownFormat(filepath.Base(path))
}

func hasSuffix(path, suffix string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), suffix)
}

// sniffXML tells the formats of XML apart by their root; what is none of them is tried as OpenStreetMap, which will say what is wrong.
func sniffXML(text []byte) Format {
	for range 20 { // declarations and comments before the root
		at := bytes.IndexByte(text, '<')
		if at < 0 || at+1 >= len(text) {
			return OSM
		}
		text = text[at+1:]
		if text[0] != '?' && text[0] != '!' {
			break
		}
	}
	name := text[:bytes.IndexAny(append(bytes.Clone(text), '>'), " \t\r\n/>")]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	switch {
	case string(name) == "kml":
		return KML
	case string(name) == "FeatureCollection", bytes.Contains(text, []byte("opengis.net/gml")):
		return GML
	}
	return OSM
}

// isDXF tells whether a text is a drawing: group codes and values in turn, sections first, or the binary form.
func isDXF(text []byte) bool {
	if bytes.HasPrefix(text, []byte("AutoCAD Binary DXF")) {
		return true
	}
	words := bytes.Fields(text[:min(len(text), 512)])
	for i := 0; i+1 < len(words) && i < 60; i++ {
		switch string(words[i]) {
		case "999": // a comment's words follow
			continue
		case "0":
			if string(words[i+1]) == "SECTION" {
				return i == 0 || string(words[0]) == "999"
			}
		}
	}
	return false
}

// stem is the file's name without its endings: the source of features with ids of their own.
func (f *File) stem() string {
	name := clean(filepath.Base(f.Path))
	if i := strings.IndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// open starts one pass over the file's content, unzipped where it is gzip.
func (f *File) open(ctx context.Context) (io.ReadCloser, error) {
	file, err := f.source()
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	r, err := unzipped(&countingReader{ctx: ctx, r: file, f: f, before: f.done})
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &pass{r, file, f}, nil
}

// unzipped is the content of what may be gzip.
func unzipped(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<18)
	magic, _ := buffered.Peek(2) // a fault of reading comes again with the first read
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, nil
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, readFault(err, "gzip")
	}
	return z, nil
}

// pass is one reading of the file.
type pass struct {
	io.Reader
	file io.Closer
	f    *File
}

func (p *pass) Close() error {
	p.f.done += p.f.size
	return p.file.Close()
}

// countingReader tells the progress and ends the reading when the context does.
type countingReader struct {
	ctx    context.Context
	r      io.Reader
	f      *File
	before int64
	read   int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(b)
	c.read += int64(n)
	if c.f.report != nil {
		c.f.report(c.before+c.read, c.f.size*c.f.passes)
	}
	return n, err
}

// readFault makes a fault of the file of an error while reading it; other errors stay what they are.
func readFault(err error, where string) error {
	var fault *Fault
	switch {
	case err == nil, errors.As(err, &fault), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return truncated(where)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return syntax(where + ": " + err.Error())
	}
	return fmt.Errorf("reading the file: %w", err)
}
