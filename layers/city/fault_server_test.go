package city_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

// seen gives the view once a revision is in it, however long the follower needs to find the record again.
func seen(t testing.TB, c *city.City, r city.Revision) *city.View {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		v, err := c.At(ctx, r)
		if err == nil {
			return v
		}
		if !errors.Is(err, city.ErrBehind) {
			t.Fatal(err)
		}
	}
}

// lost waits until a city has noticed that the record is away.
func lost(t testing.TB, c *city.City) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); c.Status().Connected; {
		if time.Now().After(deadline) {
			t.Fatal("the city still believes that it follows")
		}
		_ = c.WaitRevision(t.Context(), 1<<62) // nobody has it: this waits for a while
	}
}

func toilet(id int) string {
	return fmt.Sprintf(`INSERT INTO public_toilet (id, geom) VALUES (%d, 'SRID=4490;POINT(120 36.27)')`, id)
}

func hasToilet(v *city.View, id int64) bool {
	_, ok := v.Bounds("public_toilet", id)
	return ok
}

// TestServerStopped: PostgreSQL is stopped for a while, as for an upgrade.
func TestServerStopped(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Cluster(t)
	pool := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	at(t, c, write(t, pool, toilet(1)))
	var data string
	if err := pool.QueryRow(t.Context(), `SHOW data_directory`).Scan(&data); err != nil {
		t.Fatal(err)
	}
	found, err := pgrun.Installations()
	if err != nil {
		t.Fatal(err)
	}
	run(t, filepath.Join(found[0].Bin, "pg_ctl"), "-D", data, "-w", "-m", "fast", "stop")
	lost(t, c)
	v := at(t, c, 0)
	if b := mustTile(t, v, []string{"public_toilet"}, tileAt(14)); len(decode(t, b)["public_toilet"]) != 1 {
		t.Error("the memory did not stay")
	}
	if _, err := c.Verify(t.Context()); !errors.Is(err, city.ErrAway) {
		t.Errorf("a check without a record: %v", err)
	}
	if err := cluster.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool = pgtest.Pool(t, cluster.DSN(pgrun.Database))
	v = seen(t, c, write(t, pool, toilet(2), `DELETE FROM public_toilet WHERE id = 1`))
	if hasToilet(v, 1) || !hasToilet(v, 2) {
		t.Error("what was written after the start is not seen")
	}
	isRecord(t, c)
}

// TestTransactionIDsComeAgain: the city has seen a commit that a crash of PostgreSQL undoes, since it had not been flushed. Its transaction id
// is given to another write afterwards, before the follower is back.
func TestTransactionIDsComeAgain(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Cluster(t)
	pool := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	for _, s := range []string{`ALTER SYSTEM SET wal_writer_delay = '10s'`, `SELECT pg_reload_conf()`} {
		if _, err := pool.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	at(t, c, write(t, pool, toilet(1)))
	for attempt := range 5 {
		undone := write(t, pool, `SET LOCAL synchronous_commit = off`, toilet(1000+attempt), `UPDATE public_toilet SET name = '未落盘' WHERE id = 1`)
		if v := at(t, c, undone); !hasToilet(v, int64(1000+attempt)) {
			t.Fatal("the commit was not seen")
		}
		pgtest.Kill(t, cluster)
		if err := cluster.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		pool = pgtest.Pool(t, cluster.DSN(pgrun.Database)) // the connections of before are dead
		again := write(t, pool, toilet(2000+attempt))
		if again > undone {
			t.Logf("attempt %d: the commit had been flushed", attempt)
			continue
		}
		for n := 3000; again < undone; n++ {
			again = write(t, pool, toilet(n))
		}
		if again != undone {
			t.Fatalf("transaction %d did not come again, %d did", undone, again)
		}
		seen(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
		isRecord(t, c)
		if v := at(t, c, 0); hasToilet(v, int64(1000+attempt)) || !hasToilet(v, int64(2000+attempt)) {
			t.Error("the memory has what the crash undid, or lacks what came after it")
		}
		return
	}
	t.Error("no commit was undone by a crash: the test shows nothing")
}

// TestFailOver: the primary is lost with transactions that its asynchronous standby has not received. The standby is promoted and gives their
// ids to other writes. One city follows whichever is the primary, another one the standby.
func TestFailOver(t *testing.T) {
	t.Parallel()
	cluster := pgtest.Cluster(t)
	primary := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	write(t, primary, toilet(1))
	second := pgtest.Pool(t, standby(t, cluster))
	c := follow(t, city.Config{Pool: pgtest.Pool(t, either(t, cluster, second)), Log: quiet()})
	beside := follow(t, city.Config{Pool: second, Log: quiet()})
	at(t, beside, at(t, c, write(t, primary, toilet(2))).Revision())
	isRecord(t, c)
	isRecord(t, beside)

	for _, s := range []string{`ALTER SYSTEM SET primary_conninfo = ''`, `SELECT pg_reload_conf()`} {
		if _, err := second.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	waitFor(t, primary, `SELECT NOT EXISTS (SELECT FROM pg_stat_replication)`)
	var last city.Revision
	for id := range 5 {
		last = write(t, primary, toilet(100+id), `UPDATE public_toilet SET name = '丢失' WHERE id = 1`)
	}
	if v := at(t, c, last); !hasToilet(v, 104) {
		t.Fatal("the primary's city does not see its writes")
	}
	killServer(t, cluster)
	promote(t, second)
	again := write(t, second, toilet(200), `UPDATE public_toilet SET name = '新主' WHERE id = 2`)
	if again > last {
		t.Errorf("the promoted server goes on at %d, after %d: no id came again", again, last)
	}
	for again <= last {
		again = write(t, second, `UPDATE public_toilet SET name = name || '.' WHERE id = 2`)
	}
	for _, c := range []*city.City{c, beside} {
		v := seen(t, c, again)
		for deadline := time.Now().Add(time.Minute); !c.Status().Connected || hasToilet(v, 104); v = at(t, c, 0) {
			if time.Now().After(deadline) {
				t.Fatal("the memory keeps what was lost")
			}
			_ = c.WaitRevision(t.Context(), 1<<62)
		}
		if !hasToilet(v, 200) {
			t.Error("what the promoted server wrote is not seen")
		}
		isRecord(t, c)
	}
}

// either is the address of whichever is the primary: of a cluster, or of its standby.
func either(t testing.TB, cluster *pgrun.Cluster, standby *pgxpool.Pool) string {
	t.Helper()
	first, err := pgx.ParseConfig(cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	other := standby.Config().ConnConfig
	q := url.Values{
		"host":                 {first.Host + "," + other.Host},
		"port":                 {fmt.Sprintf("%d,%d", first.Port, other.Port)},
		"user":                 {first.User},
		"sslmode":              {"disable"},
		"target_session_attrs": {"read-write"},
	}
	return "postgres:///" + pgrun.Database + "?" + q.Encode()
}
