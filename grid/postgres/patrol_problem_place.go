package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/patrol"
)

const (
	// problemPlaceSQL is what lies at a place: the division, the unit grid, and the grid of responsibility, of several one of the caller's own ($3).
	problemPlaceSQL = `
WITH here AS MATERIALIZED (SELECT g.id, g.scheme, g.code FROM grids_of(ST_SetSRID(ST_MakePoint($1, $2), 4490)) x JOIN grid g ON g.id = x.grid_id),
unit AS (SELECT id, code FROM here WHERE scheme = 'unit' ORDER BY code LIMIT 1),
duty AS (SELECT id, scheme, code FROM here WHERE scheme <> 'unit' ORDER BY id = ANY ($3) DESC, scheme <> 'duty', scheme, code LIMIT 1)
SELECT coalesce(region_at(ST_SetSRID(ST_MakePoint($1, $2), 4490)), ''), u.id, u.code, d.id, d.scheme, d.code FROM (VALUES (1)) x LEFT JOIN unit u ON true LEFT JOIN duty d ON true`

	// foundSubjectSQL is a subject, with its distance from a place, which may be none.
	foundSubjectSQL = `
SELECT coalesce(s.code, ''), coalesce(s.name, ''), ST_X(p), ST_Y(p), coalesce(ST_Distance(s.geom::geography, ST_SetSRID(ST_MakePoint($3, $4), 4490)::geography), -1)
FROM patrol_subject s CROSS JOIN LATERAL ST_PointOnSurface(s.geom) p WHERE s.kind = $1 AND s.id = $2`

	gridsHeldSQL = `SELECT target_id FROM duty WHERE holder_id = $1 AND target_kind = 'grid' AND duty_standing(id, $2::date) <> 'out'`
)

// locate settles where a report is: its place in degrees, what is doubtful about it, the division and the grids there, and what it is about.
func (t *Tx) locate(ctx context.Context, r *patrol.Report, p *ProblemRow) error {
	p.Place = r.Place
	limits, err := t.PatrolLimits(ctx)
	if err != nil {
		return err
	}
	if p.Place.At == nil && len(p.Place.Flags) == 0 {
		p.Place.At, p.Place.Flags = patrol.Locate(r.Fix, limits)
		if r.Fix != nil {
			p.Place.AccuracyM = r.Fix.AccuracyM
		}
	}
	p.Place.DistanceM = -1
	p.Flags = patrol.Flags(r.Flags, p.Place.Flags)
	if err := t.problemSubject(ctx, r.Subject, p); err != nil || p.Place.At == nil {
		return err
	}
	if p.Place.DistanceM > limits.FarM {
		p.Flags = patrol.Flags(p.Flags, []patrol.Flag{patrol.FlagFar})
	}
	if err := t.around(ctx, p); err != nil {
		return err
	}
	if p.Region == "" {
		p.Flags = patrol.Flags(p.Flags, []patrol.Flag{patrol.FlagOutside})
	}
	return nil
}

// around finds the division and the grids at a problem's place.
func (t *Tx) around(ctx context.Context, p *ProblemRow) error {
	own, err := t.gridsHeld(ctx)
	if err != nil {
		return err
	}
	var unit, duty gridRow
	err = t.tx.QueryRow(ctx, problemPlaceSQL, p.Place.At[0], p.Place.At[1], own).Scan(&p.Region, &unit.id, &unit.code, &duty.id, &duty.scheme, &duty.code)
	unit.scheme = new(schemeUnit)
	p.UnitID, p.Unit = unit.ref()
	p.DutyID, p.Duty = duty.ref()
	return err
}

// gridRow is a grid of an outer join.
type gridRow struct {
	id           *int64
	scheme, code *string
}

// ref names the grid; 0 and nil where there is none.
func (g gridRow) ref() (int64, *patrol.GridRef) {
	if g.id == nil || g.scheme == nil || g.code == nil {
		return 0, nil
	}
	return *g.id, &patrol.GridRef{Scheme: *g.scheme, Code: *g.code}
}

// problemSubject looks up what a problem is about. A subject that is no more is kept by its number, and flagged; without a position of its own the
// problem lies where its subject does.
func (t *Tx) problemSubject(ctx context.Context, of *patrol.Subject, p *ProblemRow) error {
	if of == nil {
		return nil
	}
	p.Subject = of
	var lon, lat *float64
	if p.Place.At != nil {
		lon, lat = &p.Place.At[0], &p.Place.At[1]
	}
	var at orb.Point
	err := t.tx.QueryRow(ctx, foundSubjectSQL, of.Kind, of.ID, lon, lat).Scan(&p.SubjectCode, &p.SubjectName, &at[0], &at[1], &p.Place.DistanceM)
	if errors.Is(err, pgx.ErrNoRows) {
		p.Flags = patrol.Flags(p.Flags, []patrol.Flag{patrol.FlagGone})
		return nil
	}
	if err == nil && p.Place.At == nil {
		p.Place.At = &at
	}
	return err
}

// gridsHeld are the grids that the caller is responsible for today.
func (t *Tx) gridsHeld(ctx context.Context) ([]int64, error) {
	return gridsHeld(ctx, t.tx, t.Caller.Actor.Holder, t.Day)
}

func gridsHeld(ctx context.Context, tx pgx.Tx, holder int64, day grid.Day) ([]int64, error) {
	if holder == 0 {
		return nil, nil
	}
	return query(ctx, tx, gridsHeldSQL, []any{holder, day.Time()}, pgx.RowTo[int64])
}
