package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/fixtures/pgtest"
)

func exec(t *testing.T, tx pgx.Tx, sql string, args ...any) {
	t.Helper()
	if _, err := tx.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func value[T any](t *testing.T, tx pgx.Tx, sql string, args ...any) T {
	t.Helper()
	rows, err := tx.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

const uncommentedSQL = `
SELECT c.relname || coalesce('.' || a.attname, '')
FROM pg_class c
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v')
  AND c.relname NOT IN ('spatial_ref_sys', 'goose_db_version', 'geometry_columns', 'geography_columns')
  AND (coalesce(col_description(c.oid, a.attnum), '') !~ '[一-龥]' OR coalesce(obj_description(c.oid, 'pg_class'), '') !~ '[一-龥]')
ORDER BY 1`

func TestEverythingIsExplainedInChinese(t *testing.T) {
	tx := pgtest.Tx(t)
	rows, err := tx.Query(t.Context(), uncommentedSQL)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("no comment in Chinese: %s", strings.Join(missing, ", "))
	}
}

// townSQL is a county of two streets, and four unit grids, two in each street; a net over all of it that may overlap.
const townSQL = `
INSERT INTO region (code, name, kind, geom) VALUES
    ('370281', '甲市', 'county', ST_Multi(ST_MakeEnvelope(120, 36, 120.04, 36.04, 4490))),
    ('370281001', '东街', 'street', ST_Multi(ST_MakeEnvelope(120.02, 36, 120.04, 36.04, 4490))),
    ('370281002', '西街', 'street', ST_Multi(ST_MakeEnvelope(120, 36, 120.02, 36.04, 4490)));
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete) VALUES ('duty', '责任网格', 'Duty', '[]', false, true);
INSERT INTO grid (code, scheme, geom) VALUES
    ('370281002001001', 'unit', ST_MakeEnvelope(120, 36, 120.01, 36.04, 4490)),
    ('370281002001002', 'unit', ST_MakeEnvelope(120.01, 36, 120.02, 36.04, 4490)),
    ('370281001001001', 'unit', ST_MakeEnvelope(120.02, 36, 120.03, 36.04, 4490)),
    ('370281001001002', 'unit', ST_MakeEnvelope(120.03, 36, 120.04, 36.04, 4490)),
    ('D1', 'duty', ST_MakeEnvelope(120, 36, 120.03, 36.04, 4490)),
    ('D2', 'duty', ST_MakeEnvelope(120.02, 36, 120.04, 36.04, 4490));`

// strayGridsSQL counts where the kept table and the rule differ, both ways.
const strayGridsSQL = `
WITH feature AS (
    SELECT 'public_toilet' AS layer, id, geom FROM public_toilet UNION ALL
    SELECT 'road', id, geom FROM road UNION ALL SELECT 'parking_space', id, geom FROM parking_space),
rule AS (
    SELECT f.layer, f.id AS feature_id, g.scheme, g.grid_id, round(g.inside_m::numeric, 3) AS m, round(g.inside_m2::numeric, 2) AS m2
    FROM feature f CROSS JOIN LATERAL grids_of(f.geom) g),
kept AS (
    SELECT layer, feature_id, scheme, grid_id, round(inside_m::numeric, 3) AS m, round(inside_m2::numeric, 2) AS m2 FROM feature_grid)
SELECT (SELECT count(*) FROM (SELECT * FROM rule EXCEPT SELECT * FROM kept) a) + (SELECT count(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM rule) b)`

const strayRegionsSQL = `
SELECT (SELECT count(*) FROM public_toilet WHERE region_code IS DISTINCT FROM region_at(geom))
     + (SELECT count(*) FROM road WHERE region_code IS DISTINCT FROM region_at(geom))
     + (SELECT count(*) FROM grid WHERE region_code IS DISTINCT FROM region_at(geom))`

// TestPlaceIsKept edits features, grids and regions at random: what is kept always equals the rule.
func TestPlaceIsKept(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, townSQL)
	r := rand.New(rand.NewPCG(1, 2))
	// Every fourth coordinate lies on a border of grids: there the rule is hardest.
	lon := func() float64 {
		if r.IntN(4) == 0 {
			return 120 + float64(r.IntN(5))/100
		}
		return 120 + r.Float64()*0.045
	}
	lat := func() float64 { return 36 + r.Float64()*0.045 }
	line := func() string { return fmt.Sprintf("LINESTRING(%v %v,%v %v)", lon(), lat(), lon(), lat()) }
	area := func() string {
		x, y := lon(), lat()
		return fmt.Sprintf("POLYGON((%v %v,%v %v,%v %v,%v %v))", x, y, x+0.004, y, x, y+0.003, x, y)
	}
	point := func() string { return fmt.Sprintf("POINT(%v %v)", lon(), lat()) }
	edits := []func(){
		func() { exec(t, tx, `INSERT INTO public_toilet (geom) SELECT ST_GeomFromText($1, 4490)`, point()) },
		func() {
			exec(t, tx, `INSERT INTO road (class, geom) SELECT 'branch', ST_GeomFromText($1, 4490)`, line())
		},
		func() {
			exec(t, tx, `INSERT INTO parking_space (kind, geom) SELECT 'motor', ST_GeomFromText($1, 4490)`, area())
		},
		func() {
			exec(t, tx, `UPDATE public_toilet SET geom = ST_GeomFromText($1, 4490) WHERE id % 3 = 0`, point())
		},
		func() { exec(t, tx, `UPDATE road SET geom = ST_GeomFromText($1, 4490) WHERE id % 5 = 0`, line()) },
		func() { exec(t, tx, `DELETE FROM road WHERE id % 7 = 0`) },
		func() {
			exec(t, tx, `UPDATE grid SET geom = ST_MakeEnvelope(120.01, 36, $1, 36.04, 4490) WHERE code = '370281002001002'`, 120.011+r.Float64()*0.009)
		},
		func() {
			exec(t, tx, `UPDATE grid SET valid_to = CASE WHEN valid_to IS NULL THEN current_date END WHERE code = 'D2'`)
		},
		func() {
			exec(t, tx, `UPDATE region SET geom = ST_Multi(ST_MakeEnvelope($1, 36, 120.04, 36.04, 4490)) WHERE code = '370281001'`, 120.02+r.Float64()*0.015)
		},
		func() {
			exec(t, tx, `DELETE FROM grid WHERE code = 'EXTRA'`)
			exec(t, tx, `DELETE FROM code_registry WHERE code = 'EXTRA'`)
			exec(t, tx, `INSERT INTO grid (code, scheme, geom) SELECT 'EXTRA', 'duty', ST_GeomFromText($1, 4490)`, area())
		},
	}
	for round := range 150 {
		edit := r.IntN(len(edits))
		edits[edit]()
		if n := value[int64](t, tx, strayGridsSQL); n != 0 {
			t.Fatalf("round %d, edit %d: %d rows of feature_grid differ from the rule", round, edit, n)
		}
		if n := value[int64](t, tx, strayRegionsSQL); n != 0 {
			t.Fatalf("round %d, edit %d: %d rows have another region than the rule says", round, edit, n)
		}
	}
	exec(t, tx, `TRUNCATE road`)
	if n := value[int64](t, tx, strayGridsSQL); n != 0 {
		t.Errorf("after TRUNCATE %d rows differ", n)
	}
}

