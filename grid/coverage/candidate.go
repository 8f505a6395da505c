package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
)

// candidate is a place that may be chosen.
type candidate struct {
	spot  walk.Spot // where it joins the network; walk.None where it does not, or nobody needs it to
	at    orb.Point
	given int // place among the given points; -1 for others
	cost  int64
}

// enclosure tells whether places lie in some polygons, borders included.
type enclosure struct {
	shape  orb.MultiPolygon
	bounds []orb.Bound
}

func newEnclosure(shape orb.MultiPolygon) enclosure {
	g := enclosure{shape: shape}
	for _, p := range shape {
		g.bounds = append(g.bounds, p.Bound())
	}
	return g
}

// of is the polygon that a place lies in; -1 for none.
func (g *enclosure) of(p orb.Point) int {
	for i, polygon := range g.shape {
		if g.bounds[i].Contains(p) && geo.Covers(polygon, p) {
			return i
		}
	}
	return -1
}

func (g *enclosure) has(p orb.Point) bool { return g.of(p) >= 0 }

// candidatesOf lists the candidates of a question on a network, in order: those of streets by edge, given ones as they were given. Nothing but given
// points stands outside of within (nil for no limit); nothing at all on forbidden ground. Refused with ErrTooLarge beyond MaxCandidates.
func candidatesOf(ctx context.Context, q *SitingQuestion, g *walk.Graph, within *enclosure) ([]candidate, error) {
	forbidden := newEnclosure(q.Forbidden)
	allowed := func(p orb.Point) bool { return !forbidden.has(p) && (within == nil || within.has(p)) }
	spacingMM := q.Candidates.SpacingM * mmPerM
	switch q.Candidates.Kind {
	case PointCandidates:
		return givenCandidates(ctx, q, g, &forbidden)
	case AreaCandidates:
		areas := newEnclosure(q.Candidates.Areas)
		met := make([]bool, len(areas.shape))
		list, err := streetCandidates(g, spacingMM, func(p orb.Point) bool {
			i := areas.of(p)
			if i < 0 || !allowed(p) {
				return false
			}
			met[i] = true
			return true
		})
		for i, p := range areas.shape {
			if err == nil && !met[i] {
				list, err = latticeCandidates(list, q, g, p, allowed)
			}
		}
		return list, err
	default:
		return streetCandidates(g, spacingMM, allowed)
	}
}

// streetCandidates are the places along the streets that can be used, every so many millimetres from where a street begins; of those closer to each
// other than half of that, the first.
func streetCandidates(g *walk.Graph, spacingMM uint32, allowed func(orb.Point) bool) ([]candidate, error) {
	var list []candidate
	thin := newThinner(spacingMM / 2)
	for i := range g.Net.Edges {
		edge := uint32(i)
		if !g.Usable(edge) {
			continue
		}
		e := &g.Net.Edges[i]
		for off := (spacingMM - e.FromMM%spacingMM) % spacingMM; off < e.MM; off += spacingMM {
			spot := walk.Spot{Edge: edge, OffMM: off}
			at := g.Point(spot)
			if !allowed(at) || !thin.take(at) {
				continue
			}
			if list = append(list, candidate{spot: spot, at: at, given: -1, cost: 1}); len(list) > MaxCandidates {
				return nil, manyCandidates()
			}
		}
	}
	return list, nil
}

func manyCandidates() error {
	return tooLarge("候选点超过 %d 个，请加大间距或缩小范围", "more than %d candidates: take a wider spacing or less ground", MaxCandidates)
}

// givenCandidates are the given points, all of them, so that places agree; those on forbidden ground or off the network join none.
func givenCandidates(ctx context.Context, q *SitingQuestion, g *walk.Graph, forbidden *enclosure) ([]candidate, error) {
	points := q.Candidates.Points
	spots := make([]walk.Spot, len(points))
	if q.Mode != Straight {
		if err := g.SnapAll(ctx, func(i int) orb.Point { return points[i].At }, len(points), spots); err != nil {
			return nil, err
		}
	}
	list := make([]candidate, len(points))
	for i, p := range points {
		if forbidden.has(p.At) {
			spots[i].Edge = walk.None
		}
		list[i] = candidate{spot: spots[i], at: p.At, given: i, cost: max(p.Cost, 1)}
	}
	return list, nil
}

// snapped is where a place joins the network. In straight mode any place will do.
func snapped(q *SitingQuestion, g *walk.Graph, p orb.Point) (walk.Spot, bool) {
	if q.Mode == Straight {
		return walk.Spot{}, true
	}
	return g.Snap(p, walk.SnapLimitMM)
}

// latticeCandidates adds places inside an area that no street leads through, as far apart as asked, or one where it is smaller, if a street is near.
func latticeCandidates(list []candidate, q *SitingQuestion, g *walk.Graph, area orb.Polygon, allowed func(orb.Point) bool) ([]candidate, error) {
	b := area.Bound()
	spacingMM := float64(q.Candidates.SpacingM) * mmPerM
	middle := b.Center()
	const degree = 0.01
	dx := spacingMM / float64(max(walk.DistanceMM(middle, orb.Point{middle[0] + degree, middle[1]}), 1)) * degree
	dy := spacingMM / float64(max(walk.DistanceMM(middle, orb.Point{middle[0], middle[1] + degree}), 1)) * degree
	if cols, rows := (b.Max[0]-b.Min[0])/dx, (b.Max[1]-b.Min[1])/dy; cols*rows > 8*MaxCandidates {
		return nil, manyCandidates()
	}
	before := len(list)
	add := func(p orb.Point) {
		if spot, ok := snapped(q, g, p); ok && allowed(p) {
			list = append(list, candidate{spot: spot, at: p, given: -1, cost: 1})
		}
	}
	for y := b.Min[1] + dy/2; y < b.Max[1] && len(list) <= MaxCandidates; y += dy {
		for x := b.Min[0] + dx/2; x < b.Max[0]; x += dx {
			if p := (orb.Point{x, y}); geo.Covers(area, p) {
				add(p)
			}
		}
	}
	if len(list) > MaxCandidates {
		return nil, manyCandidates()
	}
	if p, ok := geo.PointInside(area); ok && len(list) == before {
		add(p)
	}
	return list, nil
}

// thinner takes places that are no closer to those it took than so far.
type thinner struct {
	apartMM uint32
	side    float64 // of a cell, degrees
	cells   map[[2]int32][]orb.Point
}

func newThinner(apartMM uint32) *thinner {
	const degreeMM = 111_000_000
	return &thinner{apartMM: apartMM, side: float64(apartMM) / degreeMM, cells: map[[2]int32][]orb.Point{}}
}

// take says whether a place is far enough from all before, and remembers it if it is. Cells are as wide as apart on a meridian, wider than enough
// towards the poles, where more of them are looked at.
func (t *thinner) take(p orb.Point) bool {
	wide := t.side / max(math.Cos(p[1]*math.Pi/180), 0.01)
	col, row := int32(math.Floor(p[0]/t.side)), int32(math.Floor(p[1]/t.side))
	reach := int32(wide/t.side) + 1
	for y := row - 1; y <= row+1; y++ {
		for x := col - reach; x <= col+reach; x++ {
			for _, other := range t.cells[[2]int32{x, y}] {
				if walk.DistanceMM(p, other) < t.apartMM {
					return false
				}
			}
		}
	}
	key := [2]int32{col, row}
	t.cells[key] = append(t.cells[key], p)
	return true
}
