package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// Decay says how what a facility offers counts less the farther one is.
type Decay string

// The decays.
const (
	Gaussian Decay = "gaussian" // 高斯衰减: falls smoothly from 1 at the door to 0 at the radius
	Stepped  Decay = "stepped"  // 分段衰减: 1, 0.68 and 0.22 in the thirds of the radius
	Even     Decay = "even"     // 不衰减: 1 up to the radius
)

// CapacityQuestion asks how much of what facilities offer there is for whom.
type CapacityQuestion struct {
	Question
	RadiusM uint32
	Decay   Decay  // "" for Gaussian
	By      string // kind of areas of the rows; "" for communities
	Within  string // code of a region that the rows lie in; "" for the city. Demand counts everywhere
}

// Capacity is supply by demand in two steps (two-step floating catchment areas): each facility shares what it offers among those within reach, and
// everybody sums up the shares of the facilities within reach. 供需比（两步移动搜索法）。
type Capacity struct {
	Method       Method
	ByPopulation bool // demand is persons; otherwise square metres
	Decay        Decay
	Facilities   []FacilityLoad // that count and are on the network, by id
	Total        CapacityRow
	Rows         []CapacityRow // by code
}

// FacilityLoad is a facility and who is within its reach.
type FacilityLoad struct {
	ID     int64 // negative for those that a scenario adds
	Name   string
	Supply float64
	Demand float64 // within reach, less the farther
	Ratio  float64 // Supply by Demand; 0 where nobody is within reach
}

// CapacityRow is what an area gets.
type CapacityRow struct {
	Code, Name, NameEn string
	Demand             float64 // persons, or square metres
	NoNetwork          float64 // of it without network
	Unserved           float64 // of it with network and nothing within reach
	Supply             float64 // what comes to its people: ratios times demand. All areas together get what the facilities offer that have demand
	Ratio              float64 // Supply by Demand; 0 where there is no demand
}

// Capacity works out supply by demand. Errors: ErrNoService, ErrRadius, ErrNoArea, ErrProblem for an unknown decay.
func (b *Board) Capacity(ctx context.Context, q CapacityQuestion) (*Capacity, error) {
	if q.By == "" {
		q.By = usualBy
	}
	if q.Decay == "" {
		q.Decay = Gaussian
	}
	if q.Decay != Gaussian && q.Decay != Stepped && q.Decay != Even {
		return nil, malformed("decay %q", q.Decay)
	}
	method, err := b.Method(ctx, q.Question, []uint32{q.RadiusM})
	if err != nil {
		return nil, err
	}
	q.Res, q.Mode, q.Profile = method.Res, method.Mode, method.Profile
	hexes, err := b.Hexes(ctx, q.Question, []uint32{q.RadiusM}, false)
	if err != nil {
		return nil, err
	}
	what, err := b.weightOf(ctx, q.Res)
	if err != nil {
		return nil, err
	}
	everywhere, _, err := b.pieces(ctx, q.Res, "", "", what)
	if err != nil {
		return nil, err
	}
	rows, areas, err := b.pieces(ctx, q.Res, q.By, q.Within, what)
	if err != nil {
		return nil, err
	}
	c := &catchment{limitMM: q.RadiusM * mmPerM, decay: q.Decay, demand: demandOf(hexes.Sheet.Len(), everywhere, perUnit(what))}
	if err := b.reachOf(ctx, &q, hexes, c); err != nil {
		return nil, err
	}
	out := &Capacity{Method: method, ByPopulation: what == ByPopulation, Decay: q.Decay}
	ratio := c.share(hexes.Facilities, out)
	out.deal(hexes, rows, areas, ratio, perUnit(what))
	return out, ctx.Err()
}

// demandOf sums up pieces by hexagon.
func demandOf(n int, pieces []piece, unit float64) []float64 {
	demand := make([]float64, n)
	for _, p := range pieces {
		demand[p.hex] += float64(p.weight) / unit
	}
	return demand
}

// catchment is who is within reach of which facility.
type catchment struct {
	limitMM uint32
	decay   Decay
	demand  []float64     // by hexagon
	reach   [][]hexWithin // by facility
}

// hexWithin is a hexagon so far from a facility.
type hexWithin struct{ hex, mm uint32 }

// reachOf finds the hexagons within reach of every facility that counts.
func (b *Board) reachOf(ctx context.Context, q *CapacityQuestion, h *Hexes, c *catchment) error {
	c.reach = make([][]hexWithin, len(h.Facilities))
	if q.Mode == Straight {
		for i, f := range h.Facilities {
			if f.OnNetwork {
				c.reach[i] = crowWithin(h.Sheet, f.At, c.limitMM)
			}
		}
		return ctx.Err()
	}
	graph, err := b.Network(ctx, q.Profile)
	if err != nil {
		return err
	}
	spots, err := b.Spots(ctx, q.Res, q.Profile)
	if err != nil {
		return err
	}
	finder, hexOf := finderOf(graph, spots)
	r := newRanger(finder)
	for i, f := range h.Facilities {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !f.OnNetwork {
			continue
		}
		r.within(f.Spot, c.limitMM, func(item, mm uint32) {
			c.reach[i] = append(c.reach[i], hexWithin{hexOf[item], mm})
		})
	}
	return nil
}

