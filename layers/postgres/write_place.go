package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/layers"
)

// shape is the geometry of the draft as the layer can hold it.
func (w *writing) shape() (orb.Geometry, layers.Faults) {
	g, err := w.l.Hold(w.d.Geometry)
	if err == nil {
		return g, nil
	}
	var bad *geo.Fault
	switch {
	case errors.As(err, &bad) && bad.Code == geo.Missing:
		return nil, layers.Faults{{Pointer: "/geometry", Zh: bad.Code.Title(), En: bad.Code.TitleEn()}}
	case errors.As(err, &bad):
		return nil, layers.Faults{{Pointer: "/geometry/coordinates" + bad.Path, Zh: bad.Code.Title(), En: bad.Code.TitleEn()}}
	}
	kinds := ""
	for i, k := range w.l.Geometry {
		if i > 0 {
			kinds += ", "
		}
		kinds += string(k)
	}
	return nil, layers.Faults{{Pointer: "/geometry/type", Zh: w.l.Title.Zh + "只能是 " + kinds, En: w.l.ID + " holds " + kinds}}
}

// moved is the new geometry of a feature, nil where it stays.
func (w *writing) moved(whole bool) (orb.Geometry, layers.Faults) {
	if w.d.Geometry == nil && !whole {
		return nil, nil
	}
	g, faults := w.shape()
	if faults != nil || still(w.old.geometry, g) {
		return nil, faults
	}
	return g, nil
}

// spot is where a feature will be.
type spot struct {
	found          bool // it was looked for
	region, county string
	inside         bool // some region holds a part of it
	depts          []string
}

// spotSQL finds the deepest division of a geometry, the county above it (or around it, where nobody has said what is above what), and whether any region meets it at all.
const spotSQL = `WITH RECURSIVE up AS (
    SELECT r.code, r.kind, r.parent_code, 1 AS step FROM region r WHERE r.code = region_at(ST_GeomFromEWKB($1))
    UNION ALL
    SELECT p.code, p.kind, p.parent_code, up.step + 1 FROM up JOIN region p ON p.code = up.parent_code WHERE up.step < 16)
SELECT coalesce((SELECT code FROM up WHERE step = 1 LIMIT 1), ''), coalesce((SELECT code FROM up WHERE kind = 'county' ORDER BY step LIMIT 1),
        (SELECT r.code FROM region r WHERE r.kind = 'county' AND r.valid_to IS NULL AND ST_Intersects(r.geom, ST_PointOnSurface(ST_GeomFromEWKB($1))) ORDER BY r.code LIMIT 1), ''),
    EXISTS (SELECT FROM region r WHERE r.valid_to IS NULL AND ST_Intersects(r.geom, ST_GeomFromEWKB($1)))`

// settle finds where a feature will be and asks whether the caller may have it there. A nil shape is one that stays.
func (w *writing) settle(ctx context.Context, shape orb.Geometry, values map[string]any) (spot, error) {
	s := spot{depts: deptsOf(values), inside: true}
	if w.old != nil {
		s.region = w.old.region
	}
	if shape != nil {
		geom, err := pgeom.Encode(shape)
		if err != nil {
			return s, err
		}
		s.found = true
		if err := w.q.QueryRow(ctx, spotSQL, geom).Scan(&s.region, &s.county, &s.inside); err != nil {
			return s, fmt.Errorf("looking for the region: %w", err)
		}
	}
	if err := w.may(Place{Region: s.region, Depts: s.depts}); err != nil {
		return s, err
	}
	if shape == nil {
		return s, nil
	}
	if !s.inside && !w.d.NewArea {
		return s, ErrOutside
	}
	return s, w.suspect(ctx, shape)
}

const deptsSQL = `SELECT coalesce(array_agg(code), '{}') FROM department WHERE code = ANY ($1)`

// checkDepts tells which of a feature's departments there are not.
func (w *writing) checkDepts(ctx context.Context, values map[string]any) error {
	asked := deptsOf(values)
	if len(asked) == 0 {
		return nil
	}
	var known []string
	if err := w.q.QueryRow(ctx, deptsSQL, asked).Scan(&known); err != nil {
		return fmt.Errorf("looking for departments: %w", err)
	}
	var faults layers.Faults
	for _, name := range deptFields() {
		if code, _ := values[name].(string); code != "" && !slices.Contains(known, code) {
			faults = append(faults, layers.Fault{Pointer: "/properties/" + name, Zh: "没有这个部门代码", En: "there is no department of this code"})
		}
	}
	return faults.OrNil()
}

// streetsSQL gives the metres from each position to the nearest street, but for one that is the feature itself; NULL where there are no streets.
const streetsSQL = `SELECT coalesce((SELECT min(ST_Distance(s.geom::geography, ST_SetSRID(ST_MakePoint(x.lon, x.lat), 4490)::geography))
    FROM (SELECT r.geom FROM road r WHERE r.id <> $3 ORDER BY r.geom <-> ST_SetSRID(ST_MakePoint(x.lon, x.lat), 4490) LIMIT 4) s), -1)
FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY x (lon, lat, nth) ORDER BY x.nth`

// suspect refuses a position that lies by the streets only when GCJ-02's shift is taken off it.
func (w *writing) suspect(ctx context.Context, shape orb.Geometry) error {
	if w.d.Shifted || w.old != nil && !layers.MovedFar(w.old.geometry, shape) {
		return nil
	}
	here, back := layers.ShiftSamples(shape)
	if len(back) == 0 {
		return nil
	}
	self := int64(-1)
	if w.old != nil && w.l.Table == "road" {
		self = w.old.id
	}
	var lons, lats []float64
	for _, p := range append(slices.Clone(here), back...) {
		lons, lats = append(lons, p[0]), append(lats, p[1])
	}
	rows, err := w.q.Query(ctx, streetsSQL, lons, lats, self)
	if err != nil {
		return fmt.Errorf("looking for streets: %w", err)
	}
	distances, err := collectFloats(rows)
	if err != nil || len(distances) != len(lons) {
		return fmt.Errorf("looking for streets: %w", err)
	}
	if w.d.Tally != nil {
		w.d.Tally.Add(w.l, distances[:len(here)], distances[len(here):])
	}
	if s := layers.SuspectShift(w.l, distances[:len(here)], distances[len(here):]); s != nil {
		return s
	}
	return nil
}
