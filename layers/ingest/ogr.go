package ingest

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoGDAL says that a format needs a program which is not there.
var ErrNoGDAL = errors.New("GDAL is not installed")

// MaxRawBytes bounds a file of polygons, unpacked.
const MaxRawBytes = 1 << 30

// RawOptions say how a file of polygons is to be read.
type RawOptions struct {
	Datum   string  // of GeoJSON, and of what has no coordinate system of its own
	Charset Charset // of a Shapefile; "" is CharsetAuto
	Layer   string  // of a file with several; "" for all
}

// ReadAny reads GeoJSON by itself, and Shapefile (zipped or not), GeoPackage and whatever else GDAL knows through ogr2ogr, a child process that writes GeoJSON
// into a pipe: coordinates come in degrees, whatever system the file says it has. The errors are those of ReadRaw, and ErrNoGDAL.
func ReadAny(ctx context.Context, name string, o RawOptions, take func(Raw) error) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fmt.Errorf("opening the file: %w", err)
	case info.Size() > MaxRawBytes:
		return tooLarge(fmt.Sprintf("%d MB", info.Size()>>20))
	}
	switch kind := strings.ToLower(filepath.Ext(name)); kind {
	case ".shp", ".zip", ".gpkg", ".kml", ".tab", ".mif", ".gml", ".fgb":
		if err := checkDatum(o.Datum, true); err != nil {
			return err
		}
		if kind == ".zip" {
			return readZipped(ctx, name, o, take)
		}
		return readOGR(ctx, name, o, take)
	}
	f, err := Open(name)
	if err != nil {
		return err
	}
	return ReadRaw(ctx, f, o.Datum, take)
}

// readZipped unpacks the one Shapefile of a zip file under a name of our own: names in it are in any charset and may point anywhere.
func readZipped(ctx context.Context, name string, o RawOptions, take func(Raw) error) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return readFault(fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err), "zip")
	}
	defer func() { _ = z.Close() }() // it was only read
	var shapes []string
	for _, f := range z.File {
		if strings.EqualFold(path.Ext(f.Name), ".shp") {
			shapes = append(shapes, f.Name)
		}
	}
	if len(shapes) != 1 {
		return syntax(fmt.Sprintf("zip: %d .shp", len(shapes)))
	}
	folder, err := os.MkdirTemp("", "wangge-shp-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	stem := strings.TrimSuffix(shapes[0], path.Ext(shapes[0]))
	left := int64(MaxRawBytes)
	for _, f := range z.File {
		kind := strings.ToLower(path.Ext(f.Name))
		if strings.TrimSuffix(f.Name, path.Ext(f.Name)) != stem || !slices.Contains([]string{".shp", ".shx", ".dbf", ".prj", ".cpg"}, kind) {
			continue
		}
		n, err := unpack(f, filepath.Join(folder, "polygons"+kind), left)
		if err != nil {
			return err
		}
		left -= n
	}
	return readOGR(ctx, filepath.Join(folder, "polygons.shp"), o, take)
}

// unpack writes a file of a zip, unless it is larger than a bound.
func unpack(f *zip.File, to string, most int64) (int64, error) {
	in, err := f.Open()
	if err != nil {
		return 0, syntax("zip: " + err.Error())
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, most+1))
	if err = errors.Join(err, out.Close()); err != nil {
		return n, syntax("zip: " + err.Error())
	}
	if n > most {
		return n, tooLarge("zip")
	}
	return n, nil
}

// readOGR lets GDAL read a file.
func readOGR(ctx context.Context, name string, o RawOptions, take func(Raw) error) error {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		return &Fault{ErrNoGDAL, "读取 Shapefile、GeoPackage 需要 GDAL 的 ogr2ogr：请安装 gdal-bin，或先转换为 GeoJSON",
			"Shapefile and GeoPackage are read with GDAL's ogr2ogr: install gdal-bin, or convert to GeoJSON first"}
	}
	args := []string{"-f", "GeoJSONSeq", "-lco", "RS=NO", "-lco", "COORDINATE_PRECISION=12", "-nlt", "PROMOTE_TO_MULTI", "/vsistdout/", name}
	if o.Layer != "" {
		args = append(args, o.Layer)
	}
	charset, err := o.charsetOf(name)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	child := exec.CommandContext(ctx, program, args...) //nolint:gosec // the arguments are ours and a file's name
	child.Env = append(os.Environ(), "SHAPE_ENCODING="+string(charset))
	var says bytes.Buffer
	child.Stderr = &firstBytes{to: &says}
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	err = readStream(ctx, name, out, take)
	if err != nil {
		stop() // whatever it would still write
	}
	if ended := child.Wait(); ended != nil && (err == nil || errors.Is(err, ErrEmpty) || errors.Is(err, ErrTruncated)) {
		return syntax("ogr2ogr: " + shorten(says.String()))
	}
	return err
}

// charsetOf is the charset of a Shapefile's texts.
func (o RawOptions) charsetOf(name string) (Charset, error) {
	if o.Charset != "" && o.Charset != CharsetAuto {
		return o.Charset, nil
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

// firstBytes keeps the beginning of what a program complains of.
type firstBytes struct{ to *bytes.Buffer }

// Write keeps what there is room for and takes the rest all the same.
func (f *firstBytes) Write(b []byte) (int, error) {
	const most = 4096
	f.to.Write(b[:min(len(b), max(0, most-f.to.Len()))])
	return len(b), nil
}
