package city_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
	"wangge/layers/city"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// equalsRecord holds a view against a city that is loaded afresh from the same state, and tiles' hashes too.
func equalsRecord(t testing.TB, pool *pgxpool.Pool, v *city.View) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan *city.View, 1)
	fresh := city.New(city.Config{Pool: pool, Log: quiet(), Changed: func(change city.Change) {
		v := change.View

		select {
		case ready <- v:
		default:
		}
	}})
	done := make(chan error)
	go func() { done <- fresh.Run(ctx) }()
	want := <-ready
	cancel()
	<-done
	if diff := cmp.Diff(city.Dump(want), city.Dump(v)); diff != "" {
		t.Errorf("the memory is not the record (- record + memory): %s", clip(diff))
	}
	if diff := cmp.Diff(want.Features(), v.Features()); diff != "" {
		t.Errorf("counts: %s", diff)
	}
	var ids, wantIDs []string
	for _, l := range v.Layers() {
		ids = append(ids, fmt.Sprint(l.ID, l.Title, l.FirstZoom))
	}
	for _, l := range want.Layers() {
		wantIDs = append(wantIDs, fmt.Sprint(l.ID, l.Title, l.FirstZoom))
	}
	if diff := cmp.Diff(wantIDs, ids); diff != "" {
		t.Errorf("layers: %s", diff)
	}
	for z := uint8(10); z <= 16; z++ {
		if g, w := v.ContentHash(plan(t, v, allLayers(v)), tileAt(z)), want.ContentHash(plan(t, want, allLayers(want)), tileAt(z)); g != w {
			t.Errorf("content hash at zoom %d is %x, afresh %x", z, g, w)
		}
	}
}

func clip(s string) string { return s[:min(len(s), 4000)] }

func allLayers(v *city.View) (ids []string) {
	for _, l := range v.Layers() {
		ids = append(ids, l.ID)
	}
	return ids
}

// editor makes random edits, as psql and QGIS might.
type editor struct{ *rand.Rand }

func (e editor) place() string {
	return fmt.Sprintf("%.7f %.7f", 119.98+0.04*e.Float64(), 36.25+0.04*e.Float64())
}

func (e editor) area() string {
	x, y, d := 119.98+0.04*e.Float64(), 36.25+0.04*e.Float64(), 0.0002+0.002*e.Float64()
	box := func(d float64) string {
		return fmt.Sprintf("(%[1]f %[2]f, %[3]f %[2]f, %[3]f %[4]f, %[1]f %[4]f, %[1]f %[2]f)", x-d, y-d, x+d, y+d)
	}
	if e.IntN(3) == 0 {
		return "POLYGON(" + box(d) + ", " + box(d/2) + ")"
	}
	return "POLYGON(" + box(d) + ")"
}

func (e editor) name() string {
	if e.IntN(3) == 0 {
		return "NULL"
	}
	return fmt.Sprintf("'路 %d'", e.IntN(50))
}

func pick[T any](e editor, all ...T) T { return all[e.IntN(len(all))] }

