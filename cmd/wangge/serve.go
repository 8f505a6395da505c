package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"wangge/api"
	"wangge/api/depot"
	gridpg "wangge/grid/postgres"
	"wangge/layers/city"
	"wangge/layers/postgres"
	"wangge/migrations"
)

// serverFlags say where and how to answer.
type serverFlags struct {
	signInFlags
	Addr        string `help:"Address to listen on. 监听地址" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	TLSCert     string `help:"Certificate file (PEM); phones give position and camera to secure pages only. 证书" name:"tls-cert" type:"existingfile" placeholder:"FILE"`
	TLSKey      string `help:"Key file (PEM). 私钥" name:"tls-key" type:"existingfile" placeholder:"FILE"`
	PublicURL   string `help:"The address callers use, where a proxy stands in front. 对外地址" name:"public-url" placeholder:"URL"`
	TrustProxy  bool   `help:"Believe X-Forwarded-For, -Proto and -Host. 信任反向代理"`
	OpenMetrics bool   `help:"Answer /metrics to every machine, not to this one alone. 对外开放指标"`
	Photos      string `help:"Where photos of officers are kept: file:///folder or s3://bucket?region=…&endpoint=…; without it none are taken. 照片存放位置" placeholder:"URL"`
	PhotoFont   string `help:"CJK font for watermarks, where none is in the usual folders. 水印字体" name:"photo-font" type:"existingfile" placeholder:"FILE"`
	TileCacheMB int    `help:"Memory for encoded tiles; 0 keeps none. 瓦片缓存" name:"tile-cache-mb" default:"256" placeholder:"MB"`
}

const maxTileCacheMB = 1 << 20

func (f serverFlags) check() error {
	if (f.TLSCert == "") != (f.TLSKey == "") {
		return usageError("--tls-cert and --tls-key go together 两者须同时给出")
	}
	if f.TileCacheMB < 0 || f.TileCacheMB > maxTileCacheMB {
		return usageError("--tile-cache-mb takes 0 to %d 瓦片缓存超出范围", maxTileCacheMB)
	}
	return nil
}

// address is what to type into a browser.
func (f serverFlags) address(listening string) string {
	if f.PublicURL != "" {
		return f.PublicURL
	}
	if f.TLSCert != "" {
		return "https://" + listening
	}
	return "http://" + listening
}

type serveCmd struct {
	recordFlags
	serverFlags
}

// Run serves the city of the record until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, console *console) error {
	if err := c.check(); err != nil {
		return err
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	return serve(ctx, r.pool, c.serverFlags, func(address string) {
		fmt.Fprintf(console.err, "wangge: serving on %s 服务已就绪\n", address)
	})
}

// ready refuses a record that this program does not understand: it names what is pending or missing.
func ready(ctx context.Context, pool *pgxpool.Pool) error {
	all, err := migrations.Status(ctx, pool)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.AppliedAt.IsZero() {
			return fmt.Errorf("the record lacks %s: run `wangge migrate up` first 请先升级数据库结构", m.Name)
		}
	}
	return postgres.CheckSchema(ctx, pool)
}

// serve loads the city into memory, follows the record and answers requests until ctx ends. announce is called once the city
// is served.
func serve(ctx context.Context, pool *pgxpool.Pool, flags serverFlags, announce func(address string)) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	changes := api.NewChanges()
	memory := city.New(city.Config{Pool: pool, Models: cityModels(), Log: log, Changed: changes.Tell})
	store := gridpg.NewStore(pool)
	gate, err := flags.gate(store, flags.PublicURL)
	if err != nil {
		return err
	}
	photos, err := flags.openPhotos(ctx, log)
	if err != nil {
		return err
	}
	defer func() { _ = photos.Close() }() // nothing is under way any more
	imports := postgres.NewImports(pool)
	handler, err := api.New(api.Config{
		City: memory, Records: postgres.NewReader(pool), Store: store, Imports: imports, Photos: photos, Auth: gate, Changes: changes, Log: log, Version: version,
		PublicURL: flags.PublicURL, TrustProxy: flags.TrustProxy, OpenMetrics: flags.OpenMetrics,
		TileCacheBytes: int64(flags.TileCacheMB) << 20,
	})
	if err != nil {
		return usageError("%v", err)
	}
	server, err := api.Listen(ctx, api.ServerConfig{Addr: flags.Addr, CertFile: flags.TLSCert, KeyFile: flags.TLSKey, Log: log}, handler)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return untilDone(ctx, memory.Run(ctx)) })
	group.Go(func() error { return server.Run(ctx) })
	group.Go(func() error { return untilDone(ctx, postgres.NewRunner(imports, log).Run(ctx)) })
	group.Go(func() error {
		gate.Purge(ctx, func(err error) { log.ErrorContext(ctx, "what is over was not removed", "error", err) })
		return nil
	})
	group.Go(func() error {
		photos.Purge(ctx, store, log)
		return nil
	})
	group.Go(func() error {
		if err := memory.Ready(ctx); err != nil {
			return untilDone(ctx, err)
		}
		announce(flags.address(server.Addr()))
		return nil
	})
	return group.Wait()
}

// openPhotos opens the place where photos are kept; nil where there is none.
func (f serverFlags) openPhotos(ctx context.Context, log *slog.Logger) (*depot.Depot, error) {
	if f.Photos == "" {
		log.InfoContext(ctx, "no photos are taken: there is no --photos 未设置照片存放位置")
		return nil, nil
	}
	var fonts []string
	if f.PhotoFont != "" {
		fonts = []string{f.PhotoFont}
	}
	photos, err := depot.Open(ctx, f.Photos, fonts...)
	if err != nil {
		return nil, usageError("--photos 照片存放位置: %v", err)
	}
	if !photos.Chinese() {
		log.WarnContext(ctx, "no CJK font was found: watermarks have ASCII only; install fonts-noto-cjk or say --photo-font 未找到中文字体，水印只有数字和代码")
	}
	return photos, nil
}

// cityModels are what memory has besides layers: nets and people.
func cityModels() map[string]city.Model {
	return map[string]city.Model{api.NetKey: gridpg.Model{}, api.RosterKey: gridpg.RosterModel{}}
}

// untilDone takes the end that was asked for as no error.
func untilDone(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}
