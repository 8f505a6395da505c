package city_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/geo"
	"wangge/geo/tile"
	"wangge/layers/city"
)

// TestLongTransaction: a transaction with savepoints stays open while thousands of others come and go, and some of them undo what it will show.
func TestLongTransaction(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 41)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	ctx := t.Context()
	long, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer long.Rollback(ctx) // it is over, unless the test failed
	for _, s := range []string{toilet(7001), `UPDATE road SET name = '长事务' WHERE id % 7 = 0`, `DELETE FROM barrier_free_ramp WHERE id % 5 = 0`,
		`SAVEPOINT a`, toilet(7002), `SAVEPOINT b`, toilet(7003), `ROLLBACK TO b`, `RELEASE a`, toilet(7004)} {
		if _, err := long.Exec(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	var xid int64
	if err := long.QueryRow(ctx, `SELECT pg_current_xact_id()::text::int8`).Scan(&xid); err != nil {
		t.Fatal(err)
	}
	const others = 3000
	_, err = pool.Exec(ctx, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..%d LOOP
		INSERT INTO public_toilet (id, geom) VALUES (10000 + i, 'SRID=4490;POINT(120 36.27)');
		IF i %% 3 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
	END LOOP; END $$`, others))
	if err != nil {
		t.Fatal(err)
	}
	v := at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	if v.Sees(city.Revision(xid)) || hasToilet(v, 7001) {
		t.Error("the open transaction is seen")
	}
	isRecord(t, c)
	if err := long.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	v = at(t, c, city.Revision(xid))
	if v.Revision() < city.Revision(xid)+others*2/3 || !hasToilet(v, 7001) || !hasToilet(v, 7002) || hasToilet(v, 7003) || !hasToilet(v, 7004) {
		t.Errorf("transaction %d is not seen as it was committed, behind %d", xid, v.Revision())
	}
	isRecord(t, c)
}

// TestTenWriters: ten edit at random, with savepoints and rollbacks; now and then somebody empties a table, and the follower's
// connection is cut.
func TestTenWriters(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 51)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	const writers = 10
	cfg := pool.Config()
	cfg.MaxConns = writers + 1
	many, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer many.Close()
	var all sync.WaitGroup
	for w := range writers {
		e := editor{rand.New(rand.NewPCG(52, uint64(w)))}
		all.Go(func() {
			for range 15 {
				if err := e.transaction(t.Context(), many); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 3 {
		cut(t, pool)
		empty(t, pool, i == 1)
		if v, err := c.Verify(t.Context()); err == nil && v.Differences > 0 {
			t.Errorf("among writers: %v", v.Listed)
		}
	}
	all.Wait()
	seen(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	isRecord(t, c)
	equalsRecord(t, pool, at(t, c, 0))
}

// empty truncates the roads and puts one back, and takes it all back if asked. It gives way to writers that hold others up.
func empty(t testing.TB, pool *pgxpool.Pool, undo bool) {
	t.Helper()
	undone := errors.New("undone")
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `TRUNCATE road, feature_grid`); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `INSERT INTO road (class, geom) VALUES ('branch', 'SRID=4490;LINESTRING(120 36.27, 120.001 36.271)')`); err != nil || !undo {
			return err
		}
		return undone
	})
	var pg *pgconn.PgError
	if err != nil && !errors.Is(err, undone) && (!errors.As(err, &pg) || pg.Code != "40P01") {
		t.Fatal(err)
	}
}

// TestUnknownColumns: columns that the city does not know come and go, on layers and elsewhere. It goes on without loading anything again, and a
// table that is locked meanwhile holds nobody up but its own edits.
func TestUnknownColumns(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 61)
	model := loaded{make(chan struct{}, 100)}
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Models: map[string]city.Model{"departments": model}})
	<-model.times
	for i, s := range []string{`ALTER TABLE public_toilet ADD COLUMN colour text`, `ALTER TABLE public_toilet ALTER COLUMN colour TYPE varchar(9)`,
		`ALTER TABLE public_toilet DROP COLUMN colour`, `ALTER TABLE setting ADD COLUMN x int DEFAULT 3`, `ALTER TABLE grid ADD COLUMN x int`,
		`ALTER TABLE department ADD COLUMN x int`, `ALTER TABLE change ADD COLUMN x int`, `ALTER TABLE grid DROP COLUMN x`, `CREATE INDEX ON road (name)`} {
		write(t, pool, s)
		v := at(t, c, write(t, pool, toilet(6000+i), `UPDATE grid SET name = name || 'x'`, `UPDATE setting SET value = value WHERE key = 'city'`,
			`INSERT INTO department (code, name, kind) VALUES (pg_current_xact_id()::text, 'x', 'other')`))
		if !hasToilet(v, int64(6000+i)) {
			t.Errorf("after %s an edit is not seen", s)
		}
		isRecord(t, c)
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) // it is over, unless the test failed
	if _, err := tx.Exec(t.Context(), `ALTER TABLE public_toilet ADD COLUMN colour text`); err != nil {
		t.Fatal(err)
	}
	at(t, c, write(t, pool, `UPDATE road SET name = '旁边'`))
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	isRecord(t, c)
	select {
	case <-model.times:
		t.Error("the city was loaded again")
	default:
	}
}

// TestTableRewritten: the follower waits for an ALTER TABLE that rewrites a table whose rows it wants, and a city that is being loaded does
// too. To a snapshot of before, such a table is empty.
func TestTableRewritten(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, `INSERT INTO public_toilet (id, name, geom) SELECT i, '厕', 'SRID=4490;POINT(120 36.27)' FROM generate_series(1, 100) i`)
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Poll: 50 * time.Millisecond})
	const follows = `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wangge city' AND wait_event_type = 'Lock')`
	rewrite := func(statement string, meanwhile func()) {
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(t.Context()) // it is over, unless the test failed
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		meanwhile()
		waitFor(t, pool, follows)
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// What an edit that was committed just before the lock was taken has put into the feed.
	edited := `INSERT INTO change (entity, entity_id, op) SELECT 'public_toilet', i, 'update' FROM generate_series(1, 50) i`
	rewrite(`ALTER TABLE public_toilet ADD COLUMN token uuid DEFAULT gen_random_uuid()`, func() { write(t, pool, edited, `NOTIFY wangge_change`) })
	if n := at(t, c, write(t, pool, `UPDATE public_toilet SET name = 'x' WHERE id = 100`)).Features()["public_toilet"]; n != 100 {
		t.Errorf("%d toilets after the table was rewritten", n)
	}
	isRecord(t, c)
	rewrite(`ALTER TABLE public_toilet ALTER COLUMN token TYPE text`, func() { cut(t, pool) })
	if n := at(t, c, write(t, pool, `UPDATE public_toilet SET name = 'y' WHERE id = 100`)).Features()["public_toilet"]; n != 100 {
		t.Errorf("%d toilets after the table was rewritten while the city was loaded", n)
	}
	isRecord(t, c)
}

// TestImportBesideReaders: 100,000 changes become visible at once while readers draw tiles. They do not wait for it, and single edits arrive as
// fast as before.
func TestImportBesideReaders(t *testing.T) {
	pool := pgtest.DB(t)
	const marked = `SET LOCAL wangge.bulk = 'on'`
	bulk := func(n int) string {
		return fmt.Sprintf(`INSERT INTO public_toilet (name, geom) SELECT '厕 ' || i %% 100, ST_SetSRID(ST_MakePoint(119.9 + 0.2 * random(), 36.2 + 0.15 * random()), 4490) FROM generate_series(1, %d) i`, n)
	}
	write(t, pool, marked, bulk(5000))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	var tiles []time.Duration
	readers.Go(func() { tiles = read(ctx, t, c) })
	imported := write(t, pool, marked, bulk(100_000))
	began := time.Now()
	v := seen(t, c, imported)
	t.Logf("%d features, the import is seen after %v", v.Features()["public_toilet"], time.Since(began))
	var edits []time.Duration
	for i := range 40 {
		r := write(t, pool, fmt.Sprintf(`UPDATE public_toilet SET name = 'x%d' WHERE id = (SELECT min(id) + %d FROM public_toilet)`, i, 1000*i))
		began := time.Now()
		at(t, c, r)
		edits = append(edits, time.Since(began))
	}
	stop()
	readers.Wait()
	t.Logf("%d tiles: p50 %v, p99 %v, longest %v; %d edits: p50 %v, longest %v", len(tiles), percentile(tiles, 50), percentile(tiles, 99), percentile(tiles, 100),
		len(edits), percentile(edits, 50), percentile(edits, 100))
	if p := percentile(tiles, 99); p > 500*time.Millisecond {
		t.Errorf("readers waited: p99 %v", p)
	}
	if p := percentile(edits, 50); p > 500*time.Millisecond { // ten times what it is on a busy machine with the race detector
		t.Errorf("single edits take %v", p)
	}
	if v := isRecord(t, c); v.Layers["public_toilet"].Record != 105_000 {
		t.Errorf("compared %v", v.Layers["public_toilet"])
	}
	// More differences than are kept to be looked at again: all of the table is read twice, all are counted.
	write(t, pool, `SET LOCAL session_replication_role = replica`, `UPDATE public_toilet SET name = 'untold'`)
	if v := verify(t, c); v.Differences != 105_000 || len(v.Listed) != 1000 || v.Looks != 2 {
		t.Errorf("%d differences, %d listed after %d looks", v.Differences, len(v.Listed), v.Looks)
	}
}

// read draws tiles of the zooms that maps show until ctx ends, and tells how long each took.
func read(ctx context.Context, t *testing.T, c *city.City) (took []time.Duration) {
	random := rand.New(rand.NewPCG(71, 1))
	for ctx.Err() == nil {
		v, err := c.View()
		if err != nil {
			t.Error(err)
			return took
		}
		addr := tile.At(uint8(12+random.IntN(5)), geo.WorldX(119.9+0.2*random.Float64()), geo.WorldY(36.2+0.15*random.Float64()))
		began := time.Now()
		mustTile(t, v, []string{"public_toilet", "road"}, addr)
		took = append(took, time.Since(began))
	}
	return took
}

// percentile is the value that a share of all are not above.
func percentile(all []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)*percent/100]
}
