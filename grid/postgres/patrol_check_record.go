package postgres

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

const (
	checkOfIDSQL = `
SELECT account, flags, coalesce(region_code, ''), coalesce(grid_id, 0), coalesce((SELECT g.scheme FROM grid g WHERE g.id = c.grid_id), ''),
       coalesce((SELECT g.code FROM grid g WHERE g.id = c.grid_id), ''), coalesce(distance_m, -1)
FROM patrol_check c WHERE id = $1`

	// inTurnSQL lets checks of one subject wait for one another: each knows whether a later one was here before it.
	inTurnSQL = `SELECT pg_advisory_xact_lock(hashtextextended('check/' || $1 || '/' || $2::bigint, 0))`

	// subjectSQL is what is checked, with what a decision about it needs: the distance of the officer, now and with a shift taken off.
	subjectSQL = `
SELECT coalesce(s.code, ''), coalesce(s.name, ''), s.status, coalesce(s.region_code, ''), s.revision, s.fields,
       coalesce(ST_Distance(s.geom::geography, ST_SetSRID(ST_MakePoint($3, $4), 4490)::geography), -1),
       coalesce(ST_Distance(s.geom::geography, ST_SetSRID(ST_MakePoint($5, $6), 4490)::geography), -1)
FROM patrol_subject s WHERE s.kind = $1 AND s.id = $2`

	everSQL = `SELECT EXISTS (SELECT FROM change WHERE entity = $1 AND entity_id = $2)`

	planEverSQL = `
SELECT EXISTS (SELECT FROM patrol_plan WHERE code = $1) OR EXISTS (SELECT FROM change WHERE entity = 'patrol_plan' AND before ->> 'code' = $1)`

	regionAtSQL = `SELECT coalesce(region_at(ST_SetSRID(ST_MakePoint($1, $2), 4490)), '')`

	// shapeSQL is the shape that a grid had on a day.
	shapeSQL = `coalesce((SELECT p.geom FROM grid_past p WHERE p.grid_id = g.id AND (p.valid_from IS NULL OR p.valid_from <= $2) AND $2 < p.valid_to ORDER BY p.valid_to LIMIT 1), g.geom)`

	// ownSQL are the grids by which a holder ($1) had a subject ($3, $4) on a day ($2), and 0 for what the holder had by itself. A grid that is as it was
	// has what feature_grid says; one that was retired or redrawn since has what its shape of that day meets.
	ownSQL = `
WITH own AS MATERIALIZED (
    SELECT d.target_kind, d.target_id FROM duty d
    WHERE d.holder_id = $1 AND d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to >= $2) AND duty_standing(d.id, $2) = 'on'),
mine AS (
    SELECT g.id, g.scheme, g.code, g.valid_to, g.geom AS now, ` + shapeSQL + ` AS geom
    FROM own o JOIN grid g ON o.target_kind = 'grid' AND g.id = o.target_id
    WHERE (g.valid_from IS NULL OR g.valid_from <= $2) AND (g.valid_to IS NULL OR $2 < g.valid_to))
SELECT 0::bigint, '', '', false FROM own o WHERE o.target_kind = $3 AND o.target_id = $4 AND $3 <> 'grid'
UNION
SELECT m.id, m.scheme, m.code, coalesce(m.valid_to <= city_day(), false) FROM mine m
WHERE $3 = 'grid' AND (m.id = $4 OR EXISTS (SELECT FROM grid_member x WHERE x.grid_id = m.id AND x.member_id = $4))
   OR EXISTS (SELECT FROM feature_grid f WHERE f.layer = $3 AND f.feature_id = $4 AND f.grid_id = m.id)
   OR ($3 = 'place' OR $3 <> 'grid' AND (m.valid_to IS NOT NULL OR m.geom::bytea <> m.now::bytea))
      AND EXISTS (SELECT FROM patrol_subject s WHERE s.kind = $3 AND s.id = $4 AND ST_Intersects(s.geom, m.geom))`

	// dutyGridSQL is the duty grid at a position ($1, $2), or of a subject ($3, $4) where there is none: of several the holder's own ($5), else the first.
	dutyGridSQL = `
SELECT g.id, g.scheme, g.code
FROM (SELECT x.grid_id FROM grids_of(ST_SetSRID(ST_MakePoint($1, $2), 4490)) x WHERE $1 IS NOT NULL
      UNION SELECT f.grid_id FROM feature_grid f WHERE $1 IS NULL AND f.layer = $3 AND f.feature_id = $4
      UNION SELECT x.grid_id FROM place p, grids_of(p.geom) x WHERE $1 IS NULL AND $3 = 'place' AND p.id = $4
      UNION SELECT $4 WHERE $1 IS NULL AND $3 = 'grid') x
JOIN grid g ON g.id = x.grid_id AND g.scheme <> 'unit'
ORDER BY g.id = ANY ($5) DESC, g.scheme <> 'duty', g.scheme, g.code LIMIT 1`

	laterCheckSQL = `SELECT account, at FROM patrol_check WHERE subject_kind = $1 AND subject_id = $2 AND checklist = $3 AND at > $4 ORDER BY at DESC LIMIT 1`

	insertCheckSQL = `
INSERT INTO patrol_check (id, plan, subject_kind, subject_id, subject_code, subject_name, checklist, edition, result, answers, note, at, made_at, received_at,
    holder_id, account, device, geom, accuracy_m, datum, distance_m, flags, region_code, grid_id, seen_revision, problem_id, dept)
VALUES ($1, nullif($2, ''), $3, $4, nullif($5, ''), nullif($6, ''), $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, 0::bigint), $16, nullif($17, '')::uuid,
    ST_SetSRID(ST_MakePoint($18, $19), 4490), nullif($20, 0::float8), nullif($21, ''), CASE WHEN $22 >= 0 THEN $22::float8 END, $23, nullif($24, ''), nullif($25, 0::bigint), $26,
    nullif($27, '')::uuid, $28)
ON CONFLICT (id) DO NOTHING`
)

