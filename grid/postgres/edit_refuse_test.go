package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// stateSQL is a hash of all that an edit can change.
const stateSQL = `SELECT md5(concat(
	(SELECT string_agg(g::text, '|' ORDER BY id) FROM grid g), (SELECT string_agg(d::text, '|' ORDER BY id) FROM duty d),
	(SELECT string_agg(f::text, '|' ORDER BY layer, feature_id, grid_id) FROM feature_grid f), (SELECT string_agg(m::text, '|' ORDER BY grid_id, member_id) FROM grid_member m),
	(SELECT count(*) FROM grid_edit), (SELECT count(*) FROM grid_past), (SELECT count(*) FROM grid_lineage), (SELECT count(*) FROM change), (SELECT count(*) FROM code_registry)))`

func stateOf(t testing.TB, pool *pgxpool.Pool) (hash string) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), stateSQL).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

// TestRefusals: what must not be is refused for what it is, and nothing is changed.
func TestRefusals(t *testing.T) {
	pool := blocks(t)
	const nw, west, east = "370281001001001", "370281001001004", "370281002001001" // west and east lie side by side in two communities
	across := orb.LineString{place(-0.5, 7.5), place(1.5, 7.5)}
	cases := map[string]struct {
		who  rights.Actor
		want error
		do   func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error)
	}{
		"a line that stays inside": {bureau(), lattice.ErrCut, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit(nw), orb.LineString{place(0.2, 7.5), place(0.8, 7.5)}, "")
		}},
		"a line along the border": {bureau(), lattice.ErrCut, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit(nw), orb.LineString{place(0, 7), place(1, 7)}, "")
		}},
		"a line over itself": {bureau(), lattice.ErrCrossing, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit(nw), orb.LineString{place(-0.5, 7.5), place(0.8, 7.5), place(0.5, 7.8), place(0.5, 6.5)}, "")
		}},
		"two communities": {bureau(), grid.ErrTwoDivisions, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.MergeGrids(ctx, unit(west), []string{east}, "", "")
		}},
		"grids apart": {bureau(), lattice.ErrApart, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.MergeGrids(ctx, unit(nw), []string{"370281001001003"}, "", "")
		}},
		"members of two duty grids": {bureau(), grid.ErrMember, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.MergeGrids(ctx, unit("370281001001013"), []string{"370281001001017"}, "", "")
		}},
		"stale": {bureau(), postgres.ErrStale, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, postgres.GridRef{Scheme: "unit", Code: nw, Revision: 99}, across, "")
		}},
		"no such grid": {bureau(), postgres.ErrNotFound, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RetireGrid(ctx, unit("370281001001999"), "")
		}},
		"no such neighbour": {bureau(), postgres.ErrNotFound, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.MergeGrids(ctx, unit(nw), []string{"nonsense"}, "", "")
		}},
		"no such scheme": {bureau(), postgres.ErrNoScheme, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RetireGrid(ctx, postgres.GridRef{Scheme: "nonsense", Code: nw}, "")
		}},
		"another street's officer": {streetOf("370281002"), rights.ErrForbidden, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit(nw), across, "")
		}},
		"a viewer": {rights.Actor{Account: 3, Name: "viewer", Role: rights.Viewer}, rights.ErrForbidden, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.SplitGrid(ctx, unit(nw), across, "")
		}},
		"nobody": {rights.Actor{}, rights.ErrSignIn, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RetireGrid(ctx, unit(nw), "")
		}},
		"ground of another community": {bureau(), grid.ErrOutside, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, unit(west), postgres.Outline{Shape: blockOf(3, 7, 4.3, 8)}, "")
		}},
		"ground of another street": {streetOf("370281001"), rights.ErrForbidden, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, unit(west), postgres.Outline{Shape: blockOf(3, 7, 4.3, 8)}, "")
		}},
		"a patrol grid over the street's border": {streetOf("370281001"), rights.ErrForbidden, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.CreateGrid(ctx, postgres.CreateGrid{Scheme: "patrol", Outline: postgres.Outline{Shape: blockOf(0, 0, 4.5, 3)}})
		}},
		"a bow tie": {bureau(), lattice.ErrShape, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			bow := orb.MultiPolygon{{{place(0, 7), place(1, 8), place(1, 7), place(0, 8), place(0, 7)}}}
			return tx.RedrawGrid(ctx, unit(nw), postgres.Outline{Shape: bow}, "")
		}},
		"all of a neighbour": {bureau(), lattice.ErrTiny, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, unit(nw), postgres.Outline{Shape: blockOf(0, 7, 2, 8)}, "")
		}},
		"ground that is taken": {bureau(), grid.ErrOverlap, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.CreateGrid(ctx, postgres.CreateGrid{Scheme: "unit", Outline: postgres.Outline{Shape: blockOf(0.5, 7.5, 1.5, 9)}})
		}},
		"no members": {bureau(), grid.ErrNoMembers, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, postgres.GridRef{Scheme: "duty", Code: "37028190001"}, postgres.Outline{Members: []string{"nonsense"}}, "")
		}},
		"all members of another": {bureau(), grid.ErrMember, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RedrawGrid(ctx, postgres.GridRef{Scheme: "duty", Code: "37028190001"}, postgres.Outline{Shape: blockOf(-1, -1, 9, 9)}, "")
		}},
		"an edit that is none": {bureau(), postgres.ErrNotFound, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) { return tx.UndoEdit(ctx, 99, "") }},
		"a finding that is none": {bureau(), grid.ErrNoRepair, func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.RepairGrids(ctx, "unit", "0123456789abcdef", "")
		}},
	}
	before := stateOf(t, pool)
	for name, c := range cases {
		if _, err := edit(t, pool, c.who, c.do); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if stateOf(t, pool) != before {
			t.Fatalf("%s: something was changed", name)
		}
	}
}

