package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wangge/api/param"
	"wangge/api/selection"
	v1 "wangge/api/v1"
	"wangge/layers"
	"wangge/layers/export"
	"wangge/layers/postgres"
)

// ExportCmd writes a layer, or some of it, to a file.
type ExportCmd struct {
	recordFlags
	Layer  string `help:"The layer. 图层" required:"" placeholder:"LAYER"`
	Format string `help:"geojson, csv, xlsx, gpkg or shp.zip; by default what the name of the file ends with, else geojson. 格式" placeholder:"FORMAT"`
	Out    string `help:"The file; - for stdout; by default the layer's name with the day, in the working folder. 输出文件" placeholder:"FILE"`

	Filter     string `help:"A filter in CQL2 text, or JSON with --filter-lang. 过滤条件" placeholder:"CQL2"`
	FilterLang string `help:"cql2-text or cql2-json. 过滤语言" placeholder:"LANG"`
	BBox       string `help:"West,south,east,north. 范围" name:"bbox" placeholder:"BOX"`
	Datetime   string `help:"The inventory as it was then: an instant, a day, an interval. 时刻" placeholder:"TIME"`
	Grid       string `help:"What lies in a grid: scheme:code. 网格" placeholder:"GRID"`
	Region     string `help:"What lies in a region. 区域" placeholder:"CODE"`
	IDs        string `help:"Numbers with commas between them. 编号" name:"ids" placeholder:"IDS"`
	Sortby     string `help:"Order, such as -capacity,name. 排序" placeholder:"FIELDS"`
	Properties string `help:"These fields only. 字段" placeholder:"FIELDS"`

	CRS     string `help:"The coordinate reference system: wgs84, cgcs2000, gcj02, bd09, EPSG:n, or the city's own by code. 坐标系" name:"crs" placeholder:"CRS"`
	Codes   bool   `help:"Names and codes in tables, not titles and labels. 表格用字段名与代码"`
	Charset string `help:"Of a Shapefile: utf-8 or gbk. 字符编码" enum:"utf-8,gbk" default:"utf-8" placeholder:"CHARSET"`
	Public  bool   `help:"Leave out what only staff may see. 只导出公开字段"`
	JSON    bool   `help:"End with the result as one line of JSON. 以 JSON 输出结果" name:"json"`
}

