package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"wangge/fixtures/bench"
	"wangge/migrations"
)

// benchCommands are what can be measured. The hidden ones are the baselines, which run in processes of their own.
type benchCommands struct {
	All   benchCmd      `cmd:"" default:"withargs" help:"Measure everything beside its baseline. 全部"`
	Tiles benchTilesCmd `cmd:"" help:"Replay a walk of tiles against tile servers. 瓦片服务测速"`
	Items benchItemsCmd `cmd:"" help:"Ask item servers for the features in boxes. 对象服务测速"`
	Bare  benchBareCmd  `cmd:"" hidden:"" help:"Serve the answers that come in on standard input."`
	AsMVT benchAsMVTCmd `cmd:"" hidden:"" name:"asmvt" help:"Serve tiles by ST_AsMVT."`

	AsGeoJSON benchAsGeoJSONCmd `cmd:"" hidden:"" name:"asgeojson" help:"Serve features by ST_AsGeoJSON."`
}

type benchCmd struct {
	Data     string        `help:"Folder of the bench city; made where there is none. 数据目录" type:"path" placeholder:"DIR"`
	Features int           `help:"Features of the city. 对象数" default:"965000"`
	Only     []string      `help:"Parts: ${enum}; all of them by default. 项目" enum:"load,tiles,http,warm,locate,items,commit,import,copy,coverage,patrol" placeholder:"PART"`
	Tiles    int           `help:"Tiles of each zoom in memory. 每级瓦片数" default:"100"`
	Rounds   int           `help:"Rounds of which the median counts. 轮数" default:"3"`
	Round    time.Duration `help:"Time of a round over HTTP. 每轮时长" default:"1500ms"`
	Writers  int           `help:"Writers beside the commits that are timed. 并发写入数" default:"10"`
	Commits  int           `help:"Commits that are timed until a tile shows them. 计时的提交数" default:"300"`
	Imported int           `help:"Features of the imported file. 导入对象数" default:"100000"`
	Rate     float64       `help:"Tiles a second that are asked for beside the import. 导入时每秒请求数" default:"200"`
	JSON     bool          `help:"Print one line of JSON. 以 JSON 输出" name:"json"`
}

const (
	benchConnections = 8
	httpTiles        = 2000 // of each walk, when every one is drawn anew
	warmTiles        = 400  // of each walk, which the cache has room for
)

// benchZooms are those at which a city is looked at: a quarter, streets, bays.
var benchZooms = []int{12, 14, 16}

// Run measures what wangge promises, each beside its baseline.
func (c *benchCmd) Run(ctx context.Context, console *console) error {
	if err := c.check(); err != nil {
		return err
	}
	program, err := ourselves()
	if err != nil {
		return err
	}
	b := &benchRun{benchCmd: c, console: console, bar: newProgress(console.err), program: program}
	if err := b.measure(ctx); err != nil {
		return err
	}
	b.bar.End()
	if c.JSON {
		return json.NewEncoder(console.out).Encode(&b.report)
	}
	return b.report.Write(console.out)
}

func (c *benchCmd) check() error {
	switch {
	case c.Features < 1000 || c.Features > maxBenchFeatures:
		return usageError("--features takes 1,000 to %d 对象数超出范围", maxBenchFeatures)
	case c.Tiles < 10 || c.Tiles > 100_000:
		return usageError("--tiles takes 10 to 100,000 瓦片数超出范围")
	case c.Rounds < 1 || c.Rounds > 1000:
		return usageError("--rounds takes 1 to 1,000 轮数超出范围")
	case c.Round < 10*time.Millisecond || c.Round > time.Hour:
		return usageError("--round takes 10ms to an hour 每轮时长超出范围")
	case c.Writers < 1 || c.Writers > 1000:
		return usageError("--writers takes 1 to 1,000 写入数超出范围")
	case c.Commits < 2 || c.Commits > 1_000_000:
		return usageError("--commits takes 2 to 1,000,000 提交数超出范围")
	case c.Imported < 100 || c.Imported > maxBenchFeatures:
		return usageError("--imported takes 100 to %d 导入对象数超出范围", maxBenchFeatures)
	case c.Rate <= 0 || c.Rate > maxRate:
		return usageError("--rate takes up to %d 速率超出范围", int(maxRate))
	}
	return nil
}

// wants tells whether any of some parts is to be measured.
func (c *benchCmd) wants(parts ...string) bool {
	return len(c.Only) == 0 || slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(c.Only, p) })
}

// benchRun is one run of the measurements.
type benchRun struct {
	*benchCmd
	console *console
	bar     *progress
	program bench.Program
	report  bench.Report
}

func (b *benchRun) measure(ctx context.Context) error {
	if b.wants("load", "tiles", "http", "warm", "locate", "items", "commit", "import") {
		if err := b.city(ctx); err != nil {
			return err
		}
	}
	if b.wants("copy") {
		if err := b.copies(ctx); err != nil {
			return err
		}
	}
	if b.wants("coverage") {
		if err := b.coverages(ctx); err != nil {
			return err
		}
	}
	if b.wants("patrol") {
		return b.patrol(ctx)
	}
	return nil
}

// city measures the bench city, which is kept for the next time.
func (b *benchRun) city(ctx context.Context) error {
	demo := demoCmd{Data: b.Data, City: "bench", Features: b.Features}
	r, err := demo.open(ctx, b.console)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if b.wants("load", "tiles") {
		if err := b.memory(ctx, r); err != nil {
			return err
		}
	}
	if b.wants("http") {
		if err := b.uncached(ctx, r); err != nil {
			return err
		}
	}
	if b.wants("items") {
		if err := b.items(ctx, r); err != nil {
			return err
		}
	}
	if b.wants("warm", "locate", "commit", "import") {
		return b.served(ctx, r)
	}
	return nil
}

// memory measures the city in this process.
func (b *benchRun) memory(ctx context.Context, r *record) (err error) {
	loads := b.Rounds
	if !b.wants("load") {
		loads = 1
	}
	loaded, err := bench.MeasureLoad(ctx, r.pool, loads, b.bar.Report)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, loaded.Stop()) }()
	if b.wants("load") {
		b.report.Load = &loaded.Load
	}
	if !b.wants("tiles") {
		return nil
	}
	for _, zoom := range benchZooms {
		t, err := bench.MeasureTiles(ctx, r.pool, loaded.View, zoom, b.Tiles, b.Rounds, b.bar.Report)
		if err != nil {
			return err
		}
		b.report.Tiles = append(b.report.Tiles, t)
	}
	return nil
}

// copies measures the import into a record that is thrown away.
func (b *benchRun) copies(ctx context.Context) error {
	return b.inRecord(ctx, func(r *record, dir string) error {
		measured, err := bench.MeasureImport(ctx, r.pool, dir, b.Imported, b.bar.Report)
		b.report.Copy = &measured
		return err
	})
}

// inRecord does something with an empty record that is thrown away, and with its folder.
func (b *benchRun) inRecord(ctx context.Context, do func(r *record, dir string) error) error {
	return b.inFolder(func(dir string) error {
		r, err := recordFlags{Data: dir}.open(ctx, false)
		if err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		defer r.close(ctx)
		if err := migrations.Up(ctx, r.pool); err != nil {
			return err
		}
		if err := r.reconnect(ctx); err != nil {
			return err
		}
		return do(r, dir)
	})
}

// inFolder does something in a temporary folder that PostgreSQL's user can enter: where we are root, that is another.
func (b *benchRun) inFolder(do func(dir string) error) error {
	dir, err := os.MkdirTemp("", "wangge-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	return do(dir)
}
