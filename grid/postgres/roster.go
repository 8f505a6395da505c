package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/grid"
)

// errCourse: a line was expected.
var errCourse = errors.New("neither line nor lines")

// RosterModel keeps a *grid.Roster of people, duties, requirements and the targets that the net does not have.
type RosterModel struct{}

// Entities are the tables that make the roster. The table role has no change feed: its ten rows are read at every change of the others.
func (RosterModel) Entities() []string {
	return []string{"holder", "duty", "absence", "requirement", "load_limit", "place", "department", "road", "back_alley"}
}

const (
	holdersSQL = `
SELECT id, code, kind, name, coalesce(phone, ''), coalesce(dept_code, ''), coalesce(title, ''), coalesce(note, ''), is_sample,
       nullif(valid_from, '-infinity'), nullif(valid_to, 'infinity'), revision
FROM holder`

	dutiesSQL = `
SELECT id, holder_id, role, target_kind, target_id, rank, coalesce(hours, ''), nullif(valid_from, '-infinity'), nullif(valid_to, 'infinity'),
       coalesce(substitute_of, 0), coalesce(note, ''), revision
FROM duty`

	absencesSQL = `SELECT id, holder_id, kind, nullif(valid_from, '-infinity'), nullif(valid_to, 'infinity'), revision FROM absence`

	rolesSQL = `SELECT code, title, title_en, ordinal FROM role`

	requirementsSQL = `SELECT id, target_kind, applies_to, role, at_least, coalesce(at_most, 0) FROM requirement`

	limitsSQL = `SELECT id, role, target_kind, applies_to, at_most, coalesce(standard, ''), verified FROM load_limit`

	spotsSQL = `
SELECT id, code, name, kind, coalesce(region_code, ''), ST_X(geom), ST_Y(geom), nullif(valid_to, 'infinity') FROM place`

	departmentsSQL = `SELECT code, name, coalesce(name_en, ''), kind, coalesce(parent_code, '') FROM department`

	// roadsSQL and alleysSQL read lines with their shapes; the position is the one by which region_at places them.
	roadsSQL = `
SELECT 'road', id, coalesce(code, ''), coalesce(name, ''), class, coalesce(region_code, ''), ST_X(ST_PointOnSurface(geom)),
       ST_Y(ST_PointOnSurface(geom)), ST_AsEWKB(geom)
FROM road`
	alleysSQL = `
SELECT 'back_alley', id, coalesce(code, ''), coalesce(name, ''), '', coalesce(region_code, ''), ST_X(ST_PointOnSurface(geom)),
       ST_Y(ST_PointOnSurface(geom)), ST_AsEWKB(geom)
FROM back_alley`

	// Lines are kept of which a requirement or a duty speaks.
	namedRoadsSQL = roadsSQL + `
WHERE (class IN (SELECT applies_to FROM requirement WHERE target_kind = 'road')
    OR EXISTS (SELECT FROM requirement WHERE target_kind = 'road' AND applies_to = '')
    OR id IN (SELECT target_id FROM duty WHERE target_kind = 'road'))`
	namedAlleysSQL = alleysSQL + `
WHERE (EXISTS (SELECT FROM requirement WHERE target_kind = 'back_alley')
    OR id IN (SELECT target_id FROM duty WHERE target_kind = 'back_alley'))`
	alsoAmongSQL = ` AND id = ANY ($1)`
)

// Load reads the roster. Its result is a *grid.Roster.
func (m RosterModel) Load(ctx context.Context, tx pgx.Tx) (any, error) {
	all := map[string][]int64{}
	for _, entity := range m.Entities() {
		all[entity] = nil
	}
	return m.Apply(ctx, tx, grid.NewRoster(grid.RosterRows{}, nil), all)
}

