package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/grid"
)

// errShape: an area was expected.
var errShape = errors.New("neither polygon nor multipolygon")

// Model keeps a *grid.Net of the regions, schemes and grids in force.
type Model struct{}

// Entities are the tables that make the net.
func (Model) Entities() []string { return []string{"region", "grid_scheme", "grid"} }

const (
	kindsSQL = `SELECT id, title, title_en, level, is_division FROM region_kind`

	regionsSQL = `
SELECT id, code, name, coalesce(name_en, ''), kind, coalesce(parent_code, ''), ST_AsEWKB(geom)
FROM region WHERE valid_to IS NULL`

	schemesSQL = `
SELECT id, code, title, title_en, coalesce(owner_dept, ''), coalesce(extent_code, ''), code_pattern::text, is_exclusive, is_complete,
       coalesce(made_of, ''), first_zoom
FROM grid_scheme`

	gridsSQL = `
SELECT id, scheme, code, coalesce(name, ''), coalesce(region_code, ''), area_m2, ST_AsEWKB(geom)
FROM grid WHERE valid_to IS NULL`

	amongSQL = ` AND id = ANY ($1)`
)

// Load reads the net. Its result is a *grid.Net.
func (m Model) Load(ctx context.Context, tx pgx.Tx) (any, error) {
	return m.Apply(ctx, tx, grid.NewNet(nil, nil, nil, nil), map[string][]int64{"region": nil, "grid": nil})
}

// Apply makes the net anew with the rows that changed; a nil list means all of a table.
func (Model) Apply(ctx context.Context, tx pgx.Tx, old any, changed map[string][]int64) (any, error) {
	net, ok := old.(*grid.Net)
	if !ok {
		return nil, fmt.Errorf("the state is a %T, not a net", old)
	}
	kinds, err := query(ctx, tx, kindsSQL, nil, readKind)
	if err != nil {
		return nil, fmt.Errorf("kinds of regions: %w", err)
	}
	schemes, err := query(ctx, tx, schemesSQL, nil, readScheme)
	if err != nil {
		return nil, fmt.Errorf("schemes: %w", err)
	}
	regions, err := refresh(ctx, tx, changed, "region", regionsSQL, readRegion, net.Regions(""), func(r *grid.Region) int64 { return r.ID })
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	grids, err := refresh(ctx, tx, changed, "grid", gridsSQL, readGrid, net.Grids(""), func(g *grid.Grid) int64 { return g.ID })
	if err != nil {
		return nil, fmt.Errorf("grids: %w", err)
	}
	return grid.NewNet(kinds, regions, schemes, grids), nil
}

// refresh copies what there was but for the rows that changed, which it reads.
func refresh[T any](ctx context.Context, tx pgx.Tx, changed map[string][]int64, entity, sql string, read pgx.RowToFunc[T], old []*T, id func(*T) int64) ([]T, error) {
	ids, touched := changed[entity]
	if touched && ids == nil {
		return query(ctx, tx, sql, nil, read)
	}
	all := make([]T, 0, len(old)+len(ids))
	for _, o := range old {
		if _, gone := slices.BinarySearch(ids, id(o)); !gone {
			all = append(all, *o)
		}
	}
	if !touched {
		return all, nil
	}
	fresh, err := query(ctx, tx, sql+amongSQL, []any{ids}, read)
	return append(all, fresh...), err
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
	if err := row.Scan(&r.ID, &r.Code, &r.Name, &r.NameEn, &r.Kind, &r.Parent, &shape); err != nil {
		return r, err
	}
	if r.Shape, err = area(shape); err != nil {
		return r, fmt.Errorf("region %s: %w", r.Code, err)
	}
	r.AreaM2 = geo.AreaMultiM2(r.Shape)
	return r, nil
}

func readScheme(row pgx.CollectableRow) (s grid.Scheme, err error) {
	var pattern string
	err = row.Scan(&s.ID, &s.Code, &s.Title, &s.TitleEn, &s.Owner, &s.Extent, &pattern, &s.Exclusive, &s.Complete, &s.MadeOf, &s.FirstZoom)
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
	if err := row.Scan(&g.ID, &g.Scheme, &g.Code, &g.Name, &g.Region, &g.AreaM2, &shape); err != nil {
		return g, err
	}
	if g.Shape, err = area(shape); err != nil {
		return g, fmt.Errorf("grid %s %s: %w", g.Scheme, g.Code, err)
	}
	return g, nil
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