// TestLengthsAddUp: in an exclusive net that covers a line, what lies in its grids is the line, also along borders.
func TestLengthsAddUp(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, townSQL)
	for _, wkt := range []string{
		"LINESTRING(120.01 36.001,120.01 36.039)",                           // along a border
		"LINESTRING(120.001 36.01,120.039 36.02)",                           // across all grids
		"LINESTRING(120.005 36.01,120.01 36.01,120.01 36.02,120.015 36.02)", // into a border and out on the other side
		"LINESTRING(120.02 36.001,120.02 36.02,120.03 36.02,120.03 36.03)",
	} {
		exec(t, tx, `INSERT INTO road (class, name, geom) SELECT 'branch', $1, ST_GeomFromText($1, 4490)`, wkt)
		missing := value[float64](t, tx, `
			SELECT ST_Length(r.geom::geography) - (SELECT coalesce(sum(inside_m), 0) FROM feature_grid WHERE layer = 'road' AND feature_id = r.id AND scheme = 'unit')
			FROM road r WHERE name = $1`, wkt)
		if missing > 0.01 || missing < -0.01 {
			t.Errorf("%s: %.3f m more than its grids hold", wkt, missing)
		}
	}
}

func TestChangeFeed(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `SELECT set_config('wangge.actor', 'u:17', true), set_config('wangge.request_id', 'r-1', true)`)
	exec(t, tx, `INSERT INTO public_toilet (name, geom) SELECT 'T' || i, ST_SetSRID(ST_MakePoint(120, 36), 4490) FROM generate_series(1, 3) i`)
	exec(t, tx, `UPDATE public_toilet SET name = 'X' WHERE name = 'T1'`)
	exec(t, tx, `DELETE FROM public_toilet WHERE name = 'T2'`)
	exec(t, tx, `TRUNCATE public_toilet`)
	got := value[string](t, tx, `
		SELECT string_agg(op || ':' || coalesce(before ->> 'name', '-'), ' ' ORDER BY id)
		FROM change WHERE entity = 'public_toilet' AND actor = 'u:17' AND request_id = 'r-1' AND txid = pg_current_xact_id()`)
	pattern := `^insert:- insert:- insert:- update:T1 delete:T2 (delete:X delete:T3|delete:T3 delete:X) truncate:-$`
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("the feed says %q", got)
	}
}

