package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// CheckRow is a check as the record has it.
type CheckRow struct {
	patrol.Check
	Code, Name string   // of the subject, as they were
	Depts      []string // that the subject was of
	Account    string
}

// CheckFilter says which checks are wanted: the latest first.
type CheckFilter struct {
	Subject  *patrol.Subject
	Holder   string // code
	Grid     patrol.GridRef
	Plan     string
	Result   patrol.Result
	From, To time.Time  // [From, To)
	Region   string     // code of a division: by its code
	Own      *OwnChecks // what a caller may read who may not read all; nil for all
	After    CheckKey   // the last one of the page before; zero from the beginning
	Limit    int
}

// OwnChecks is what is somebody's own: each of these widens it.
type OwnChecks struct {
	Holder int64
	Grids  []int64
	Region string // checks in a region that begins with this; "" for none
	Dept   string // checks of what was this department's; "" for none
}

// CheckKey is the place of a check in the order of lists.
type CheckKey struct {
	At time.Time
	ID string
}

// maxChecksCounted bounds the total of a list.
const maxChecksCounted = 10_000

const (
	checkColumnsSQL = `
SELECT c.id::text, coalesce(c.plan, ''), c.subject_kind, c.subject_id, coalesce(c.subject_code, ''), coalesce(c.subject_name, ''), c.checklist, c.edition, c.result, c.answers,
       c.note, c.at, c.made_at, c.received_at, coalesce(c.holder_id, 0), c.account, coalesce(c.device::text, ''), ST_X(c.geom), ST_Y(c.geom), coalesce(c.accuracy_m, 0),
       coalesce(c.distance_m, -1), c.flags, coalesce(c.region_code, ''), c.dept, coalesce(c.grid_id, 0), coalesce(g.scheme, ''), coalesce(g.code, ''), c.seen_revision,
       coalesce(c.problem_id::text, '')
FROM patrol_check c LEFT JOIN grid g ON g.id = c.grid_id`

	checkWhereSQL = `
WHERE ($1 = '' OR c.subject_kind = $1 AND c.subject_id = $2)
  AND ($3 = '' OR c.holder_id = (SELECT id FROM holder WHERE code = $3))
  AND ($4 = '' OR c.grid_id = (SELECT id FROM grid WHERE scheme = $4 AND code = $5 ORDER BY valid_to DESC NULLS FIRST LIMIT 1))
  AND ($6 = '' OR c.plan = $6) AND ($7 = '' OR c.result = $7)
  AND c.at >= $8 AND c.at < $9 AND ($10 = '' OR c.region_code LIKE $10 || '%')
  AND ($11 OR c.holder_id = $12 OR c.grid_id = ANY ($13) OR $14 <> '' AND c.region_code LIKE $14 || '%' OR $15 <> '' AND c.dept @> ARRAY[$15])`

	checksSQL      = checkColumnsSQL + checkWhereSQL + ` AND ($17 = '' OR (c.at, c.id) < ($16, nullif($17, '')::uuid)) ORDER BY c.at DESC, c.id DESC LIMIT $18`
	countChecksSQL = `SELECT count(*) FROM (SELECT FROM patrol_check c` + checkWhereSQL + ` LIMIT $16) x`
	checkSQL       = checkColumnsSQL + ` WHERE c.id = $1`
)

// perFilter has a statement of many filters planned for those that are asked for, whenever it runs. A prepared one is planned for any of them after some
// runs: with a year of checks that made a millisecond a second.
const perFilter = pgx.QueryExecModeCacheDescribe

// args are those of checkWhereSQL.
func (f *CheckFilter) args() []any {
	var subject patrol.Subject
	if f.Subject != nil {
		subject = *f.Subject
	}
	own := OwnChecks{}
	if f.Own != nil {
		own = *f.Own
	}
	if own.Grids == nil {
		own.Grids = []int64{}
	}
	from, to := f.From, f.To
	if from.IsZero() {
		from = time.Unix(0, 0)
	}
	if to.IsZero() {
		to = time.Now().AddDate(1, 0, 0)
	}
	return []any{perFilter, subject.Kind, subject.ID, f.Holder, f.Grid.Scheme, f.Grid.Code, f.Plan, f.Result, from, to, f.Region,
		f.Own == nil, own.Holder, own.Grids, own.Region, own.Dept}
}

// Checks lists checks, the latest first. total counts all pages, up to 10,000. It asks no rights: Own is the caller's to set.
func (s *Store) Checks(ctx context.Context, f CheckFilter) (list []CheckRow, total int, err error) {
	if list, err = collect(ctx, s, checksSQL, append(f.args(), f.After.At, f.After.ID, f.Limit), readCheck); err != nil {
		return nil, 0, err
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countChecksSQL, append(f.args(), maxChecksCounted)...).Scan(&total))
}

// Check is one check. ErrNotFound.
func (s *Store) Check(ctx context.Context, id string) (CheckRow, error) {
	list, err := collect(ctx, s, checkSQL, []any{id}, readCheck)
	return only(list, err)
}

func readCheck(r pgx.CollectableRow) (c CheckRow, err error) {
	var lon, lat *float64
	err = r.Scan(&c.ID, &c.Plan, &c.Subject.Kind, &c.Subject.ID, &c.Code, &c.Name, &c.Checklist, &c.Edition, &c.Result, &c.Answers, &c.Note, &c.Moment.At, &c.Moment.Device,
		&c.Moment.Received, &c.By.Holder, &c.Account, &c.Device, &lon, &lat, &c.Place.AccuracyM, &c.Place.DistanceM, &c.Flags, &c.Region, &c.Depts, &c.GridID, &c.Grid.Scheme, &c.Grid.Code,
		&c.Seen, &c.Problem)
	if lon != nil && lat != nil {
		c.Place.At = &orb.Point{*lon, *lat}
	}
	return c, err
}
