package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"wangge/fixtures/bench"
	"wangge/migrations"
)

type benchCmd struct {
	Data     string `help:"Folder of the bench city; made where there is none. 数据目录" type:"path" placeholder:"DIR"`
	Features int    `help:"Features of the city. 对象数" default:"965000"`
	Tiles    int    `help:"Tiles of each zoom. 每级瓦片数" default:"300"`
	Imported int    `help:"Features of the imported file. 导入对象数" default:"100000"`
	JSON     bool   `help:"Print one line of JSON. 以 JSON 输出" name:"json"`
}

// zooms are those at which a city is looked at: the whole of a quarter, streets, bays.
var zooms = []int{12, 14, 16}

// Run measures the city in memory and the import, each beside its baseline.
func (c *benchCmd) Run(ctx context.Context, console *console) error {
	if c.Features < 1000 || c.Features > maxBenchFeatures || c.Tiles < 10 || c.Imported < 100 {
		return usageError("--features takes 1,000 to %d, --tiles 10 or more, --imported 100 or more 数值超出范围", maxBenchFeatures)
	}
	var report bench.Report
	bar := newProgress(console.err)
	if err := c.tiles(ctx, console, bar, &report); err != nil {
		return err
	}
	if err := c.imports(ctx, bar, &report); err != nil {
		return err
	}
	bar.End()
	if c.JSON {
		return json.NewEncoder(console.out).Encode(&report)
	}
	return report.Write(console.out)
}

// tiles measures the bench city, which is kept for the next time.
func (c *benchCmd) tiles(ctx context.Context, console *console, bar *progress, report *bench.Report) error {
	city := demoCmd{Data: c.Data, City: "bench", Features: c.Features}
	r, err := city.open(ctx, console)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	loaded, err := bench.LoadCity(ctx, r.pool)
	if err != nil {
		return err
	}
	report.Load = loaded.Load
	for _, zoom := range zooms {
		t, err := bench.MeasureTiles(ctx, r.pool, loaded.View, zoom, c.Tiles, bar.Report)
		if err != nil {
			return err
		}
		report.Tiles = append(report.Tiles, t)
	}
	return loaded.Stop()
}

// imports measures the import into a record that is thrown away.
func (c *benchCmd) imports(ctx context.Context, bar *progress, report *bench.Report) error {
	dir, err := os.MkdirTemp("", "wangge-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()     // a temporary folder
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL runs as another user where we are root
		return err
	}
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
	measured, err := bench.MeasureImport(ctx, r.pool, dir, c.Imported, bar.Report)
	report.Imports = append(report.Imports, measured)
	return err
}