func crowWithin(s *Sheet, at orb.Point, limitMM uint32) (out []hexWithin) {
	s.Near(newDisc(at, limitMM).bound, func(h int) bool {
		if mm := walk.DistanceMM(at, s.At(h)); mm <= limitMM {
			out = append(out, hexWithin{uint32(h), mm})
		}
		return true
	})
	return out
}

// finderOf leaves out what is off the network; the item of a finder is then a place in hexOf.
func finderOf(g *walk.Graph, spots []walk.Spot) (f *setFinder, hexOf []uint32) {
	on := make([]walk.Spot, 0, len(spots))
	for h, s := range spots {
		if s.Edge != walk.None {
			on, hexOf = append(on, s), append(hexOf, uint32(h))
		}
	}
	return newSetFinder(g, on), hexOf
}

// ranger finds items and how far they are from one place after the other.
type ranger struct {
	finder   *setFinder
	searcher walk.Searcher
	far      []uint32 // by item; walk.Never between calls
	met      []uint32
}

func newRanger(f *setFinder) *ranger {
	r := &ranger{finder: f, far: make([]uint32, len(f.spots))}
	for i := range r.far {
		r.far[i] = walk.Never
	}
	return r
}

// within visits the items within so far of a place, each once.
func (r *ranger) within(from walk.Spot, limitMM uint32, visit func(item, mm uint32)) {
	f := r.finder
	for _, i := range f.along[f.onEdge[from.Edge]:f.onEdge[from.Edge+1]] {
		r.meet(i, walk.Beside(from, f.spots[i]), limitMM)
	}
	r.searcher.Reach(f.graph, from, limitMM, func(node, mm uint32) {
		for _, it := range f.found[f.first[node]:f.first[node+1]] {
			r.meet(it.item, mm+it.mm, limitMM)
		}
	})
	for _, i := range r.met {
		visit(i, r.far[i])
		r.far[i] = walk.Never
	}
	r.met = r.met[:0]
}

func (r *ranger) meet(item, mm, limitMM uint32) {
	if mm > limitMM || mm >= r.far[item] {
		return
	}
	if r.far[item] == walk.Never {
		r.met = append(r.met, item)
	}
	r.far[item] = mm
}

// share is both steps: the ratio of every facility, and by hexagon the sum of those within reach.
func (c *catchment) share(facilities []Facility, out *Capacity) (ratio []float64) {
	ratio = make([]float64, len(c.demand))
	for i, f := range facilities {
		if !f.OnNetwork {
			continue
		}
		load := FacilityLoad{ID: f.ID, Name: f.Name, Supply: f.Supply}
		for _, w := range c.reach[i] {
			load.Demand += c.demand[w.hex] * c.weight(w.mm)
		}
		if load.Demand > 0 {
			load.Ratio = load.Supply / load.Demand
		}
		for _, w := range c.reach[i] {
			ratio[w.hex] += load.Ratio * c.weight(w.mm)
		}
		out.Facilities = append(out.Facilities, load)
	}
	return ratio
}

// weight is how much a distance within the limit counts.
func (c *catchment) weight(mm uint32) float64 {
	share := float64(mm) / float64(c.limitMM)
	switch c.decay {
	case Gaussian:
		rim := math.Exp(-0.5)
		return (math.Exp(-0.5*share*share) - rim) / (1 - rim)
	case Stepped:
		switch {
		case share <= 1./3:
			return 1
		case share <= 2./3:
			return 0.68
		}
		return 0.22
	}
	return 1
}

// deal sums ratios up by area.
func (out *Capacity) deal(h *Hexes, pieces []piece, areas []Area, ratio []float64, unit float64) {
	out.Rows = make([]CapacityRow, len(areas))
	for i, a := range areas {
		out.Rows[i] = CapacityRow{Code: a.Code, Name: a.Name, NameEn: a.NameEn}
	}
	for _, p := range pieces {
		row, demand := &out.Rows[p.area], float64(p.weight)/unit
		row.Demand += demand
		row.Supply += demand * ratio[p.hex]
		switch {
		case h.Flags[p.hex]&FlagNoNetwork != 0:
			row.NoNetwork += demand
		case ratio[p.hex] == 0:
			row.Unserved += demand
		}
	}
	for i := range out.Rows {
		row := &out.Rows[i]
		out.Total.Demand += row.Demand
		out.Total.NoNetwork += row.NoNetwork
		out.Total.Unserved += row.Unserved
		out.Total.Supply += row.Supply
		row.Ratio = row.ratio()
	}
	out.Total.Ratio = out.Total.ratio()
}

func (r *CapacityRow) ratio() float64 {
	if r.Demand == 0 {
		return 0
	}
	return r.Supply / r.Demand
}
