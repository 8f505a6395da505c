package export

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wangge/layers"
	"wangge/layers/sheet"
)

// sendGeoPackage makes a GeoPackage whose features keep their numbers, and sends it.
func (s *spool) sendGeoPackage(ctx context.Context, program string, out io.Writer) error {
	l := s.table.Layer
	vrt, err := s.vrt(l.ID, l.ID, wkbType(l))
	if err != nil {
		return err
	}
	path := filepath.Join(s.folder, "export.gpkg")
	err = run(ctx, program, "-f", "GPKG", "-preserve_fid", "-nln", l.ID, "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=id",
		"-lco", "IDENTIFIER="+l.Title.Zh, "-lco", "DESCRIPTION="+l.Provenance.Zh, path, vrt)
	if err != nil {
		return err
	}
	return send(ctx, out, path)
}

// wkbType is the type of all geometry of a layer.
func wkbType(l *layers.Layer) string {
	if len(l.Geometry) > 1 {
		return "wkbUnknown"
	}
	return "wkb" + string(l.Geometry[0])
}

// sendShapefiles makes a Shapefile of each type of geometry and sends all in one zip, with what explains them.
func (s *spool) sendShapefiles(ctx context.Context, program string, out io.Writer) error {
	z := zip.NewWriter(out)
	charset := "UTF-8"
	if s.table.GBK {
		charset = "CP936"
	}
	for _, group := range []string{"point", "line", "polygon"} {
		if s.files[group] == nil {
			continue
		}
		name := s.table.Layer.ID + "_" + group
		kind := map[string]string{"point": "wkbPoint", "line": "wkbLineString", "polygon": "wkbPolygon"}[group]
		vrt, err := s.vrt(group, name, kind)
		if err != nil {
			return err
		}
		target := filepath.Join(s.folder, name+".shp")
		if err := run(ctx, program, "-f", "ESRI Shapefile", "-lco", "ENCODING="+charset, target, vrt); err != nil {
			return err
		}
		if err := s.pack(ctx, z, name); err != nil {
			return err
		}
	}
	if err := s.explain(z); err != nil {
		return err
	}
	return z.Close()
}

// pack puts the parts of a Shapefile into the zip and removes them.
func (s *spool) pack(ctx context.Context, z *zip.Writer, name string) error {
	parts, err := filepath.Glob(filepath.Join(s.folder, name+".*"))
	if err != nil {
		return err
	}
	slices.Sort(parts)
	for _, part := range parts {
		if kind := filepath.Ext(part); kind == ".csv" || kind == ".vrt" {
			continue
		}
		w, err := z.Create(filepath.Base(part))
		if err != nil {
			return err
		}
		if err := errors.Join(send(ctx, w, part), os.Remove(part)); err != nil {
			return err
		}
	}
	return nil
}

// explain adds the names of the fields and the notes.
func (s *spool) explain(z *zip.Writer) error {
	w, err := z.Create(SidecarName)
	if err != nil {
		return err
	}
	table, err := sheet.NewCSVWriter(w, []sheet.Column{{Heading: "column"}, {Heading: "field"}, {Heading: "title"}, {Heading: "title_en"}})
	if err != nil {
		return err
	}
	for _, row := range sidecar(s.names, s.table.Shown) {
		if err := table.Row(row); err != nil {
			return err
		}
	}
	if err := table.Close(); err != nil {
		return err
	}
	var notes bytes.Buffer
	notes.WriteString("\ufeff")
	for _, n := range s.table.notes(&s.lost) {
		notes.WriteString(n[0] + "：" + strings.ReplaceAll(n[1], "\n", " ") + "\r\n")
	}
	if w, err = z.Create(notesName + ".txt"); err != nil {
		return err
	}
	_, err = w.Write(notes.Bytes())
	return err
}

// send copies a file.
func send(ctx context.Context, out io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, &patient{ctx, file})
	return errors.Join(err, file.Close())
}

// patient ends reading with the context.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