// Apply makes the roster anew with the rows that changed; a nil list means all of a table.
func (RosterModel) Apply(ctx context.Context, tx pgx.Tx, old any, changed map[string][]int64) (any, error) {
	before, ok := old.(*grid.Roster)
	if !ok {
		return nil, fmt.Errorf("the state is a %T, not a roster", old)
	}
	rows := before.Rows()
	var err error
	if rows.Roles, err = query(ctx, tx, rolesSQL, nil, readRole); err != nil {
		return nil, fmt.Errorf("roles: %w", err)
	}
	if err := refreshPeople(ctx, tx, changed, &rows); err != nil {
		return nil, err
	}
	if err := refreshRules(ctx, tx, changed, &rows); err != nil {
		return nil, err
	}
	if rows.Lines, err = refreshLines(ctx, tx, changed, before, rows.Duties); err != nil {
		return nil, fmt.Errorf("roads and alleys: %w", err)
	}
	if touches(changed, "road", "back_alley") {
		before = nil
	}
	return grid.NewRoster(rows, before), nil
}

func touches(changed map[string][]int64, entities ...string) bool {
	return slices.ContainsFunc(entities, func(e string) bool {
		_, touched := changed[e]
		return touched
	})
}

func refreshPeople(ctx context.Context, tx pgx.Tx, changed map[string][]int64, rows *grid.RosterRows) (err error) {
	rows.Holders, err = refresh(ctx, tx, changed, "holder", holdersSQL, readHolder, rows.Holders, func(h *grid.Holder) int64 { return h.ID })
	if err != nil {
		return fmt.Errorf("holders: %w", err)
	}
	rows.Duties, err = refresh(ctx, tx, changed, "duty", dutiesSQL, readDuty, rows.Duties, func(d *grid.Duty) int64 { return d.ID })
	if err != nil {
		return fmt.Errorf("duties: %w", err)
	}
	rows.Absences, err = refresh(ctx, tx, changed, "absence", absencesSQL, readAbsence, rows.Absences, func(a *grid.Absence) int64 { return a.ID })
	if err != nil {
		return fmt.Errorf("absences: %w", err)
	}
	return nil
}

func refreshRules(ctx context.Context, tx pgx.Tx, changed map[string][]int64, rows *grid.RosterRows) (err error) {
	rows.Requirements, err = refresh(ctx, tx, changed, "requirement", requirementsSQL, readRequirement, rows.Requirements, func(q *grid.Requirement) int64 { return q.ID })
	if err != nil {
		return fmt.Errorf("requirements: %w", err)
	}
	rows.Limits, err = refresh(ctx, tx, changed, "load_limit", limitsSQL, readLimit, rows.Limits, func(l *grid.LoadLimit) int64 { return l.ID })
	if err != nil {
		return fmt.Errorf("load limits: %w", err)
	}
	rows.Spots, err = refresh(ctx, tx, changed, "place", spotsSQL, readSpot, rows.Spots, func(s *grid.Spot) int64 { return s.ID })
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	if touches(changed, "department") {
		if rows.Departments, err = query(ctx, tx, departmentsSQL, nil, readDepartment); err != nil {
			return fmt.Errorf("departments: %w", err)
		}
	}
	return nil
}

// refreshLines reads the lines anew that changed, and those whose duties changed: with its last duty a line may go, with its first it comes.
func refreshLines(ctx context.Context, tx pgx.Tx, changed map[string][]int64, before *grid.Roster, duties []grid.Duty) ([]grid.Line, error) {
	kinds := []struct {
		kind grid.TargetKind
		sql  string
	}{{grid.TargetRoad, namedRoadsSQL}, {grid.TargetAlley, namedAlleysSQL}}
	var lines []grid.Line
	for _, k := range kinds {
		ids, all := changedLines(changed, k.kind, before, duties)
		for _, l := range before.Rows().Lines {
			if _, again := slices.BinarySearch(ids, l.Target.ID); l.Target.Kind == k.kind && !all && !again {
				lines = append(lines, l)
			}
		}
		var fresh []grid.Way
		var err error
		switch {
		case all:
			fresh, err = query(ctx, tx, k.sql, nil, readWay)
		case len(ids) > 0:
			fresh, err = query(ctx, tx, k.sql+alsoAmongSQL, []any{ids}, readWay)
		}
		if err != nil {
			return nil, err
		}
		for _, w := range fresh {
			lines = append(lines, w.Line)
		}
	}
	return lines, nil
}

