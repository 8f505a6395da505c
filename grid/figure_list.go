package grid

import "github.com/paulmach/orb"

// Listed is one thing that a figure counts: on the side of what it has, or of what it lacks.
type Listed struct {
	Target Target      // zero for a part of the ground that nothing covers
	Duty   *Duty       // of the duties only
	Gap    orb.Polygon // of the parts of the ground only
	HaveM  float64     // of roads and alleys: metres with somebody responsible
	OfM    float64     // and all of its metres
	Way    *Way        // of roads and alleys
	Grid   *Grid       // of grids
}

// spareM is what of a line can be without anybody before the line is told of: a metre is where grids and roads do not quite meet.
const spareM = 1

// List tells what a figure of a region counts: with have what it has, else what it lacks. Of an area it has grids, and lacks the parts of the ground
// without one.
func (r *Roster) List(n *Net, w *Ways, day Day, scheme string, region *Region, which Figure, have bool) []Listed {
	g := r.groundOf(n, w, day)
	in := g.extent(region)
	switch which {
	case Gridded:
		if !have {
			return gaps(r.Uncovered(n, w, day, scheme, region))
		}
		return gridsOf(n.Grids(scheme), func(x *Grid) bool { return scheme != "" && in.grid(x) })
	case CoveredArea:
		if !have {
			return gaps(r.Uncovered(n, w, day, "", region))
		}
		return gridsOf(g.manned(), in.grid)
	case MannedGrids:
		return gridsOf(g.gridsIn(scheme, in), func(x *Grid) bool { return g.filled(x) == have })
	case Dutiful:
		return g.dutiesIn(scheme, in, have)
	case CoveredRoad:
		return g.waysIn(TargetRoad, in, have)
	default:
		return g.waysIn(TargetAlley, in, have)
	}
}

func gaps(parts []orb.Polygon) (out []Listed) {
	for _, p := range parts {
		out = append(out, Listed{Gap: p})
	}
	return out
}

func gridsOf(grids []*Grid, wanted func(*Grid) bool) (out []Listed) {
	for _, x := range grids {
		if wanted(x) {
			out = append(out, Listed{Target: Target{TargetGrid, x.ID}, Grid: x})
		}
	}
	return out
}

func (g *ground) dutiesIn(scheme string, in *extent, fine bool) (out []Listed) {
	for _, m := range g.marks {
		if m.fine == fine && g.counts(m, scheme, in) {
			out = append(out, Listed{Target: m.duty.Target, Duty: m.duty})
		}
	}
	return out
}

func (g *ground) waysIn(kind TargetKind, in *extent, have bool) (out []Listed) {
	for i := range g.ways.list {
		w := &g.ways.list[i]
		if w.Target.Kind != kind || (g.metres[i] >= w.LengthM-spareM) != have || !in.has(w.Region, &w.At, w.place) {
			continue
		}
		out = append(out, Listed{Target: w.Target, Way: w, HaveM: g.metres[i], OfM: w.LengthM})
	}
	return out
}
