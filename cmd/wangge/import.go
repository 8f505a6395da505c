package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"wangge/layers"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// ImportCmd loads a file into the record.
type ImportCmd struct {
	recordFlags
	Layer   string `help:"The layer of all features; without it OpenStreetMap tags say. 图层" placeholder:"LAYER"`
	Datum   string `help:"Datum of the coordinates: wgs84, cgcs2000, gcj02, bd09, EPSG:4490, EPSG:4549 …, or the city's own. Needed where the file does not state it, never guessed. 坐标基准" placeholder:"DATUM"`
	Axes    string `help:"Which coordinate comes first: en (easting, longitude) or ne (northing, latitude; the X of surveyors). 坐标顺序" enum:"en,ne," default:"" placeholder:"en|ne"`
	Charset string `help:"Charset of a csv or a Shapefile, where it is not found out right: utf-8, gbk, utf-16le, utf-16be. 字符集" placeholder:"CHARSET"`
	Sheet   string `help:"Sheet of a workbook, or layer of a file with several. 工作表或图层" placeholder:"NAME"`

	HeaderRow int    `help:"Row with the headings, from 1. 表头行" name:"header-row" placeholder:"N"`
	Lon       string `help:"Column of the first coordinate: longitude or easting, with --axes ne northing. 经度列" placeholder:"COLUMN"`
	Lat       string `help:"Column of the second coordinate. 纬度列" placeholder:"COLUMN"`
	WKT       string `help:"Column of positions as text: WKT, GeoJSON, or lon,lat;lon,lat. 坐标文字列" name:"wkt" placeholder:"COLUMN"`
	Key       string `help:"Field or column by which rows are known again. 标识列" placeholder:"NAME"`
	DryRun    bool   `help:"Do everything, tell what came of it, and undo it. 试算" name:"dry-run"`
	Inspect   bool   `help:"Only tell what the file is, as JSON: format, columns, datums that fit. 只识别"`

	Map     []string `help:"Take a field from a column of another name, or no field from it (=COLUMN); may be repeated. 字段对应" placeholder:"FIELD=COLUMN" sep:"none"`
	Unit    []string `help:"Unit of a column's numbers: m2, 亩, 公顷, km2, 万平方米, m, cm, mm, km; may be repeated. 单位" placeholder:"COLUMN=UNIT" sep:"none"`
	Set     []string `help:"Give a field a value in all features; may be repeated. 统一赋值" placeholder:"FIELD=VALUE" sep:"none"`
	NewArea bool     `help:"Take features outside every region that the record knows. 允许新区域"`
	Report  string   `help:"Where rejects are written as JSON lines; by default NAME.report.jsonl in the working folder, if there are any. 报告文件" type:"path" placeholder:"PATH"`
	JSON    bool     `help:"End with the counts as one line of JSON. 以 JSON 输出结果" name:"json"`
	File    string   `arg:"" help:"GeoJSON, GeoJSON text sequence (.gz too), xlsx, csv, Shapefile (zip), GeoPackage, KML, KMZ, DXF, MapInfo, GML, FlatGeobuf, .osm.pbf or .osm." type:"path"`
}

// errAllRejected ends an import that took nothing.
var errAllRejected = errors.New("every feature was rejected 全部要素都被拒绝")

// Run imports the file and tells what became of its features.
func (c *ImportCmd) Run(ctx context.Context, console *console) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	file, err := ingest.Open(c.File)
	if err != nil {
		return err
	}
	if err := ingest.CheckOptions(file, options); err != nil && !c.Inspect && options.Datum == "" { // before a database is asked for
		return importError(err)
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	if c.Inspect {
		return c.inspect(ctx, console, r, file, options)
	}
	report := newReport(c.Report, c.File)
	defer report.drop()
	if report.named { // better now than after the import
		if err := report.open(); err != nil {
			return err
		}
	}
	bar := newProgress(console.err)
	result, err := postgres.NewImporter(r.pool).Import(ctx, file, postgres.Job{
		Options: options, NewArea: c.NewArea, DryRun: c.DryRun, Actor: actor(), Report: report.add, Progress: bar.Report,
	})
	bar.End()
	if err != nil {
		return importError(err)
	}
	if err := report.keep(); err != nil {
		return fmt.Errorf("imported, but the report could not be written 已导入，但报告写入失败: %w", err)
	}
	if err := c.tell(console, result, report); err != nil {
		return err
	}
	if result.Read > 0 && result.Rejected == result.Read {
		return errAllRejected
	}
	return nil
}

