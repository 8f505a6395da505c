package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/grid"
	"wangge/grid/rights"
)

// Why no grids are proposed; grid.ErrArea, ErrTooLarge, ErrCode, ErrPattern and ErrSequence are others.
var (
	// ErrNoScheme: there is no such scheme.
	ErrNoScheme = errors.New("no such scheme")
	// ErrTaken: grids of the scheme lie over the area already. HTTP 409.
	ErrTaken = errors.New("the area has grids of this scheme already")
	// ErrUnknownRegion: there is no such region in force, or it has no shape.
	ErrUnknownRegion = errors.New("no such region with a shape")
)

const (
	// divisionsSQL finds the divisions in which codes are given, with $2 digits, at and below a region; where it has none, the region itself.
	divisionsSQL = `
WITH inner_ AS (
    SELECT r.code, r.geom FROM region r JOIN region_kind k ON k.id = r.kind
    WHERE k.is_division AND length(r.code) = $2 AND starts_with(r.code, $1) AND r.valid_to IS NULL AND r.geom IS NOT NULL)
SELECT code, ST_AsEWKB(geom) FROM inner_
UNION ALL
SELECT code, ST_AsEWKB(geom) FROM region WHERE code = $1 AND valid_to IS NULL AND geom IS NOT NULL AND NOT EXISTS (SELECT FROM inner_)
ORDER BY code`

	// takenSQL finds a grid that covers some of the area, more than a border's width.
	takenSQL = `
SELECT g.code FROM grid g, ST_GeomFromEWKB($2) area
WHERE g.scheme = $1 AND g.valid_to IS NULL AND ST_Intersects(g.geom, area)
  AND ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, area), 3)::geography) > 1
ORDER BY g.code LIMIT 1`

	// lastCodeSQL is the highest code that was ever given with some beginning and length.
	lastCodeSQL = `
SELECT max(code) FROM code_registry
WHERE entity = 'grid' AND code_scheme = $1 AND starts_with(code, $2) AND length(code) = $3`

	// waysSQL finds what grids can be laid along in an area, and whether it bounds blocks or only divides large ones. Footpaths do neither, nor does
	// what runs below ground; ponds and lawns that are smaller than a part of a grid are no borders.
	waysSQL = `
WITH area AS (SELECT ST_GeomFromEWKB($1) AS geom)
SELECT true, ST_AsEWKB(d.geom) FROM area, road w, ST_Dump(w.geom) d WHERE ST_Intersects(w.geom, area.geom) AND w.class <> 'footpath' AND w.level >= 0
UNION ALL
SELECT false, ST_AsEWKB(d.geom) FROM area, back_alley w, ST_Dump(w.geom) d WHERE ST_Intersects(w.geom, area.geom)
UNION ALL
SELECT true, ST_AsEWKB(d.geom) FROM area, ground w, ST_Dump(CASE WHEN ST_Dimension(w.geom) = 1 THEN w.geom ELSE ST_Boundary(w.geom) END) d
WHERE ST_Intersects(w.geom, area.geom) AND w.kind IN ('barrier', 'water', 'green') AND (ST_Dimension(w.geom) = 1 OR ST_Area(w.geom::geography) > $2)`

	buildingsSQL = `
SELECT w.id, ST_AsEWKB(d.geom) FROM ST_GeomFromEWKB($1) area, ground w, ST_Dump(w.geom) d
WHERE w.kind = 'building' AND ST_Dimension(w.geom) = 2 AND ST_Intersects(w.geom, area) ORDER BY w.id, d.path`

	shapeOfSQL = `SELECT ST_AsEWKB(geom) FROM region WHERE code = $1 AND valid_to IS NULL AND geom IS NOT NULL`
)

// borderShare is how large a pond or a lawn must be, in shares of a grid, for its edge to be a border.
const borderShare = 0.5

// LayOrder is what somebody wants grids proposed for.
type LayOrder struct {
	Scheme   string
	Region   string           // a community, or a region whose communities are laid one by one
	Area     orb.MultiPolygon // within Region; nil for all of it
	TargetM2 float64          // of a grid
	MostM2   float64          // larger regions are refused, unless they are one community; 0 for any size
	Note     string
}

// Shape is the area of a region in force, or ErrUnknownRegion.
func Shape(ctx context.Context, pool *pgxpool.Pool, code string) (orb.MultiPolygon, error) {
	var b []byte
	err := pool.QueryRow(ctx, shapeOfSQL, code).Scan(&b)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("%w: %s", ErrUnknownRegion, code)
	}
	if err != nil {
		return nil, err
	}
	return area(b)
}

