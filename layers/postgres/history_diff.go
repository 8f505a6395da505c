package postgres

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/geo"
	"wangge/layers"
)

// kept are the columns that the record keeps by itself with every write: they say nothing about what was changed.
func kept(f *layers.Field) bool {
	return f.ReadOnly && slices.Contains([]string{"revision", "created_at", "updated_at", "updated_by"}, f.Name)
}

// changesOf lists the columns in which two states differ, in the order of the catalogue.
func changesOf(l *layers.Layer, before, after state, internal bool) []FieldChange {
	changes := []FieldChange{}
	for _, f := range VisibleColumns(l, internal) {
		b, a := orNull(before[f.Name]), orNull(after[f.Name])
		if !kept(f) && !bytes.Equal(a, b) { // jsonb writes equal values alike
			changes = append(changes, FieldChange{f, b, a})
		}
	}
	return changes
}

func orNull(v json.RawMessage) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

// movedM is how far a shape went: the longest way from a vertex of one to the nearest of the other (the discrete Hausdorff distance), in metres. nil
// where nothing changed, or where there is no telling.
func movedM(before, after json.RawMessage) *float64 {
	if bytes.Equal(before, after) {
		return nil
	}
	var b, a geojson.Geometry
	if json.Unmarshal(before, &b) != nil || json.Unmarshal(after, &a) != nil {
		return nil // the record writes no other
	}
	m := hausdorffM(b.Geometry(), a.Geometry())
	if math.IsInf(m, 0) || math.IsNaN(m) {
		return nil
	}
	m = math.Round(m*1000) / 1000
	return &m
}

// hausdorffM is exact on the ellipsoid for points; for lines and areas it is measured on a plane at their middle, to about a part in a thousand within a city.
func hausdorffM(a, b orb.Geometry) float64 {
	p, isPoint := a.(orb.Point)
	if q, ok := b.(orb.Point); ok && isPoint {
		return geo.DistanceM(p, q)
	}
	middle := a.Bound().Union(b.Bound()).Center()
	const step = 1e-3 // degrees
	scale := orb.Point{geo.DistanceM(middle, orb.Point{middle[0] + step, middle[1]}) / step, geo.DistanceM(middle, orb.Point{middle[0], middle[1] + step}) / step}
	x, y := outline(a, middle, scale), outline(b, middle, scale)
	return max(farthest(x, y), farthest(y, x))
}

// outline is the lines of a shape in metres around a middle; a point is a line of one vertex.
func outline(g orb.Geometry, middle, scale orb.Point) (lines []orb.LineString) {
	eachPart(g, func(ps []orb.Point) {
		if ps == nil { // between the parts of a multi-geometry
			return
		}
		out := make(orb.LineString, len(ps))
		for i, p := range ps {
			out[i] = orb.Point{(p[0] - middle[0]) * scale[0], (p[1] - middle[1]) * scale[1]}
		}
		lines = append(lines, out)
	})
	return lines
}

// maxPairs bounds how often a vertex is held against a line: of larger shapes only every n-th vertex is asked.
const maxPairs = 4_000_000

// farthest is the longest way from a vertex of some lines to the nearest place on others. Vertices that both have are on both.
func farthest(from, to []orb.LineString) (m float64) {
	shared, total := map[orb.Point]struct{}{}, 0
	for _, l := range to {
		total += len(l)
		for _, p := range l {
			shared[p] = struct{}{}
		}
	}
	var own []orb.Point
	for _, l := range from {
		for _, p := range l {
			if _, has := shared[p]; !has {
				own = append(own, p)
			}
		}
	}
	every := 1 + len(own)*total/maxPairs
	for i := 0; i < len(own); i += every {
		m = max(m, nearest(own[i], to))
	}
	return m
}

func nearest(p orb.Point, to []orb.LineString) float64 {
	best := math.Inf(1)
	for _, l := range to {
		for i := range l {
			best = min(best, segmentM(p, l[max(i-1, 0)], l[i]))
		}
	}
	return best
}

// segmentM is the way from a point to a segment, on the plane.
func segmentM(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if d2 := dx*dx + dy*dy; d2 > 0 {
		t = min(1, max(0, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/d2))
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}
