package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
)

// rampGood are the words of the profile of thresholds for a ramp that meets it.
const rampGood = "compliant"

// aRamp is a ramp of the inventory.
type aRamp struct {
	id       int64
	code     string
	shape    orb.Geometry
	kind     string // kerb, wheelchair
	judged   string // compliant, non_compliant, unknown
	flat     bool   // no steeper than a flat entrance
	inUse    bool
	occupied bool
}

// rampBook is all ramps, and where they are.
type rampBook struct {
	list []aRamp
	tree *index.Tree
}

// ramps reads the ramps.
func (a *asking) ramps(ctx context.Context) (*rampBook, error) {
	flat := a.limit(layerRamp, "flat_slope", "")
	r := &rampBook{}
	err := a.each(ctx, layerRamp, []string{"code", "status", "kind", "compliance", "slope", "occupied"}, func(f Feature, v values) {
		slope, measured := v[4].(float64)
		r.list = append(r.list, aRamp{id: f.ID, code: v.text(0), shape: f.Shape, kind: v.text(2), judged: v.text(3), flat: measured && flat.meets(slope), inUse: v.usable(), occupied: v.yes(5)})
	})
	r.tree = index.Pack(0, nil)
	if len(r.list) > 0 {
		boxes := make([]index.Box, len(r.list))
		for i := range r.list {
			boxes[i] = worldBox(r.list[i].shape.Bound())
		}
		r.tree = index.Build(boxes)
	}
	return r, err
}

// verdict tells how a place stands by the ramps near it.
type verdict struct {
	met bool
	why *Words
}

// rank orders what may be wrong with a ramp near a place: the one that lacks least is told of.
func (r *aRamp) rank(serves func(*aRamp) bool) int {
	switch {
	case !serves(r):
		return 5
	case !r.inUse:
		return 4
	case r.judged == "non_compliant":
		return 3
	case r.judged != rampGood:
		return 2
	case r.occupied:
		return 1
	}
	return 0
}

// near judges a feature by the ramps within some metres of it that serve it.
func (r *rampBook) near(shape orb.Geometry, limit Threshold, serves func(*aRamp) bool) verdict {
	best, bestM, worst := -1, 0.0, 5
	r.tree.Search(worldBox(padM(shape.Bound(), limit.Value)), func(i int) bool {
		x := &r.list[i]
		m := awayM(placeOn(x.shape), shape)
		if at, is := shape.(orb.Point); is {
			m = awayM(at, x.shape)
		}
		rank := x.rank(serves)
		if !limit.meets(m) || rank == 5 {
			return true
		}
		better := best < 0 || cmp.Or(cmp.Compare(rank, worst), cmp.Compare(m, bestM), cmp.Compare(x.id, r.list[best].id)) < 0
		if better {
			best, bestM, worst = i, m, rank
		}
		return true
	})
	if best < 0 {
		return verdict{false, &Words{fmt.Sprintf("%g 米内没有坡道", limit.Value), fmt.Sprintf("no ramp within %g m", limit.Value)}}
	}
	return verdict{worst == 0, r.list[best].tell(worst, bestM)}
}

// tell says what is with a ramp at some distance.
func (r *aRamp) tell(rank int, m float64) *Words {
	state := [...]Words{{"达标且未被占用", "compliant and clear"}, {"达标但被占用", "compliant but occupied"}, {"未测，不知是否达标", "not measured"}, {"不达标", "not compliant"}, {"已停用、缺失或废弃", "closed, missing or abandoned"}}[rank]
	called := cmp.Or(r.code, fmt.Sprint(r.id))
	return &Words{fmt.Sprintf("坡道 %s 距 %.1f 米：%s", called, m, state.Zh), fmt.Sprintf("ramp %s is %.1f m away: %s", called, m, state.En)}
}

// padM makes a box larger by some metres.
func padM(b orb.Bound, m float64) orb.Bound {
	const perDegreeM = 110_000 // at least
	lat := m / perDegreeM
	lon := lat / math.Max(0.01, math.Cos(b.Max[1]*math.Pi/180))
	return orb.Bound{Min: orb.Point{b.Min[0] - lon, b.Min[1] - lat}, Max: orb.Point{b.Max[0] + lon, b.Max[1] + lat}}
}

// awayM is how far a place is from a feature: 0 inside an area.
func awayM(at orb.Point, shape orb.Geometry) float64 {
	best := math.Inf(1)
	switch g := shape.(type) {
	case orb.Point:
		return geo.DistanceM(at, g)
	case orb.LineString:
		best = awayFromLineM(at, g)
	case orb.MultiLineString:
		for _, l := range g {
			best = min(best, awayFromLineM(at, l))
		}
	case orb.Polygon:
		best = awayFromAreaM(at, g)
	case orb.MultiPolygon:
		for _, p := range g {
			best = min(best, awayFromAreaM(at, p))
		}
	}
	return best
}

func awayFromAreaM(at orb.Point, p orb.Polygon) float64 {
	if geo.Covers(p, at) {
		return 0
	}
	best := math.Inf(1)
	for _, r := range p {
		best = min(best, awayFromLineM(at, orb.LineString(r)))
	}
	return best
}

