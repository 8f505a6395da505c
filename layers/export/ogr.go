package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wangge/layers"
)

// writeOGR writes through ogr2ogr.
func (w *Writer) writeOGR(ctx context.Context, out io.Writer, f Format, t Table, rows Source) error {
	program := w.Program
	if program == "" {
		var err error
		if program, err = exec.LookPath("ogr2ogr"); err != nil {
			return ErrNoGDAL
		}
	}
	folder, err := os.MkdirTemp(w.Folder, "wangge-export-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	s := newSpool(folder, f, &t, w.MaxTemp)
	if err := s.fill(ctx, rows); err != nil {
		return err
	}
	if f == GeoPackage {
		return s.sendGeoPackage(ctx, program, out)
	}
	return s.sendShapefiles(ctx, program, out)
}

// spool is rows on their way to ogr2ogr: a csv for each type of geometry that the format keeps apart, with a text for an empty cell where nothing is meant.
type spool struct {
	folder string
	format Format
	table  *Table
	left   int64 // bytes
	names  []string
	files  map[string]*spoolFile
	lost   losses
	cells  []string
}

type spoolFile struct {
	file *os.File
	csv  *csv.Writer
}

func newSpool(folder string, f Format, t *Table, left int64) *spool {
	s := &spool{folder: folder, format: f, table: t, left: left, files: map[string]*spoolFile{}}
	for _, field := range t.Shown {
		s.names = append(s.names, field.Name)
	}
	s.names = append(s.names, "id")
	if f == Shapefile {
		s.names = shortNames(s.names)
	}
	return s
}

// count counts what goes into files and refuses more than there may be.
func (s *spool) count(n int) error {
	if s.left -= int64(n); s.left < 0 {
		return fmt.Errorf("%w: the temporary file", ErrTooLarge)
	}
	return nil
}

// group is the file that a geometry goes to.
func (s *spool) group(g orb.Geometry) string {
	if s.format == GeoPackage {
		return s.table.Layer.ID
	}
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return "point"
	case orb.LineString, orb.MultiLineString:
		return "line"
	}
	return "polygon"
}

func (s *spool) fill(ctx context.Context, rows Source) error {
	first := s.table.Layer.Geometry[0]
	if _, err := s.open(s.groupOf(first)); err != nil { // there is a file, and be it empty
		return err
	}
	shown := newShownRow(s.table)
	err := rows(ctx, func(row Row) error {
		g, err := s.table.position(row.Geometry)
		if err != nil {
			return err
		}
		f, err := s.open(s.group(g))
		if err != nil {
			return err
		}
		s.cells = append(s.cells[:0], shapeText(rounded(g, s.table.System.Decimals())))
		for i, v := range shown.of(row) {
			text, err := s.text(s.table.Shown[i], v)
			if err != nil {
				return err
			}
			s.cells = append(s.cells, text)
		}
		s.cells = append(s.cells, strconv.FormatInt(row.ID, 10))
		n := 0
		for _, c := range s.cells {
			n += len(c) + 3
		}
		if err := s.count(n); err != nil {
			return err
		}
		s.lost.rows++
		return f.csv.Write(s.cells)
	})
	for _, f := range s.files {
		f.csv.Flush()
		err = errors.Join(err, f.csv.Error(), f.file.Close())
	}
	return err
}

func (s *spool) groupOf(k layers.Kind) string {
	switch k {
	case layers.Point:
		return s.group(orb.Point{})
	case layers.LineString, layers.MultiLineString:
		return s.group(orb.LineString{})
	}
	return s.group(orb.Polygon{})
}

func (s *spool) open(group string) (*spoolFile, error) {
	if f := s.files[group]; f != nil {
		return f, nil
	}
	file, err := os.Create(filepath.Join(s.folder, group+".csv"))
	if err != nil {
		return nil, err
	}
	f := &spoolFile{file, csv.NewWriter(file)}
	s.files[group] = f
	return f, f.csv.Write(append([]string{"WKT"}, s.names...))
}

// text is a value for ogr2ogr. "" is empty.
func (s *spool) text(f *layers.Field, value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return s.fit(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case bool:
		if v {
			return "1", nil
		}
		return "0", nil
	case time.Time:
		return v.Format(layoutOf(f)), nil
	case map[string]any:
		text, err := marshal(v)
		return s.fit(string(text)), err
	}
	return s.fit(fmt.Sprint(value)), nil
}

// dbfTextBytes is how long a text of a Shapefile is at most.
const dbfTextBytes = 254