func TestPersonalDataStaysOutOfHistory(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `INSERT INTO holder (code, kind, name, phone) VALUES ('P1', 'person', '示例一', '00000000001')`)
	exec(t, tx, `UPDATE holder SET title = '网格长'`)
	exec(t, tx, `DELETE FROM holder`)
	if n := value[int64](t, tx, `SELECT count(*) FROM change WHERE entity = 'holder' AND op <> 'insert'`); n != 2 {
		t.Fatalf("%d changes, want 2", n)
	}
	if n := value[int64](t, tx, `SELECT count(*) FROM change WHERE before ?| ARRAY['name', 'phone'] OR before::text LIKE '%示例%'`); n != 0 {
		t.Errorf("%d changes hold personal data", n)
	}
}

func TestRevisionIsRaisedWhoeverWrites(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `INSERT INTO road (class, geom, revision) SELECT 'branch', ST_GeomFromText('LINESTRING(120 36,120.1 36)', 4490), 99`)
	exec(t, tx, `UPDATE road SET name = 'a', revision = 1`)
	exec(t, tx, `UPDATE road SET name = 'b', revision = 1`)
	if r := value[int64](t, tx, `SELECT revision FROM road`); r != 3 {
		t.Errorf("revision %d, want 3", r)
	}
}

func TestCodeIsNeverGivenAgain(t *testing.T) {
	tx := pgtest.Tx(t)
	insert := `INSERT INTO public_toilet (code, geom) SELECT 'A1', ST_SetSRID(ST_MakePoint(120, 36), 4490)`
	exec(t, tx, insert)
	exec(t, tx, `UPDATE public_toilet SET name = 'keeps its own code'`)
	exec(t, tx, `DELETE FROM public_toilet`)
	_, err := tx.Exec(context.WithoutCancel(t.Context()), insert)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "23505" {
		t.Errorf("a code came again: %v", err)
	}
}

func TestGridLiesOnTheLattice(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `INSERT INTO grid (code, geom) SELECT 'G', ST_GeomFromText('POLYGON((120.00000000049 36,120.01 36,120.01 36.0100000000049,120.00000000049 36))', 4490)`)
	if got := value[string](t, tx, `SELECT ST_AsText(geom, 12) FROM grid`); got != "POLYGON((120 36,120.01 36,120.01 36.01,120 36))" {
		t.Errorf("the grid is %s", got)
	}
	if area := value[float64](t, tx, `SELECT area_m2 / ST_Area(geom::geography) FROM grid`); area != 1 {
		t.Errorf("the area is %v of the grid's own", area)
	}
}

