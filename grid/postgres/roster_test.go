package postgres_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/fixtures/pgtest"
	"wangge/grid"
	"wangge/grid/postgres"
)

// hamletSQL is a quarter's people: holders, duties for all kinds of targets, roads of which a requirement speaks and others, alleys, places.
const hamletSQL = `
INSERT INTO department (code, name, kind) VALUES ('D1', '市政处', 'competent');
INSERT INTO holder (id, code, kind, name) SELECT i, 'P' || i, 'person', '王小明' FROM generate_series(1, 20) i;
INSERT INTO road (id, class, name, geom) SELECT i, CASE WHEN i % 2 = 0 THEN 'arterial' ELSE 'branch' END, 'R' || i,
    ST_SetSRID(ST_MakeLine(ST_MakePoint(120.01 + i * 0.001, 36.21), ST_MakePoint(120.01 + i * 0.001, 36.22)), 4490) FROM generate_series(1, 20) i;
INSERT INTO back_alley (id, code, geom) SELECT i, 'A' || i,
    ST_SetSRID(ST_MakeLine(ST_MakePoint(120.03 + i * 0.001, 36.21), ST_MakePoint(120.03 + i * 0.001, 36.22)), 4490) FROM generate_series(1, 10) i;
INSERT INTO place (id, code, name, geom) SELECT i, 'M' || i, 'M', ST_SetSRID(ST_MakePoint(120.01, 36.21), 4490) FROM generate_series(1, 5) i;
INSERT INTO requirement (target_kind, applies_to, role, at_least) VALUES ('road', 'arterial', 'street_head', 1)`

// changesOfPeople are changes of each of the roster's tables; $1 is a random number that chooses a row.
var changesOfPeople = []struct{ entity, sql string }{
	{"holder", `UPDATE holder SET title = 'T' || $1::int WHERE id = 1 + $1::int % 20 RETURNING id`},
	{"holder", `INSERT INTO holder (code, kind, name) VALUES ('N' || $1::int, 'person', '赵一') ON CONFLICT DO NOTHING RETURNING id`},
	{"holder", `UPDATE holder SET valid_to = '2026-01-01'::date + $1::int % 100 WHERE id = 1 + $1::int % 20 RETURNING id`},
	{"duty", `INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1 + $1::int % 20, 'street_head', 'road', 1 + $1::int % 19, '2026-01-01') ON CONFLICT DO NOTHING RETURNING id`},
	{"duty", `INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1 + $1::int % 20, 'alley_head', 'back_alley', 1 + $1::int % 9, '2026-01-01') ON CONFLICT DO NOTHING RETURNING id`},
	{"duty", `INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1 + $1::int % 20, 'site_leader', 'place', 1 + $1::int % 5, '2026-01-01') ON CONFLICT DO NOTHING RETURNING id`},
	{"duty", `UPDATE duty SET valid_to = '2026-02-01' WHERE id = (SELECT id FROM duty ORDER BY id OFFSET $1::int % 7 LIMIT 1) RETURNING id`},
	{"duty", `DELETE FROM duty WHERE id = (SELECT id FROM duty ORDER BY id OFFSET $1::int % 5 LIMIT 1) RETURNING id`},
	{"absence", `INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (1 + $1::int % 20, 'leave', '2026-03-01', '2026-03-02') ON CONFLICT DO NOTHING RETURNING id`},
	{"absence", `DELETE FROM absence WHERE holder_id = 1 + $1::int % 20 RETURNING id`},
	{"requirement", `INSERT INTO requirement (target_kind, applies_to, role, at_least) VALUES ('back_alley', '', 'alley_head', $1::int % 3) ON CONFLICT (target_kind, applies_to, role) DO UPDATE SET at_least = $1::int % 3 RETURNING id`},
	{"requirement", `DELETE FROM requirement WHERE target_kind = 'back_alley' AND $1::int % 2 = 0 RETURNING id`},
	{"load_limit", `UPDATE load_limit SET at_most = 1 + $1::int % 9 WHERE role = 'grid_head' RETURNING id`},
	{"place", `UPDATE place SET valid_to = '2026-05-01' WHERE id = 1 + $1::int % 5 RETURNING id`},
	{"department", `UPDATE department SET name = 'N' || $1::int RETURNING id`},
	{"road", `UPDATE road SET class = CASE class WHEN 'arterial' THEN 'branch' ELSE 'arterial' END WHERE id = 1 + $1::int % 20 RETURNING id`},
	{"road", `UPDATE road SET geom = ST_Translate(geom, 0.0001, 0) WHERE id = 1 + $1::int % 20 RETURNING id`},
	{"road", `DELETE FROM road WHERE id = 1 + $1::int % 20 RETURNING id`},
	{"back_alley", `UPDATE back_alley SET name = 'N' || $1::int WHERE id = 1 + $1::int % 10 RETURNING id`},
}

