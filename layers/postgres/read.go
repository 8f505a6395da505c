package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// Why a read fails.
var (
	ErrNotFound    = errors.New("no such feature")
	ErrUnavailable = errors.New("the database is away")
)

// Feature is a row of a layer as the record has it, with the places it lies in.
type Feature struct {
	ID, Revision int64
	Geometry     json.RawMessage // GeoJSON in CGCS2000, outer rings counter-clockwise
	Shape        []byte          // the same as EWKB
	BBox         [4]float64      // west, south, east, north in degrees
	// Fields has the columns that the caller may see by name: string, int64, float64, bool, time.Time or map[string]any; nil where empty.
	Fields      map[string]any
	Regions     []RegionRef // root first, zones last
	Grids       []GridShare
	Departments map[string]layers.Text // names by the codes that Fields has
}

// RegionRef names a region.
type RegionRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// GridShare is a grid that a feature touches, with how much of a line or an area lies inside; a point has no measure.
type GridShare struct {
	Scheme        string   `json:"scheme"`
	SchemeTitle   string   `json:"scheme_title"`
	SchemeTitleEn string   `json:"scheme_title_en"`
	Code          string   `json:"code"`
	Name          *string  `json:"name"`
	InsideM       *float64 `json:"inside_m,omitempty"`
	InsideM2      *float64 `json:"inside_m2,omitempty"`
}

// featureSQL reads one feature: %[1]s its columns, %[2]s its table under the alias f, %[3]s its grids, %[4]s what restricts the table to
// the layer. The path of regions stops after 16 steps, should somebody make a ring of parents.
const featureSQL = `SELECT f.id, f.revision, ST_AsEWKB(f.geom),
    ARRAY[ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)],
    (WITH RECURSIVE up AS (
        SELECT r.code, r.name, r.kind, r.parent_code, 1 AS step FROM region r WHERE r.code = f.region_code
        UNION ALL
        SELECT p.code, p.name, p.kind, p.parent_code, up.step + 1 FROM up JOIN region p ON p.code = up.parent_code WHERE up.step < 16)
     SELECT coalesce(jsonb_agg(jsonb_build_object('code', x.code, 'name', x.name, 'kind', x.kind) ORDER BY x.zone, x.step DESC, x.code), '[]')
     FROM (SELECT up.code, up.name, up.kind, up.step, false AS zone FROM up
           UNION ALL
           SELECT z.code, z.name, z.kind, 0, true FROM region z JOIN region_kind k ON k.id = z.kind
           WHERE NOT k.is_division AND z.valid_to IS NULL AND ST_Intersects(z.geom, ST_PointOnSurface(f.geom))) x),
    (SELECT coalesce(jsonb_agg(jsonb_build_object('scheme', s.code, 'scheme_title', s.title, 'scheme_title_en', s.title_en,
                'code', g.code, 'name', g.name, 'inside_m', round(x.inside_m::numeric, 3), 'inside_m2', round(x.inside_m2::numeric, 3)) ORDER BY s.id, g.code), '[]')
     FROM %[3]s x JOIN grid g ON g.id = x.grid_id JOIN grid_scheme s ON s.code = g.scheme),
    (SELECT coalesce(jsonb_object_agg(d.code, jsonb_build_object('Zh', d.name, 'En', coalesce(d.name_en, ''))), '{}') FROM department d
     WHERE d.code IN (f.competent_dept, f.owner_dept, f.maintainer_dept)),
    %[1]s
FROM %[2]s WHERE f.id = $1%[4]s`

// The grids of a feature were found when it was written. Those of a grid are the grids of other nets over the same place.
const (
	sharesSQL = `(SELECT fg.grid_id, fg.inside_m, fg.inside_m2 FROM feature_grid fg WHERE fg.layer = %s AND fg.feature_id = f.id)`
	othersSQL = `(SELECT o.grid_id, NULL::float8 AS inside_m, NULL::float8 AS inside_m2 FROM grids_of(ST_PointOnSurface(f.geom)) o WHERE o.scheme <> f.scheme)`
)

// Reader reads the record. It is safe for use by many requests at a time.
type Reader struct {
	pool     *pgxpool.Pool
	features map[string]string // statements by table

	inDivisions, inZone string

	recent recentSystems
}

