package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"wangge/fixtures/bench"
)

type benchItemsCmd struct {
	URL         []string      `help:"Items of a server, such as http://127.0.0.1:8080/ogc/collections/parking_space/items; servers are asked in turn. 对象地址" name:"url" required:"" sep:"none" placeholder:"URL"`
	Boxes       int           `help:"Boxes that are asked for in turn. 范围数" default:"200"`
	Side        float64       `help:"Side of a box in degrees. 边长（度）" default:"0.01"`
	Limit       int           `help:"Features of an answer. 每次对象数" default:"1000"`
	Connections int           `help:"Connections at a time. 并发连接数" default:"8"`
	Duration    time.Duration `help:"Time for each server. 时长" default:"10s"`
	Encoding    string        `help:"Accept-Encoding. 内容编码" default:"identity"`
	JSON        bool          `help:"Print one line of JSON, an object for each server. 以 JSON 输出" name:"json"`
}

// Run asks every server for the features in the same boxes, which lie around features of the first one.
func (c *benchItemsCmd) Run(ctx context.Context, console *console) error {
	if err := c.check(); err != nil {
		return err
	}
	queries, err := bench.SampleBoxes(ctx, c.URL[0], c.Boxes, c.Limit, c.Side)
	if err != nil {
		return err
	}
	drive := bench.Drive{Connections: c.Connections, Duration: c.Duration, Encoding: c.Encoding}
	var all []bench.Served
	for _, url := range c.URL {
		addresses := make([]string, len(queries))
		for i, q := range queries {
			addresses[i] = url + q
		}
		served, err := drive.Ask(ctx, url, addresses)
		if err != nil {
			return err
		}
		all = append(all, served)
	}
	bench.Compare(all)
	if c.JSON {
		return json.NewEncoder(console.out).Encode(all)
	}
	return bench.WriteServed(console.out, all)
}

func (c *benchItemsCmd) check() error {
	for _, url := range c.URL {
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") || strings.Contains(url, "?") {
			return usageError("%s is no http address without a query 地址须以 http:// 或 https:// 开头且不含查询", url)
		}
	}
	switch {
	case c.Boxes < 1 || c.Boxes > 10_000:
		return usageError("--boxes takes 1 to 10,000 范围数超出范围")
	case c.Side <= 0 || c.Side > 10:
		return usageError("--side takes up to 10 degrees 边长超出范围")
	case c.Limit < 1 || c.Limit > 1000:
		return usageError("--limit takes 1 to 1,000 对象数超出范围")
	case c.Connections < 1 || c.Connections > maxConnections:
		return usageError("--connections takes 1 to %d 连接数超出范围", maxConnections)
	case c.Duration <= 0 || c.Duration > time.Hour:
		return usageError("--duration takes up to an hour 时长超出范围")
	}
	return nil
}

// items measures features as GeoJSON beside json_agg(ST_AsGeoJSON).
func (b *benchRun) items(ctx context.Context, r *record) (err error) {
	program := on(b.program, r)
	b.bar.Report("start the servers", 0, 0)
	ours, err := program.StartServer(ctx, nil, "serve", "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	asGeoJSON, err := program.StartServer(ctx, nil, "bench", "asgeojson")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, asGeoJSON.Stop()) }()
	measured, err := bench.MeasureItems(ctx, r.pool, ours, asGeoJSON, b.rounds(b.Rounds))
	b.report.Items = &measured
	return err
}

type benchAsGeoJSONCmd struct{ recordFlags }

// Run answers with features that PostGIS writes.
func (c *benchAsGeoJSONCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	return bench.Serve(ctx, bench.AsGeoJSON(r.pool), console.serving)
}
