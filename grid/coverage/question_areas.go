package coverage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
	"wangge/grid"
)

// gridsBy is how kinds of areas that are nets of grids begin.
const gridsBy = "grid:"

// parcel is an area that things are dealt out to.
type parcel struct {
	code, name, nameEn string
	id                 int64
	landUse            string
	areaM2             float64
	shape              orb.MultiPolygon
	bound              orb.Bound
	region             *grid.Region // nil of a grid
}

// parcels are all areas of a kind, with what is needed to tell where things lie. They are immutable.
type parcels struct {
	by        string
	scheme    string // "" of regions
	exclusive bool   // a place lies in one at most: the one with the lower code
	list      []parcel
	place     map[int64]int // by id
	tree      *index.Tree   // of list
	rims      []rim
	rimTree   *index.Tree
}

// rim is an edge of a border.
type rim struct {
	a, b orb.Point
	of   int // place in list
}

// parcelsOf lists the areas of a kind in a net. ErrNoArea for a kind that there is not.
func parcelsOf(n *grid.Net, by string) (*parcels, error) {
	p := &parcels{by: by, place: map[int64]int{}}
	if scheme, is := strings.CutPrefix(by, gridsBy); is {
		s := n.Scheme(scheme)
		if s == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, by)
		}
		p.scheme, p.exclusive = scheme, s.Exclusive
		for _, g := range n.Grids(scheme) {
			p.list = append(p.list, parcel{code: g.Code, name: g.Name, nameEn: g.Name, id: g.ID, landUse: g.LandUse, areaM2: g.AreaM2, shape: g.Shape, bound: g.Bound})
		}
	} else {
		kind := n.Kind(by)
		if kind == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoArea, by)
		}
		p.exclusive = kind.Division
		for _, r := range n.RegionsBy(by, "") {
			p.list = append(p.list, parcel{code: r.Code, name: r.Name, nameEn: cmp.Or(r.NameEn, r.Name), id: r.ID, areaM2: r.AreaM2, shape: r.Shape, bound: r.Bound, region: r})
		}
	}
	p.build()
	return p, nil
}

func (p *parcels) build() {
	boxes := make([]index.Box, len(p.list))
	for i := range p.list {
		x := &p.list[i]
		p.place[x.id] = i
		boxes[i] = worldBox(x.bound)
		for _, polygon := range x.shape {
			for _, ring := range polygon {
				for k := 1; k < len(ring); k++ {
					p.rims = append(p.rims, rim{ring[k-1], ring[k], i})
				}
			}
		}
	}
	p.tree = index.Build(boxes)
	p.rimTree = index.Pack(len(p.rims), func(i int) index.Box { return worldBox(orb.MultiPoint{p.rims[i].a, p.rims[i].b}.Bound()) })
}

func worldBox(b orb.Bound) (w index.Box) {
	w.MinX, w.MinY, w.MaxX, w.MaxY = geo.WorldBox(b)
	return w
}

// worldAt is worldBox of one place.
func worldAt(p orb.Point) index.Box {
	x, y := geo.WorldX(p.Lon()), geo.WorldY(p.Lat())
	return index.Box{MinX: x, MinY: y, MaxX: x, MaxY: y}
}

// onRimDeg is what is taken for on a border, in degrees: the memory of the city has places to about a centimetre.
const onRimDeg = 1.5e-7

// near are the edges of borders that a straight piece of a line comes near.
func (p *parcels) near(a, b orb.Point, out []rim) []rim {
	piece := orb.MultiPoint{a, b}.Bound().Pad(onRimDeg)
	p.rimTree.Search(worldBox(piece), func(i int) bool {
		r := p.rims[i]
		if max(r.a[0], r.b[0]) >= piece.Min[0] && min(r.a[0], r.b[0]) <= piece.Max[0] && max(r.a[1], r.b[1]) >= piece.Min[1] && min(r.a[1], r.b[1]) <= piece.Max[1] {
			out = append(out, r)
		}
		return true
	})
	return out
}

// around lists the areas that have a place in them or on their border, lowest code first; of exclusive ones the first.
func (p *parcels) around(mid orb.Point, near []rim) []int {
	var out []int
	p.tree.Search(worldAt(mid), func(i int) bool {
		x := &p.list[i]
		if x.bound.Contains(mid) && slices.ContainsFunc(x.shape, func(s orb.Polygon) bool { return geo.Covers(s, mid) }) {
			out = append(out, i)
		}
		return true
	})
	for _, r := range near {
		if offRimDeg(mid, r) <= onRimDeg {
			out = append(out, r.of)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if p.exclusive && len(out) > 1 {
		out = out[:1]
	}
	return out
}

// crossings appends where an edge of a border crosses or touches the piece from a to b, as shares of it.
func (r rim) crossings(cuts []float64, a, b orb.Point) []float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	for _, v := range [2]orb.Point{r.a, r.b} {
		t := ((v[0]-a[0])*dx + (v[1]-a[1])*dy) / (dx*dx + dy*dy)
		if t > 0 && t < 1 && offRimDeg(v, rim{a: a, b: b}) <= onRimDeg {
			cuts = append(cuts, t)
		}
	}
	ex, ey := r.b[0]-r.a[0], r.b[1]-r.a[1]
	cross := dx*ey - dy*ex
	if cross == 0 {
		return cuts
	}
	t := ((r.a[0]-a[0])*ey - (r.a[1]-a[1])*ex) / cross
	u := ((r.a[0]-a[0])*dy - (r.a[1]-a[1])*dx) / cross
	if t > 0 && t < 1 && u >= 0 && u <= 1 {
		cuts = append(cuts, t)
	}
	return cuts
}

// offRimDeg is the distance of a place from an edge, in degrees.
func offRimDeg(p orb.Point, r rim) float64 {
	dx, dy := r.b[0]-r.a[0], r.b[1]-r.a[1]
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = min(max(((p[0]-r.a[0])*dx+(p[1]-r.a[1])*dy)/d, 0), 1)
	}
	return math.Hypot(p[0]-r.a[0]-t*dx, p[1]-r.a[1]-t*dy)
}
