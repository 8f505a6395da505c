package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// ProblemFilter is which problems somebody wants to see. What the caller's rights do not reach is left out.
type ProblemFilter struct {
	Who  rights.Actor
	Day  grid.Day // today in the city's time zone, for the caller's own grids
	Mine bool     // reported by the caller

	States      []patrol.State // nil for any
	Class       string         // or a class at the top
	Source      patrol.Source
	Dept        string
	Region      string // a division and what lies below
	Zone        string // a region that is no division, by its shape
	Grid        int64
	Assignee    int64
	Subject     patrol.Subject
	From, Until time.Time  // found; Until is the first instant after
	Box         *orb.Bound // longitude, latitude
	Text        string     // in number, title, description or name of the subject
	Placed      bool       // those with a position only
}

// ProblemSort is an order of problems.
type ProblemSort string

// The orders.
const (
	LatestFirst   ProblemSort = "-at"
	EarliestFirst ProblemSort = "at"
	DeadlineFirst ProblemSort = "deadline" // those without one last
)

// ProblemKey is where a page of problems ends.
type ProblemKey struct {
	At time.Time // by which they are sorted; the zero time before the first page
	ID string
}

// never stands for a deadline that there is none of.
func never() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// Key is what a problem is sorted by.
func (o ProblemSort) Key(p *ProblemRow) ProblemKey {
	at := p.At
	if o == DeadlineFirst {
		if at = p.Deadline; at.IsZero() {
			at = never()
		}
	}
	return ProblemKey{at, p.ID}
}

const (
	// problemScopeSQL are the problems of a filter that the caller may see, by the arguments of ProblemFilter.args.
	problemScopeSQL = `
WHERE ($1::boolean OR $2 <> '' AND starts_with(p.region_code, $2) OR $3 <> '' AND p.dept = $3 OR p.reporter_account = $4
       OR $5::bigint <> 0 AND (p.reporter_holder = $5 OR p.assignee = $5) OR p.grid_id = ANY ($6::bigint[]) OR p.duty_grid_id = ANY ($6))
  AND (NOT $7::boolean OR p.reporter_account = $4 OR $5 <> 0 AND p.reporter_holder = $5)
  AND ($8::text[] IS NULL OR p.state = ANY ($8)) AND ($9 = '' OR p.class = $9 OR c.parent = $9) AND ($10 = '' OR p.source = $10) AND ($11 = '' OR p.dept = $11)
  AND ($12 = '' OR starts_with(p.region_code, $12)) AND ($13 = '' OR EXISTS (SELECT FROM region z WHERE z.code = $13 AND ST_Intersects(z.geom, p.geom)))
  AND ($14::bigint = 0 OR p.grid_id = $14 OR p.duty_grid_id = $14) AND ($15::bigint = 0 OR p.assignee = $15)
  AND ($16::text = '' OR p.subject_kind = $16 AND p.subject_id = $17::bigint)
  AND ($18::timestamptz IS NULL OR p.at >= $18) AND ($19::timestamptz IS NULL OR p.at < $19)
  AND ($20::float8 IS NULL OR p.geom && ST_MakeEnvelope($20, $21, $22, $23, 4490)) AND (NOT $25::boolean OR p.geom IS NOT NULL)
  AND ($24 = '' OR strpos(lower(concat_ws(' ', p.number, p.title, p.description, p.subject_name, p.subject_code)), lower($24)) > 0)`

	problemsSQL         = problemColumnsSQL + problemTablesSQL + problemScopeSQL
	latestProblemsSQL   = problemsSQL + ` AND ($26::timestamptz IS NULL OR (p.at, p.id) < ($26, $27::uuid)) ORDER BY p.at DESC, p.id DESC LIMIT $28`
	earliestProblemsSQL = problemsSQL + ` AND ($26::timestamptz IS NULL OR (p.at, p.id) > ($26, $27::uuid)) ORDER BY p.at, p.id LIMIT $28`
	deadlineProblemsSQL = problemsSQL + ` AND ($26::timestamptz IS NULL OR (coalesce(p.deadline, '9999-01-01 00:00+00'), p.id) > ($26, $27::uuid))
ORDER BY coalesce(p.deadline, '9999-01-01 00:00+00'), p.id LIMIT $28`
	countProblemsSQL = `SELECT count(*) FROM problem p JOIN problem_class c ON c.code = p.class` + problemScopeSQL

	duplicatesSQL = `
SELECT q.id::text, q.number, ST_Distance(q.geom::geography, p.geom::geography), q.at, q.state
FROM problem p JOIN problem_class c ON c.code = p.class JOIN problem q ON q.class = p.class AND q.id <> p.id
 AND q.geom && ST_Expand(p.geom, c.duplicate_m / 50000) AND q.at BETWEEN p.at - make_interval(hours => c.duplicate_hours) AND p.at + make_interval(hours => c.duplicate_hours)
WHERE p.id = $1 AND q.state NOT IN ('void', 'merged') AND p.reopens IS DISTINCT FROM q.id AND q.reopens IS DISTINCT FROM p.id
  AND ST_DWithin(q.geom::geography, p.geom::geography, c.duplicate_m)
ORDER BY 3, q.at, q.id LIMIT 20`
)

