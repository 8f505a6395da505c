package postgres_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// slowStatements logs every statement of a pool's connections that takes long, with the processor time of the server's process: where an
// import spends its time, also on a machine that does other things.
type slowStatements struct {
	over time.Duration
}

type begun struct {
	at   time.Time
	cpuS float64
	sql  string
}

// cpuS is the processor time of a process so far; 0 where it cannot be known.
func cpuS(pid uint32) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

type begunKey struct{}

func (s slowStatements) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, begunKey{}, begun{time.Now(), cpuS(conn.PgConn().PID()), data.SQL})
}

func (s slowStatements) TraceQueryEnd(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryEndData) {
	if b := ctx.Value(begunKey{}).(begun); time.Since(b.at) > s.over {
		fmt.Fprintf(os.Stderr, "%8.2f s  %8.2f cpu s  %.110s\n", time.Since(b.at).Seconds(), cpuS(conn.PgConn().PID())-b.cpuS, strings.Join(strings.Fields(b.sql), " "))
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
