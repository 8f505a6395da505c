package city_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/city"
)

// verify runs the checker.
func verify(t testing.TB, c *city.City) city.Verification {
	t.Helper()
	v, err := c.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// isRecord fails the test unless the checker finds the memory to be the record.
func isRecord(t testing.TB, c *city.City) city.Verification {
	t.Helper()
	v := verify(t, c)
	if v.Differences != 0 || v.Unsettled != 0 {
		t.Errorf("the memory is not the record: %d differences, %d unsettled: %v", v.Differences, v.Unsettled, v.Listed[:min(len(v.Listed), 20)])
	}
	for id, n := range v.Layers {
		if n.Memory != n.Record {
			t.Errorf("%s: %d in memory, %d in the record", id, n.Memory, n.Record)
		}
	}
	return v
}

// loadAgain cuts the follower's connection and waits until the city has been loaded anew.
func loadAgain(t testing.TB, c *city.City, pool *pgxpool.Pool) {
	t.Helper()
	cut(t, pool)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := city.AskedAfter(ctx, c, began); err != nil {
		t.Fatal(err)
	}
}

// cut ends the followers' connections to a database, and returns when they have ended.
func cut(t testing.TB, pool *pgxpool.Pool) {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'wangge city'`).Scan(&n); err != nil || n == 0 {
		t.Fatalf("cutting: %d connections, %v", n, err)
	}
}

// someCity fills every layer by random edits.
func someCity(t testing.TB, pool *pgxpool.Pool, seed uint64) {
	t.Helper()
	write(t, pool, dutySQL, `INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('street', '街道网格', 'Street grids', '[]', false, false)`)
	e := editor{rand.New(rand.NewPCG(seed, 1))}
	for range 80 {
		if err := e.transaction(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
	}
	write(t, pool, `INSERT INTO back_alley (id, geom) VALUES (9001, 'SRID=4490;LINESTRING(120 36.27, 120.001 36.271)')`,
		`INSERT INTO region (id, code, name, kind, geom) VALUES (9002, '999999', '某县', 'county', ST_Multi(ST_MakeEnvelope(119, 35, 119.1, 35.1, 4490)))`)
}

// TestVerifyBesideWriters: what changes while the checker looks is no difference, and in the end everything has been compared.
func TestVerifyBesideWriters(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 11)
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Poll: 50 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 3 {
		e := editor{rand.New(rand.NewPCG(12, uint64(w)))}
		writers.Go(func() {
			for ctx.Err() == nil {
				if err := e.transaction(ctx, pool); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	looks := 0
	for range 8 {
		v := verify(t, c)
		if v.Differences != 0 {
			t.Errorf("beside writers: %v", v.Listed)
		}
		looks += v.Looks
	}
	stop()
	writers.Wait()
	if looks == 8 {
		t.Error("no change ever fell between a view and its transaction: the test shows nothing")
	}
	at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	v, view := isRecord(t, c), at(t, c, 0)
	for id, n := range view.Features() {
		if v.Layers[id].Memory != n {
			t.Errorf("%s: %d of %d features were compared", id, v.Layers[id].Memory, n)
		}
	}
	if v.Revision != view.Revision() || v.Looks != 1 {
		t.Errorf("at rest: revision %d after %d looks, want %d after one", v.Revision, v.Looks, view.Revision())
	}
}

// TestVerifyFindsCorruption: whatever is wrong in memory is found, and gone when the city has been loaded again.
func TestVerifyFindsCorruption(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 21)
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Poll: 20 * time.Millisecond})
	isRecord(t, c)
	var want []city.Difference
	corrupt := func(layer, way, what string, id, told int64) {
		city.Corrupt(c, layer, id, way)
		want = append(want, city.Difference{Layer: layer, ID: told, What: what})
	}
	view := at(t, c, 0)
	for _, l := range view.Layers() {
		ids := sortedIDs(view, l.ID)
		if len(ids) > 0 && l.Density != nil {
			corrupt(l.ID, city.Densities, city.Densities, ids[len(ids)-1], 0)
		}
		ways := append([]string{city.Missing, city.Extra, "twice", city.Geometry, city.FirstZoom, city.Hash}, heldFields(l)...)
		for i, id := range ids[:min(len(ids), len(ways))] {
			switch ways[i] {
			case city.Extra:
				corrupt(l.ID, ways[i], city.Extra, id, -id)
			case "twice":
				corrupt(l.ID, ways[i], city.Extra, id, id)
			default:
				corrupt(l.ID, ways[i], ways[i], id, id)
			}
		}
	}
	slices.SortFunc(want, order)
	v := verify(t, c)
	if diff := gocmp.Diff(want, v.Listed); diff != "" || v.Differences != int64(len(want)) {
		t.Errorf("%d differences (- made + found): %s", v.Differences, diff)
	}
	if len(want) < 80 {
		t.Errorf("only %d ways to be wrong were tried", len(want))
	}
	loadAgain(t, c, pool)
	isRecord(t, c)
}

func order(x, y city.Difference) int {
	return cmp.Or(cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.ID, y.ID))
}

func sortedIDs(v *city.View, layer string) (ids []int64) {
	for id := range city.Features(v, layer) {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// heldFields are the fields that memory has.
func heldFields(l *layers.Layer) (names []string) {
	for i := range l.Fields {
		if f := &l.Fields[i]; f.Tile || (f.Filterable || f.Held) && f.Access == layers.Public {
			names = append(names, f.Name)
		}
	}
	return names
}

// TestVerifyFindsUntoldEdits: edits that bypass the change feed are found, and gone when the city has been loaded again.
func TestVerifyFindsUntoldEdits(t *testing.T) {
	pool := pgtest.DB(t)
	someCity(t, pool, 31)
	model := loaded{make(chan struct{}, 100)}
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Poll: 20 * time.Millisecond, Models: map[string]city.Model{"departments": compared{model}}})
	view := at(t, c, 0)
	toilets, roads := sortedIDs(view, "public_toilet"), sortedIDs(view, "road")
	write(t, pool, `SET LOCAL session_replication_role = replica`,
		`INSERT INTO public_toilet (id, geom) VALUES (8001, 'SRID=4490;POINT(120 36.27)')`,
		fmt.Sprintf(`DELETE FROM public_toilet WHERE id = %d`, toilets[0]),
		fmt.Sprintf(`UPDATE public_toilet SET geom = ST_Translate(geom, 0.00001, 0) WHERE id = %d`, toilets[1]),
		fmt.Sprintf(`UPDATE public_toilet SET competent_dept = '没有' WHERE id = %d`, toilets[2]), // held, but in no tile by default
		fmt.Sprintf(`UPDATE public_toilet SET note = 'not held' WHERE id = %d`, toilets[3]),
		fmt.Sprintf(`UPDATE road SET class = CASE class WHEN 'arterial' THEN 'branch' ELSE 'arterial' END WHERE id = %d`, roads[0]),
		`UPDATE setting SET value = '{"name": "别处"}' WHERE key = 'city'`,
		`UPDATE grid_scheme SET title = '别的' WHERE code = 'street'`,
		`INSERT INTO department (code, name, kind) VALUES ('X', 'x', 'other')`)
	want := []city.Difference{
		{Layer: "departments", What: "count"},
		{Layer: "grid_scheme", What: city.Whole},
		{Layer: "public_toilet", ID: toilets[0], What: city.Extra},
		{Layer: "public_toilet", ID: toilets[1], What: city.Geometry},
		{Layer: "public_toilet", ID: toilets[2], What: "competent_dept"},
		{Layer: "public_toilet", ID: 8001, What: city.Missing},
		{Layer: "road", ID: roads[0], What: city.FirstZoom},
		{Layer: "setting", What: city.Whole},
	}
	slices.SortFunc(want, order)
	v := verify(t, c)
	if diff := gocmp.Diff(want, v.Listed); diff != "" || v.Differences != int64(len(want)) || v.Unsettled != 0 {
		t.Errorf("%d differences, %d unsettled (- made + found): %s", v.Differences, v.Unsettled, diff)
	}
	loadAgain(t, c, pool)
	isRecord(t, c)

	write(t, pool, `SET LOCAL session_replication_role = replica`, `TRUNCATE road, feature_grid`)
	if v := verify(t, c); v.Differences != int64(len(roads)) || v.Layers["road"] != (city.Tally{Memory: int64(len(roads))}) {
		t.Errorf("an emptied table: %d differences, %v", v.Differences, v.Layers["road"])
	}
	loadAgain(t, c, pool)
	isRecord(t, c)
}

// compared is a model that can be held against the record.
type compared struct{ loaded }

func (compared) Compare(held, fresh any) []string {
	if held != fresh {
		return []string{"count"}
	}
	return nil
}

// TestVerifyCannot: who asks too early, whose database is away, or who leaves is told so.
func TestVerifyCannot(t *testing.T) {
	if _, err := city.New(city.Config{Log: quiet()}).Verify(t.Context()); !errors.Is(err, city.ErrNotReady) {
		t.Errorf("before the city is loaded: %v", err)
	}
	pool := pgtest.DB(t)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Verify(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("who has left: %v", err)
	}
	lock, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Rollback(context.Background()) // it only locks
	if _, err := lock.Exec(t.Context(), `LOCK TABLE road`); err != nil {
		t.Fatal(err)
	}
	leaving, leave := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Verify(leaving)
		done <- err
	}()
	waitFor(t, pool, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wangge check' AND wait_event_type = 'Lock')`)
	leave()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("who leaves: %v", err)
	}
	waitFor(t, pool, `SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wangge check')`)
}

// waitFor asks until a statement says true.
func waitFor(t testing.TB, pool *pgxpool.Pool, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for holds := false; !holds; {
		rows, err := pool.Query(ctx, strings.TrimSuffix(sql, ";")+` FROM pg_sleep(0.005)`)
		if err != nil {
			t.Fatal(err)
		}
		if holds, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool]); err != nil {
			t.Fatal(err)
		}
	}
}
