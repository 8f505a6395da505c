package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgrun"
	"wangge/geo/pgeom"
)

// recordFlags say where the record is: a database, or the folder of a private cluster. A folder named on the command line
// goes over a DATABASE_URL in the environment.
type recordFlags struct {
	Data        string `help:"Folder of a private cluster; joined where it runs, started for the time of the command where not. 私有数据库目录" type:"path" placeholder:"DIR"`
	DatabaseURL string `help:"The database. 数据库地址" env:"DATABASE_URL" placeholder:"URL"`
}

// record is an open record. End with close.
type record struct {
	dsn     string
	pool    *pgxpool.Pool
	cluster *pgrun.Cluster // nil for a database of somebody else's
}

// stopTimeout bounds how long leaving a private cluster may take; the command's own context is over by then.
const stopTimeout = 30 * time.Second

// open connects to the record. Geometry is only understood once the migrations have made its type: migrated says they have.
func (f recordFlags) open(ctx context.Context, migrated bool) (*record, error) {
	r := &record{dsn: f.DatabaseURL}
	switch {
	case f.Data != "":
		cluster, err := pgrun.Start(ctx, pgrun.Config{Dir: f.Data})
		if err != nil {
			return nil, err
		}
		r.cluster = cluster
		r.dsn = cluster.DSN(pgrun.Database)
	case r.dsn == "":
		return nil, usageError("say where the record is: DATABASE_URL, or --data DIR 请用 DATABASE_URL 或 --data 指明数据库")
	}
	if err := r.connect(ctx, migrated); err != nil {
		r.close(ctx)
		return nil, err
	}
	return r, nil
}

func (r *record) connect(ctx context.Context, migrated bool) error {
	config, err := pgxpool.ParseConfig(r.dsn)
	if err != nil {
		return usageError("the address of the database cannot be read 数据库地址无法识别: %v", err)
	}
	config.ConnConfig.RuntimeParams["application_name"] = "wangge"
	if migrated {
		config.AfterConnect = pgeom.Register
	}
	if r.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return err
	}
	if err := r.pool.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer 无法连接数据库: %w", err)
	}
	return nil
}

// reconnect opens the record anew once the migrations have made the type of geometry.
func (r *record) reconnect(ctx context.Context) error {
	r.pool.Close()
	return r.connect(ctx, true)
}

func (r *record) close(ctx context.Context) {
	if r.pool != nil {
		r.pool.Close()
	}
	if r.cluster != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		_ = r.cluster.Stop(ctx) // whatever is left over, the cluster's own keeper ends
	}
}