// args are those of problemScopeSQL: how far the caller's rights reach, and the filter.
func (f *ProblemFilter) args(grids []int64) []any {
	who := f.Who
	all := who.May(rights.ReadPatrol, rights.Place{}) == nil
	region, dept, holder := "", "", int64(0)
	if who.Region != "" && who.May(rights.ReadPatrol, rights.Place{Region: who.Region}) == nil {
		region = who.Region
	}
	if who.Dept != "" && who.May(rights.ReadPatrol, rights.Place{Dept: who.Dept}) == nil {
		dept = who.Dept
	}
	if who.May(rights.ReadPatrol, rights.Place{Own: true}) == nil {
		holder = who.Holder
	} else {
		grids = nil
	}
	var box [4]*float64
	if f.Box != nil {
		box = [4]*float64{&f.Box.Min[0], &f.Box.Min[1], &f.Box.Max[0], &f.Box.Max[1]}
	}
	return []any{perFilter, all, region, dept, who.Name, holder, grids, f.Mine, f.States, f.Class, f.Source, f.Dept, f.Region, f.Zone, f.Grid, f.Assignee, f.Subject.Kind, f.Subject.ID,
		timeOrNull(f.From), timeOrNull(f.Until), box[0], box[1], box[2], box[3], f.Text, f.Placed}
}

// Problems are a page of the problems that a filter wants, of limit at most; total counts all pages.
func (s *Store) Problems(ctx context.Context, f *ProblemFilter, order ProblemSort, after ProblemKey, limit int) (list []ProblemRow, total int, err error) {
	sql := latestProblemsSQL
	switch order {
	case EarliestFirst:
		sql = earliestProblemsSQL
	case DeadlineFirst:
		sql = deadlineProblemsSQL
	case LatestFirst:
	}
	err = s.look(ctx, func(tx pgx.Tx) error {
		args, err := f.scope(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, countProblemsSQL, args...).Scan(&total); err != nil {
			return err
		}
		list, err = query(ctx, tx, sql, append(args, timeOrNull(after.At), textOrNull(after.ID), limit), readProblem)
		return err
	})
	return list, total, interpret(err)
}

// scope are the arguments of problemScopeSQL with the caller's own grids.
func (f *ProblemFilter) scope(ctx context.Context, tx pgx.Tx) ([]any, error) {
	grids, err := gridsHeld(ctx, tx, f.Who.Holder, f.Day)
	return f.args(grids), err
}

// ProblemFile is one problem with all that is kept about it.
type ProblemFile struct {
	ProblemRow
	Events     []ProblemEvent
	Duplicates []patrol.Duplicate
	Grids      []int64 // that the reader is responsible for
}

// Problem is one problem with its events and what may be the same, as somebody may see it. Errors: rights', ErrNotFound.
func (s *Store) Problem(ctx context.Context, id string, who rights.Actor, day grid.Day) (file ProblemFile, err error) {
	err = s.look(ctx, func(tx pgx.Tx) error {
		t := &Tx{tx: tx, Caller: Caller{Actor: who}, Day: day}
		file, err = t.ProblemFile(ctx, id)
		return err
	})
	return file, interpret(err)
}

// ProblemFile is Problem within a transaction.
func (t *Tx) ProblemFile(ctx context.Context, id string) (file ProblemFile, err error) {
	if file.ProblemRow, err = one(ctx, t.tx, problemSQL, []any{id}, readProblem); err != nil {
		return file, err
	}
	if file.Grids, err = t.gridsHeld(ctx); err != nil {
		return file, err
	}
	if err := MayReadProblem(t.Caller.Actor, &file.ProblemRow, file.Grids); err != nil {
		return file, err
	}
	if file.Events, err = query(ctx, t.tx, eventsSQL, []any{id}, readEvent); err != nil {
		return file, err
	}
	file.Duplicates, err = query(ctx, t.tx, duplicatesSQL, []any{id}, func(row pgx.CollectableRow) (d patrol.Duplicate, err error) {
		return d, row.Scan(&d.ID, &d.Number, &d.DistanceM, &d.At, &d.State)
	})
	return file, err
}

// photosAfterSQL are the photos of what was done about problems, the latest first.
const photosAfterSQL = `
SELECT p.id::text, e.problem_id::text, p.kind, coalesce(b.state, 'awaited'), coalesce(b.reason, ''), 0, 0, p.taken_at, '{}'::text[]
FROM problem_event e JOIN patrol_photo p ON p.owner_kind = 'step' AND p.owner_id = e.id LEFT JOIN photo_blob b ON b.sha256 = p.sha256
WHERE e.problem_id = ANY ($1::uuid[]) AND p.kind = 'after' ORDER BY e.problem_id, e.ordinal DESC, p.ordinal`

// PhotosAfter are the photos that show what was done about problems, by the problem, the latest first; without their sizes.
func (s *Store) PhotosAfter(ctx context.Context, problems []string) (map[string][]Photo, error) {
	list, err := collect(ctx, s, photosAfterSQL, []any{problems}, readPhoto)
	return byOwner(list), err
}