// TestCodesRefused: codes of another county, of another community, of somebody else, and of nothing.
func TestCodesRefused(t *testing.T) {
	pool := blocks(t)
	if _, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.RetireGrid(ctx, unit("370281001001001"), "")
	}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code string
		want error
	}{
		{"370282001001099", grid.ErrMisnamed}, {"370281002001099", grid.ErrMisnamed}, {"370281001001001", grid.ErrCodeTaken}, {"370281001001002", grid.ErrCodeTaken},
		{"3702810010010", grid.ErrCode}, {"37028100100100x", grid.ErrCode}, {"370281001001999", nil},
	} {
		code, want := c.code, c.want
		_, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
			return tx.CreateGrid(ctx, postgres.CreateGrid{Scheme: "unit", Code: code, Outline: postgres.Outline{Shape: blockOf(0, 7, 1, 8)}})
		})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	// The numbers of the community are used up now: 999 was given.
	_, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
		return tx.SplitGrid(ctx, unit("370281001001006"), orb.LineString{place(0.5, 6.5), place(2.5, 6.6)}, "")
	})
	if !errors.Is(err, grid.ErrSequence) {
		t.Errorf("no number left: %v", err)
	}
}

// TestSplitTogether: of two who split one grid at once one wins, the other is told that the grid is not what it was.
func TestSplitTogether(t *testing.T) {
	pool := blocks(t)
	var wait sync.WaitGroup
	failures := make([]error, 4)
	for i := range failures {
		wait.Go(func() {
			_, failures[i] = edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
				return tx.SplitGrid(ctx, postgres.GridRef{Scheme: "unit", Code: "370281001001006", Revision: int64(i % 2)}, orb.LineString{place(0.5, 6.5), place(2.5, 6.6)}, "")
			})
		})
	}
	wait.Wait()
	won := 0
	for _, err := range failures {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, postgres.ErrStale) && !errors.Is(err, grid.ErrRetired):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
	check(t, pool, netOf(t, pool))
}

// TestNeighboursTogether: edits side by side at once each see what the other did: the net stays a partition.
func TestNeighboursTogether(t *testing.T) {
	pool := blocks(t)
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			x := float64(i % 3)
			code := []string{"370281001001005", "370281001001006", "370281001001007"}[i%3]
			_, err := edit(t, pool, bureau(), func(ctx context.Context, tx *postgres.Tx) (postgres.Edited, error) {
				return tx.SplitGrid(ctx, unit(code), orb.LineString{place(x-0.5, 6.3), place(x+1.5, 6.7)}, "")
			})
			if err != nil && !errors.Is(err, grid.ErrRetired) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	check(t, pool, netOf(t, pool))
}

// TestSchemes: a scheme is made, changed, and refused.
func TestSchemes(t *testing.T) {
	pool := blocks(t)
	write := func(who rights.Actor, do func(ctx context.Context, tx *postgres.Tx) error) error {
		_, err := postgres.NewStore(pool).Write(t.Context(), postgres.Caller{Actor: who}, func(ctx context.Context, tx *postgres.Tx) (postgres.Answer, error) {
			return postgres.Answer{}, do(ctx, tx)
		})
		return err
	}
	s := grid.Scheme{Code: "guard", Title: "护林网格", TitleEn: "Guards", FirstZoom: 11, Pattern: grid.CodePattern{{Name: "sequence", Length: 3}}}
	create := func(ctx context.Context, tx *postgres.Tx) error {
		_, err := tx.CreateScheme(ctx, s)
		return err
	}
	if err := write(streetOf("370281001"), create); !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("by a street: %v", err)
	}
	if err := write(bureau(), create); err != nil {
		t.Error(err)
	}
	if err := write(bureau(), create); !errors.Is(err, postgres.ErrSchemeTaken) {
		t.Errorf("twice: %v", err)
	}
	change := func(code string, revision int64, change func(*grid.Scheme)) error {
		return write(bureau(), func(ctx context.Context, tx *postgres.Tx) error {
			was, err := tx.Scheme(ctx, code, revision)
			if err != nil {
				return err
			}
			now := was
			change(&now)
			_, err = tx.ChangeScheme(ctx, was, now)
			return err
		})
	}
	if err := change("guard", 1, func(s *grid.Scheme) { s.Title = strings.Repeat("林", 3) }); err != nil {
		t.Error(err)
	}
	if err := change("guard", 1, func(*grid.Scheme) {}); !errors.Is(err, postgres.ErrStale) {
		t.Errorf("stale: %v", err)
	}
	if err := change("guard", 0, func(s *grid.Scheme) { s.Pattern = nil }); !errors.Is(err, grid.ErrPattern) {
		t.Errorf("no pattern: %v", err)
	}
	if err := change("unit", 0, func(s *grid.Scheme) { s.Exclusive = false }); !errors.Is(err, postgres.ErrHasGrids) {
		t.Errorf("with grids: %v", err)
	}
	if net := netOf(t, pool); net.Scheme("guard") == nil || net.Scheme("guard").Title != "林林林" || net.Scheme("guard").Revision != 2 {
		t.Errorf("%+v", net.Scheme("guard"))
	}
}