// awayFromLineM measures to the place of a line that is nearest where a degree of longitude is as long as it is there.
func awayFromLineM(at orb.Point, l orb.LineString) float64 {
	best := math.Inf(1)
	cos := math.Cos(at[1] * math.Pi / 180)
	for i := range l {
		q := l[i]
		if i > 0 {
			dx, dy := (l[i][0]-l[i-1][0])*cos, l[i][1]-l[i-1][1]
			if d := dx*dx + dy*dy; d > 0 {
				t := min(max(((at[0]-l[i-1][0])*cos*dx+(at[1]-l[i-1][1])*dy)/d, 0), 1)
				q = orb.Point{l[i-1][0] + (l[i][0]-l[i-1][0])*t, l[i-1][1] + dy*t}
			}
		}
		best = min(best, geo.DistanceM(at, q))
	}
	return best
}

// rampCompliance: how many ramps are measured, compliant, and clear.
func rampCompliance() *question {
	column := func(id string, title, num, den Words) ColumnText {
		return ColumnText{ID: id, Unit: UnitShare, Title: title, Numerator: num, Denominator: den, NumeratorUnit: "feature", DenominatorUnit: "feature", Additive: true}
	}
	inUse := Words{"在用（完好、破损）坡道，按处计", "ramps in use (intact or damaged), counted one by one"}
	q := &question{QuestionText: QuestionText{ID: "ramp_compliance", Title: Words{"坡道达标", "Compliance of ramps"}, Unit: "feature", Layers: []string{layerRamp}, Columns: []ColumnText{
		column("compliant", Words{"达标", "Compliant"}, Words{"按现行阈值方案判为达标的坡道", "ramps that meet the thresholds in force"}, Words{"在用且已测（达标或不达标）的坡道；未测的不计", "ramps in use that were measured; those not measured are left out"}),
		column("kerb_compliant", Words{"缘石坡道达标", "Kerb ramps compliant"}, Words{"达标的缘石坡道", "compliant kerb ramps"}, Words{"在用且已测的缘石坡道", "kerb ramps in use that were measured"}),
		column("wheelchair_compliant", Words{"轮椅坡道达标", "Wheelchair ramps compliant"}, Words{"达标的轮椅坡道", "compliant wheelchair ramps"}, Words{"在用且已测的轮椅坡道", "wheelchair ramps in use that were measured"}),
		column("measured", Words{"已测", "Measured"}, Words{"测过、可判定达标与否的坡道", "ramps that can be judged"}, inUse),
		column("clear", Words{"未被占用", "Clear"}, Words{"未登记被占用的坡道", "ramps not recorded as occupied"}, inUse),
	}}}
	q.collect = func(ctx context.Context, a *asking) ([]fact, error) {
		all, err := a.ramps(ctx)
		if err != nil {
			return nil, err
		}
		var out []fact
		for i := range all.list {
			if r := &all.list[i]; r.inUse {
				out = append(out, r.fact())
			}
		}
		return out, nil
	}
	return q
}

// fact judges one ramp.
func (r *aRamp) fact() fact {
	good, measured := r.judged == rampGood, r.judged == rampGood || r.judged == "non_compliant"
	parts := make([]portion, 5)
	judged := &Words{"不达标", "not compliant"}
	if good {
		judged = &Words{"达标", "compliant"}
	}
	if measured {
		parts[0] = one(good, judged)
		parts[map[string]int{"kerb": 1, "wheelchair": 2}[r.kind]] = one(good, judged)
	}
	known := &Words{"未测：缺坡度、宽度或高差", "not measured: slope, width or rise is missing"}
	if measured {
		known = &Words{"已测", "measured"}
	}
	parts[3] = one(measured, known)
	free := &Words{"未被占用", "clear"}
	if r.occupied {
		free = &Words{"被占用", "occupied"}
	}
	parts[4] = one(!r.occupied, free)
	return fact{layer: layerRamp, id: r.id, code: r.code, at: placeOn(r.shape), parts: parts}
}

// placeOn is a place on a feature that stands for it: of a line its middle vertex, of an area a place inside.
func placeOn(shape orb.Geometry) orb.Point {
	switch g := shape.(type) {
	case orb.Point:
		return g
	case orb.LineString:
		if len(g) > 0 {
			return middleOf(orb.MultiLineString{g})
		}
	case orb.MultiLineString:
		return middleOf(g)
	case orb.Polygon:
		return insideOf(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		return insideOf(g)
	}
	return shape.Bound().Center()
}

func insideOf(g orb.MultiPolygon) orb.Point {
	if at, ok := geo.PointInsideMulti(g); ok {
		return at
	}
	return g.Bound().Center()
}

// middleOf is the place half-way along lines laid end to end.
func middleOf(lines orb.MultiLineString) orb.Point {
	half := geo.LengthMultiM(lines) / 2
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			m := geo.DistanceM(l[i-1], l[i])
			if m > 0 && half <= m {
				t := half / m
				return orb.Point{l[i-1][0] + (l[i][0]-l[i-1][0])*t, l[i-1][1] + (l[i][1]-l[i-1][1])*t}
			}
			half -= m
		}
	}
	return lines.Bound().Center()
}

// coursesOf are the lines of a feature; nil for other kinds.
func coursesOf(shape orb.Geometry) orb.MultiLineString {
	switch g := shape.(type) {
	case orb.LineString:
		return orb.MultiLineString{g}
	case orb.MultiLineString:
		return g
	}
	return nil
}
