package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wangge/grid"
	"wangge/grid/rights"
)

// Why people and their duties are not changed; grid.Refusals name the value that is wrong.
var (
	// ErrHolderCode: the code is another holder's. HTTP 409.
	ErrHolderCode = errors.New("the code is another holder's")
	// ErrHasDuties: who is to leave has duties still. HTTP 409.
	ErrHasDuties = errors.New("the holder has duties still")
	// ErrDutyTwice: the holder has such a duty at that time already. HTTP 409.
	ErrDutyTwice = errors.New("the holder has such a duty already")
	// ErrAbsentTwice: the holder is away at that time already. HTTP 409.
	ErrAbsentTwice = errors.New("the holder is away at that time already")
	// ErrOver: a duty or absence that is over is history, and is not ended again. HTTP 409.
	ErrOver = errors.New("is over already")
)

// TargetRef names a target: by its row, or by code; a grid by scheme and code.
type TargetRef struct {
	Kind   grid.TargetKind
	ID     int64 // 0: by code
	Code   string
	Scheme string // of a grid
}

// TargetRow is a target as the record has it.
type TargetRow struct {
	grid.Target
	Code, Name, Sort               string // Sort: scheme of a grid, class of a road, kind of a place or region
	Region, RegionName, RegionKind string // the narrowest division; "" for none
	At                             [2]float64
	Box                            [4]float64 // west, south, east, north
	Term                           grid.Term  // Until
}

// DutyRow is a duty with what it names.
type DutyRow struct {
	grid.Duty
	Of   grid.Holder
	As   grid.Role
	For  TargetRow
	Dept grid.Department // of the holder; zero for none
}

const (
	holderByCodeSQL = holdersSQL + ` WHERE code = $1 AND ($2 = '' OR kind = $2) FOR SHARE`
	holderByIDSQL   = holdersSQL + ` WHERE id = $1 FOR SHARE`
	holdHolderSQL   = holdersSQL + ` WHERE code = $1 AND kind = $2 FOR NO KEY UPDATE`
)

// targetSQL reads one target, held so that nobody takes it out of force meanwhile. $1 is its row or 0, $2 its code, $3 the scheme.
const targetSQL = `
SELECT x.id, x.code, x.name, x.sort, coalesce(r.code, ''), coalesce(r.name, ''), coalesce(r.kind, ''), x.valid_from, x.valid_to,
       coalesce(ST_X(p), 0), coalesce(ST_Y(p), 0), coalesce(ST_XMin(x.geom), 0), coalesce(ST_YMin(x.geom), 0), coalesce(ST_XMax(x.geom), 0), coalesce(ST_YMax(x.geom), 0)
FROM (`

const (
	targetTailSQL = ` FOR SHARE) x LEFT JOIN region r ON r.code = x.region_code CROSS JOIN LATERAL ST_PointOnSurface(x.geom) p`

	gridTargetSQL = targetSQL + `SELECT id, code, coalesce(name, '') AS name, scheme AS sort, region_code, valid_from, valid_to, geom FROM grid
WHERE CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 AND scheme = $3 END ORDER BY valid_to NULLS FIRST LIMIT 1` + targetTailSQL
	roadTargetSQL = targetSQL + `SELECT id, coalesce(code, '') AS code, coalesce(name, '') AS name, class AS sort, region_code, NULL::date AS valid_from, NULL::date AS valid_to, geom FROM road
WHERE $3 = '' AND CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 END ORDER BY id LIMIT 1` + targetTailSQL
	alleyTargetSQL = targetSQL + `SELECT id, coalesce(code, '') AS code, coalesce(name, '') AS name, '' AS sort, region_code, NULL::date AS valid_from, NULL::date AS valid_to, geom FROM back_alley
WHERE $3 = '' AND CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 END ORDER BY id LIMIT 1` + targetTailSQL
	placeTargetSQL = targetSQL + `SELECT id, code, name, kind AS sort, region_code, NULL::date AS valid_from, valid_to, geom FROM place
WHERE $3 = '' AND CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 END LIMIT 1` + targetTailSQL
	regionTargetSQL = targetSQL + `SELECT id, code, name, kind AS sort, code AS region_code, valid_from, valid_to, geom FROM region
WHERE $3 = '' AND CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 END AND kind IN (SELECT id FROM region_kind WHERE is_division) LIMIT 1` + targetTailSQL
	zoneTargetSQL = targetSQL + `SELECT id, code, name, kind AS sort, code AS region_code, valid_from, valid_to, geom FROM region
WHERE $3 = '' AND CASE WHEN $1 > 0 THEN id = $1 ELSE code = $2 END AND kind NOT IN (SELECT id FROM region_kind WHERE is_division) LIMIT 1` + targetTailSQL
)

// targetQuery is the statement for a kind of targets; "" for no such kind.
func targetQuery(kind grid.TargetKind) string {
	switch kind {
	case grid.TargetGrid:
		return gridTargetSQL
	case grid.TargetRoad:
		return roadTargetSQL
	case grid.TargetAlley:
		return alleyTargetSQL
	case grid.TargetPlace:
		return placeTargetSQL
	case grid.TargetRegion:
		return regionTargetSQL
	case grid.TargetZone:
		return zoneTargetSQL
	}
	return ""
}

// clerk writes duties in one transaction: it knows the city's rules, and remembers whom and what it looked up.
type clerk struct {
	*Tx
	roles   []grid.Role
	needs   []grid.Requirement
	limits  []grid.LoadLimit
	depts   map[string]grid.Department
	holders map[string]grid.Holder
	targets map[TargetRef]TargetRow
}