// subjectRow is a subject as the record has it.
type subjectRow struct {
	code, name, status, region string
	revision                   int64
	fields                     map[string]any
	distanceM, unshiftedM      float64 // negative where there is no position
	gone                       bool
}

// RecordCheck keeps a check and fills in what the record knows about it: place, distance, flags, grid and region. A check that is there already, by its
// ID, is not kept again: isNew is false, and there are no effects.
//
// effects are what the answers do to the subject as it is now, where the caller had it at the time of the check and no later check has spoken; those that
// would change nothing are left out. Whoever applies them asks nothing more about rights. What a superseded check would have done is told in c.Superseded.
//
// Errors: rights', *patrol.Fault, patrol.ErrUnknown for a plan, checklist, edition, item or subject that never was.
func (t *Tx) RecordCheck(ctx context.Context, c *patrol.Check) (isNew bool, effects []patrol.Effect, err error) {
	if err := t.Caller.Actor.Might(rights.Patrol); err != nil {
		return false, nil, err
	}
	if err := checkForm(c); err != nil {
		return false, nil, err
	}
	there, err := t.checkAgain(ctx, c)
	if err != nil || there {
		return false, nil, err
	}
	list, err := t.checklistOf(ctx, c)
	if err != nil {
		return false, nil, err
	}
	s, err := t.subject(ctx, c)
	if err != nil {
		return false, nil, err
	}
	own, err := t.placeCheck(ctx, c, s)
	if err != nil {
		return false, nil, err
	}
	if isNew, err = t.insertCheck(ctx, c, s); err != nil {
		return false, nil, err
	}
	if !isNew { // it came twice at once
		_, err := t.checkAgain(ctx, c)
		return false, nil, err
	}
	if !own && !mayChange(t.Caller.Actor, s) || s.gone {
		return true, nil, nil
	}
	effects = pending(list.Effects(c.Answers), s.fields)
	if c.Superseded != nil {
		c.Superseded.Effects, effects = effects, nil
	}
	return true, effects, nil
}

