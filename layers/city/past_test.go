package city_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// clock is the time of the record.
func clock(t testing.TB, pool *pgxpool.Pool) (now time.Time) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

func past(t testing.TB, c *city.City, at time.Time, ids ...string) *city.View {
	t.Helper()
	v, err := c.Past(t.Context(), at, ids)
	if err != nil {
		t.Fatalf("the city at %v: %v", at, err)
	}
	return v
}

// remembered is a live view and an instant at which it was that of the record.
type remembered struct {
	at   time.Time
	view *city.View
}

// writeHistory makes random edits and remembers the city between them.
func writeHistory(t *testing.T, pool *pgxpool.Pool, c *city.City, steps int) (all []remembered) {
	t.Helper()
	e := editor{rand.New(rand.NewPCG(9, 10))}
	for range steps {
		for range 4 {
			if err := e.transaction(t.Context(), pool); err != nil {
				t.Fatal(err)
			}
		}
		v := at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
		all = append(all, remembered{clock(t, pool), v})
	}
	return all
}

// TestPastIsTheCityOfThen edits at random and keeps views: the past of each instant is the view of then, row by row and tile by tile.
func TestPastIsTheCityOfThen(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	all := writeHistory(t, pool, c, 12)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, then := range all {
		ids := allLayers(then.view)
		v := past(t, c, then.at, ids...)
		if diff := cmp.Diff(city.Dump(then.view), city.Dump(v)); diff != "" {
			t.Fatalf("at %v: %s", then.at, clip(diff))
		}
		for z := uint8(9); z <= 16; z++ {
			want, got := decode(t, mustTile(t, then.view, ids, tileAt(z))), decode(t, mustTile(t, v, ids, tileAt(z)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("at %v, zoom %d: %s", then.at, z, clip(diff))
			}
			if then.view.ContentHash(plan(t, then.view, ids), tileAt(z)) != v.ContentHash(plan(t, v, ids), tileAt(z)) {
				t.Errorf("at %v, zoom %d: content hashes differ", then.at, z)
			}
		}
	}
}

func TestPastBeforeTheRecordIsEmptyAndTheFutureIsNow(t *testing.T) {
	pool := pgtest.DB(t)
	r := write(t, pool, dutySQL, toiletAt("120 36.27"))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	live := at(t, c, r)
	for _, when := range []time.Time{time.Unix(0, 0), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for id, n := range past(t, c, when, allLayers(live)...).Features() {
			if n != 0 {
				t.Errorf("in %d there were %d of %s", when.Year(), n, id)
			}
		}
	}
	if v := past(t, c, time.Now().Add(time.Hour), "public_toilet"); v.Features()["public_toilet"] != 1 {
		t.Errorf("the future has %v", v.Features())
	}
	if _, err := c.Past(t.Context(), time.Unix(0, 0), []string{"nothing"}); !errors.Is(err, city.ErrNoLayer) {
		t.Error(err)
	}
	v := past(t, c, clock(t, pool), "road", "public_toilet")
	if got := allLayers(v); cmp.Diff([]string{"road", "public_toilet"}, got) != "" || v.Features()["public_toilet"] != 1 {
		t.Errorf("%v, %v", got, v.Features())
	}
}

func toiletAt(place string) string {
	return fmt.Sprintf(`INSERT INTO public_toilet (name, geom) VALUES ('早', 'SRID=4490;POINT(%s)')`, place)
}

// A table is loaded once for all instants between two of its changes, and not at all after the last.
func TestPastIsLoadedOnce(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, toiletAt("120 36.27"))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	first := clock(t, pool)
	second := clock(t, pool)
	write(t, pool, `INSERT INTO road (class, geom) VALUES ('branch', 'SRID=4490;LINESTRING(120 36, 120.1 36)')`)
	third := clock(t, pool)
	at(t, c, write(t, pool, `UPDATE public_toilet SET name = '晚'`))
	for _, step := range []struct {
		at    time.Time
		ids   []string
		loads int
	}{
		{first, []string{"public_toilet"}, 1}, {second, []string{"public_toilet"}, 1}, {third, []string{"public_toilet"}, 1},
		{second, []string{"road", "public_toilet"}, 2}, {third, []string{"road"}, 2}, {first, []string{"road"}, 2}, {clock(t, pool), []string{"public_toilet"}, 2},
	} {
		v := past(t, c, step.at, step.ids...)
		if city.PastTables(c) != step.loads {
			t.Errorf("%v at %v: %d tables were loaded, want %d", step.ids, step.at, city.PastTables(c), step.loads)
		}
		if want := `早`; step.at != third && len(step.ids) == 1 && step.ids[0] == "public_toilet" && step.loads == 1 && !strings.Contains(fmt.Sprint(city.Dump(v)), want) {
			t.Errorf("at %v: %v", step.at, city.Dump(v))
		}
	}
}

// A transaction that began long ago and commits now changes the past: what was kept of it is read again.
func TestLateCommitChangesThePast(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, toiletAt("120 36.27"))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	late, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = late.Rollback(context.WithoutCancel(t.Context())) }() // it is committed below
	var began time.Time
	if err := late.QueryRow(t.Context(), `SELECT now()`).Scan(&began); err != nil {
		t.Fatal(err)
	}
	then := clock(t, pool)
	at(t, c, write(t, pool, toiletAt("120.001 36.27")))
	count := func(when time.Time) int64 { return past(t, c, when, "public_toilet").Features()["public_toilet"] }
	if n := count(then); n != 1 {
		t.Fatalf("before the late commit there were %d", n)
	}
	var xid int64
	if err := late.QueryRow(t.Context(), `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120.002 36.27)') RETURNING pg_current_xact_id()::text::int8`).Scan(&xid); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	at(t, c, city.Revision(xid))
	if n := count(then); n != 2 {
		t.Errorf("after the late commit there were %d", n)
	}
	if n := count(began.Add(-time.Microsecond)); n != 1 {
		t.Errorf("before it began there were %d", n)
	}
}

// Many who ask for many instants at a time get the right ones, and memory stays bounded.
func TestPastOfMany(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL)
	c := follow(t, city.Config{Pool: pool, Log: quiet(), PastBytes: 1})
	all := writeHistory(t, pool, c, 5)
	var askers sync.WaitGroup
	for i := range 40 {
		askers.Go(func() {
			then := all[i%len(all)]
			ids := allLayers(then.view)
			v, err := c.Past(t.Context(), then.at, ids)
			if errors.Is(err, city.ErrPastBusy) {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			if diff := cmp.Diff(then.view.Features(), v.Features()); diff != "" {
				t.Errorf("at %v: %s", then.at, diff)
			}
		})
	}
	askers.Wait()
	if n := city.PastTables(c); n > 9 {
		t.Errorf("%d tables are kept, over the bound", n)
	}
}

func TestPastWithoutTheDatabase(t *testing.T) {
	pool := pgtest.DB(t)
	r := write(t, pool, toiletAt("120 36.27"))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	at(t, c, r)
	pool.Close()
	if _, err := c.Past(t.Context(), time.Unix(0, 0), []string{"public_toilet"}); !errors.Is(err, postgres.ErrUnavailable) {
		t.Error(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Past(gone, time.Unix(0, 0), []string{"public_toilet"}); err == nil {
		t.Error("a caller who has gone was answered")
	}
}