// TestWritersOfOnePlaceSeeEachOther: a feature is written and the grid or region under it is changed, and neither transaction
// sees the other's row. Whichever is first, what is kept equals the rule.
func TestWritersOfOnePlaceSeeEachOther(t *testing.T) {
	const (
		insert = `INSERT INTO public_toilet (geom) SELECT ST_SetSRID(ST_MakePoint(120.005, 36.02), 4490)`
		move   = `UPDATE road SET geom = ST_GeomFromText('LINESTRING(120.004 36.01,120.006 36.02)', 4490)`
		shrink = `UPDATE grid SET geom = ST_MakeEnvelope(120, 36, 120.001, 36.04, 4490) WHERE code = '370281002001001'`
		retire = `UPDATE grid SET valid_to = current_date WHERE code = '370281002001001'`
		recede = `UPDATE region SET geom = ST_Multi(ST_MakeEnvelope(120.015, 36, 120.02, 36.04, 4490)) WHERE code = '370281002'`
	)
	for _, order := range [][2]string{
		{insert, shrink}, {shrink, insert}, {insert, retire}, {retire, insert}, {move, shrink}, {shrink, move}, {insert, recede}, {recede, insert},
	} {
		pool := pgtest.DB(t)
		if _, err := pool.Exec(t.Context(), townSQL+`; INSERT INTO road (class, geom) SELECT 'branch', ST_GeomFromText('LINESTRING(120.031 36.01,120.032 36.02)', 4490)`); err != nil {
			t.Fatal(err)
		}
		first, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		exec(t, first, order[0])
		second := make(chan error, 1)
		go func() {
			_, err := pool.Exec(t.Context(), order[1])
			second <- err
		}()
		waitForLock(t, pool)
		if err := first.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-second; err != nil {
			t.Fatal(err)
		}
		tx, err := pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := value[int64](t, tx, strayGridsSQL) + value[int64](t, tx, strayRegionsSQL); n != 0 {
			t.Errorf("%.40s, then %.40s: %d rows differ from the rule", order[0], order[1], n)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// waitForLock returns once somebody in the database waits for a lock.
func waitForLock(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		var waiting int
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for a lock")
		}
	}
}

// TestDeletesAreQuick: what a feature leaves behind is found by the index, whatever the connection deleted before.
func TestDeletesAreQuick(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `SELECT set_config('wangge.bulk', 'on', true)`)
	exec(t, tx, `INSERT INTO parking_space (id, kind, geom) SELECT i, 'motor', ST_SetSRID(ST_MakePoint(120, 36), 4490) FROM generate_series(1, 2000) i`)
	exec(t, tx, `INSERT INTO feature_grid (layer, feature_id, scheme, grid_id) SELECT 'parking_space', i, 'unit', g FROM generate_series(1, 20000) i, generate_series(1, 5) g`)
	exec(t, tx, `DELETE FROM parking_space WHERE id = 0`)
	exec(t, tx, `DELETE FROM parking_space WHERE id = 1`)
	begun := time.Now()
	exec(t, tx, `DELETE FROM parking_space WHERE id <= 1001`)
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("1,000 features took %v to delete", took)
	}
	if left := value[int](t, tx, `SELECT count(*)::int FROM feature_grid WHERE feature_id <= 1001`); left > 0 {
		t.Errorf("%d rows of features that are no more", left)
	}
}

// TestCodesAreFoundByTheirKey: an insert does not read the codes of a whole city.
func TestCodesAreFoundByTheirKey(t *testing.T) {
	tx := pgtest.Tx(t)
	exec(t, tx, `SELECT set_config('wangge.bulk', 'on', true)`)
	insert := func(first int) time.Duration {
		begun := time.Now()
		for i := range 100 {
			exec(t, tx, `INSERT INTO parking_space (id, code, kind, geom) VALUES ($1, $2, 'motor', ST_SetSRID(ST_MakePoint(120, 36), 4490))`, first+i, fmt.Sprintf("N%d", first+i))
		}
		return time.Since(begun)
	}
	insert(1) // plans are made
	alone := insert(1001)
	exec(t, tx, `INSERT INTO code_registry (entity, code_scheme, code, entity_id) SELECT 'parking_space', '', 'P' || i, i FROM generate_series(1, 200000) i`)
	exec(t, tx, `ANALYZE code_registry`)
	if among := insert(2001); among > 4*alone+time.Second/5 {
		t.Errorf("100 inserts took %v, among 200,000 codes %v", alone, among)
	}
}