// fit counts what a Shapefile cannot hold of a text, and cuts it between characters.
func (s *spool) fit(text string) string {
	if s.format != Shapefile {
		return text
	}
	size := func(text string) int { return len(text) }
	if s.table.GBK {
		encoder := simplifiedchinese.GBK.NewEncoder()
		if _, err := encoder.String(text); err != nil {
			s.lost.charset++
			text = strings.Map(func(r rune) rune {
				if _, err := encoder.String(string(r)); err != nil {
					return '?'
				}
				return r
			}, text)
		}
		size = func(text string) int { encoded, _ := encoder.String(text); return len(encoded) }
	}
	if size(text) <= dbfTextBytes {
		return text
	}
	s.lost.cut++
	for runes := []rune(text); ; runes = runes[:len(runes)-1] {
		if len(runes) > dbfTextBytes {
			runes = runes[:dbfTextBytes+1]
		}
		if size(string(runes)) <= dbfTextBytes {
			return string(runes)
		}
	}
}

// The virtual data source that tells ogr2ogr what the columns are.
type vrtSource struct {
	XMLName xml.Name `xml:"OGRVRTDataSource"`
	Layer   vrtLayer `xml:"OGRVRTLayer"`
}

type vrtLayer struct {
	Name     string      `xml:"name,attr"`
	Source   string      `xml:"SrcDataSource"`
	Options  []vrtOption `xml:"OpenOptions>OOI"`
	From     string      `xml:"SrcLayer"`
	Type     string      `xml:"GeometryType"`
	System   string      `xml:"LayerSRS,omitempty"`
	Geometry vrtGeometry `xml:"GeometryField"`
	FID      string      `xml:"FID,omitempty"`
	Fields   []vrtField  `xml:"Field"`
}

type vrtOption struct {
	Key   string `xml:"key,attr"`
	Value string `xml:",chardata"`
}

type vrtGeometry struct {
	Encoding string `xml:"encoding,attr"`
	Field    string `xml:"field,attr"`
}

type vrtField struct {
	Name    string `xml:"name,attr"`
	From    string `xml:"src,attr"`
	Type    string `xml:"type,attr"`
	Subtype string `xml:"subtype,attr,omitempty"`
	Width   int    `xml:"width,attr,omitempty"`
}

// vrt writes the virtual data source of a group and gives its path.
func (s *spool) vrt(group, name, geometry string) (string, error) {
	l := vrtLayer{Name: name, Source: filepath.Join(s.folder, group+".csv"), From: group, Type: geometry, Geometry: vrtGeometry{"WKT", "WKT"},
		Options: []vrtOption{{"EMPTY_STRING_AS_NULL", "YES"}, {"HEADERS", "YES"}, {"MAX_LINE_SIZE", "-1"}}}
	if code := s.srs(); code != "" {
		l.System = code
	}
	for i, f := range s.table.Shown {
		l.Fields = append(l.Fields, s.vrtField(f, s.names[i]))
	}
	id := s.names[len(s.names)-1]
	if s.format == GeoPackage {
		l.FID = id
	} else {
		l.Fields = append(l.Fields, vrtField{Name: id, From: id, Type: "Integer64", Width: 18})
	}
	text, err := xml.Marshal(vrtSource{Layer: l})
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.folder, group+".vrt")
	return path, os.WriteFile(path, text, 0o600)
}

func (s *spool) vrtField(f *layers.Field, name string) vrtField {
	v := vrtField{Name: name, From: name, Type: "String"}
	shp := s.format == Shapefile
	switch f.Type {
	case layers.Integer:
		v.Type = "Integer64"
		if shp {
			v.Width = 18
		}
	case layers.Number:
		v.Type = "Real"
	case layers.Boolean:
		v.Type = "Integer"
		if shp {
			v.Width = 1
		} else {
			v.Subtype = "Boolean"
		}
	case layers.Date:
		v.Type = "Date"
	case layers.Time:
		if !shp {
			v.Type = "DateTime"
		}
	}
	if v.Type == "String" && shp {
		v.Width = dbfTextBytes
	}
	return v
}

// srs is the system as GDAL calls it; "" for those that it does not know. The record's degrees are CGCS2000.
func (s *spool) srs() string {
	switch {
	case s.table.System.SRID() != 0:
		return "EPSG:" + strconv.Itoa(s.table.System.SRID())
	case s.table.System.Code() == "CRS84":
		return "EPSG:4490"
	}
	return ""
}

// run runs ogr2ogr. It ends with the context.
func run(ctx context.Context, program string, args ...string) error {
	child := exec.CommandContext(ctx, program, args...) //nolint:gosec // the arguments are ours
	var says bytes.Buffer
	child.Stderr = &says
	child.WaitDelay = 5 * time.Second
	if err := child.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("ogr2ogr: %w: %.500s", err, says.String())
	}
	return nil
}
