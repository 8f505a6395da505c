package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// ProblemRow is a problem as the record has it, with what it names.
type ProblemRow struct {
	patrol.Problem
	ClassTitle, ClassTitleEn string
	SubjectCode, SubjectName string // as they were when it was found
	UnitID, DutyID           int64  // grids at its place; 0 for none
	CheckID                  string // the check that found it
}

// schemeUnit is the finest net of grids.
const schemeUnit = "unit"

const (
	problemColumnsSQL = `
SELECT p.id::text, p.number, p.class, c.title, c.title_en, p.source, p.title, p.description, ST_X(p.geom), ST_Y(p.geom), coalesce(p.accuracy_m, 0), coalesce(p.distance_m, -1),
       coalesce(p.region_code, ''), p.grid_id, u.scheme, u.code, p.duty_grid_id, d.scheme, d.code, coalesce(p.subject_kind, ''), coalesce(p.subject_id, 0),
       coalesce(p.subject_code, ''), coalesce(p.subject_name, ''), coalesce(p.check_id::text, ''), p.state, coalesce(p.dept, ''), coalesce(p.assignee, 0), p.deadline,
       p.on_the_spot, p.rectified_at, coalesce(p.rectified_holder, 0), coalesce(p.rectified_account, ''), p.closed_at, p.returns, p.reworks, coalesce(p.reopens::text, ''),
       coalesce((SELECT r.id::text FROM problem r WHERE r.reopens = p.id), ''), coalesce(p.duplicate_of::text, ''), p.at, p.received_at, coalesce(p.reporter_holder, 0),
       p.reporter_account, coalesce(p.device::text, ''), p.flags, p.revision`
	problemTablesSQL = `
FROM problem p JOIN problem_class c ON c.code = p.class LEFT JOIN grid u ON u.id = p.grid_id LEFT JOIN grid d ON d.id = p.duty_grid_id`

	problemSQL     = problemColumnsSQL + problemTablesSQL + ` WHERE p.id = $1`
	holdProblemSQL = problemSQL + ` FOR UPDATE OF p`

	numberSQL = `INSERT INTO problem_counter AS c (day, last) VALUES ($1, 1) ON CONFLICT (day) DO UPDATE SET last = c.last + 1 RETURNING last`

	addProblemSQL = `
INSERT INTO problem (id, number, class, source, title, description, geom, accuracy_m, distance_m, region_code, grid_id, duty_grid_id, subject_kind, subject_id, subject_code,
       subject_name, check_id, state, dept, on_the_spot, rectified_at, rectified_holder, rectified_account, reopens, at, received_at, reporter_holder, reporter_account, device,
       flags, revision, updated_by)
VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7::float8 IS NOT NULL THEN ST_SetSRID(ST_MakePoint($7, $8), 4490) END, nullif($9::float8, 0), nullif($10::float8, -1), nullif($11, ''),
       nullif($12::bigint, 0), nullif($13::bigint, 0), nullif($14, ''), nullif($15::bigint, 0), $16, $17, nullif($18, '')::uuid, $19, nullif($20, ''), $21, $22,
       nullif($23::bigint, 0), nullif($24, ''), nullif($25, '')::uuid, $26, $27, nullif($28::bigint, 0), $29, nullif($30, '')::uuid, $31, $32, actor())
ON CONFLICT (id) DO NOTHING`

	setProblemSQL = `
UPDATE problem SET state = $2, dept = nullif($3, ''), assignee = nullif($4::bigint, 0), deadline = $5, on_the_spot = $6, rectified_at = $7, rectified_holder = nullif($8::bigint, 0),
       rectified_account = nullif($9, ''), closed_at = $10, returns = $11, reworks = $12, duplicate_of = nullif($13, '')::uuid, revision = $14, updated_at = now(), updated_by = actor()
WHERE id = $1`
)

func readProblem(row pgx.CollectableRow) (p ProblemRow, err error) {
	var lon, lat *float64
	var unit, duty gridRow
	var subject patrol.Subject
	var deadline, rectified, closed *time.Time
	err = row.Scan(&p.ID, &p.Number, &p.Class, &p.ClassTitle, &p.ClassTitleEn, &p.Source, &p.Title, &p.Note, &lon, &lat, &p.Place.AccuracyM, &p.Place.DistanceM,
		&p.Region, &unit.id, &unit.scheme, &unit.code, &duty.id, &duty.scheme, &duty.code, &subject.Kind, &subject.ID, &p.SubjectCode, &p.SubjectName, &p.CheckID, &p.State, &p.Dept, &p.Assignee, &deadline,
		&p.OnTheSpot, &rectified, &p.Rectifier.Holder, &p.Rectifier.Account, &closed, &p.Returns, &p.Reworks, &p.Reopens, &p.ReopenedBy, &p.DuplicateOf, &p.At, &p.Received,
		&p.Reporter.Holder, &p.Reporter.Account, &p.Device, &p.Flags, &p.Revision)
	if lon != nil && lat != nil {
		p.Place.At = &orb.Point{*lon, *lat}
	}
	if subject.Kind != "" {
		p.Subject = &subject
	}
	p.UnitID, p.Unit = unit.ref()
	p.DutyID, p.Duty = duty.ref()
	p.Deadline, p.RectifiedAt, p.ClosedAt = timeOf(deadline), timeOf(rectified), timeOf(closed)
	return p, err
}

// timeOf is an instant of the record; zero for none.
func timeOf(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

// number takes the next number of today.
func (t *Tx) number(ctx context.Context) (string, error) {
	var last int
	day := t.Day.Time()
	if err := t.tx.QueryRow(ctx, numberSQL, day).Scan(&last); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%04d", strings.ReplaceAll(day.Format(time.DateOnly), "-", ""), last), nil
}

// insertProblem writes a problem that is new; false where its id is taken.
func (t *Tx) insertProblem(ctx context.Context, p *ProblemRow) (bool, error) {
	var lon, lat *float64
	if p.Place.At != nil {
		lon, lat = &p.Place.At[0], &p.Place.At[1]
	}
	var subject patrol.Subject
	if p.Subject != nil {
		subject = *p.Subject
	}
	done, err := t.tx.Exec(ctx, addProblemSQL, p.ID, p.Number, p.Class, p.Source, p.Title, p.Note, lon, lat, p.Place.AccuracyM, p.Place.DistanceM, p.Region, p.UnitID, p.DutyID,
		subject.Kind, subject.ID, textOrNull(p.SubjectCode), textOrNull(p.SubjectName), p.CheckID, p.State, p.Dept, p.OnTheSpot, timeOrNull(p.RectifiedAt), p.Rectifier.Holder,
		p.Rectifier.Account, p.Reopens, p.At, p.Received, p.Reporter.Holder, p.Reporter.Account, p.Device, flagsOf(p.Flags), p.Revision)
	return err == nil && done.RowsAffected() == 1, err
}

// updateProblem writes what steps change of a problem.
func (t *Tx) updateProblem(ctx context.Context, p *patrol.Problem) error {
	_, err := t.tx.Exec(ctx, setProblemSQL, p.ID, p.State, p.Dept, p.Assignee, timeOrNull(p.Deadline), p.OnTheSpot, timeOrNull(p.RectifiedAt), p.Rectifier.Holder,
		p.Rectifier.Account, timeOrNull(p.ClosedAt), p.Returns, p.Reworks, p.DuplicateOf, p.Revision)
	return err
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func flagsOf(flags []patrol.Flag) []patrol.Flag {
	if flags == nil {
		return []patrol.Flag{}
	}
	return flags
}
