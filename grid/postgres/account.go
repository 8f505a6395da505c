package postgres

import (
	"context"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/rights"
)

// Account is who can sign in, without what is secret about it.
type Account struct {
	ID          int64
	Name, Title string
	Role        rights.Role
	Region      Named // the scope; empty for none
	RegionKind  string
	Dept        Named
	Holder      *grid.Holder // the person behind it; nil for none
	HolderDept  string       // the name of the holder's department
	Password    bool         // it can sign in with a password
	OIDC        bool         // it is bound to the bureau's identity provider
	MustChange  bool
	Sample      bool
	LockedUntil time.Time // the zero time where it is not locked
	DisabledAt  time.Time // the zero time where it is in use
	CreatedAt   time.Time
	Revision    int64
}

// Plan is what the account is, as MakeAccount and ChangeAccount take it.
func (a Account) Plan() AccountPlan {
	p := AccountPlan{Title: a.Title, Role: a.Role, Region: a.Region.Code, Dept: a.Dept.Code, Sample: a.Sample}
	if a.Holder != nil {
		p.Holder = a.Holder.Code
	}
	return p
}

// Named is a code with its name.
type Named struct{ Code, Name string }

const accountSQL = `
SELECT a.id, a.name, a.title, a.role, coalesce(a.region_code, ''), coalesce(r.name, ''), coalesce(r.kind, ''),
       coalesce(a.dept_code, ''), coalesce(d.name, ''), a.password_hash IS NOT NULL, a.oidc_subject IS NOT NULL, a.must_change, a.is_sample,
       CASE WHEN a.locked_until > now() THEN a.locked_until END, a.disabled_at, a.created_at, a.revision,
       h.id, h.code, h.kind, h.name, h.phone, h.dept_code, h.title, h.is_sample, hd.name
FROM account a LEFT JOIN region r ON r.code = a.region_code LEFT JOIN department d ON d.code = a.dept_code
     LEFT JOIN holder h ON h.id = a.holder_id LEFT JOIN department hd ON hd.code = h.dept_code`

const (
	accountByNameSQL = accountSQL + ` WHERE a.name = $1`
	accountsSQL      = accountSQL + ` WHERE a.name COLLATE "C" > $1 ORDER BY a.name COLLATE "C" LIMIT $2`
	countAccountsSQL = `SELECT count(*) FROM account`
)

func readAccount(row pgx.CollectableRow) (a Account, err error) {
	var locked, disabled *time.Time
	var id *int64
	var code, kind, name, phone, dept, title, deptName *string
	var sample *bool
	err = row.Scan(&a.ID, &a.Name, &a.Title, &a.Role, &a.Region.Code, &a.Region.Name, &a.RegionKind, &a.Dept.Code, &a.Dept.Name,
		&a.Password, &a.OIDC, &a.MustChange, &a.Sample, &locked, &disabled, &a.CreatedAt, &a.Revision,
		&id, &code, &kind, &name, &phone, &dept, &title, &sample, &deptName)
	if err != nil {
		return a, err
	}
	a.LockedUntil, a.DisabledAt, a.HolderDept = orZero(locked), orZero(disabled), orZero(deptName)
	if id != nil {
		a.Holder = &grid.Holder{
			ID: *id, Code: *code, Kind: grid.HolderKind(*kind), Name: *name, Phone: orZero(phone), Dept: orZero(dept), Title: orZero(title), Sample: *sample,
		}
	}
	return a, nil
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// Account finds an account by its name. ErrNotFound where there is none.
func (s *Store) Account(ctx context.Context, name string) (Account, error) {
	return accountNamed(ctx, s.pool, name)
}

// Account finds an account by its name, as the transaction has it. ErrNotFound where there is none.
func (t *Tx) Account(ctx context.Context, name string) (Account, error) {
	return accountNamed(ctx, t.tx, name)
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func accountNamed(ctx context.Context, q querier, name string) (Account, error) {
	rows, err := q.Query(ctx, accountByNameSQL, name)
	if err != nil {
		return Account{}, interpret(err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, readAccount)
	return a, interpret(err)
}

// Accounts lists at most limit accounts whose names come after one, and tells how many there are in all.
func (s *Store) Accounts(ctx context.Context, after string, limit int) (list []Account, total int, err error) {
	rows, err := s.pool.Query(ctx, accountsSQL, after, limit)
	if err != nil {
		return nil, 0, interpret(err)
	}
	if list, err = pgx.CollectRows(rows, readAccount); err != nil {
		return nil, 0, interpret(err)
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countAccountsSQL).Scan(&total))
}

// OwnGrid is a grid that a person is responsible for.
type OwnGrid struct {
	Scheme, Code, Name string
	Center             [2]float64
	BBox               [4]float64
}

// The grids of a substitute are the substitute's own, too; where somebody is away they stay in sight.
const ownGridsSQL = `
SELECT DISTINCT ON (s.first_zoom, g.scheme, g.code) g.scheme, g.code, coalesce(g.name, ''), ST_X(c.p), ST_Y(c.p),
       ST_XMin(g.geom), ST_YMin(g.geom), ST_XMax(g.geom), ST_YMax(g.geom)
FROM duty d JOIN grid g ON g.id = d.target_id JOIN grid_scheme s ON s.code = g.scheme CROSS JOIN LATERAL (SELECT ST_PointOnSurface(g.geom) AS p) c
WHERE d.holder_id = $1 AND d.target_kind = 'grid' AND city_day() BETWEEN d.valid_from AND coalesce(d.valid_to, city_day())
  AND coalesce(g.valid_from <= city_day(), true) AND coalesce(g.valid_to > city_day(), true)
ORDER BY s.first_zoom, g.scheme, g.code LIMIT 1000`

// OwnGrids lists the grids that a holder is responsible for today, coarse nets first.
func (s *Store) OwnGrids(ctx context.Context, holder int64) ([]OwnGrid, error) {
	rows, err := s.pool.Query(ctx, ownGridsSQL, holder)
	if err != nil {
		return nil, interpret(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (g OwnGrid, err error) {
		err = row.Scan(&g.Scheme, &g.Code, &g.Name, &g.Center[0], &g.Center[1], &g.BBox[0], &g.BBox[1], &g.BBox[2], &g.BBox[3])
		return g, err
	})
	return list, interpret(err)
}

var accountName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// IsAccountName tells whether an account can have a name at all: small letters, digits, dots, dashes and underscores.
func IsAccountName(name string) bool { return accountName.MatchString(name) }