// TestRosterFollows: after any changes, in batches of any size, what was followed is what is loaded anew.
func TestRosterFollows(t *testing.T) {
	tx := pgtest.Tx(t)
	quarter(t, tx)
	if _, err := tx.Exec(t.Context(), hamletSQL); err != nil {
		t.Fatal(err)
	}
	held := any(people(t, tx))
	chance := rand.New(rand.NewPCG(4, 2))
	for batch := range 60 {
		changed := map[string][]int64{}
		for range 1 + chance.IntN(6) {
			c := changesOfPeople[chance.IntN(len(changesOfPeople))]
			changed[c.entity] = append(changed[c.entity], change(t, tx, c.sql, chance.IntN(1000))...)
		}
		for entity, ids := range changed {
			slices.Sort(ids)
			changed[entity] = slices.Compact(ids)
			if chance.IntN(10) == 0 || len(ids) == 0 {
				changed[entity] = nil // all of the table
			}
		}
		var err error
		if held, err = (postgres.RosterModel{}).Apply(context.Background(), tx, held, changed); err != nil {
			t.Fatal(err)
		}
		fresh := people(t, tx)
		if diff := (postgres.RosterModel{}).Compare(held, fresh); len(diff) > 0 {
			t.Fatalf("batch %d of %v: %v", batch, changed, diff)
		}
		if diff := cmp.Diff(fresh.Lines(), held.(*grid.Roster).Lines()); diff != "" {
			t.Fatalf("batch %d: %s", batch, diff)
		}
	}
}

func change(t *testing.T, tx pgx.Tx, sql string, n int) []int64 {
	t.Helper()
	rows, err := tx.Query(t.Context(), sql, n)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return ids
}

// TestRosterComparesAll: a difference in any table is told.
func TestRosterComparesAll(t *testing.T) {
	tx := pgtest.Tx(t)
	quarter(t, tx)
	for _, sql := range []string{hamletSQL, `INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (1, 'alley_head', 'back_alley', 1, '2026-01-01')`,
		`INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (1, 'leave', '2026-03-01', '2026-03-02')`} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for _, sql := range []string{
		`UPDATE holder SET note = 'x' WHERE id = 1`, `UPDATE duty SET hours = '08:00-18:00'`, `DELETE FROM absence`,
		`DELETE FROM load_limit WHERE role = 'grid_head'`, `UPDATE place SET name = 'x' WHERE id = 1`, `UPDATE department SET name = 'x'`,
		`UPDATE road SET name = 'x' WHERE id = 2`, `UPDATE back_alley SET name = 'x' WHERE id = 1`, `UPDATE role SET title = 'x'`, `DELETE FROM requirement`,
	} {
		was := people(t, tx)
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		if diff := (postgres.RosterModel{}).Compare(was, people(t, tx)); len(diff) == 0 {
			t.Errorf("%s: no difference was told", sql)
		}
	}
	if diff := (postgres.RosterModel{}).Compare(people(t, tx), people(t, tx)); len(diff) > 0 {
		t.Errorf("the same: %v", diff)
	}
}
