package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"wangge/fixtures"
	"wangge/migrations"
)

type demoCmd struct {
	serverFlags
	Data     string `help:"Folder of the private cluster; a second run uses it again. 数据目录" type:"path" placeholder:"DIR"`
	City     string `help:"The city: ${enum}. 城市" enum:"jiaozhou,bench" default:"jiaozhou"`
	Features int    `help:"Features of the bench city. 对象数" default:"965000"`
}

const maxBenchFeatures = 20_000_000

// Run makes the demo city where there is none yet, and serves it.
func (c *demoCmd) Run(ctx context.Context, console *console) error {
	if err := c.check(); err != nil {
		return err
	}
	r, err := c.open(ctx, console)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	dir, err := c.folder()
	if err != nil {
		return err
	}
	c.Photos = cmp.Or(c.Photos, photosIn(dir))
	users, err := demoUsers(ctx, r.pool, dir)
	if err != nil {
		return fmt.Errorf("the demo's users 演示账号: %w", err)
	}
	if c.Photos == "" {
		c.Photos = (&url.URL{Scheme: "file", Path: filepath.Join(dir, "photos")}).String()
	}
	return serve(ctx, r.pool, c.serverFlags, func(address string) {
		fmt.Fprintf(console.out, "\n  网格 wangge  %s\n  演示数据，按 Ctrl-C 停止 (sample data; Ctrl-C stops)\n\n", address)
		_ = printDemoUsers(console.out, users, filepath.Join(dir, demoUsersFile)) // they are in the file, too
	})
}

// open opens the demo's record with its city in it: both are made where there are none.
func (c *demoCmd) open(ctx context.Context, console *console) (*record, error) {
	if c.City == "bench" && (c.Features < 1000 || c.Features > maxBenchFeatures) {
		return nil, usageError("--features takes 1,000 to %d 对象数超出范围", maxBenchFeatures)
	}
	dir, err := c.folder()
	if err != nil {
		return nil, err
	}
	r, err := recordFlags{Data: dir}.open(ctx, false)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, r, console); err != nil {
		r.close(ctx)
		return nil, err
	}
	return r, nil
}

func (c *demoCmd) prepare(ctx context.Context, r *record, console *console) error {
	if err := migrations.Up(ctx, r.pool); err != nil {
		return err
	}
	if err := r.reconnect(ctx); err != nil {
		return err
	}
	if err := c.load(ctx, r, console); err != nil {
		return err
	}
	return ready(ctx, r.pool)
}

// folder is where the demo keeps its cluster: one folder for each city. PostgreSQL does not run as root and cannot enter
// root's home, so root's demo lives where services keep their state.
func (c *demoCmd) folder() (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	name := "demo-" + c.City
	if c.City == "bench" {
		name += fmt.Sprint("-", c.Features)
	}
	if os.Geteuid() == 0 {
		return filepath.Join("/var/lib/wangge", name), nil
	}
	base := os.Getenv("XDG_DATA_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", usageError("there is no home folder: say --data DIR 请用 --data 指定目录")
		}
		base = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(base, "wangge", name), nil
}

// load fills an empty record with the city; one that has a city already is left as it is.
func (c *demoCmd) load(ctx context.Context, r *record, console *console) error {
	loaded, err := fixtures.Loaded(ctx, r.pool)
	if err != nil || loaded {
		return err
	}
	bar := newProgress(console.err)
	defer bar.End()
	if c.City == "bench" {
		return fixtures.LoadBench(ctx, r.pool, c.Features, bar.Report)
	}
	dir, err := c.folder()
	if err != nil {
		return err
	}
	city, err := patrolledCity(ctx, cmp.Or(c.Photos, photosIn(dir)))
	if err != nil {
		return err
	}
	return fixtures.Load(ctx, r.pool, city, bar.Report)
}
