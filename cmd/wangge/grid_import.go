package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/grid"
	gridpg "wangge/grid/postgres"
	"wangge/layers/ingest"
)

type gridImportCmd struct {
	recordFlags
	proposeFlags
	Scheme     string  `help:"The net. 网格方案" default:"unit"`
	CodeField  string  `name:"code" help:"The field that has the codes; without it new ones are given. 代码字段" placeholder:"FIELD"`
	NameField  string  `name:"name" help:"The field that has the names. 名称字段" placeholder:"FIELD"`
	Datum      string  `help:"Datum of the coordinates, where the file has none of its own: wgs84 (EPSG:4326, EPSG:4490). 坐标基准" placeholder:"DATUM"`
	Charset    string  `help:"Charset of a Shapefile's texts: auto looks at them. 文本编码" enum:"auto,utf-8,gbk" default:"auto"`
	Layer      string  `help:"The layer of a file that has several. 文件中的图层" placeholder:"NAME"`
	ToleranceM float64 `name:"tolerance-m" help:"Borders nearer than this are brought together, 0 for none. 边界咬合容差（米）" default:"0.5"`
	DryRun     bool    `help:"Only tell; nothing stays. 只看不存"`
	Report     string  `help:"Where refused rows are written as JSON lines; by default NAME.report.jsonl in the working folder, if there are any. 报告文件" type:"path" placeholder:"PATH"`
	File       string  `arg:"" help:"GeoJSON, Shapefile (.shp or .zip), GeoPackage." type:"path"`
}

// errDry undoes what a dry run did.
var errDry = errors.New("dry run")

// Run reads the file, proposes its grids, and makes them where that is asked for.
func (c *gridImportCmd) Run(ctx context.Context, console *console) error {
	if c.DryRun && (c.Accept || c.Out != "") {
		return usageError("--dry-run goes neither with --accept nor with --out 只看不存时不能采纳或输出")
	}
	if !(c.ToleranceM >= 0 && c.ToleranceM <= grid.MaxTolerance) {
		return usageError("--tolerance-m is between 0 and %d 容差须在 0 到 %d 米之间", grid.MaxTolerance, grid.MaxTolerance)
	}
	order := gridpg.ImportOrder{Scheme: c.Scheme, Note: c.Note, File: filepath.Base(c.File), ToleranceM: c.ToleranceM}
	rejects, read, err := c.read(ctx, &order)
	if err != nil {
		return importError(err)
	}
	report := newReport(c.Report, c.File)
	defer report.drop()
	for _, r := range rejects {
		if err := report.add(r); err != nil {
			return err
		}
	}
	var told proposalTold
	if err := c.onRecord(ctx, func(pool *pgxpool.Pool) error { return c.run(ctx, pool, order, report, &told) }); err != nil {
		return err
	}
	if err := report.keep(); err != nil {
		return err
	}
	if report.written {
		if _, err := fmt.Fprintf(console.err, "report 报告: %s\n", report.path); err != nil {
			return err
		}
	}
	if err := told.tell(console, c.JSON); err != nil {
		return err
	}
	var counts gridpg.ImportReport
	if err := json.Unmarshal(told.Report, &counts); err != nil {
		return err
	}
	if read > 0 && counts.Cells+counts.Unchanged == 0 {
		return errAllRejected
	}
	return nil
}

// run proposes in one transaction, with the decision where one is asked for.
func (c *gridImportCmd) run(ctx context.Context, pool *pgxpool.Pool, order gridpg.ImportOrder, report *report, told *proposalTold) error {
	var refused []grid.DrawnReject
	err := asOperator(ctx, pool, func(ctx context.Context, t *gridpg.Tx) (err error) {
		var p gridpg.Proposal
		if p, refused, err = t.ProposeImport(ctx, order); err != nil {
			return err
		}
		*told = proposalTold{Proposal: p}
		if c.Accept && p.ID != 0 {
			if told.Proposal, told.edited, err = t.AcceptProposal(ctx, p.ID, 0, ""); err != nil {
				return err
			}
		}
		if c.DryRun {
			told.ID = 0
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return layError(err)
	}
	for _, r := range refused {
		if err := report.add(ingest.Reject{Row: r.Row, Key: r.Key, Code: ingest.Code(r.Reason), Zh: r.Zh, En: r.En, Detail: r.Detail}); err != nil {
			return err
		}
	}
	if c.Out != "" && told.ID != 0 {
		return writeProposal(ctx, pool, told.ID, c.Out)
	}
	return nil
}

// read reads the polygons of the file.
func (c *gridImportCmd) read(ctx context.Context, order *gridpg.ImportOrder) (rejects []ingest.Reject, read int, err error) {
	options := ingest.RawOptions{Datum: c.Datum, Layer: c.Layer, Charset: map[string]ingest.Charset{"auto": ingest.CharsetAuto, "utf-8": ingest.CharsetUTF8, "gbk": ingest.CharsetGBK}[c.Charset]}
	has := map[string]bool{"": true}
	err = ingest.ReadAny(ctx, c.File, options, func(raw ingest.Raw) error {
		if read++; read > grid.MaxDrawn {
			return fmt.Errorf("%w: more than %d polygons 多于 %d 个面", grid.ErrTooLarge, grid.MaxDrawn, grid.MaxDrawn)
		}
		if raw.Reject != nil {
			rejects = append(rejects, *raw.Reject)
			return nil
		}
		d := grid.Drawn{Row: raw.Row}
		switch g := raw.Geometry.(type) {
		case orb.Polygon:
			d.Shape = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			d.Shape = g
		default:
			rejects = append(rejects, ingest.Rejected(raw.Row, "", "", ingest.WrongKind, raw.Geometry.GeoJSONType()))
			return nil
		}
		for field, into := range map[string]*string{c.CodeField: &d.Code, c.NameField: &d.Name} {
			value, there := raw.Props[field]
			has[field] = has[field] || there
			*into = textOf(value)
		}
		order.Drawn = append(order.Drawn, d)
		return nil
	})
	for _, field := range []string{c.CodeField, c.NameField} {
		if err == nil && read > 0 && !has[field] {
			return nil, read, usageError("the file has no field %q 文件中没有此字段", field)
		}
	}
	return rejects, read, err
}

// maxCell bounds the texts of a grid.
const maxCell = 200

// textOf makes a text of a value: codes that a spreadsheet made numbers of are whole numbers again.
func textOf(value any) string {
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		text = strconv.FormatInt(v, 10)
	case json.Number:
		text = v.String()
		if x, err := v.Float64(); err == nil && x == math.Trunc(x) && math.Abs(x) < 1e15 {
			text = strconv.FormatFloat(x, 'f', 0, 64)
		}
	}
	text = strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(text, "")))
	if whole, rest, ok := strings.Cut(text, "."); ok && whole != "" && strings.Trim(rest, "0") == "" && strings.Trim(whole, "0123456789") == "" {
		text = whole
	}
	if len(text) > maxCell {
		text = strings.ToValidUTF8(text[:maxCell], "")
	}
	return text
}

// printable drops control characters and the mark of what could not be read.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\ufffd' {
		return -1
	}
	return r
}