// What a check may carry.
const (
	maxCheckNote    = 4000
	maxCheckName    = 64 // bytes
	maxCheckAnswers = patrol.MaxItems
)

// checkForm tells what no record could make sense of.
func checkForm(c *patrol.Check) error {
	for _, id := range []struct{ pointer, value string }{{"/id", c.ID}, {"/problem", c.Problem}, {"/device", c.Device}} {
		if id.value == "" && id.pointer != "/id" {
			continue
		}
		if !patrol.IsID(id.value) {
			return &patrol.Fault{Pointer: id.pointer, Zh: "须为小写的 UUID", En: "must be a UUID in lower case"}
		}
	}
	for _, name := range []struct{ pointer, text string }{{"/plan", c.Plan}, {"/subject/kind", c.Subject.Kind}, {"/checklist", c.Checklist}, {"/edition", c.Edition}} {
		if len(name.text) > maxCheckName || !utf8.ValidString(name.text) || strings.ContainsRune(name.text, 0) {
			return &patrol.Fault{Pointer: name.pointer, Zh: "不是代码", En: "is no code"}
		}
	}
	switch {
	case utf8.RuneCountInString(c.Note) > maxCheckNote || !utf8.ValidString(c.Note) || strings.ContainsRune(c.Note, 0):
		return &patrol.Fault{Pointer: "/note", Zh: "至多 4000 字", En: "takes 4,000 characters at most"}
	case len(c.Answers) > maxCheckAnswers:
		return &patrol.Fault{Pointer: "/answers", Zh: "至多 60 项", En: "takes 60 at most"}
	case c.Seen < 0:
		return &patrol.Fault{Pointer: "/seen", Zh: "不能为负", En: "must not be negative"}
	}
	return nil
}

// checkAgain fills in a check that the record has already; false where it has none. Another's is a fault: the device is to choose another ID.
func (t *Tx) checkAgain(ctx context.Context, c *patrol.Check) (bool, error) {
	var account string
	var flags []patrol.Flag
	err := t.tx.QueryRow(ctx, checkOfIDSQL, c.ID).Scan(&account, &flags, &c.Region, &c.GridID, &c.Grid.Scheme, &c.Grid.Code, &c.Place.DistanceM)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err == nil && account != t.Caller.Actor.Name {
		return true, &patrol.Fault{Pointer: "/id", Zh: "这个编号已是另一条检查的", En: "is the id of another check"}
	}
	c.Flags = flags
	return true, err
}

// checklistOf finds the edition that a check was made with, and holds the answers against it.
func (t *Tx) checklistOf(ctx context.Context, c *patrol.Check) (patrol.Checklist, error) {
	if c.Plan != "" {
		var ever bool
		if err := t.tx.QueryRow(ctx, planEverSQL, c.Plan).Scan(&ever); err != nil {
			return patrol.Checklist{}, err
		}
		if !ever {
			return patrol.Checklist{}, unknown("/plan", "没有这个检查计划", "there is no such plan")
		}
	}
	list, found, err := t.edition(ctx, c.Checklist, c.Edition)
	switch {
	case err != nil:
		return list, err
	case !found:
		return list, unknown("/edition", "没有这份清单或这个版本", "there is no such edition of a checklist")
	case list.SubjectKind != c.Subject.Kind && list.SubjectKind != patrol.KindPlace:
		return list, &patrol.Fault{Pointer: "/checklist", Zh: "这份清单不是检查这类对象的", En: "is for another kind of subjects"}
	}
	return list, list.Check(c.Answers, c.Result)
}

// unknown is a patrol.ErrUnknown that says where.
func unknown(pointer, zh, en string) error {
	return fmt.Errorf("%w: %w", patrol.ErrUnknown, &patrol.Fault{Pointer: pointer, Zh: zh, En: en})
}

