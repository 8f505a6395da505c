package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/walk"
)

// Explain says why a place is covered or not at a radius. Errors: ErrNoService, ErrRadius.
func (b *Board) Explain(ctx context.Context, q Question, at orb.Point, radiusM uint32) (Explanation, error) {
	radii := []uint32{radiusM}
	if err := checkRadii(radii); err != nil {
		return Explanation{}, err
	}
	if q.Res == 0 {
		q.Res = b.knownRes(q)
	}
	a, err := b.complete(q, "")
	if err != nil {
		return Explanation{}, err
	}
	f, err := b.field(ctx, a, radii)
	if err != nil {
		return Explanation{}, err
	}
	e := &explainer{b: b, asked: a, field: f, Explanation: Explanation{At: at, RadiusM: radiusM, DistanceMM: walk.Never, SecondMM: walk.Never}}
	if e.Method, err = b.method(ctx, a, radii); err != nil {
		return Explanation{}, err
	}
	e.Method.Res, e.Method.Hexagons, e.Method.UnsnappedHexagons = 0, 0, 0 // those that happened to be known have no part in it
	e.straight()
	if a.Mode == Straight {
		e.asTheCrowFlies()
	} else {
		nodes, err := b.nodes(ctx)
		if err != nil {
			return Explanation{}, err
		}
		f.with(func(r reach) { e.onFoot(r.(*walkReach).tree, nodes) })
	}
	e.write()
	return e.Explanation, ctx.Err()
}

// knownRes is a resolution for which the board knows distances of a question already: a place does not depend on it.
func (b *Board) knownRes(q Question) int {
	a, err := b.complete(Question{Service: q.Service, Kind: q.Kind, Mode: q.Mode, Profile: q.Profile, Res: usualRes}, cityAreas)
	usual, fine := false, false
	b.fields.keys(func(k fieldKey) {
		usual = usual || k.Question == a.Question
		fine = fine || k.Res == fineRes && k.Service == a.Service && k.Kind == a.Kind && k.Mode == a.Mode && k.Profile == a.Profile
	})
	if err == nil && fine && !usual {
		return fineRes
	}
	return usualRes
}

// explainer works an explanation out.
type explainer struct {
	Explanation
	asked
	b     *Board
	field *field
}

// straight finds the nearest facility as the crow flies, of those that count.
func (e *explainer) straight() {
	e.StraightMM = walk.Never
	x, y := planeAt(e.At[1])
	best := math.Inf(1)
	for _, s := range e.field.chosen.all {
		d := math.Hypot((s.At[0]-e.At[0])*x, (s.At[1]-e.At[1])*y)
		if !s.counts() || d > best*(1+planeSlack)+mmPerM {
			continue
		}
		if mm := walk.DistanceMM(e.At, s.At); mm < e.StraightMM {
			e.Straight, e.StraightMM = &s.Facility, mm
		}
		best = min(best, d)
	}
}

// asTheCrowFlies explains in straight mode.
func (e *explainer) asTheCrowFlies() {
	e.Class = Uncovered
	if e.Straight == nil || e.StraightMM > e.field.limitMM {
		return
	}
	e.Facility, e.DistanceMM, e.Detour = e.Straight, e.StraightMM, 1
	e.Line = orb.LineString{e.At, e.Facility.At}
	e.Legs = []Leg{{MM: e.DistanceMM, Line: e.Line}}
	e.Class = e.class(e.DistanceMM)
	for _, s := range e.field.chosen.all {
		if mm := walk.DistanceMM(e.At, s.At); s.counts() && &s.Facility != e.Facility && mm <= e.field.limitMM && mm < e.SecondMM {
			e.Second, e.SecondMM = &s.Facility, mm
		}
	}
}

func (e *explainer) class(mm uint32) Class {
	if mm <= e.RadiusM*mmPerM {
		return Covered
	}
	return Uncovered
}

// onFoot explains along the network.
func (e *explainer) onFoot(t *walk.Tree, nodes *incidence) {
	spot, ok := t.Graph.Snap(e.At, walk.SnapLimitMM)
	if !ok {
		e.Class = NoNetwork
		if s, near := nearestStreet(t.Graph, e.At); near {
			e.barrier(t.Graph, s)
		}
		return
	}
	e.Snap = e.joint(t, spot)
	e.Class = e.class(e.Snap.DistanceMM)
	for _, s := range t.Graph.Near(e.At, walk.SnapLimitMM, ambiguousMM, nil) {
		if s.Edge == spot.Edge {
			continue
		}
		other := e.joint(t, s)
		e.Alternatives = append(e.Alternatives, *other)
		e.Ambiguous = e.Ambiguous || e.class(other.DistanceMM) != e.Class
	}
	if path, found := t.Path(spot); found {
		owner := e.field.chosen.bySlot()[path.Owner]
		e.Facility, e.DistanceMM = &owner.Facility, path.TotalMM
		e.walkAlong(t.Graph, spot, path)
		if e.StraightMM = walk.DistanceMM(e.At, owner.At); e.StraightMM > 0 {
			e.Detour = float64(e.DistanceMM) / float64(e.StraightMM)
		}
		e.second(t, nodes, spot, path.Owner)
	}
	if e.Class == Uncovered && e.Straight != nil {
		e.barrier(t.Graph, e.Straight.Spot)
	}
}