// edit is a random statement.
func (e editor) edit() string {
	n := e.IntN(400)
	switch e.IntN(16) {
	case 0, 1:
		return fmt.Sprintf(`INSERT INTO public_toilet (name, grade, geom) SELECT %s, 'class_%d', 'SRID=4490;POINT(%s)' FROM generate_series(1, %d)`,
			e.name(), 1+e.IntN(3), e.place(), 1+e.IntN(20))
	case 2, 3:
		return fmt.Sprintf(`INSERT INTO road (name, class, geom) VALUES (%s, '%s', 'SRID=4490;LINESTRING(%s, %s, %s)')`,
			e.name(), pick(e, "expressway", "branch", "footpath"), e.place(), e.place(), e.place())
	case 4:
		return fmt.Sprintf(`INSERT INTO parking_space (kind, capacity, geom) VALUES ('motor', %d, 'SRID=4490;%s')`, e.IntN(300), e.area())
	case 5:
		return fmt.Sprintf(`INSERT INTO barrier_free_ramp (kind, slope, width_m, geom) SELECT 'wheelchair', %.4f, %.2f, 'SRID=4490;POINT(%s)' FROM generate_series(1, %d)`,
			0.2*e.Float64(), 0.5+e.Float64(), e.place(), 1+e.IntN(5))
	case 6:
		return fmt.Sprintf(`UPDATE public_toilet SET geom = ST_Translate(geom, 0.001, -0.001), status = 'damaged' WHERE id %% 400 BETWEEN %d AND %d`, n, n+9)
	case 7:
		return fmt.Sprintf(`UPDATE road SET name = %s, class = '%s' WHERE id %% 400 BETWEEN %d AND %d`, e.name(), pick(e, "arterial", "secondary"), n, n+30)
	case 8:
		return fmt.Sprintf(`UPDATE barrier_free_ramp SET slope = %.4f WHERE id %% 400 BETWEEN %d AND %d`, 0.2*e.Float64(), n, n+50)
	case 9:
		return fmt.Sprintf(`DELETE FROM %s WHERE id %% 400 BETWEEN %d AND %d`, pick(e, "public_toilet", "road", "parking_space", "barrier_free_ramp"), n, n+20)
	case 10:
		return fmt.Sprintf(`INSERT INTO grid (scheme, code, name, geom) VALUES ('%s', 'G' || nextval('grid_id_seq'), %s, 'SRID=4490;%s')`, pick(e, "unit", "duty"), e.name(), e.area())
	case 11:
		return fmt.Sprintf(`UPDATE grid SET scheme = CASE scheme WHEN 'unit' THEN 'duty' ELSE 'unit' END, code = code || 'x' WHERE id %% 20 = %d`, n%20)
	case 12:
		return fmt.Sprintf(`UPDATE grid SET valid_to = CASE WHEN valid_to IS NULL THEN current_date END WHERE id %% 20 = %d`, n%20)
	case 13:
		return fmt.Sprintf(`INSERT INTO ground (kind, name, geom) VALUES ('%s', %s, 'SRID=4490;MULTI%s')`, pick(e, "water", "building"), e.name(), strings.Replace(e.area(), "POLYGON(", "POLYGON((", 1)+")")
	case 14:
		return fmt.Sprintf(`SAVEPOINT s; DELETE FROM road; INSERT INTO road (class, geom) VALUES ('branch', 'SRID=4490;LINESTRING(%s, %s)'); ROLLBACK TO s`, e.place(), e.place())
	}
	return fmt.Sprintf(`INSERT INTO construction_site (kind, measures, geom) VALUES ('building', '{"hoarding": true, "wet_work": %t}', 'SRID=4490;%s')`, e.IntN(2) == 0, e.area())
}

// transaction runs some random edits, and sometimes takes them back. Writers that get in each other's way give up.
func (e editor) transaction(ctx context.Context, pool *pgxpool.Pool) error {
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) // it may be over
	for range 1 + e.IntN(4) {
		if _, err := tx.Exec(ctx, e.edit()); err != nil {
			var pg *pgconn.PgError
			if errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "23505") {
				return nil
			}
			return err
		}
	}
	if e.IntN(6) == 0 {
		return nil
	}
	return tx.Commit(ctx)
}

const dutySQL = `INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete)
VALUES ('duty', '责任网格', 'Duty grids', '[{"name": "sequence", "length": 3}]', false, false)`

