package grid

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
)

// Way is a road or an alley with its shape, as figures need it.
type Way struct {
	Line
	Shape orb.MultiLineString
}

func (w *Way) place() orb.Point { return w.At }

// Ways are all roads and alleys. It is safe for concurrent use: what it remembers is where ways lie in grids.
type Ways struct {
	list      []Way
	tree      *index.Tree
	positions int64
	signs     signs

	mu     sync.Mutex
	inside map[*orb.Point][]stay // by the first vertex of a grid's shape, which is the shape's own
}

// stay is a stretch of a way in a grid.
type stay struct {
	way      int
	from, to float64 // metres from the way's beginning
}

// maxKnownGrids bounds for how many grids it is remembered which ways lie in them.
const maxKnownGrids = 30_000

// NewWays makes ways of rows, which it keeps.
func NewWays(list []Way) *Ways {
	slices.SortFunc(list, func(a, b Way) int { return compareTargets(a.Target, b.Target) })
	w := &Ways{list: list, inside: map[*orb.Point][]stay{}}
	boxes := make([]index.Box, len(list))
	for i := range list {
		boxes[i] = box(list[i].Bound)
		for _, l := range list[i].Shape {
			w.positions += int64(len(l))
		}
	}
	w.tree = index.Build(boxes)
	return w
}

// Ways are all roads and alleys; load reads them where nobody asked since one of them changed.
func (r *Roster) Ways(ctx context.Context, load func(context.Context) ([]Way, error)) (*Ways, error) {
	r.ways.mu.Lock()
	defer r.ways.mu.Unlock()
	if r.ways.ways == nil {
		list, err := load(ctx)
		if err != nil {
			return nil, err
		}
		r.ways.ways = NewWays(list)
	}
	return r.ways.ways, nil
}

// covered is, by way, how many metres of it somebody is responsible for: for itself, or for a grid that it lies in.
func (w *Ways) covered(r *Roster, day Day, manned []*Grid) []float64 {
	stays := make([][]stay, len(w.list))
	for _, g := range manned {
		for _, s := range w.staysIn(g) {
			stays[s.way] = append(stays[s.way], s)
		}
	}
	out := make([]float64, len(w.list))
	for i := range w.list {
		if r.Manned(w.list[i].Target, day) {
			out[i] = w.list[i].LengthM
			continue
		}
		out[i] = min(unionM(stays[i]), w.list[i].LengthM)
	}
	return out
}

// unionM is the length of stretches of one way, however they overlap.
func unionM(stays []stay) (m float64) {
	slices.SortFunc(stays, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	reached := math.Inf(-1)
	for _, s := range stays {
		if s.to > reached {
			m += s.to - max(s.from, reached)
			reached = s.to
		}
	}
	return m
}

// staysIn are the stretches of ways that lie in a grid, or along its border.
func (w *Ways) staysIn(g *Grid) []stay {
	key := firstVertex(g.Shape)
	if key == nil {
		return nil
	}
	w.mu.Lock()
	known, ok := w.inside[key]
	w.mu.Unlock()
	if ok {
		return known
	}
	var found []stay
	border := borderOf(g.Shape)
	w.tree.Search(box(g.Bound), func(i int) bool {
		found = appendStays(found, i, &w.list[i], g, border)
		return true
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.inside) >= maxKnownGrids {
		clear(w.inside)
	}
	w.inside[key] = found
	return found
}

// borderEdge is an edge of a border.
type borderEdge struct{ a, b orb.Point }

func borderOf(shape orb.MultiPolygon) (out []borderEdge) {
	for _, p := range shape {
		for _, ring := range p {
			for i := 1; i < len(ring); i++ {
				out = append(out, borderEdge{ring[i-1], ring[i]})
			}
		}
	}
	return out
}

// nearDeg is what is taken for on the border, in degrees: about a millimetre. Roads and grids share borders only to the record's rounding.
const nearDeg = 1e-8

// appendStays walks along a way and notes its stretches in a grid.
func appendStays(out []stay, i int, way *Way, g *Grid, border []borderEdge) []stay {
	m := 0.0
	for _, line := range way.Shape {
		for k := 1; k < len(line); k++ {
			a, b := line[k-1], line[k]
			length := geo.DistanceM(a, b)
			seg := orb.MultiPoint{a, b}.Bound().Pad(nearDeg)
			if length > 0 && seg.Intersects(g.Bound) {
				out = appendSegment(out, stay{i, m, m + length}, a, b, seg, g, border)
			}
			m += length
		}
	}
	return out
}

// appendSegment cuts one straight piece of a way where it meets the border, and notes the parts whose middle is in the grid or on its border.
func appendSegment(out []stay, whole stay, a, b orb.Point, seg orb.Bound, g *Grid, border []borderEdge) []stay {
	cuts := []float64{0, 1}
	var near []borderEdge
	for _, e := range border {
		if max(e.a[0], e.b[0]) < seg.Min[0] || min(e.a[0], e.b[0]) > seg.Max[0] || max(e.a[1], e.b[1]) < seg.Min[1] || min(e.a[1], e.b[1]) > seg.Max[1] {
			continue
		}
		near = append(near, e)
		cuts = appendCuts(cuts, a, b, e)
	}
	slices.Sort(cuts)
	length := whole.to - whole.from
	for k := 1; k < len(cuts); k++ {
		if cuts[k] <= cuts[k-1] {
			continue
		}
		mid := along(a, b, (cuts[k-1]+cuts[k])/2)
		if !covers(g.Shape, g.Bound, mid) && !slices.ContainsFunc(near, func(e borderEdge) bool { return offDeg(mid, e) <= nearDeg }) {
			continue
		}
		from, to := whole.from+cuts[k-1]*length, whole.from+cuts[k]*length
		if last := len(out) - 1; last >= 0 && out[last].way == whole.way && out[last].to >= from {
			out[last].to = to
			continue
		}
		out = append(out, stay{whole.way, from, to})
	}
	return out
}

// appendCuts notes where an edge of the border crosses or touches the way from a to b, as shares of it.
func appendCuts(cuts []float64, a, b orb.Point, e borderEdge) []float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	for _, v := range [2]orb.Point{e.a, e.b} { // corners of the border on the way
		t := ((v[0]-a[0])*dx + (v[1]-a[1])*dy) / (dx*dx + dy*dy)
		if t > 0 && t < 1 && offDeg(v, borderEdge{a, b}) <= nearDeg {
			cuts = append(cuts, t)
		}
	}
	ex, ey := e.b[0]-e.a[0], e.b[1]-e.a[1]
	if cross := dx*ey - dy*ex; cross != 0 {
		t := ((e.a[0]-a[0])*ey - (e.a[1]-a[1])*ex) / cross
		u := ((e.a[0]-a[0])*dy - (e.a[1]-a[1])*dx) / cross
		if t > 0 && t < 1 && u >= 0 && u <= 1 {
			cuts = append(cuts, t)
		}
	}
	return cuts
}

func along(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
}

// offDeg is the distance of a point from an edge in degrees.
func offDeg(p orb.Point, e borderEdge) float64 {
	dx, dy := e.b[0]-e.a[0], e.b[1]-e.a[1]
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = min(max(((p[0]-e.a[0])*dx+(p[1]-e.a[1])*dy)/d, 0), 1)
	}
	q := along(e.a, e.b, t)
	return math.Hypot(p[0]-q[0], p[1]-q[1])
}