// exported is the result of an export.
type exported struct {
	Layer  string `json:"layer"`
	Format string `json:"format"`
	File   string `json:"file"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
}

// Run writes the file.
func (c *ExportCmd) Run(ctx context.Context, console *console) error {
	l, format, err := c.what()
	if err != nil {
		return err
	}
	if c.JSON && c.Out == "-" {
		return usageError("--json and --out - both want stdout 标准输出只能有一个用途")
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	reader := postgres.NewReader(r.pool)
	table, wanted, err := c.table(l, zoneOf(ctx, r), selection.SystemsOf(ctx, reader))
	if err != nil {
		return err
	}
	result := exported{Layer: l.ID, Format: string(format), File: c.Out}
	if result.File == "" {
		result.File = export.FileName(table, format)
	}
	total, err := reader.Count(ctx, l, wanted.Selection)
	if err != nil {
		return selectionError(err)
	}
	bar := newProgress(console.err)
	rows := v1.ExportRows(reader, l, wanted.Selection)
	source := func(ctx context.Context, take func(export.Row) error) error {
		return rows(ctx, func(row export.Row) error {
			if result.Rows++; result.Rows%1000 == 0 || result.Rows == total {
				bar.Report("export 导出", result.Rows, total)
			}
			return take(row)
		})
	}
	result.Bytes, err = c.write(ctx, console.out, result.File, format, table, source)
	bar.End()
	if err != nil {
		return selectionError(err)
	}
	return c.tell(console, result)
}

// what finds the layer and the format.
func (c *ExportCmd) what() (*layers.Layer, export.Format, error) {
	l := layers.ByID(c.Layer)
	if l == nil || !l.Collection {
		var ids []string
		for _, l := range layers.Catalogue() {
			ids = append(ids, l.ID+" "+l.Title.Zh)
		}
		return nil, "", usageError("there is no layer %q 没有此图层; there are 可用: %s", c.Layer, strings.Join(ids, ", "))
	}
	format := export.Format(strings.ToLower(c.Format))
	if format == "shp" || format == "shapefile" {
		format = export.Shapefile
	}
	if format == "" {
		format = export.GeoJSON
		for _, f := range export.Formats() {
			if strings.HasSuffix(strings.ToLower(c.Out), "."+string(f)) {
				format = f
			}
		}
	}
	if !slices.Contains(export.Formats(), format) {
		return nil, "", usageError("there is no format %q 没有此格式; there are 可用: geojson, csv, xlsx, gpkg, shp.zip", c.Format)
	}
	return l, format, nil
}

// table reads the flags as the API reads its parameters.
func (c *ExportCmd) table(l *layers.Layer, zone *time.Location, systems *selection.Systems) (t export.Table, w selection.Wanted, err error) {
	values := url.Values{}
	for name, v := range map[string]string{"filter": c.Filter, "filter-lang": c.FilterLang, "bbox": c.BBox, "datetime": c.Datetime, "grid": c.Grid,
		"region": c.Region, "ids": c.IDs, "sortby": c.Sortby, "properties": c.Properties} {
		if v != "" {
			values.Set(name, v)
		}
	}
	now := time.Now()
	q := param.Parse(values.Encode(), selection.Fixed()...)
	w = selection.Read(q, l, selection.Caller{Internal: !c.Public, Zone: zone, Now: now, Systems: systems})
	if err := q.Err(); err != nil {
		return t, w, usageError("%v", err)
	}
	w.Shown = slices.DeleteFunc(w.Shown, func(f *layers.Field) bool { return f.Derive != nil }) // the rules that they need are in the memory of a server
	t = export.Table{Layer: l, Columns: w.Fields, Shown: w.Shown, Zone: zone, Codes: c.Codes, GBK: c.Charset == "gbk", At: w.At, Now: now}
	if t.Columns == nil {
		t.Columns = postgres.VisibleColumns(l, w.Internal)
	}
	if c.CRS != "" {
		if t.System, err = systems.Find(c.CRS); err != nil {
			return t, w, usageError("there is no coordinate reference system %q 没有此坐标系", c.CRS)
		}
	}
	values.Del("properties")
	t.Filter, err = url.QueryUnescape(values.Encode())
	return t, w, err
}

// selectionError gives what was wrong with the flags the exit code of wrong use.
func selectionError(err error) error {
	q := param.Parse("", selection.Fixed()...)
	if selection.Fault(q, err) {
		return usageError("%v", q.Err())
	}
	if errors.Is(err, export.ErrSystem) {
		return usageError("--crs does not reach where the features are 对象超出此坐标系的适用范围")
	}
	return err
}

// zoneOf is the city's time zone, or UTC.
func zoneOf(ctx context.Context, r *record) *time.Location {
	var name string
	if err := r.pool.QueryRow(ctx, `SELECT coalesce((SELECT value #>> '{}' FROM setting WHERE key = 'time_zone'), 'Asia/Shanghai')`).Scan(&name); err != nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

// write writes the file beside its place and puts it there when it is whole.
func (c *ExportCmd) write(ctx context.Context, stdout io.Writer, name string, f export.Format, t export.Table, rows export.Source) (int64, error) {
	w := export.NewWriter()
	w.MaxTemp = 1 << 40 // the disk's own limit
	if name == "-" {
		out := &counter{w: stdout}
		err := w.Write(ctx, out, f, t, rows)
		return out.n, err
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return 0, fmt.Errorf("the file cannot be written 无法写文件: %w", err)
	}
	out := &counter{w: file}
	err = errors.Join(w.Write(ctx, out, f, t, rows), file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what is thrown away need not be whole
	}
	return out.n, err
}

// counter counts bytes.
type counter struct {
	w io.Writer
	n int64
}

// Write is part of io.Writer.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

func (c *ExportCmd) tell(console *console, result exported) error {
	if c.JSON {
		return json.NewEncoder(console.out).Encode(result)
	}
	_, err := fmt.Fprintf(console.err, "%s: %d features 个对象, %d bytes 字节\n", result.File, result.Rows, result.Bytes)
	return err
}
