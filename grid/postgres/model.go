package postgres

import (
	"cmp"
	"context"
	"encoding/json"
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

// errShape: an area was expected.
var errShape = errors.New("neither polygon nor multipolygon")

// Model keeps a *grid.Net of the regions, schemes and grids, with those of former days.
type Model struct{}

// Entities are the tables that make the net.
func (Model) Entities() []string {
	return []string{"region", "grid_scheme", "grid", "grid_past", "setting"}
}

const (
	kindsSQL = `SELECT id, title, title_en, level, is_division FROM region_kind`

	zoneSQL = `SELECT value #>> '{}' FROM setting WHERE key = 'time_zone'`

	regionsSQL = `
SELECT id, code, name, coalesce(name_en, ''), kind, coalesce(parent_code, ''), valid_from, valid_to, ST_AsEWKB(geom)
FROM region`

	schemesSQL = `
SELECT id, code, title, title_en, coalesce(owner_dept, ''), coalesce(extent_code, ''), code_pattern::text, is_exclusive, is_complete,
       coalesce(made_of, ''), first_zoom, is_shown, revision
FROM grid_scheme`

	gridsSQL = `
SELECT g.id, g.scheme, g.code, coalesce(g.name, ''), coalesce(g.region_code, ''), g.area_m2, coalesce(g.land_use, ''), coalesce(g.level, ''),
       g.valid_from, g.valid_to, g.revision, (SELECT array_agg(m.member_id ORDER BY m.member_id) FROM grid_member m WHERE m.grid_id = g.id),
       ST_AsEWKB(g.geom)
FROM grid g`

	pastSQL = `SELECT id, grid_id, coalesce(region_code, ''), area_m2, valid_from, valid_to, ST_AsEWKB(geom) FROM grid_past`

	amongSQL = ` WHERE id = ANY ($1)`
)

// Load reads the net. Its result is a *grid.Net.
func (m Model) Load(ctx context.Context, tx pgx.Tx) (any, error) {
	return m.Apply(ctx, tx, grid.NewNet(nil, nil, nil, nil), map[string][]int64{"region": nil, "grid": nil, "grid_past": nil})
}

// Net reads the net as it is now.
func (s *Store) Net(ctx context.Context) (net *grid.Net, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		held, err := Model{}.Load(ctx, tx)
		if err == nil {
			net = held.(*grid.Net)
		}
		return err
	})
	return net, err
}

// Apply makes the net anew with the rows that changed; a nil list means all of a table.
func (Model) Apply(ctx context.Context, tx pgx.Tx, old any, changed map[string][]int64) (any, error) {
	net, ok := old.(*grid.Net)
	if !ok {
		return nil, fmt.Errorf("the state is a %T, not a net", old)
	}
	rows := net.Rows()
	var err error
	if rows.Kinds, err = query(ctx, tx, kindsSQL, nil, readKind); err != nil {
		return nil, fmt.Errorf("kinds of regions: %w", err)
	}
	if rows.Schemes, err = query(ctx, tx, schemesSQL, nil, readScheme); err != nil {
		return nil, fmt.Errorf("schemes: %w", err)
	}
	if rows.Zone, err = readZone(ctx, tx); err != nil {
		return nil, err
	}
	rows.Regions, err = refresh(ctx, tx, changed, "region", regionsSQL, readRegion, rows.Regions, func(r *grid.Region) int64 { return r.ID })
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	rows.Grids, err = refresh(ctx, tx, changed, "grid", gridsSQL, readGrid, rows.Grids, func(g *grid.Grid) int64 { return g.ID })
	if err != nil {
		return nil, fmt.Errorf("grids: %w", err)
	}
	rows.Past, err = refresh(ctx, tx, changed, "grid_past", pastSQL, readPast, rows.Past, func(p *grid.Past) int64 { return p.ID })
	if err != nil {
		return nil, fmt.Errorf("former shapes of grids: %w", err)
	}
	fresh := rows.Net()
	fresh.Succeed(net)
	return fresh, nil
}

// readZone is the city's time zone; nil where the settings name none, or none that is known here.
func readZone(ctx context.Context, tx pgx.Tx) (*time.Location, error) {
	names, err := query(ctx, tx, zoneSQL, nil, pgx.RowTo[*string])
	if err != nil || len(names) == 0 || names[0] == nil {
		return nil, err
	}
	zone, err := time.LoadLocation(*names[0])
	if err != nil {
		return nil, nil //nolint:nilerr // a zone that only PostgreSQL knows is no reason not to serve
	}
	return zone, nil
}