// ProposeLay lays grids along streets over ground that has none and keeps them as a proposal. Errors: rights', ErrNoScheme, ErrUnknownRegion, ErrTaken,
// grid.ErrArea, grid.ErrTooLarge, grid.ErrPattern, grid.ErrCode.
func (t *Tx) ProposeLay(ctx context.Context, o LayOrder) (Proposal, []ProposedCell, error) {
	if err := t.Caller.Actor.May(rights.EditGrid, rights.Place{Region: o.Region}); err != nil {
		return Proposal{}, nil, err
	}
	places, err := t.placesFor(ctx, o)
	if err != nil {
		return Proposal{}, nil, err
	}
	var layouts []grid.Layout
	var cells []ProposedCell
	for _, p := range places {
		if err := t.checkFree(ctx, o.Scheme, p.Shape); err != nil {
			return Proposal{}, nil, err
		}
		site, err := t.site(ctx, p.Shape, o.TargetM2)
		if err != nil {
			return Proposal{}, nil, err
		}
		layout, err := grid.Lay(ctx, site, o.TargetM2)
		if err != nil {
			return Proposal{}, nil, fmt.Errorf("region %s: %w", p.Code, err)
		}
		layouts = append(layouts, layout)
		for _, c := range layout.Cells {
			cells = append(cells, ProposedCell{Ordinal: len(cells) + 1, Shape: c, AreaM2: geo.AreaMultiM2(c)})
		}
	}
	p := Proposal{Scheme: o.Scheme, Region: o.Region, Kind: grid.EditLay, Note: o.Note, Cells: len(cells)}
	if p.Options, err = json.Marshal(map[string]any{"target_m2": o.TargetM2, "drawn": o.Area != nil}); err != nil {
		return Proposal{}, nil, err
	}
	if p.Report, err = json.Marshal(grid.TogetherReport(layouts)); err != nil {
		return Proposal{}, nil, err
	}
	p, err = t.keepProposal(ctx, p, cells)
	return p, cells, err
}

// layPlace is ground that is laid at once.
type layPlace struct {
	Code  string
	Shape orb.MultiPolygon
}

// placesFor finds the communities to be laid, or the area.
func (t *Tx) placesFor(ctx context.Context, o LayOrder) ([]layPlace, error) {
	s, err := t.Scheme(ctx, o.Scheme, 0)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, fmt.Errorf("%w: %s", ErrNoScheme, o.Scheme)
	case err != nil:
		return nil, err
	}
	if err := s.Pattern.Validate(); err != nil {
		return nil, fmt.Errorf("scheme %s: %w", s.Code, err)
	}
	digits := s.Pattern.RegionDigits()
	places, err := query(ctx, t.tx, divisionsSQL, []any{o.Region, digits}, func(row pgx.CollectableRow) (p layPlace, err error) {
		var b []byte
		if err := row.Scan(&p.Code, &b); err != nil {
			return p, err
		}
		p.Shape, err = area(b)
		return p, err
	})
	switch {
	case err != nil:
		return nil, err
	case o.Area != nil && len(o.Region) != digits && digits > 0:
		return nil, fmt.Errorf("%w: an area lies in one %s, %q is none", grid.ErrCode, s.Pattern.RegionKind(), o.Region)
	case o.Area != nil:
		return []layPlace{{o.Region, o.Area}}, nil
	case len(places) == 0:
		return nil, fmt.Errorf("%w: %s", ErrUnknownRegion, o.Region)
	}
	m2 := 0.0
	for _, p := range places {
		m2 += geo.AreaMultiM2(p.Shape)
	}
	if len(places) > 1 && o.MostM2 > 0 && m2 > o.MostM2 {
		return nil, fmt.Errorf("%w: %.1f km² in %d divisions", grid.ErrTooLarge, m2/1e6, len(places))
	}
	if n := m2 / o.TargetM2; n > grid.MaxLaid {
		return nil, fmt.Errorf("%w: %.0f grids", grid.ErrTooLarge, n)
	}
	return places, nil
}

// site reads what grids are laid along.
func (t *Tx) site(ctx context.Context, over orb.MultiPolygon, targetM2 float64) (s grid.Site, err error) {
	s.Area = over
	shape, err := encode(over)
	if err != nil {
		return s, err
	}
	rows, err := t.tx.Query(ctx, waysSQL, shape, borderShare*targetM2)
	if err != nil {
		return s, err
	}
	var bounds bool
	var b []byte
	_, err = pgx.ForEachRow(rows, []any{&bounds, &b}, func() error {
		g, err := pgeom.Decode(b)
		if l, is := g.(orb.LineString); is && bounds {
			s.Streets = append(s.Streets, l)
		} else if is {
			s.Alleys = append(s.Alleys, l)
		}
		return err
	})
	if err != nil {
		return s, err
	}
	s.Buildings, err = query(ctx, t.tx, buildingsSQL, []any{shape}, func(row pgx.CollectableRow) (x grid.Building, err error) {
		if err := row.Scan(&x.ID, &b); err != nil {
			return x, err
		}
		mp, err := area(b)
		if err == nil {
			x.Shape = mp[0]
		}
		return x, err
	})
	return s, err
}

// lastCode is the highest code that was ever given in a division; "" for none.
func lastCode(ctx context.Context, tx pgx.Tx, scheme, region string, pattern grid.CodePattern) (string, error) {
	var last *string
	if err := tx.QueryRow(ctx, lastCodeSQL, scheme, region, pattern.Digits()).Scan(&last); err != nil || last == nil {
		return "", err
	}
	return *last, nil
}

// checkFree refuses an area over which grids of a scheme lie.
func (t *Tx) checkFree(ctx context.Context, scheme string, over orb.MultiPolygon) error {
	b, err := encode(over)
	if err != nil {
		return err
	}
	var code string
	switch err := t.tx.QueryRow(ctx, takenSQL, scheme, b).Scan(&code); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: %s", ErrTaken, code)
}