// TestMemoryIsRecord lets several writers loose while one transaction stays open for a long time, and another for one phase each.
func TestMemoryIsRecord(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	ctx := t.Context()
	long, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer long.Rollback(ctx) // it is over, unless the test failed
	if _, err := long.Exec(ctx, `INSERT INTO public_toilet (id, name, geom) VALUES (1000001, 'open for long', 'SRID=4490;POINT(120 36.27)')`); err != nil {
		t.Fatal(err)
	}
	for phase := range 6 {
		phaseTx, err := pool.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := phaseTx.Exec(ctx, `INSERT INTO road (class, name, geom) VALUES ('branch', 'open for a phase', 'SRID=4490;LINESTRING(120 36.27, 120.001 36.271)')`); err != nil {
			t.Fatal(err)
		}
		var writers sync.WaitGroup
		for w := range 4 {
			e := editor{rand.New(rand.NewPCG(uint64(phase), uint64(w)))}
			writers.Go(func() {
				for range 12 {
					if err := e.transaction(ctx, pool); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writers.Wait()
		equalsRecord(t, pool, at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`)))
		if err := phaseTx.Commit(ctx); err != nil {
			t.Fatal(err)
		}
		if phase == 3 {
			if err := long.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			v := at(t, c, write(t, pool, `TRUNCATE road, feature_grid`, `INSERT INTO road (class, geom) VALUES ('branch', 'SRID=4490;LINESTRING(120 36.27, 120.001 36.271)')`))
			if _, ok := v.Bounds("public_toilet", 1000001); !ok || v.Features()["road"] != 1 {
				t.Errorf("the long transaction or the emptied table is not seen: %v", v.Features())
			}
		}
	}
	equalsRecord(t, pool, at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`)))
}

// TestManyRows goes through the ways of large batches: blocks that grow, merging in the background, loading a table again.
func TestManyRows(t *testing.T) {
	pool := pgtest.DB(t)
	bulk := func(n int) string {
		return fmt.Sprintf(`INSERT INTO public_toilet (name, geom) SELECT '厕 ' || i %% 100, ST_SetSRID(ST_MakePoint(119.98 + 0.04 * random(), 36.25 + 0.04 * random()), 4490) FROM generate_series(1, %d) i`, n)
	}
	const marked = `SET LOCAL wangge.bulk = 'on'`
	write(t, pool, marked, bulk(3000))
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	for step, sql := range []string{bulk(500), bulk(3000), `UPDATE public_toilet SET status = 'closed' WHERE id % 3 = 0`,
		`DELETE FROM public_toilet WHERE id % 2 = 0`, bulk(12000), bulk(1)} {
		r := write(t, pool, marked, sql)
		began := time.Now()
		v := at(t, c, r)
		t.Logf("step %d: %d features in %d blocks, seen after %v", step, v.Features()["public_toilet"], city.Blocks(v, "public_toilet"), time.Since(began))
		equalsRecord(t, pool, v)
	}
	for i := range 40 {
		write(t, pool, fmt.Sprintf(`UPDATE public_toilet SET name = 'x%d' WHERE id = (SELECT id FROM public_toilet OFFSET %d LIMIT 1)`, i, i*31))
	}
	v := at(t, c, write(t, pool, bulk(1)))
	if n := city.Blocks(v, "public_toilet"); n > 8 {
		t.Errorf("%d blocks", n)
	}
	equalsRecord(t, pool, v)
}

func TestSchemesComeAndGo(t *testing.T) {
	pool := pgtest.DB(t)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	v := at(t, c, write(t, pool, dutySQL, `INSERT INTO grid (scheme, code, name, geom) VALUES ('duty', '001', '一号', 'SRID=4490;POLYGON((120 36.26, 120.01 36.26, 120.01 36.28, 120 36.26))')`))
	l := v.Layer("grid_duty")
	if l == nil || l.Title.Zh != "责任网格" || v.Features()["grid_duty"] != 1 || v.Features()["unit_grid"] != 0 {
		t.Fatalf("the new net is %+v, %v", l, v.Features())
	}
	if b := mustTile(t, v, []string{"grid_duty"}, tileAt(12)); len(decode(t, b)["grid_duty"]) != 1 {
		t.Error("the new net is in no tile")
	}
	v = at(t, c, write(t, pool, `UPDATE grid_scheme SET first_zoom = 15, title = '新网' WHERE code = 'duty'`))
	if b := mustTile(t, v, []string{"grid_duty"}, tileAt(12)); len(decode(t, b)["grid_duty"]) != 0 || v.Layer("grid_duty").Title.Zh != "新网" {
		t.Error("the net did not change")
	}
	v = at(t, c, write(t, pool, `DELETE FROM grid WHERE scheme = 'duty'`, `DELETE FROM grid_scheme WHERE code = 'duty'`))
	if v.Layer("grid_duty") != nil {
		t.Error("the net is still there")
	}
	equalsRecord(t, pool, v)
}

func TestRulesChangeDerivedFields(t *testing.T) {
	pool := pgtest.DB(t)
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Poll: 50 * time.Millisecond})
	r := write(t, pool, `INSERT INTO barrier_free_ramp (id, kind, form, slope, geom) VALUES (1, 'wheelchair', 'straight', 0.09, 'SRID=4490;POINT(120 36.27)')`,
		`INSERT INTO construction_site (id, kind, measures, geom) VALUES (2, 'building', '{"hoarding": true, "wet_work": false}', 'SRID=4490;POINT(120 36.27)')`)
	v := at(t, c, r)
	get := func(v *city.View, layer string, id uint64, attribute string) any {
		return decode(t, mustTile(t, v, []string{layer}, tileAt(16)))[layer][id][attribute]
	}
	if got := get(v, "barrier_free_ramp", 1, "compliance"); got != "non_compliant" {
		t.Errorf("a slope of 0.09 is %v", got)
	}
	if met, total := get(v, "construction_site", 2, "measures_met"), get(v, "construction_site", 2, "measures_total"); met != 1.0 || total != 6.0 {
		t.Errorf("%v of %v measures", met, total)
	}
	before := v.ContentHash(plan(t, v, allLayers(v)), tileAt(16))
	v = at(t, c, write(t, pool, `UPDATE threshold SET value = 0.1 WHERE applies_to = 'wheelchair' AND metric = 'slope'`))
	if got := get(v, "barrier_free_ramp", 1, "compliance"); got != "compliant" {
		t.Errorf("with a new threshold a slope of 0.09 is %v", got)
	}
	if v.ContentHash(plan(t, v, allLayers(v)), tileAt(16)) == before {
		t.Error("the content hash did not change")
	}
	// The checklist is not in the change feed: a slow poll finds it.
	write(t, pool, `DELETE FROM checklist_item WHERE code = 'wet_work'`)
	for deadline := time.Now().Add(10 * time.Second); get(v, "construction_site", 2, "measures_total") != 5.0; {
		if time.Now().After(deadline) {
			t.Fatal("the checklist did not change")
		}
		v = at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	}
	equalsRecord(t, pool, v)
}

func TestWaitRevision(t *testing.T) {
	pool := pgtest.DB(t)
	c := city.New(city.Config{Pool: pool, Log: quiet()})
	if _, err := c.At(t.Context(), 0); !errors.Is(err, city.ErrNotReady) {
		t.Errorf("before it is loaded: %v", err)
	}
	c = follow(t, city.Config{Pool: pool, Log: quiet()})
	ctx := t.Context()
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx) // it is over, unless the test failed
	var xid int64
	if err := tx.QueryRow(ctx, `INSERT INTO setting (key, value) VALUES ('x', '1') RETURNING pg_current_xact_id()::text::int8`).Scan(&xid); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := c.WaitRevision(ctx, city.Revision(xid)); !errors.Is(err, city.ErrBehind) || time.Since(began) < 1900*time.Millisecond {
		t.Errorf("an open transaction: %v after %v", err, time.Since(began))
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := c.WaitRevision(gone, city.Revision(xid)); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader that left: %v", err)
	}
	got := make(chan error)
	go func() { got <- c.WaitRevision(ctx, city.Revision(xid)) }()
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Errorf("after the commit: %v", err)
	}
}