// NewReader composes the statements for every layer of the catalogue.
func NewReader(pool *pgxpool.Pool) *Reader {
	r := &Reader{pool: pool, features: map[string]string{}, inDivisions: composeFigures(inDivisionsSQL), inZone: composeFigures(inZoneSQL)}
	for _, l := range layers.Catalogue() {
		r.features[l.Table] = composeFeature(l, publicColumns(l), quoted(l.Table)+" f")
	}
	return r
}

// publicColumns lists the fields that are columns and may be shown to everybody.
func publicColumns(l *layers.Layer) []*layers.Field {
	var public []*layers.Field
	for _, f := range l.Columns() {
		if f.Access == layers.Public {
			public = append(public, f)
		}
	}
	return public
}

// composeFeature makes the statement for some columns of a layer, which are read from a FROM item with the alias f.
func composeFeature(l *layers.Layer, fields []*layers.Field, from string) string {
	var columns []string
	for _, f := range fields {
		columns = append(columns, "f."+pgx.Identifier{f.Name}.Sanitize())
	}
	grids := fmt.Sprintf(sharesSQL, quoteText(l.Table))
	if l.Only != nil && l.Only.Column == "scheme" {
		grids = othersSQL
	}
	only := ""
	if l.Only != nil {
		only = " AND f." + pgx.Identifier{l.Only.Column}.Sanitize() + " = $2"
	}
	return fmt.Sprintf(featureSQL, strings.Join(columns, ", "), from, grids, only)
}

// quoteText makes a text constant of a catalogue identifier, which has no quotes.
func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Feature reads one feature of a layer with its public fields. Its errors are ErrNotFound, ErrUnavailable or those of the context.
func (r *Reader) Feature(ctx context.Context, l *layers.Layer, id int64) (Feature, error) {
	statement, ok := r.features[l.Table]
	if !ok {
		return Feature{}, fmt.Errorf("layer %s has no features: %w", l.ID, ErrNotFound)
	}
	return readFeature(ctx, r.pool, l, publicColumns(l), statement, id, nil)
}

// FeatureAt is Feature as it was at an instant (zero for now), with the internal fields too where the caller may see them.
func (r *Reader) FeatureAt(ctx context.Context, l *layers.Layer, id int64, internal bool, at time.Time) (Feature, error) {
	if _, ok := r.features[l.Table]; !ok || !internal && at.IsZero() {
		return r.Feature(ctx, l, id)
	}
	from, extra := quoted(l.Table)+" f", []any(nil)
	if !at.IsZero() {
		number := 2
		if l.Only != nil {
			number = 3
		}
		from, extra = pastOne(l, number, 1), []any{at}
	}
	columns := VisibleColumns(l, internal)
	return readFeature(ctx, r.pool, l, columns, composeFeature(l, columns, from), id, extra)
}

// FeatureIn is a feature as a transaction has it, with the internal fields too where the caller may see them.
func FeatureIn(ctx context.Context, q querier, l *layers.Layer, id int64, internal bool) (Feature, error) {
	columns := VisibleColumns(l, internal)
	return readFeature(ctx, q, l, columns, composeFeature(l, columns, quoted(l.Table)+" f"), id, nil)
}

func readFeature(ctx context.Context, q querier, l *layers.Layer, columns []*layers.Field, statement string, id int64, extra []any) (Feature, error) {
	args := []any{id}
	if l.Only != nil {
		args = append(args, l.Only.Value)
	}
	args = append(args, extra...)
	var f Feature
	var box []float64
	values := make([]any, len(columns))
	targets := []any{&f.ID, &f.Revision, &f.Shape, &box, &f.Regions, &f.Grids, &f.Departments}
	for i := range values {
		targets = append(targets, &values[i])
	}
	if err := q.QueryRow(ctx, statement, args...).Scan(targets...); err != nil {
		return Feature{}, fmt.Errorf("%s %d: %w", l.ID, id, interpret(err))
	}
	for i := range f.BBox {
		f.BBox[i] = math.Round(box[i]*1e9) / 1e9
	}
	var err error
	if f.Geometry, err = (pgeom.GeoJSON{Decimals: 9}).Append(nil, f.Shape); err != nil {
		return Feature{}, fmt.Errorf("%s %d: %w", l.ID, id, err)
	}
	f.Fields = make(map[string]any, len(columns))
	for i, c := range columns {
		f.Fields[c.Name] = plain(values[i])
	}
	return f, nil
}

// plain widens the driver's small integers.
func plain(v any) any {
	switch n := v.(type) {
	case int16:
		return int64(n)
	case int32:
		return int64(n)
	case float32:
		return float64(n)
	}
	return v
}
