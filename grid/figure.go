package grid

// The four figures of the slogan, per region and day. Decisions:
//
//   - 网中有格 gridded: the area of the region that grids of the scheme cover, over the region's area, wherever the net's extent ends.
//   - 格中定人 manned: grids of the scheme in the region with all required roles filled, over all of them. A scheme of which nothing is required
//     has no such figure (0 of 0).
//   - 各负其责 dutiful: duties of the day that are done within their rules, over all of the day, for grids of the scheme and for everything else in
//     the region. A duty is not within its rules when its holder is absent and nobody stands in, when the post has more of primary rank than it
//     may (the later ones), or when its holder is overloaded with it.
//   - 全域覆盖 covered: area, metres of road and metres of alley with somebody responsible, over all. The union of all schemes counts. A road or
//     alley counts whole where somebody is responsible for it itself, else as far as it lies in grids where anybody is. Footpaths are no roads:
//     they stand outside road totals, as in the inventory.
//   - In a division lies what the record places in it; in a zone what has its sign in it (a point inside an area, the middle of a line). A line
//     counts whole for where it lies. A grid that is drawn and not made of unit grids is cut at the region's border instead.

// Share is a figure: so much of so much.
type Share struct {
	Have, Of float64
	Unit     string // m2, m, grid, duty
}

// The units of shares.
const (
	unitM2   = "m2"
	unitM    = "m"
	unitGrid = "grid"
	unitDuty = "duty"
)

// Figures are those of one region on one day.
type Figures struct {
	Gridded, Manned, Dutiful               Share
	CoveredArea, CoveredRoad, CoveredAlley Share
}

// Figure names one of the figures.
type Figure string

// The figures.
const (
	Gridded      Figure = "gridded"
	MannedGrids  Figure = "manned"
	Dutiful      Figure = "dutiful"
	CoveredArea  Figure = "covered_area"
	CoveredRoad  Figure = "covered_road"
	CoveredAlley Figure = "covered_alley"
)

// AllFigures are the figures in the order of the slogan.
func AllFigures() []Figure {
	return []Figure{Gridded, MannedGrids, Dutiful, CoveredArea, CoveredRoad, CoveredAlley}
}

// Of gives one of the figures.
func (f Figures) Of(which Figure) Share {
	switch which {
	case Gridded:
		return f.Gridded
	case MannedGrids:
		return f.Manned
	case Dutiful:
		return f.Dutiful
	case CoveredArea:
		return f.CoveredArea
	case CoveredRoad:
		return f.CoveredRoad
	default:
		return f.CoveredAlley
	}
}

// Figures computes the figures of a region of the day's net, given all roads and alleys. What was computed before is at hand.
func (r *Roster) Figures(n *Net, w *Ways, day Day, scheme string, region *Region) Figures {
	key := figureKey{turn: n.turnOf(day), stretch: r.Stretch(day), scheme: scheme, region: region.Code}
	return r.known.figures(n.past, key, func(g *ground) Figures { return g.figures(scheme, region) }, func() *ground { return r.ground(n, w, day) })
}

// figures adds up what lies in a region.
func (g *ground) figures(scheme string, region *Region) Figures {
	in := g.extent(region)
	f := Figures{
		Gridded: g.gridded(scheme).area(in), CoveredArea: g.covered().area(in),
		Manned: Share{Unit: unitGrid}, Dutiful: Share{Unit: unitDuty}, CoveredRoad: Share{Unit: unitM}, CoveredAlley: Share{Unit: unitM},
	}
	for _, x := range g.gridsIn(scheme, in) {
		f.Manned.Of++
		if g.filled(x) {
			f.Manned.Have++
		}
	}
	for _, m := range g.marks {
		if g.counts(m, scheme, in) {
			f.Dutiful.Of++
			if m.fine {
				f.Dutiful.Have++
			}
		}
	}
	for i := range g.ways.list {
		way := &g.ways.list[i]
		share := &f.CoveredRoad
		if way.Target.Kind == TargetAlley {
			share = &f.CoveredAlley
		}
		if in.has(way.Region, &way.At, way.place) {
			share.Of += way.LengthM
			share.Have += g.metres[i]
		}
	}
	f.CoveredRoad.settle()
	f.CoveredAlley.settle()
	return f
}

// extent is that of a region, with what is known of zones.
func (g *ground) extent(region *Region) *extent {
	in := g.net.within(region.Code)
	in.signs = &g.ways.signs
	return in
}

// settled is how much of a whole may be lost to rounding: the record and this program measure areas to nine digits.
const settled = 1e-8

// settle takes what is all but rounding for all.
func (s *Share) settle() {
	if s.Have > s.Of*(1-settled) {
		s.Have = s.Of
	}
}

// gridsIn lists the grids of a scheme that lie in a region, if anything is required of such grids.
func (g *ground) gridsIn(scheme string, in *extent) []*Grid {
	if len(g.roster.Requirements(TargetGrid, scheme)) == 0 {
		return nil
	}
	var out []*Grid
	for _, x := range g.net.Grids(scheme) {
		if scheme != "" && in.grid(x) {
			out = append(out, x)
		}
	}
	return out
}

// filled tells whether all posts of a grid are.
func (g *ground) filled(x *Grid) bool {
	for _, q := range g.roster.Requirements(TargetGrid, x.Scheme) {
		if g.roster.Have(Target{TargetGrid, x.ID}, q.Role, g.day).There < q.AtLeast {
			return false
		}
	}
	return true
}

// counts tells whether a duty belongs to a region's figure.
func (g *ground) counts(m mark, scheme string, in *extent) bool {
	if m.duty.Target.Kind == TargetGrid {
		if x := g.net.GridByID(m.duty.Target.ID); x == nil || x.Scheme != scheme {
			return false
		}
	}
	if in.zone {
		return in.target(g.roster, m.duty.Target)
	}
	return in.has(m.division, nil, nil)
}