// loaded counts how often a city was loaded as a whole, by the model that asks to be.
type loaded struct{ times chan struct{} }

func (l loaded) Entities() []string { return []string{"department"} }

func (l loaded) Load(ctx context.Context, tx pgx.Tx) (any, error) {
	l.times <- struct{}{}
	return l.Apply(ctx, tx, nil, nil)
}

func (l loaded) Apply(ctx context.Context, tx pgx.Tx, _ any, _ map[string][]int64) (any, error) {
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM department`).Scan(&n)
	return n, err
}

// TestLostConnection: the follower's connection is cut, and what happens meanwhile is there afterwards.
func TestLostConnection(t *testing.T) {
	pool := pgtest.DB(t)
	model := loaded{make(chan struct{}, 100)}
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Models: map[string]city.Model{"departments": model}})
	<-model.times
	for range 3 {
		r := write(t, pool, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120 36.27)')`,
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'wangge city'`,
			`INSERT INTO department (code, name, kind) VALUES (pg_current_xact_id()::text, 'x', 'other')`)
		<-model.times
		v := at(t, c, r)
		equalsRecord(t, pool, v)
		var n int
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM department`).Scan(&n); err != nil || city.State[int](v, "departments") != n {
			t.Errorf("the model has %v departments, the record %d, %v", v.State("departments"), n, err)
		}
	}
	if !c.Status().Connected {
		t.Error("not connected")
	}
}