func (t *Tx) clerk(ctx context.Context) (*clerk, error) {
	c := &clerk{Tx: t, depts: map[string]grid.Department{}, holders: map[string]grid.Holder{}, targets: map[TargetRef]TargetRow{}}
	var err error
	if c.roles, err = query(ctx, t.tx, rolesSQL, nil, readRole); err != nil {
		return nil, err
	}
	if c.needs, err = query(ctx, t.tx, requirementsSQL, nil, readRequirement); err != nil {
		return nil, err
	}
	if c.limits, err = query(ctx, t.tx, limitsSQL, nil, readLimit); err != nil {
		return nil, err
	}
	depts, err := query(ctx, t.tx, departmentsSQL, nil, readDepartment)
	for _, d := range depts {
		c.depts[d.Code] = d
	}
	return c, err
}

// mayPeople asks whether the caller may decide about somebody of a department at a place. The staff of the caller's own office are its own, wherever
// they stand.
func (t *Tx) mayPeople(region, dept string) error {
	own := dept != "" && dept == t.Caller.Actor.Dept
	return t.Caller.Actor.May(rights.EditPeople, rights.Place{Region: region, Dept: dept, Own: own})
}

// holder finds a holder by code and keeps it in post until the transaction ends.
func (c *clerk) holder(ctx context.Context, field, code string) (grid.Holder, error) {
	if h, known := c.holders[code]; known {
		return h, nil
	}
	h, err := one(ctx, c.tx, holderByCodeSQL, []any{code, ""}, readHolder)
	if errors.Is(err, ErrNotFound) {
		return h, grid.Refuse(field, "没有这个责任主体", "there is no such holder")
	}
	if err == nil {
		c.holders[code] = h
	}
	return h, err
}

// target finds a target and keeps it in force until the transaction ends.
func (c *clerk) target(ctx context.Context, ref TargetRef) (TargetRow, error) {
	if row, known := c.targets[ref]; known {
		return row, nil
	}
	sql := targetQuery(ref.Kind)
	switch {
	case sql == "":
		return TargetRow{}, grid.Refuse("/target/kind", "没有这类对象", "there is no such kind of targets")
	case (ref.ID > 0) == (ref.Code != ""):
		return TargetRow{}, grid.Refuse("/target", "code 与 id 须给出其一", "either code or id is needed")
	case ref.Kind == grid.TargetGrid && ref.Code != "" && ref.Scheme == "":
		return TargetRow{}, grid.Refuse("/target/scheme", "网格须注明方案", "a grid is named by scheme and code")
	}
	row, err := one(ctx, c.tx, sql, []any{ref.ID, ref.Code, ref.Scheme}, readTarget)
	if errors.Is(err, ErrNotFound) {
		return row, grid.Refuse("/target", "没有这个对象", "there is no such target")
	}
	row.Kind = ref.Kind
	if err == nil {
		c.targets[ref] = row
	}
	return row, err
}

func readTarget(row pgx.CollectableRow) (x TargetRow, err error) {
	var from, to *time.Time
	err = row.Scan(&x.ID, &x.Code, &x.Name, &x.Sort, &x.Region, &x.RegionName, &x.RegionKind, &from, &to,
		&x.At[0], &x.At[1], &x.Box[0], &x.Box[1], &x.Box[2], &x.Box[3])
	x.Term = termOf(from, to)
	return x, err
}

// one reads the one row that a statement finds, or ErrNotFound.
func one[T any](ctx context.Context, tx pgx.Tx, sql string, args []any, read pgx.RowToFunc[T]) (v T, err error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return v, err
	}
	v, err = pgx.CollectExactlyOneRow(rows, read)
	return v, exists(err)
}

// row puts together what a duty names.
func (c *clerk) row(d grid.Duty, of grid.Holder, target TargetRow) DutyRow {
	r := DutyRow{Duty: d, Of: of, For: target, Dept: c.depts[of.Dept]}
	if i := slices.IndexFunc(c.roles, func(x grid.Role) bool { return x.Code == d.Role }); i >= 0 {
		r.As = c.roles[i]
	}
	return r
}

// rowOf looks up what a duty of the record names. A target that is no more, a road that was deleted, is told by its row alone.
func (c *clerk) rowOf(ctx context.Context, d grid.Duty) (DutyRow, error) {
	of, err := one(ctx, c.tx, holderByIDSQL, []any{d.Holder}, readHolder)
	if err != nil {
		return DutyRow{}, err
	}
	target, err := c.target(ctx, TargetRef{Kind: d.Target.Kind, ID: d.Target.ID})
	var gone grid.Refusals
	if errors.As(err, &gone) {
		target, err = TargetRow{Target: d.Target}, nil
	}
	return c.row(d, of, target), err
}

// dateOrNull is a day for the record: nil for none.
func dateOrNull(d grid.Day) *time.Time {
	if d == 0 {
		return nil
	}
	at := d.Time()
	return &at
}

// exclusionViolation is PostgreSQL's name for rows that stand in one another's way.
const exclusionViolation = "23P01"

// clash makes constraints of the tables of people our own errors.
func clash(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
	case pg.Code == exclusionViolation && pg.ConstraintName == "duty_once":
		return fmt.Errorf("%w: %w", ErrDutyTwice, err)
	case pg.Code == exclusionViolation && pg.ConstraintName == "absence_once":
		return fmt.Errorf("%w: %w", ErrAbsentTwice, err)
	case pg.Code == uniqueViolation && pg.ConstraintName == "holder_code_key":
		return fmt.Errorf("%w: %w", ErrHolderCode, err)
	}
	return err
}