// changedLines are the numbers of lines of a kind that must be read again, ascending; all of them where that is simpler.
func changedLines(changed map[string][]int64, kind grid.TargetKind, before *grid.Roster, duties []grid.Duty) (ids []int64, all bool) {
	for _, entity := range []string{string(kind), "duty"} {
		if list, touched := changed[entity]; touched && list == nil {
			return nil, true
		}
	}
	if touches(changed, "requirement") {
		return nil, true
	}
	ids = slices.Clone(changed[string(kind)])
	note := func(d *grid.Duty) {
		if d != nil && d.Target.Kind == kind {
			ids = append(ids, d.Target.ID)
		}
	}
	for _, id := range changed["duty"] {
		note(before.Duty(id))
		if i, ok := slices.BinarySearchFunc(duties, id, func(d grid.Duty, id int64) int { return int(d.ID - id) }); ok {
			note(&duties[i])
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), false
}

func readRole(row pgx.CollectableRow) (r grid.Role, err error) {
	return r, row.Scan(&r.Code, &r.Title, &r.TitleEn, &r.Ordinal)
}

func readHolder(row pgx.CollectableRow) (h grid.Holder, err error) {
	var from, to *time.Time
	err = row.Scan(&h.ID, &h.Code, &h.Kind, &h.Name, &h.Phone, &h.Dept, &h.Title, &h.Note, &h.Sample, &from, &to, &h.Revision)
	h.Term = termOf(from, to)
	return h, err
}

func readDuty(row pgx.CollectableRow) (d grid.Duty, err error) {
	var from, to *time.Time
	err = row.Scan(&d.ID, &d.Holder, &d.Role, &d.Target.Kind, &d.Target.ID, &d.Rank, &d.Hours, &from, &to, &d.Stands, &d.Note, &d.Revision)
	d.Term = termOf(from, to)
	return d, err
}

func readAbsence(row pgx.CollectableRow) (a grid.Absence, err error) {
	var from, to *time.Time
	err = row.Scan(&a.ID, &a.Holder, &a.Kind, &from, &to, &a.Revision)
	a.Term = termOf(from, to)
	return a, err
}

func readRequirement(row pgx.CollectableRow) (q grid.Requirement, err error) {
	return q, row.Scan(&q.ID, &q.Kind, &q.Applies, &q.Role, &q.AtLeast, &q.AtMost)
}

func readLimit(row pgx.CollectableRow) (l grid.LoadLimit, err error) {
	return l, row.Scan(&l.ID, &l.Role, &l.Kind, &l.Applies, &l.AtMost, &l.Standard, &l.Verified)
}

func readSpot(row pgx.CollectableRow) (s grid.Spot, err error) {
	var to *time.Time
	err = row.Scan(&s.ID, &s.Code, &s.Name, &s.Kind, &s.Region, &s.Lon, &s.Lat, &to)
	s.To = termOf(nil, to).To
	return s, err
}

func readDepartment(row pgx.CollectableRow) (d grid.Department, err error) {
	return d, row.Scan(&d.Code, &d.Name, &d.NameEn, &d.Kind, &d.Parent)
}

// readWay reads a line with its shape.
func readWay(row pgx.CollectableRow) (w grid.Way, err error) {
	var shape []byte
	l := &w.Line
	if err := row.Scan(&l.Target.Kind, &l.Target.ID, &l.Code, &l.Name, &l.Class, &l.Region, &l.At[0], &l.At[1], &shape); err != nil {
		return w, err
	}
	if w.Shape, err = course(shape); err != nil {
		return w, fmt.Errorf("%s %d: %w", l.Target.Kind, l.Target.ID, err)
	}
	l.Bound, l.LengthM = w.Shape.Bound(), geo.LengthMultiM(w.Shape)
	return w, nil
}

// course reads EWKB of a line.
func course(b []byte) (orb.MultiLineString, error) {
	g, err := pgeom.Decode(b)
	if err != nil {
		return nil, err
	}
	switch g := g.(type) {
	case orb.LineString:
		return orb.MultiLineString{g}, nil
	case orb.MultiLineString:
		return g, nil
	}
	return nil, fmt.Errorf("%w: %s", errCourse, g.GeoJSONType())
}