// TestServerKilled: PostgreSQL dies by kill -9 with a transaction open. The city answers on, says that it is not connected, and
// follows the new server, which gives the same transaction ids again.
func TestServerKilled(t *testing.T) {
	cluster := pgtest.Cluster(t)
	pool := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	ctx := t.Context()
	model := loaded{make(chan struct{}, 100)}
	c := follow(t, city.Config{Pool: pool, Log: quiet(), Models: map[string]city.Model{"departments": model}})
	<-model.times
	r := write(t, pool, `INSERT INTO public_toilet (id, geom) VALUES (1001, 'SRID=4490;POINT(120 36.27)')`)
	at(t, c, r)
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO public_toilet (id, geom) VALUES (1002, 'SRID=4490;POINT(120 36.27)')`); err != nil {
		t.Fatal(err)
	}
	v := at(t, c, write(t, pool, `CHECKPOINT`))
	killServer(t, cluster)
	if b := mustTile(t, v, []string{"public_toilet"}, tileAt(14)); len(decode(t, b)["public_toilet"]) != 1 {
		t.Error("the memory did not stay")
	}
	_ = tx.Rollback(ctx)
	if err := cluster.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	<-model.times
	pool = pgtest.Pool(t, cluster.DSN(pgrun.Database))
	for range 5 {
		v = at(t, c, write(t, pool, `INSERT INTO public_toilet (geom) VALUES ('SRID=4490;POINT(120 36.27)')`))
	}
	if n := v.Features()["public_toilet"]; n != 6 {
		t.Errorf("%d toilets", n)
	}
	equalsRecord(t, pool, v)
}

func killServer(t testing.TB, c *pgrun.Cluster) {
	t.Helper()
	p, err := os.FindProcess(c.PID())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// TestReadersDoNotWait reads tiles while writers write, for the race detector's sake and to see that a view stays as it is.
func TestReadersDoNotWait(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				v, err := c.View()
				if err != nil {
					t.Error(err)
					return
				}
				ids, addr := allLayers(v), tileAt(14)
				before := v.ContentHash(plan(t, v, ids), addr)
				first := mustTile(t, v, ids, addr)
				second := mustTile(t, v, ids, addr)
				if string(first) != string(second) || v.ContentHash(plan(t, v, ids), addr) != before {
					t.Error("a view changed")
					return
				}
				v.Search("路", 10)
			}
		})
	}
	e := editor{rand.New(rand.NewPCG(3, 4))}
	for range 30 {
		if err := e.transaction(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
	}
	v := at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	close(stop)
	readers.Wait()
	equalsRecord(t, pool, v)
}
