package migrations

import (
	"context"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"
)

// UpWith is Up with other files. It is here for the tests outside the package: those inside cannot use pgtest, which
// imports the package.
func UpWith(ctx context.Context, pool *pgxpool.Pool, files map[string]string) error {
	fsys := fstest.MapFS{}
	for name, sql := range files {
		fsys[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql)}
	}
	return up(ctx, pool, fsys)
}