func (c *ImportCmd) options() (o ingest.Options, err error) {
	o.Datum = c.Datum
	if c.Layer != "" {
		if o.Layer = layers.ByID(c.Layer); o.Layer == nil {
			var ids []string
			for _, l := range slices.Concat(layers.Catalogue(), layers.Reference()) {
				ids = append(ids, l.ID+" "+l.Title.Zh)
			}
			return o, usageError("there is no layer %q 没有此图层; there are 可用: %s", c.Layer, strings.Join(ids, ", "))
		}
	}
	o.Axes, o.Charset, o.Sheet, o.HeaderRow, o.Lon, o.Lat, o.WKT, o.Key = c.Axes, c.Charset, c.Sheet, c.HeaderRow, c.Lon, c.Lat, c.WKT, c.Key
	if o.Maps, err = assigns("--map", c.Map); err != nil {
		return o, err
	}
	o.Units = map[string]string{}
	for _, pair := range c.Unit {
		column, unit, ok := strings.Cut(pair, "=")
		if !ok || column == "" || unit == "" {
			return o, usageError("--unit %s: write COLUMN=UNIT 请写成 列=单位", pair)
		}
		o.Units[column] = unit
	}
	o.Sets, err = assigns("--set", c.Set)
	return o, err
}

func assigns(flag string, pairs []string) (all []ingest.Assign, err error) {
	for _, pair := range pairs {
		field, value, ok := strings.Cut(pair, "=")
		if !ok || field == "" && flag != "--map" {
			return nil, usageError("%s %s: write FIELD=… 请写成 字段=…", flag, pair)
		}
		all = append(all, ingest.Assign{Field: field, Value: value})
	}
	return all, nil
}

// inspect tells what a file is, read by the options, as one line of JSON.
func (c *ImportCmd) inspect(ctx context.Context, console *console, r *record, file *ingest.File, options ingest.Options) error {
	if err := postgres.NewImporter(r.pool).Prepare(ctx, &options); err != nil {
		return err
	}
	in, err := ingest.Inspect(ctx, file, options)
	if err != nil {
		return importError(err)
	}
	return json.NewEncoder(console.out).Encode(in)
}

// importError gives what was wrong with the command the exit code of wrong use.
func importError(err error) error {
	if errors.Is(err, ingest.ErrUsage) {
		return usageError("%v", err)
	}
	return err
}

// actor names who runs the command, for the history.
func actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return "cli"
}

// tell writes the counts: for people, or as one line of JSON.
func (c *ImportCmd) tell(console *console, result postgres.Result, report *report) error {
	if report.written {
		if _, err := fmt.Fprintf(console.err, "report 报告: %s\n", report.path); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(console.out).Encode(result)
	}
	var text strings.Builder
	line := func(name string, n postgres.Counts) {
		fmt.Fprintf(&text, "%-18s read 读取 %d, inserted 新增 %d, updated 更新 %d, unchanged 未变 %d, rejected 拒绝 %d, aside 待定位 %d, likely duplicates 疑似重复 %d\n",
			name, n.Read, n.Inserted, n.Updated, n.Unchanged, n.Rejected, n.Aside, n.Duplicates)
	}
	for _, l := range slices.Concat(layers.Catalogue(), layers.Reference()) {
		if n := result.Layers[l.ID]; n != nil {
			line(l.ID, *n)
		}
	}
	line("total 合计", result.Counts)
	if result.NewArea > 0 {
		fmt.Fprintf(&text, "outside known regions 位于已知区域之外: %d\n", result.NewArea)
	}
	if c.DryRun {
		text.WriteString("a trial: nothing was written 试算，未写入\n")
	}
	fmt.Fprintf(&text, "revision 版本 %s\n", result.Revision)
	_, err := io.WriteString(console.out, text.String())
	return err
}

// report is the file of rejects. It is written beside its place and put there only when the import is in the record. Without
// rejects it is empty where --report names it; else there is none, and one of an earlier import of the file goes.
type report struct {
	path    string
	named   bool
	file    *os.File
	out     *bufio.Writer
	written bool
}

func newReport(path, input string) *report {
	r := &report{path: path, named: path != ""}
	if !r.named {
		name, _, _ := strings.Cut(filepath.Base(input), ".")
		r.path = name + ".report.jsonl"
	}
	return r
}

func (r *report) open() error {
	file, err := os.CreateTemp(filepath.Dir(r.path), "."+filepath.Base(r.path)+".*")
	if err != nil {
		return fmt.Errorf("the report cannot be written 无法写报告: %w", err)
	}
	r.file, r.out = file, bufio.NewWriter(file)
	return nil
}

// add writes what was rejected as a line.
func (r *report) add(reject ingest.Reject) error { return r.line(reject) }

// line writes a line of JSON.
func (r *report) line(of any) error {
	if r.file == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	line, err := json.Marshal(of)
	if err != nil {
		return err
	}
	_, err = r.out.Write(append(line, '\n'))
	return err
}

// keep puts the report into its place.
func (r *report) keep() error {
	if r.file == nil {
		if err := os.Remove(r.path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := errors.Join(r.out.Flush(), r.file.Chmod(0o644), r.file.Close()); err != nil {
		return err
	}
	r.written = true
	return os.Rename(r.file.Name(), r.path)
}

// drop removes what was not kept.
func (r *report) drop() {
	if r.file != nil && !r.written {
		_ = r.file.Close() // what is thrown away need not be whole
		_ = os.Remove(r.file.Name())
	}
}