// subject reads what was checked, after it has settled where the officer was. What was there once and is no more is gone; what never was is unknown.
func (t *Tx) subject(ctx context.Context, c *patrol.Check) (s subjectRow, err error) {
	limits, err := t.PatrolLimits(ctx)
	if err != nil {
		return s, err
	}
	if c.Place.At == nil && len(c.Place.Flags) == 0 {
		c.Place.At, c.Place.Flags = patrol.Locate(c.Fix, limits)
		if c.Fix != nil && c.Place.At != nil {
			c.Place.AccuracyM = c.Fix.AccuracyM
		}
	}
	if _, err := t.tx.Exec(ctx, inTurnSQL, c.Subject.Kind, c.Subject.ID); err != nil {
		return s, err
	}
	var lon, lat, lonU, latU *float64
	if at := c.Place.At; at != nil {
		lon, lat = &at[0], &at[1]
		if p, ok := patrol.Unshifted(*at); ok {
			lonU, latU = &p[0], &p[1]
		}
	}
	err = t.tx.QueryRow(ctx, subjectSQL, c.Subject.Kind, c.Subject.ID, lon, lat, lonU, latU).
		Scan(&s.code, &s.name, &s.status, &s.region, &s.revision, &s.fields, &s.distanceM, &s.unshiftedM)
	if errors.Is(err, pgx.ErrNoRows) {
		s = subjectRow{gone: true, distanceM: -1, unshiftedM: -1}
		var ever bool
		if err := t.tx.QueryRow(ctx, everSQL, c.Subject.Kind, c.Subject.ID).Scan(&ever); err != nil {
			return s, err
		}
		if !ever {
			return s, unknown("/subject", "没有这个对象", "there is no such subject")
		}
		err = nil
	}
	c.Place.DistanceM = s.distanceM
	if s.distanceM > limits.FarM {
		c.Flags = append(c.Flags, patrol.FlagFar)
		if s.unshiftedM >= 0 && s.unshiftedM <= limits.FarM {
			c.Flags = append(c.Flags, patrol.FlagShifted)
		}
	}
	return s, err
}

// placeCheck finds grid, region and flags of a check, and tells whether the officer had the subject at the time.
func (t *Tx) placeCheck(ctx context.Context, c *patrol.Check, s subjectRow) (own bool, err error) {
	zone, err := readZone(ctx, t.tx)
	if err != nil {
		return false, err
	}
	day := c.Moment.At.In(cityZone(zone))
	type mine struct {
		id      int64
		grid    patrol.GridRef
		retired bool
	}
	list, err := query(ctx, t.tx, ownSQL, []any{c.By.Holder, day.Format(time.DateOnly), c.Subject.Kind, c.Subject.ID}, func(row pgx.CollectableRow) (m mine, err error) {
		return m, row.Scan(&m.id, &m.grid.Scheme, &m.grid.Code, &m.retired)
	})
	if err != nil {
		return false, err
	}
	grids := []int64{}
	for _, m := range list {
		grids = append(grids, m.id)
	}
	if c.Region, err = t.regionOf(ctx, c, s); err != nil {
		return false, err
	}
	if err := t.gridOf(ctx, c, grids); err != nil {
		return false, err
	}
	var by patrol.Superseded
	err = t.tx.QueryRow(ctx, laterCheckSQL, c.Subject.Kind, c.Subject.ID, c.Checklist, c.Moment.At).Scan(&by.By, &by.At)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	later := err == nil
	if later {
		c.Superseded = &by
	}
	retired := slices.ContainsFunc(list, func(m mine) bool { return m.retired })
	if retired && c.GridID == 0 {
		m := list[slices.IndexFunc(list, func(m mine) bool { return m.retired })]
		c.GridID, c.Grid = m.id, m.grid
	}
	for _, f := range []struct {
		is   bool
		flag patrol.Flag
	}{{len(list) == 0, patrol.FlagNotOwn}, {retired || c.Subject.Kind == patrol.KindGrid && s.status == "abandoned", patrol.FlagGridRetired}, {s.gone, patrol.FlagGone}, {later, patrol.FlagSuperseded},
		{c.Place.At != nil && c.Region == "", patrol.FlagOutside}} {
		if f.is {
			c.Flags = append(c.Flags, f.flag)
		}
	}
	c.Flags = append(append(c.Flags, c.Place.Flags...), c.Moment.Flags...)
	slices.Sort(c.Flags)
	c.Flags = slices.Compact(c.Flags)
	return len(list) > 0, nil
}