// barrier notes what parts the place from a spot.
func (e *explainer) barrier(g *walk.Graph, s walk.Spot) {
	if i, crossed := g.Crossed(e.At, s); crossed {
		e.Barrier = g.Net.Barriers[i].Shape
	}
}

// nearestStreet is the nearest position of the network within the snap limit, whatever parts it from the place.
func nearestStreet(g *walk.Graph, at orb.Point) (walk.Spot, bool) {
	best := walk.Spot{Edge: walk.None, PerpMM: walk.SnapLimitMM}
	near := padded(at.Bound(), walk.SnapLimitMM)
	for i := range g.Net.Edges {
		line, walked := g.Net.Line(uint32(i)), 0.0
		if !g.Usable(uint32(i)) || !line.Bound().Intersects(near) {
			continue
		}
		for j := 1; j < len(line); j++ {
			p := nearestOn(at, line[j-1], line[j])
			if mm := walk.DistanceMM(at, p); mm < best.PerpMM {
				off := math.Round((walked + geo.DistanceM(line[j-1], p)) * mmPerM)
				best = walk.Spot{Edge: uint32(i), OffMM: min(uint32(off), g.Net.Edges[i].MM), PerpMM: mm}
			}
			walked += geo.DistanceM(line[j-1], line[j])
		}
	}
	return best, best.Edge != walk.None
}

// joint is a place where one may join the network.
func (e *explainer) joint(t *walk.Tree, s walk.Spot) *Joint {
	key := t.Graph.Net.Streets[t.Graph.Net.Edges[s.Edge].Street].Key
	mm, _ := t.At(s)
	return &Joint{Street: StreetName(key), Name: e.b.streetTitle(key), PerpMM: s.PerpMM, DistanceMM: mm}
}

// streetTitle is the name of a street as people know it; "" where it has none.
func (b *Board) streetTitle(key int64) string {
	layer, id, recorded := streetOf(key)
	if !recorded {
		return streetChangesOf(b.changes)[-1-key].Name
	}
	f, found := b.city.Feature(layer, id, nameField)
	if !found {
		return ""
	}
	return values(f.Values).text(0)
}

var nameField = []string{"name"}

// walkAlong writes the legs of a path, those along one street as one.
func (e *explainer) walkAlong(g *walk.Graph, spot walk.Spot, p walk.Path) {
	last := int64(-1)
	for i, l := range p.Legs {
		switch {
		case i == 0:
			e.Legs = append(e.Legs, Leg{MM: l.MM, Line: orb.LineString{e.At, g.Point(spot)}})
		case l.Edge == walk.None:
			e.Legs = append(e.Legs, Leg{MM: l.MM, Line: orb.LineString{g.Point(e.Facility.Spot), e.Facility.At}})
		default:
			key := g.Net.Streets[g.Net.Edges[l.Edge].Street].Key
			before := &e.Legs[len(e.Legs)-1]
			name := before.Name
			if key != last {
				name = e.b.streetTitle(key)
			}
			if before.Street && (key == last || name != "" && name == before.Name) {
				before.MM += l.MM
				before.Line = append(before.Line, l.Line[1:]...)
			} else {
				e.Legs = append(e.Legs, Leg{Street: true, Name: name, MM: l.MM, Line: l.Line})
			}
			last = key
		}
	}
	for _, l := range e.Legs {
		for _, p := range l.Line {
			if n := len(e.Line); n == 0 || e.Line[n-1] != p {
				e.Line = append(e.Line, p)
			}
		}
	}
}

// second finds the nearest facility but one, by another search from the place.
func (e *explainer) second(t *walk.Tree, nodes *incidence, spot walk.Spot, first uint32) {
	bySlot, key := e.field.chosen.bySlot(), int64(0)
	offer := func(owner, mm uint32) {
		s := bySlot[owner]
		if owner == first || mm > t.LimitMM || mm > e.SecondMM || mm == e.SecondMM && s.key >= key {
			return
		}
		e.Second, e.SecondMM, key = &s.Facility, mm, s.key
	}
	t.Occupied(spot.Edge, func(s walk.Seed) bool {
		offer(s.Owner, walk.Beside(spot, s.Spot))
		return true
	})
	new(walk.Searcher).Reach(t.Graph, spot, t.LimitMM, func(node, mm uint32) {
		for _, edge := range nodes.at(node) {
			if !t.Busy(edge) {
				continue
			}
			ends := t.Graph.Net.Edges[edge]
			t.Occupied(edge, func(s walk.Seed) bool {
				if ends.U == node {
					offer(s.Owner, mm+s.PerpMM+s.OffMM)
				}
				if ends.V == node {
					offer(s.Owner, mm+s.PerpMM+ends.MM-s.OffMM)
				}
				return true
			})
		}
	})
}
