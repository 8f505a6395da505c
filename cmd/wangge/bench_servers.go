package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"wangge/fixtures/bench"
)

// ourselves is this binary, to be run with nothing but the flags it is given.
func ourselves() (bench.Program, error) {
	path, err := os.Executable()
	if err != nil {
		return bench.Program{}, err
	}
	p := bench.Program{Path: path}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "WANGGE_") && !strings.HasPrefix(pair, "DATABASE_URL=") {
			p.Env = append(p.Env, pair)
		}
	}
	return p, nil
}

// on is the program with a record to work on.
func on(p bench.Program, r *record) bench.Program {
	return bench.Program{Path: p.Path, Env: append(p.Env[:len(p.Env):len(p.Env)], "DATABASE_URL="+r.dsn)}
}

func (b *benchRun) rounds(count int) bench.Rounds {
	return bench.Rounds{Count: count, Each: b.Round, Connections: benchConnections, Progress: b.bar.Report}
}

// uncached measures tiles that are drawn anew, beside ST_AsMVT over HTTP too.
func (b *benchRun) uncached(ctx context.Context, r *record) (err error) {
	program := on(b.program, r)
	b.bar.Report("start the servers", 0, 0)
	ours, err := program.StartServer(ctx, nil, "serve", "--addr", "127.0.0.1:0", "--tile-cache-mb", "0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	asMVT, err := program.StartServer(ctx, nil, "bench", "asmvt")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, asMVT.Stop()) }()
	b.report.HTTP, err = bench.MeasureUncached(ctx, ours, asMVT, httpTiles, b.rounds(b.Rounds))
	return err
}

// served measures a server as it is: with a cache, and with a record that changes under it.
func (b *benchRun) served(ctx context.Context, r *record) (err error) {
	program := on(b.program, r)
	b.bar.Report("start the server", 0, 0)
	ours, err := program.StartServer(ctx, nil, "serve", "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Stop()) }()
	if b.wants("warm") {
		if b.report.Warm, err = bench.MeasureWarm(ctx, ours, b.bare(ctx), warmTiles, b.rounds(b.Rounds)); err != nil {
			return err
		}
	}
	if b.wants("locate") {
		located, err := bench.MeasureLocate(ctx, r.pool, ours, b.rounds(b.Rounds))
		if err != nil {
			return err
		}
		b.report.Locate = &located
	}
	if b.wants("commit") {
		fresh, err := bench.MeasureFresh(ctx, ours, r.dsn, b.Writers, b.Commits, b.bar.Report)
		if err != nil {
			return err
		}
		b.report.Fresh = &fresh
	}
	if !b.wants("import") {
		return nil
	}
	return b.inFolder(func(dir string) error {
		beside, err := bench.MeasureBeside(ctx, program, ours, r.pool, dir, b.Imported, b.Rate, b.rounds(2*b.Rounds))
		b.report.Beside = &beside
		return err
	})
}

// bare starts the handler that a warm server is held against.
func (b *benchRun) bare(ctx context.Context) func(bench.Bodies) (*bench.Server, error) {
	return func(bodies bench.Bodies) (*bench.Server, error) {
		var all bytes.Buffer
		if err := bodies.Send(&all); err != nil {
			return nil, err
		}
		return b.program.StartServer(ctx, &all, "bench", "bare")
	}
}

type benchBareCmd struct{}

// Run answers with what came in on standard input, and no more.
func (benchBareCmd) Run(ctx context.Context, console *console) error {
	bodies, err := bench.ReadBodies(os.Stdin)
	if err != nil {
		return err
	}
	return bench.Serve(ctx, bench.Bare(bodies), console.serving)
}

type benchAsMVTCmd struct{ recordFlags }

// Run answers with tiles that PostGIS makes.
func (c *benchAsMVTCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	return bench.Serve(ctx, bench.AsMVT(r.pool), console.serving)
}

// serving says where a baseline answers.
func (c *console) serving(address string) { fmt.Fprintln(c.err, bench.Serving(address)) }