func (t *Tx) regionOf(ctx context.Context, c *patrol.Check, s subjectRow) (region string, err error) {
	if c.Place.At == nil {
		return s.region, nil
	}
	err = t.tx.QueryRow(ctx, regionAtSQL, c.Place.At[0], c.Place.At[1]).Scan(&region)
	return region, err
}

func (t *Tx) gridOf(ctx context.Context, c *patrol.Check, own []int64) error {
	var lon, lat *float64
	if at := c.Place.At; at != nil {
		lon, lat = &at[0], &at[1]
	}
	err := t.tx.QueryRow(ctx, dutyGridSQL, lon, lat, c.Subject.Kind, c.Subject.ID, own).Scan(&c.GridID, &c.Grid.Scheme, &c.Grid.Code)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

func (t *Tx) insertCheck(ctx context.Context, c *patrol.Check, s subjectRow) (bool, error) {
	answers := c.Answers
	if answers == nil {
		answers = map[string]patrol.Answer{}
	}
	var lon, lat *float64
	system := ""
	if at := c.Place.At; at != nil {
		lon, lat = &at[0], &at[1]
		if c.Fix != nil { // a position of a datum that nobody knows was dropped
			system = c.Fix.Datum
		}
	}
	flags := c.Flags
	if flags == nil {
		flags = []patrol.Flag{}
	}
	done, err := t.tx.Exec(ctx, insertCheckSQL, c.ID, c.Plan, c.Subject.Kind, c.Subject.ID, s.code, s.name, c.Checklist, c.Edition, c.Result, answers, c.Note,
		c.Moment.At, c.Moment.Device, c.Moment.Received, c.By.Holder, t.Caller.Actor.Name, c.Device, lon, lat, c.Place.AccuracyM, system, c.Place.DistanceM, flags,
		c.Region, c.GridID, c.Seen, c.Problem, s.depts())
	return err == nil && done.RowsAffected() == 1, err
}

// mayChange tells whether the caller's rights reach a subject by its region or one of its departments.
func mayChange(a rights.Actor, s subjectRow) bool {
	return slices.ContainsFunc(append(s.depts(), ""), func(dept string) bool { return a.May(rights.Patrol, rights.Place{Region: s.region, Dept: dept}) == nil })
}

// depts are the departments that a subject is of, each once.
func (s *subjectRow) depts() []string {
	list := []string{}
	for _, field := range []string{"competent_dept", "owner_dept", "maintainer_dept"} {
		if dept, _ := s.fields[field].(string); dept != "" && !slices.Contains(list, dept) {
			list = append(list, dept)
		}
	}
	return list
}

// pending are the effects that would change something, given what the fields of the subject have now.
func pending(effects []patrol.Effect, fields map[string]any) []patrol.Effect {
	return slices.DeleteFunc(effects, func(e patrol.Effect) bool {
		now := fieldOf(fields, e.Field)
		meets := len(e.When) == 0 || slices.ContainsFunc(e.When, func(v any) bool { return reflect.DeepEqual(v, now) })
		return !meets || reflect.DeepEqual(e.Value, now)
	})
}

// fieldOf is the value of a field, or of a member of an object: measures.hoarding.
func fieldOf(fields map[string]any, path string) any {
	var at any = fields
	for name := range strings.SplitSeq(path, ".") {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	return at
}
