package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/postgres"
)

// do runs an edit of the bureau that must go through.
func do(t testing.TB, pool *pgxpool.Pool, what func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error)) postgres.Edited {
	t.Helper()
	e, err := edit(t, pool, bureau(), what)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func undo(id int64) func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
	return func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.UndoEdit(ctx, id, "撤回")
	}
}

// groundSQL is the ground of the unit grids as a set of shapes without codes, and who is responsible where.
const groundSQL = `SELECT md5(concat(
	(SELECT string_agg(x, '|' ORDER BY x) FROM (SELECT ST_AsText(ST_Normalize(ST_Simplify(geom, 1e-10)), 9) AS x FROM grid WHERE valid_to IS NULL) g),
	(SELECT string_agg(x, '|' ORDER BY x) FROM (SELECT d.holder_id || d.role || ST_AsText(ST_PointOnSurface(g.geom), 5) AS x FROM duty d JOIN grid g ON g.id = d.target_id
		WHERE g.valid_to IS NULL AND (d.valid_to IS NULL OR d.valid_to >= city_day())) d)))`

// TestUndo: every kind of edit is undone by another; the ground, its people and its duty grids are as before, under new codes where grids were
// retired.
func TestUndo(t *testing.T) {
	for name, what := range map[string]func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error){
		"split": func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit("370281001001006"), orb.LineString{place(0.5, 6.2), place(2.5, 6.6)}, "")
		},
		"redraw": func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, unit("370281001001006"), postgres.Outline{Shape: blockOf(0.8, 5.9, 2.2, 7)}, "")
		},
		"retire": func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RetireGrid(ctx, unit("370281001001006"), "")
		},
		"redraw by members": func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, postgres.GridRef{Scheme: "duty", Code: "37028190001"}, postgres.Outline{Shape: blockOf(0, 0, 4, 5)}, "")
		},
		"split of a duty grid": func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, postgres.GridRef{Scheme: "duty", Code: "37028190001"}, orb.LineString{place(-1, 2.2), place(5, 2.3)}, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool := blocks(t)
			var before, after string
			if err := pool.QueryRow(t.Context(), groundSQL).Scan(&before); err != nil {
				t.Fatal(err)
			}
			e := do(t, pool, what)
			u := do(t, pool, undo(e.ID))
			if u.Kind != e.Kind.Undo() {
				t.Errorf("kind %s", u.Kind)
			}
			if err := pool.QueryRow(t.Context(), groundSQL).Scan(&after); err != nil {
				t.Fatal(err)
			}
			if before != after {
				t.Error("the ground or its people are not as before")
			}
			for _, g := range u.Made {
				if slices.Contains(e.Retired, g.Code) {
					t.Errorf("%s has its code again", g.Code)
				}
			}
			check(t, pool, netOf(t, pool))
			if _, err := edit(t, pool, bureau(), undo(e.ID)); !errors.Is(err, grid.ErrUndone) && !errors.Is(err, grid.ErrLater) {
				t.Errorf("undone twice: %v", err)
			}
			do(t, pool, undo(u.ID)) // and an undo is undone
		})
	}
}

// TestUndoMerge: what was one for a day is two again, both with the people of the one.
func TestUndoMerge(t *testing.T) {
	pool := blocks(t)
	e := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.MergeGrids(ctx, unit("370281001001001"), []string{"370281001001002", "370281001001001"}, "并", "")
	})
	if len(e.Made) != 1 || e.Made[0].Name != "并" || len(e.Retired) != 2 || e.DutiesMoved != 2 {
		t.Errorf("%+v", e)
	}
	check(t, pool, netOf(t, pool))
	u := do(t, pool, undo(e.ID))
	if len(u.Made) != 2 || u.DutiesMoved != 2 {
		t.Errorf("%+v", u)
	}
	check(t, pool, netOf(t, pool))
	l, err := postgres.NewStore(pool).Lineage(t.Context(), u.Made[0].ID)
	if err != nil || len(l.Ancestors) != 3 || len(l.Edits) != 2 || l.Edits[0].Undoes != e.ID || l.Edits[1].UndoneBy != u.ID {
		t.Errorf("lineage %+v, %v", l, err)
	}
}

// TestUndoUnderLater: what others built on is not undone.
func TestUndoUnderLater(t *testing.T) {
	pool := blocks(t)
	first := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.SplitGrid(ctx, unit("370281001001006"), orb.LineString{place(0.5, 6.2), place(2.5, 6.6)}, "")
	})
	second := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.SplitGrid(ctx, unit(first.Made[0].Code), orb.LineString{place(1.5, 5.5), place(1.55, 8)}, "")
	})
	before := stateOf(t, pool)
	if _, err := edit(t, pool, bureau(), undo(first.ID)); !errors.Is(err, grid.ErrLater) {
		t.Errorf("%v", err)
	}
	if stateOf(t, pool) != before {
		t.Error("something was changed")
	}
	do(t, pool, undo(second.ID))
	check(t, pool, netOf(t, pool))
}

// TestCreateAndRepair: a grid that is retired leaves a gap; a new one fills it exactly; a gap and an overlap are mended as proposed.
func TestCreateAndRepair(t *testing.T) {
	pool := blocks(t)
	do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.RetireGrid(ctx, unit("370281001001006"), "")
	})
	report := reportOf(t, pool)
	if len(report.Findings) != 1 || report.Findings[0].Kind != "gap" || report.Findings[0].Severity != grid.SeverityError {
		t.Fatalf("%+v", report.Findings)
	}
	// Drawn by hand, a few centimetres beside the borders on all sides but inside the neighbours.
	e := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.CreateGrid(ctx, postgres.CreateGrid{Scheme: "unit", Name: "新", Outline: postgres.Outline{Shape: blockOf(1-1e-5, 6-1e-5, 2+1e-5, 7+1e-5)}})
	})
	if len(e.Made) != 1 || e.Made[0].Code != "370281001001033" {
		t.Errorf("%+v", e.Made)
	}
	if report = reportOf(t, pool); len(report.Findings) != 0 {
		t.Errorf("%+v", report.Findings)
	}
	do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.RetireGrid(ctx, unit("370281001001033"), "")
	})
	if _, err := pool.Exec(t.Context(), `UPDATE grid SET geom = ST_GeometryN(block(4, 0, 6, 1), 1) WHERE scheme = 'unit' AND code = '370281002001029'`); err != nil {
		t.Fatal(err)
	}
	report = reportOf(t, pool)
	if len(report.Findings) != 2 {
		t.Fatalf("%+v", report.Findings)
	}
	for _, f := range report.Findings {
		if _, ok := report.Repair(f); !ok {
			t.Errorf("no repair for %s", f.Kind)
		}
		r := do(t, pool, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RepairGrids(ctx, "unit", f.ID, "")
		})
		if r.Kind != grid.EditRepair || len(r.Changed) == 0 {
			t.Errorf("%+v", r)
		}
		if _, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RepairGrids(ctx, "unit", f.ID, "")
		}); !errors.Is(err, grid.ErrNoRepair) {
			t.Errorf("mended twice: %v", err)
		}
	}
	if report = reportOf(t, pool); len(report.Findings) != 0 {
		t.Errorf("%+v", report.Findings)
	}
}

func reportOf(t testing.TB, pool *pgxpool.Pool) *grid.Report {
	t.Helper()
	report, err := netOf(t, pool).Integrity(t.Context(), "unit")
	if err != nil {
		t.Fatal(err)
	}
	return report
}
