package grid

import (
	"cmp"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
)

// Net is the city's regions, schemes and grids in memory: those in force, and those of former days behind [Net.At]. It is immutable and safe
// for concurrent use; what it answers must not be changed.
type Net struct {
	rows     Rows
	past     *history
	checks   *inspections
	kinds    map[string]*RegionKind
	regions  []*Region // by level and code
	byCode   map[string]*Region
	children map[string][]*Region
	over     *index.Tree // regions with a shape; places in shaped
	shaped   []*Region

	schemes  []*Scheme // the unit scheme first, then by code
	grids    []*Grid   // in the order of the schemes, then by code
	gridByID map[int64]*Grid
	madeInto map[int64][]*Grid // by the number of a member
	under    *index.Tree       // grids
}

// Rows are what a net is made of: rows of the record, in any order, also such as are no more in force.
type Rows struct {
	Kinds   []RegionKind
	Regions []Region
	Schemes []Scheme
	Grids   []Grid
	Past    []Past
	Zone    *time.Location // of the city; nil for China's
}

// NewNet makes a net of rows that have no past but what their terms say. See Rows.Net.
func NewNet(kinds []RegionKind, regions []Region, schemes []Scheme, grids []Grid) *Net {
	return Rows{Kinds: kinds, Regions: regions, Schemes: schemes, Grids: grids}.Net()
}

// Net makes a net of rows, which it keeps. Regions and grids with an end are of former days, as in the record. Rows with an unknown kind or
// scheme are as of no division, and of a scheme that is not exclusive.
func (r Rows) Net() *Net {
	if r.Zone == nil {
		r.Zone = chinaTime()
	}
	for i := range r.Grids {
		r.Grids[i].Bound = r.Grids[i].Shape.Bound()
	}
	n := r.net(func(t Term) bool { return t.To == 0 })
	n.past = newHistory(r, n)
	return n
}

// chinaTime is the time of a city that does not say otherwise.
func chinaTime() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// net makes a net of those rows whose term is wanted.
func (r Rows) net(wanted func(Term) bool) *Net {
	n := &Net{rows: r, checks: newInspections(), kinds: map[string]*RegionKind{}}
	for i := range r.Kinds {
		n.kinds[r.Kinds[i].ID] = &r.Kinds[i]
	}
	n.addRegions(among(r.Regions, wanted, func(r *Region) Term { return r.Term }))
	for i := range r.Schemes {
		n.schemes = append(n.schemes, &r.Schemes[i])
	}
	slices.SortFunc(n.schemes, func(a, b *Scheme) int { return compareSchemes(a.Code, b.Code) })
	n.addGrids(among(r.Grids, wanted, func(g *Grid) Term { return g.Term }))
	return n
}

// among copies the rows whose term is wanted: a net completes its own.
func among[T any](rows []T, wanted func(Term) bool, term func(*T) Term) []T {
	out := make([]T, 0, len(rows))
	for i := range rows {
		if wanted(term(&rows[i])) {
			out = append(out, rows[i])
		}
	}
	return out
}

// compareSchemes puts the unit scheme first.
func compareSchemes(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == UnitScheme:
		return -1
	case b == UnitScheme:
		return 1
	}
	return cmp.Compare(a, b)
}

func (n *Net) addRegions(regions []Region) {
	n.byCode = make(map[string]*Region, len(regions))
	n.children = map[string][]*Region{}
	for i := range regions {
		r := &regions[i]
		r.Bound, r.Children = r.Shape.Bound(), 0
		n.regions = append(n.regions, r)
		n.byCode[r.Code] = r
	}
	slices.SortFunc(n.regions, func(a, b *Region) int {
		return cmp.Or(cmp.Compare(n.level(a), n.level(b)), cmp.Compare(a.Code, b.Code))
	})
	var boxes []index.Box
	for _, r := range n.regions {
		parent := n.byCode[r.Parent]
		if parent == nil || parent == r {
			n.children[""] = append(n.children[""], r)
		} else {
			parent.Children++
			n.children[r.Parent] = append(n.children[r.Parent], r)
		}
		if len(r.Shape) > 0 {
			n.shaped = append(n.shaped, r)
			boxes = append(boxes, box(r.Bound))
		}
	}
	n.over = index.Build(boxes)
}