// refresh copies what there was but for the rows that changed, which it reads. The order is that of their numbers.
func refresh[T any](ctx context.Context, tx pgx.Tx, changed map[string][]int64, entity, sql string, read pgx.RowToFunc[T], old []T, id func(*T) int64) ([]T, error) {
	ids, touched := changed[entity]
	if !touched {
		return slices.Clone(old), nil
	}
	byID := func(a, b T) int { return cmp.Compare(id(&a), id(&b)) }
	if ids == nil {
		all, err := query(ctx, tx, sql, nil, read)
		slices.SortFunc(all, byID)
		return all, err
	}
	all := make([]T, 0, len(old)+len(ids))
	for i := range old {
		if _, gone := slices.BinarySearch(ids, id(&old[i])); !gone {
			all = append(all, old[i])
		}
	}
	fresh, err := query(ctx, tx, sql+amongSQL, []any{ids}, read)
	all = append(all, fresh...)
	slices.SortFunc(all, byID)
	return all, err
}

func query[T any](ctx context.Context, tx pgx.Tx, sql string, args []any, read pgx.RowToFunc[T]) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, read)
}

func readKind(row pgx.CollectableRow) (k grid.RegionKind, err error) {
	return k, row.Scan(&k.ID, &k.Title, &k.TitleEn, &k.Level, &k.Division)
}

func readRegion(row pgx.CollectableRow) (r grid.Region, err error) {
	var shape []byte
	var from, to *time.Time
	if err := row.Scan(&r.ID, &r.Code, &r.Name, &r.NameEn, &r.Kind, &r.Parent, &from, &to, &shape); err != nil {
		return r, err
	}
	r.Term = termOf(from, to)
	if r.Shape, err = area(shape); err != nil {
		return r, fmt.Errorf("region %s: %w", r.Code, err)
	}
	r.AreaM2 = geo.AreaMultiM2(r.Shape)
	return r, nil
}

func readScheme(row pgx.CollectableRow) (s grid.Scheme, err error) {
	var pattern string
	err = row.Scan(&s.ID, &s.Code, &s.Title, &s.TitleEn, &s.Owner, &s.Extent, &pattern, &s.Exclusive, &s.Complete, &s.MadeOf, &s.FirstZoom, &s.Shown, &s.Revision)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(pattern), &s.Pattern); err != nil {
		return s, fmt.Errorf("scheme %s: code_pattern: %w", s.Code, err)
	}
	return s, nil
}

func readGrid(row pgx.CollectableRow) (g grid.Grid, err error) {
	var shape []byte
	var from, to *time.Time
	err = row.Scan(&g.ID, &g.Scheme, &g.Code, &g.Name, &g.Region, &g.AreaM2, &g.LandUse, &g.Level, &from, &to, &g.Revision, &g.Members, &shape)
	if err != nil {
		return g, err
	}
	g.Term = termOf(from, to)
	if g.Shape, err = area(shape); err != nil {
		return g, fmt.Errorf("grid %s %s: %w", g.Scheme, g.Code, err)
	}
	return g, nil
}

func readPast(row pgx.CollectableRow) (p grid.Past, err error) {
	var shape []byte
	var from, to *time.Time
	if err := row.Scan(&p.ID, &p.Grid, &p.Region, &p.AreaM2, &from, &to, &shape); err != nil {
		return p, err
	}
	p.Term = termOf(from, to)
	if p.Shape, err = area(shape); err != nil {
		return p, fmt.Errorf("former shape of grid %d: %w", p.Grid, err)
	}
	return p, nil
}

// termOf reads two dates; nil is no day.
func termOf(from, to *time.Time) (t grid.Term) {
	if from != nil {
		t.From = grid.DayOf(*from)
	}
	if to != nil {
		t.To = grid.DayOf(*to)
	}
	return t
}

// area reads EWKB; nil is no area.
func area(b []byte) (orb.MultiPolygon, error) {
	if b == nil {
		return nil, nil
	}
	g, err := pgeom.Decode(b)
	if err != nil {
		return nil, err
	}
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}, nil
	case orb.MultiPolygon:
		return g, nil
	}
	return nil, fmt.Errorf("%w: %s", errShape, g.GeoJSONType())
}
