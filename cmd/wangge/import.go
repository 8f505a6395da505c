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
	Layer   string   `help:"The layer of all features; without it OpenStreetMap tags say. 图层" placeholder:"LAYER"`
	Datum   string   `help:"Datum of the coordinates: wgs84 (EPSG:4326, EPSG:4490). Needed for GeoJSON, never guessed. 坐标基准" placeholder:"DATUM"`
	Map     []string `help:"Take a field from a column of another name; may be repeated. 字段对应" placeholder:"FIELD=COLUMN" sep:"none"`
	Set     []string `help:"Give a field a value in all features; may be repeated. 统一赋值" placeholder:"FIELD=VALUE" sep:"none"`
	NewArea bool     `help:"Take features outside every region that the record knows. 允许新区域"`
	Report  string   `help:"Where rejects are written as JSON lines; by default NAME.report.jsonl in the working folder, if there are any. 报告文件" type:"path" placeholder:"PATH"`
	JSON    bool     `help:"End with the counts as one line of JSON. 以 JSON 输出结果" name:"json"`
	File    string   `arg:"" help:"GeoJSON, GeoJSON text sequence (.gz too), .osm.pbf or .osm." type:"path"`
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
	if err := ingest.CheckOptions(file, options); err != nil { // before a database is asked for
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
	report := newReport(c.Report, c.File)
	defer report.drop()
	if report.named { // better now than after the import
		if err := report.open(); err != nil {
			return err
		}
	}
	bar := newProgress(console.err)
	result, err := postgres.NewImporter(r.pool).Import(ctx, file, postgres.Job{
		Options: options, NewArea: c.NewArea, Actor: actor(), Report: report.add, Progress: bar.Report,
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
	if o.Maps, err = assigns("--map", c.Map); err != nil {
		return o, err
	}
	o.Sets, err = assigns("--set", c.Set)
	return o, err
}

func assigns(flag string, pairs []string) (all []ingest.Assign, err error) {
	for _, pair := range pairs {
		field, value, ok := strings.Cut(pair, "=")
		if !ok || field == "" {
			return nil, usageError("%s %s: write FIELD=… 请写成 字段=…", flag, pair)
		}
		all = append(all, ingest.Assign{Field: field, Value: value})
	}
	return all, nil
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
		fmt.Fprintf(&text, "%-18s read 读取 %d, inserted 新增 %d, updated 更新 %d, unchanged 未变 %d, rejected 拒绝 %d\n",
			name, n.Read, n.Inserted, n.Updated, n.Unchanged, n.Rejected)
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
