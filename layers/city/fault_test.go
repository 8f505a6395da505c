package city_test

import (
	"testing"
	"time"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

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
