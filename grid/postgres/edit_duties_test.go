package postgres_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid/postgres"
)

// TestDutiesGoOn: what somebody did until yesterday stays in history, what begins today or later is moved, who stands in stands in for the duty that
// goes on, what is over stays over.
func TestDutiesGoOn(t *testing.T) {
	pool := blocks(t)
	if _, err := pool.Exec(t.Context(), `
		DELETE FROM duty WHERE target_id = (SELECT id FROM grid WHERE scheme = 'unit' AND code = '370281001001006');
		INSERT INTO duty (id, holder_id, role, target_kind, target_id, rank, hours, valid_from, valid_to, substitute_of, note)
		SELECT v.id, v.holder, v.role, 'grid', g.id, v.rank, v.hours, city_day() + v.since, city_day() + v.till, v.of, v.note
		FROM grid g, (VALUES (1001, 1, 'grid_head', 'primary', '08:00-18:00', -10, NULL, NULL::bigint, '甲'), (1002, 2, 'grid_head', 'deputy', NULL, -3, 4, 1001, NULL),
			(1003, 3, 'grid_officer', 'primary', NULL, 0, NULL, NULL, NULL), (1004, 4, 'grid_officer', 'primary', NULL, 5, 9, 1003, NULL), (1005, 5, 'patrol_officer', 'primary', NULL, -9, -1, NULL, NULL))
			v (id, holder, role, rank, hours, since, till, of, note)
		WHERE g.scheme = 'unit' AND g.code = '370281001001006'`); err != nil {
		t.Fatal(err)
	}
	e := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.SplitGrid(ctx, unit("370281001001006"), orb.LineString{place(0.5, 6.2), place(2.5, 6.6)}, "")
	})
	if e.DutiesMoved != 4 {
		t.Errorf("%d duties moved", e.DutiesMoved)
	}
	rows, err := pool.Query(t.Context(), `
		SELECT concat_ws(' ', right(g.code, 3), d.holder_id, d.rank, d.hours, d.valid_from - city_day(), d.valid_to - city_day(), (SELECT 'for ' || s.holder_id || ' in ' || right(o.code, 3) FROM duty s JOIN grid o ON o.id = s.target_id WHERE s.id = d.substitute_of), d.note)
		FROM duty d JOIN grid g ON g.id = d.target_id WHERE g.code IN ('370281001001006', '370281001001033', '370281001001034') ORDER BY g.code, d.holder_id`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"006 1 primary 08:00-18:00 -10 -1 甲", "006 2 deputy -3 -1 for 1 in 006", "006 5 primary -9 -1",
		"033 1 primary 08:00-18:00 0 甲", "033 2 deputy 0 4 for 1 in 033", "033 3 primary 0", "033 4 primary 5 9 for 3 in 033",
		"034 1 primary 08:00-18:00 0 甲", "034 2 deputy 0 4 for 1 in 034", "034 3 primary 0", "034 4 primary 5 9 for 3 in 034",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
