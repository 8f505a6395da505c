package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// stored is a feature as the record has it, locked until the transaction ends.
type stored struct {
	id, revision int64
	region       string
	values       map[string]any
	geometry     orb.Geometry
}

// read reads and locks a feature.
func (w *writing) read(ctx context.Context, id int64) (*stored, error) {
	return readState(ctx, w.q, w.l, quoted(w.l.Table)+" f WHERE f.id = $1 FOR NO KEY UPDATE", id)
}

// readState reads a row from a FROM item called f, and what follows it.
func readState(ctx context.Context, q querier, l *layers.Layer, from string, args ...any) (*stored, error) {
	s, err := scanStored(q.QueryRow(ctx, storedColumns(l)+" FROM "+from, args...), l)
	if err != nil {
		return nil, fmt.Errorf("%s %v: %w", l.ID, args[0], err)
	}
	return s, nil
}

// storedColumns begins a statement that scanStored reads a row of, called f.
func storedColumns(l *layers.Layer) string {
	return "SELECT f.id, f.revision, coalesce(f.region_code, ''), ST_AsEWKB(f.geom), " + columnList(l, "f")
}

// scanStored reads a row with all its columns. Its errors are ErrNotFound and the driver's.
func scanStored(row pgx.Row, l *layers.Layer) (*stored, error) {
	columns := l.Columns()
	values := make([]any, len(columns))
	s := &stored{values: map[string]any{}}
	var geom []byte
	targets := []any{&s.id, &s.revision, &s.region, &geom}
	for i := range values {
		targets = append(targets, &values[i])
	}
	if err := row.Scan(targets...); errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	} else if err != nil {
		return nil, err
	}
	for i, f := range columns {
		s.values[f.Name] = plain(values[i])
	}
	var err error
	s.geometry, err = pgeom.Decode(geom)
	return s, err
}

// columnList names the columns of the catalogue of a row called alias.
func columnList(l *layers.Layer, alias string) string {
	columns := l.Columns()
	names := make([]string, len(columns))
	for i, f := range columns {
		names[i] = alias + "." + quoted(f.Name)
	}
	return strings.Join(names, ", ")
}

// shapedList is columnList with the geometry behind it.
func shapedList(l *layers.Layer, alias string) string {
	return columnList(l, alias) + ", " + alias + ".geom"
}

func (s *stored) place() Place { return Place{Region: s.region, Depts: deptsOf(s.values)} }

// deptFields are the fields that name departments.
func deptFields() []string { return []string{"competent_dept", "owner_dept", "maintainer_dept"} }

// deptsOf lists the departments that a feature names.
func deptsOf(values map[string]any) []string {
	var depts []string
	for _, name := range deptFields() {
		if code, _ := values[name].(string); code != "" && !slices.Contains(depts, code) {
			depts = append(depts, code)
		}
	}
	return depts
}

// present leaves out what is nil.
func present(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		if v != nil {
			out[name] = v
		}
	}
	return out
}

// only takes some of a row's values.
func only(values map[string]any, names []string) map[string]any {
	out := make(map[string]any, len(names))
	for _, name := range names {
		out[name] = values[name]
	}
	return out
}

// next is the row as it is to be, and what of it the draft gives.
func (w *writing) next() (next, given map[string]any) {
	next, given = map[string]any{}, map[string]any{}
	for name, v := range w.old.values {
		next[name] = v
	}
	for name, meant := range w.d.Given {
		if meant {
			next[name] = w.d.Values[name]
			if o, ok := next[name].(map[string]any); ok && w.d.Merge {
				next[name] = merge(w.old.values[name], o)
			}
			given[name] = next[name]
		}
	}
	return next, given
}

// merge applies a merge patch to a JSON value, which it leaves as it is.
func merge(to any, patch map[string]any) map[string]any {
	out := map[string]any{}
	if old, ok := to.(map[string]any); ok {
		maps.Copy(out, old)
	}
	for name, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(out, name)
		case map[string]any:
			out[name] = merge(out[name], v)
		default:
			out[name] = v
		}
	}
	return out
}

// followed finds days that come before those that they follow, where a draft gives one of the two: Check sees both only if it gives both.
func (w *writing) followed(next map[string]any) (faults layers.Faults) {
	for _, o := range w.l.Orders {
		if w.d.Given[o.First] != w.d.Given[o.Then] {
			faults = append(faults, w.l.Check(map[string]any{o.First: next[o.First], o.Then: next[o.Then]}, false)...)
		}
	}
	return faults
}

// differing lists the columns whose values are to change, in the order of the catalogue.
func (w *writing) differing(next map[string]any) (names []string) {
	for _, f := range w.l.Columns() {
		if !w.d.Given[f.Name] {
			continue
		}
		to := next[f.Name]
		if to == nil {
			to = f.Default
		}
		if !layers.Same(w.old.values[f.Name], to) {
			names = append(names, f.Name)
		}
	}
	return names
}

// stillDeg is how far a coordinate may be from the record's and still be it: half a millimetre, more than is lost by writing it down in any of the
// systems that the service speaks, so that who sends back what was read moves nothing.
const stillDeg = 5e-9

// still tells whether two geometries are one but for how they were written down.
func still(a, b orb.Geometry) bool {
	if a.GeoJSONType() != b.GeoJSONType() {
		return false
	}
	var p, q []orb.Point
	shape := func(g orb.Geometry, to *[]orb.Point) (parts []int) {
		eachPart(g, func(points []orb.Point) {
			*to = append(*to, points...)
			parts = append(parts, len(points))
		})
		return parts
	}
	if !slices.Equal(shape(a, &p), shape(b, &q)) {
		return false
	}
	for i := range p {
		if math.Abs(p[i][0]-q[i][0]) > stillDeg || math.Abs(p[i][1]-q[i][1]) > stillDeg {
			return false
		}
	}
	return true
}

// eachPart visits the lists of positions of a geometry of a layer; between the parts of a multi-geometry it visits none.
func eachPart(g orb.Geometry, visit func([]orb.Point)) {
	switch g := g.(type) {
	case orb.Point:
		visit([]orb.Point{g})
	case orb.LineString:
		visit(g)
	case orb.MultiLineString:
		for _, l := range g {
			visit(l)
		}
	case orb.Polygon:
		for _, r := range g {
			visit(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			eachPart(p, visit)
			visit(nil)
		}
	}
}

// refused says in our words why the database does not take a row. What is checked before leaves only what two writers do at once.
func (w *writing) refused(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
	case pg.Code == uniqueViolation && strings.HasSuffix(pg.ConstraintName, "_source_idx"):
		return fmt.Errorf("%w: %w: %w", ErrAborted, ErrKeyTaken, err)
	case pg.Code == uniqueViolation && strings.HasSuffix(pg.ConstraintName, "_pkey") && w.d.ID != 0 && pg.TableName == w.l.Table:
		return fmt.Errorf("%w: %w: %w", ErrAborted, ErrStale, err) // it is there again
	case pg.Code == uniqueViolation && (strings.HasSuffix(pg.ConstraintName, "_code_idx") || pg.ConstraintName == "code_registry_pkey"):
		return fmt.Errorf("%w: %w: %w", ErrAborted, ErrCodeTaken, err)
	case pg.Code == checkViolation:
		return fmt.Errorf("%w: %w", ErrAborted, layers.Faults{{Pointer: "/properties", Zh: "不符合台账的取值规则（" + pg.ConstraintName + "）", En: "against a rule of the record (" + pg.ConstraintName + ")"}})
	}
	return err
}

// SQLSTATEs.
const (
	uniqueViolation = "23505"
	checkViolation  = "23514"
)
