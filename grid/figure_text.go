package grid

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// FigureText says what a figure is made of, in both languages.
type FigureText struct {
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
	Have    string `json:"have"`
	HaveEn  string `json:"have_en"`
	Of      string `json:"of"`
	OfEn    string `json:"of_en"`
}

// FigureMethod says how each figure is made, by its name.
func FigureMethod() map[string]FigureText {
	return map[string]FigureText{
		string(Gridded): {"网中有格", "Gridded", "区域内该方案网格覆盖的面积", "area of the region that grids of the scheme cover",
			"区域面积（椭球面）", "area of the region on the ellipsoid"},
		string(MannedGrids): {"格中定人", "Manned", "当日所要求的角色全部到位的网格（主责、协同与在岗代理人均计，离岗者不计）", "grids with all required roles filled that day, by primary, deputy or substitute, absent holders not counted",
			"区域内该方案的网格；该方案没有要求的不计", "grids of the scheme in the region; none where nothing is required"},
		string(Dutiful): {"各负其责", "Dutiful", "有人履行、不超员且责任人不超负荷的职责", "duties that somebody there does, not in excess of the post, by a holder who is not overloaded",
			"当日有效的职责：该方案网格及区域内道路、街巷、点位、区域", "duties in force that day: grids of the scheme, and roads, alleys, places and regions in the region"},
		string(CoveredArea): {"全域覆盖：面积", "Covered: area", "各方案中有人负责的网格的并集面积", "area of the union of grids of all schemes with somebody responsible",
			"区域面积（椭球面）", "area of the region on the ellipsoid"},
		string(CoveredRoad): {"全域覆盖：道路", "Covered: roads", "本身有街长等责任人，或位于有人负责的网格内的道路长度", "length of roads with somebody responsible for them, or as far as they lie in a manned grid",
			"区域内道路长度（不含步行道；按路段中点所在区域）", "length of roads in the region, by the middle of the segment, footpaths left out"},
		string(CoveredAlley): {"全域覆盖：背街小巷", "Covered: back alleys", "本身有巷长等责任人，或位于有人负责的网格内的街巷长度", "length of alleys with somebody responsible for them, or as far as they lie in a manned grid",
			"区域内背街小巷长度（按中点所在区域）", "length of alleys in the region, by their middle"},
	}
}

// MainScheme is the net by which people are responsible, where nobody names one: the responsibility net, else the first that is not the unit grids;
// these where there is no other.
func (n *Net) MainScheme() string {
	const responsibility = "duty"
	if n.Scheme(responsibility) != nil {
		return responsibility
	}
	for _, s := range n.schemes {
		if s.Code != UnitScheme {
			return s.Code
		}
	}
	return UnitScheme
}

// RegionsBy lists the regions of a kind by code, those within a region where one is named: below a division, or with their sign in a zone. To the
// communities belong the villages beside them.
func (n *Net) RegionsBy(kind, within string) []*Region {
	in := n.within(within)
	level, zone := 0, true
	if k := n.kinds[kind]; k != nil {
		level, zone = k.Level, !k.Division
	}
	var out []*Region
	for _, x := range n.regions {
		same := x.Kind == kind || !zone && !n.isZone(x) && n.level(x) == level
		if same && (in.region == x || in.holds(x.Code, func() orb.Point { return signPlace(x.Shape, x.Bound) })) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Region) int { return cmp.Compare(a.Code, b.Code) })
	return out
}
