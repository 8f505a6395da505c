package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// slowStatements logs every statement of a pool's connections that takes long: where an import spends its time.
type slowStatements struct {
	over time.Duration
}

type begun struct {
	at  time.Time
	sql string
}

type begunKey struct{}

func (s slowStatements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, begunKey{}, begun{time.Now(), data.SQL})
}

func (s slowStatements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if b := ctx.Value(begunKey{}).(begun); time.Since(b.at) > s.over {
		fmt.Fprintf(os.Stderr, "%8.2f s  %.110s\n", time.Since(b.at).Seconds(), strings.Join(strings.Fields(b.sql), " "))
	}
}

// traced opens the same database again, with slow statements logged.
func traced(tb testing.TB, pool *pgxpool.Pool) *pgxpool.Pool {
	tb.Helper()
	config := pool.Config()
	config.ConnConfig.Tracer = slowStatements{100 * time.Millisecond}
	pool, err := pgxpool.NewWithConfig(tb.Context(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}