func (n *Net) addGrids(grids []Grid) {
	n.gridByID = make(map[int64]*Grid, len(grids))
	for i := range grids {
		g := &grids[i]
		g.Bound = g.Shape.Bound()
		n.grids = append(n.grids, g)
		n.gridByID[g.ID] = g
	}
	slices.SortFunc(n.grids, compareGrids)
	n.madeInto = map[int64][]*Grid{}
	boxes := make([]index.Box, len(n.grids))
	for i, g := range n.grids {
		boxes[i] = box(g.Bound)
		for _, member := range g.Members {
			n.madeInto[member] = append(n.madeInto[member], g)
		}
	}
	n.under = index.Build(boxes)
}

func compareGrids(a, b *Grid) int {
	return cmp.Or(compareSchemes(a.Scheme, b.Scheme), cmp.Compare(a.Code, b.Code))
}

// After tells whether a grid comes after a scheme and code in the order of lists.
func After(g *Grid, scheme, code string) bool {
	return cmp.Or(compareSchemes(g.Scheme, scheme), cmp.Compare(g.Code, code)) > 0
}

func box(b orb.Bound) (w index.Box) {
	w.MinX, w.MinY, w.MaxX, w.MaxY = geo.WorldBox(b)
	return w
}

// level of a region's kind; unknown kinds are the narrowest.
func (n *Net) level(r *Region) int {
	if k := n.kinds[r.Kind]; k != nil {
		return k.Level
	}
	return 1 << 15
}

// Place is what lies over a point.
type Place struct {
	Regions []*Region // divisions from the widest to the narrowest, then zones by code
	Grids   []*Grid   // by scheme; in an exclusive scheme one at most
}

// UnitGrid is the unit grid of the place, or nil.
func (p Place) UnitGrid() *Grid {
	for _, g := range p.Grids {
		if g.Scheme == UnitScheme {
			return g
		}
	}
	return nil
}

// Locate finds what lies over a position in degrees. Borders belong to what they bound; of divisions of one level, and of grids
// of an exclusive scheme, the one with the lower code counts: the rules of region_at and grids_of in the record.
func (n *Net) Locate(lon, lat float64) Place {
	at := orb.Point{lon, lat}
	here := box(at.Bound())
	var p Place
	n.over.Search(here, func(i int) bool {
		if r := n.shaped[i]; covers(r.Shape, r.Bound, at) {
			p.Regions = append(p.Regions, r)
		}
		return true
	})
	p.Regions = n.settleRegions(p.Regions)
	n.under.Search(here, func(i int) bool {
		if g := n.grids[i]; covers(g.Shape, g.Bound, at) {
			p.Grids = append(p.Grids, g)
		}
		return true
	})
	slices.SortFunc(p.Grids, compareGrids)
	p.Grids = slices.CompactFunc(p.Grids, func(a, b *Grid) bool {
		s := n.Scheme(a.Scheme)
		return a.Scheme == b.Scheme && s != nil && s.Exclusive
	})
	return p
}

// settleRegions orders what was found, and keeps one division of each level.
func (n *Net) settleRegions(found []*Region) []*Region {
	division := func(r *Region) bool { return n.kinds[r.Kind] != nil && n.kinds[r.Kind].Division }
	rank := func(r *Region) int {
		if division(r) {
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(a, b *Region) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(n.level(a), n.level(b)), cmp.Compare(a.Code, b.Code))
	})
	return slices.CompactFunc(found, func(a, b *Region) bool {
		return division(a) && division(b) && n.level(a) == n.level(b)
	})
}

func covers(shape orb.MultiPolygon, b orb.Bound, at orb.Point) bool {
	if !b.Contains(at) {
		return false
	}
	return slices.ContainsFunc(shape, func(p orb.Polygon) bool { return geo.Covers(p, at) })
}

// Region finds a region by its code, or nil.
func (n *Net) Region(code string) *Region { return n.byCode[code] }

// Children lists the regions directly below one, by level and code; "" is the top: regions whose parent is not known.
func (n *Net) Children(parent string) []*Region { return n.children[parent] }

