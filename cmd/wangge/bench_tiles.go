package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"wangge/fixtures/bench"
	"wangge/geo"
	"wangge/geo/tile"
)

type benchTilesCmd struct {
	recordFlags
	URL         []string      `help:"Tiles of a server, such as http://127.0.0.1:8080/tiles/city/{z}/{x}/{y}.mvt; servers are asked in turn. 瓦片地址" name:"url" required:"" sep:"none" placeholder:"URL"`
	Zoom        int           `help:"Zoom of all tiles; a weighted mixture where it is not given. 级别" default:"-1"`
	Bounds      string        `help:"West,south,east,north in degrees; by default those of the first server's TileJSON. 范围" placeholder:"W,S,E,N"`
	Connections int           `help:"Connections at a time. 并发连接数" default:"8"`
	Rate        float64       `help:"Tiles a second to ask for, whatever the answers (open loop); 0 for as fast as they come. 每秒请求数" default:"0"`
	Duration    time.Duration `help:"Time for each server. 时长" default:"10s"`
	Encoding    string        `help:"Accept-Encoding. 内容编码" default:"identity"`
	Writers     int           `help:"Connections that edit the record beside; it is named by DATABASE_URL or --data. 并发写入数" default:"0"`
	Seed        uint64        `help:"Of the walk. 随机种子" default:"1"`
	JSON        bool          `help:"Print one line of JSON, an object for each server. 以 JSON 输出" name:"json"`
}

// Limits of what one machine can ask for.
const (
	maxConnections = 10_000
	maxRate        = 1e6
	walkLength     = 20_000 // tiles, after which the walk begins again
)

// Run replays the same walk of tiles against every server.
func (c *benchTilesCmd) Run(ctx context.Context, console *console) error {
	if err := c.check(); err != nil {
		return err
	}
	bound, err := c.bound(ctx)
	if err != nil {
		return err
	}
	stop, err := c.write(ctx)
	if err != nil {
		return err
	}
	tiles := bench.NewWalk(bound, c.Zoom, c.Seed).Take(walkLength)
	drive := bench.Drive{Connections: c.Connections, Rate: c.Rate, Duration: c.Duration, Encoding: c.Encoding}
	var all []bench.Served
	for _, url := range c.URL {
		served, err := drive.Run(ctx, url, tiles)
		if err != nil {
			return err
		}
		all = append(all, served)
	}
	edits, err := stop()
	if err != nil {
		return err
	}
	bench.Compare(all)
	if c.JSON {
		return json.NewEncoder(console.out).Encode(all)
	}
	if c.Writers > 0 {
		fmt.Fprintf(console.out, "%d writers made %d edits beside\n", c.Writers, edits)
	}
	return bench.WriteServed(console.out, all)
}

func (c *benchTilesCmd) check() error {
	for _, url := range c.URL {
		for _, part := range []string{"{z}", "{x}", "{y}"} {
			if !strings.Contains(url, part) {
				return usageError("%s has no %s in it 地址缺少 %s", url, part, part)
			}
		}
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			return usageError("%s begins neither with http:// nor with https:// 地址须以 http:// 或 https:// 开头", url)
		}
	}
	switch {
	case c.Zoom < -1 || c.Zoom > tile.MaxZoom:
		return usageError("--zoom takes 0 to %d 级别超出范围", tile.MaxZoom)
	case c.Connections < 1 || c.Connections > maxConnections:
		return usageError("--connections takes 1 to %d 连接数超出范围", maxConnections)
	case c.Rate < 0 || c.Rate > maxRate:
		return usageError("--rate takes 0 to %d 速率超出范围", int(maxRate))
	case c.Duration <= 0 || c.Duration > time.Hour:
		return usageError("--duration takes up to an hour 时长超出范围")
	case c.Writers < 0 || c.Writers > 1000:
		return usageError("--writers takes 0 to 1,000 写入数超出范围")
	}
	return nil
}

// bound is where to walk.
func (c *benchTilesCmd) bound(ctx context.Context) (orb.Bound, error) {
	if c.Bounds == "" {
		b, err := bench.Bounds(ctx, c.URL[0])
		if err != nil {
			return b, fmt.Errorf("say where to walk with --bounds W,S,E,N 请用 --bounds 指明范围: %w", err)
		}
		return b, nil
	}
	var b orb.Bound
	parts := strings.Split(c.Bounds, ",")
	if len(parts) != 4 {
		return b, usageError("--bounds takes west,south,east,north 范围须为 西,南,东,北")
	}
	for i, at := range []*float64{&b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1]} {
		x, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			return b, usageError("--bounds: %q is no number 不是数字", parts[i])
		}
		*at = x
	}
	if geo.CheckLonLat(b.Min[0], b.Min[1]) != nil || geo.CheckLonLat(b.Max[0], b.Max[1]) != nil || b.IsEmpty() {
		return b, usageError("--bounds %s is no box on the Earth, longitude first 范围无效", c.Bounds)
	}
	walkable, ok := bench.Walkable(b)
	if !ok {
		return b, usageError("--bounds %s holds no tiles: they end at 85° 范围内没有瓦片", c.Bounds)
	}
	return walkable, nil
}

// write starts the writers, if any. stop ends them and tells how many edits they made.
func (c *benchTilesCmd) write(ctx context.Context) (stop func() (int64, error), err error) {
	if c.Writers == 0 {
		return func() (int64, error) { return 0, nil }, nil
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return nil, err
	}
	writers := &bench.Writers{Count: c.Writers}
	end, err := writers.Start(ctx, r.dsn)
	if err != nil {
		r.close(ctx)
		return nil, err
	}
	return func() (int64, error) {
		defer r.close(ctx)
		err := end()
		return writers.Edits(), err
	}, nil
}