// Regions lists all regions of a kind by level and code; kind "" is every kind.
func (n *Net) Regions(kind string) []*Region {
	if kind == "" {
		return n.regions
	}
	var out []*Region
	for _, r := range n.regions {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// Path leads from the top to a region, which is its last element; nil where there is no such region.
func (n *Net) Path(code string) []*Region {
	var path []*Region
	for r := n.byCode[code]; r != nil && !slices.Contains(path, r); r = n.byCode[r.Parent] { // a circle ends where it began
		path = append(path, r)
	}
	slices.Reverse(path)
	return path
}

// Kind describes a kind of region, or nil.
func (n *Net) Kind(id string) *RegionKind { return n.kinds[id] }

// Schemes lists the schemes: the unit scheme first, then by code.
func (n *Net) Schemes() []*Scheme { return n.schemes }

// Scheme finds a scheme by its code, or nil.
func (n *Net) Scheme(code string) *Scheme {
	for _, s := range n.schemes {
		if s.Code == code {
			return s
		}
	}
	return nil
}

// Grids lists the current grids of a scheme by code; scheme "" is all of them, by scheme and code.
func (n *Net) Grids(scheme string) []*Grid {
	if scheme == "" {
		return n.grids
	}
	first, _ := slices.BinarySearchFunc(n.grids, scheme, func(g *Grid, s string) int { return compareSchemes(g.Scheme, s) })
	end := first
	for end < len(n.grids) && n.grids[end].Scheme == scheme {
		end++
	}
	return n.grids[first:end]
}

// Grid finds a current grid, or nil.
func (n *Net) Grid(scheme, code string) *Grid {
	of := n.Grids(scheme)
	if i, ok := slices.BinarySearchFunc(of, code, func(g *Grid, c string) int { return cmp.Compare(g.Code, c) }); ok && scheme != "" {
		return of[i]
	}
	return nil
}

// GridByID finds a current grid by the record's number, or nil.
func (n *Net) GridByID(id int64) *Grid { return n.gridByID[id] }

// MadeInto lists the current grids of which a grid is a member, by scheme and code.
func (n *Net) MadeInto(id int64) []*Grid { return n.madeInto[id] }

// Members lists the current grids that a grid is made of, by code.
func (n *Net) Members(g *Grid) []*Grid {
	var out []*Grid
	for _, id := range g.Members {
		if m := n.gridByID[id]; m != nil {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, compareGrids)
	return out
}

// Near lists the current grids of a scheme whose boxes meet a bound in degrees, by code.
func (n *Net) Near(scheme string, b orb.Bound) []*Grid {
	var out []*Grid
	n.under.Search(box(b), func(i int) bool {
		if g := n.grids[i]; g.Scheme == scheme && g.Bound.Intersects(b) {
			out = append(out, g)
		}
		return true
	})
	slices.SortFunc(out, compareGrids)
	return out
}

// GridsIn lists the current grids of a scheme that lie in a region, by scheme and code: in a division or below it, or with their sign in a zone.
// Scheme "" is every scheme, region "" everywhere; nothing lies in a region that the net does not have.
func (n *Net) GridsIn(scheme, region string) []*Grid {
	all := n.Grids(scheme)
	if region == "" {
		return all
	}
	in := n.within(region)
	var out []*Grid
	for _, g := range all {
		if in.holds(g.Region, g.At) {
			out = append(out, g)
		}
	}
	return out
}

// At is a position inside the grid: where its sign is put.
func (g *Grid) At() orb.Point { return signPlace(g.Shape, g.Bound) }

// Zone is the city's time zone.
func (n *Net) Zone() *time.Location { return n.rows.Zone }

// Rows are all rows that the net was made of, those of former days too.
func (n *Net) Rows() Rows { return n.rows }

// Bytes is the memory of the net, roughly.
func (n *Net) Bytes() int64 {
	const perRegion, perGrid, perPast, perPosition = 400, 300, 100, 16
	bytes := int64((len(n.rows.Regions)+len(n.regions))*perRegion + (len(n.rows.Grids)+len(n.grids))*perGrid + len(n.rows.Past)*perPast)
	for i := range n.rows.Regions {
		bytes += perPosition * positions(n.rows.Regions[i].Shape)
	}
	for i := range n.rows.Grids {
		bytes += perPosition * positions(n.rows.Grids[i].Shape)
	}
	for i := range n.rows.Past {
		bytes += perPosition * positions(n.rows.Past[i].Shape)
	}
	return bytes
}

func positions(shape orb.MultiPolygon) (n int64) {
	for _, p := range shape {
		for _, r := range p {
			n += int64(len(r))
		}
	}
	return n
}
