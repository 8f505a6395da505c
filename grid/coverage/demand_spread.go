package coverage

import (
	"context"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/hex"
	"wangge/geo/index"
)

// peopling is People at work.
type peopling struct {
	sheet  *Sheet
	tracer *hex.Tracer
	sums   []uint64 // thousandths, by hexagon
	areas  []populated
	loads  []load
	how    DemandMethod
}

// populated is a row of an area.
type populated struct {
	shape   orb.MultiPolygon
	bound   orb.Bound
	persons uint64
}

// load is something in a hexagon by which an area's persons are spread: dm² of footprint, metres of street. hexagon is outside where there is none.
type load struct {
	area, hexagon uint32
	weight        float64
}

// outside is the number of no hexagon. It comes after all others.
const outside = 1<<32 - 1

func (p *peopling) addArea(n uint64, shape orb.MultiPolygon) {
	p.areas = append(p.areas, populated{shape, shape.Bound(), n})
}

// spread deals out the areas: those with buildings, then those of the others with streets, then the rest.
func (p *peopling) spread(ctx context.Context, d Demand) error {
	for _, load := range []func(*index.Tree) int{
		func(t *index.Tree) int { p.loadBuildings(t, d.Buildings); return p.settle(&p.how.ByBuilding) },
		func(t *index.Tree) int { p.loadStreets(t, d.Streets); return p.settle(&p.how.ByStreet) },
		func(*index.Tree) int { p.loadAreas(); return p.settle(&p.how.ByArea) },
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(p.areas) == 0 || load(p.tree()) == 0 {
			break
		}
	}
	for _, a := range p.areas { // without an inside
		p.how.Outside += int64(a.persons)
	}
	return ctx.Err()
}

func (p *peopling) tree() *index.Tree {
	boxes := make([]index.Box, len(p.areas))
	for i, a := range p.areas {
		boxes[i] = worldBox(a.bound)
	}
	return index.Build(boxes)
}

// at visits the areas in which a position lies.
func (p *peopling) at(tree *index.Tree, q orb.Point, visit func(area uint32)) {
	tree.Search(worldAt(q), func(i int) bool {
		if slices.ContainsFunc(p.areas[i].shape, func(part orb.Polygon) bool { return geo.Covers(part, q) }) {
			visit(uint32(i))
		}
		return true
	})
}

// loadBuildings gives every building to the areas in which a position inside it lies.
func (p *peopling) loadBuildings(tree *index.Tree, buildings []orb.Geometry) {
	for _, b := range buildings {
		var shape orb.MultiPolygon
		switch b := b.(type) {
		case orb.Polygon:
			shape = orb.MultiPolygon{b}
		case orb.MultiPolygon:
			shape = b
		}
		inside, ok := geo.PointInsideMulti(shape)
		if !ok {
			continue
		}
		p.at(tree, inside, func(area uint32) {
			p.loadShape(area, shape)
		})
	}
}

// loadShape gives an area the ground of a shape as its load.
func (p *peopling) loadShape(area uint32, shape orb.MultiPolygon) {
	outsideM2 := p.tracer.Shares(shape, func(i int, share float64) {
		p.loads = append(p.loads, load{area, uint32(i), share * float64(p.sheet.DM2[i])})
	})
	if outsideM2 > 0 {
		p.loads = append(p.loads, load{area, outside, outsideM2 * perM2})
	}
}

// loadStreets gives every stretch of a street to the areas it lies in.
func (p *peopling) loadStreets(tree *index.Tree, streets []orb.MultiLineString) {
	for _, street := range streets {
		for _, line := range street {
			at, metres := -1, 0.0
			p.tracer.Along(line, func(i, edge int, share float64, q orb.Point) {
				if edge != at {
					at, metres = edge, geo.DistanceM(line[edge], line[edge+1])
				}
				hexagon := uint32(outside)
				if i >= 0 {
					hexagon = uint32(i)
				}
				p.at(tree, q, func(area uint32) { p.loads = append(p.loads, load{area, hexagon, share * metres}) })
			})
		}
	}
}

func (p *peopling) loadAreas() {
	for i, a := range p.areas {
		p.loadShape(uint32(i), a.shape)
	}
}

// settle deals the persons of all areas that have loads out by these, counts the areas, and keeps those that have none. It tells how many these are.
func (p *peopling) settle(count *int) int {
	left := p.areas[:0:0]
	loads := p.sorted()
	for i, a := range p.areas {
		n := 0
		for n < len(loads) && loads[n].area == uint32(i) {
			n++
		}
		if p.settleArea(a, loads[:n]) {
			*count++
		} else {
			left = append(left, a)
		}
		loads = loads[n:]
	}
	p.areas, p.loads = left, p.loads[:0]
	return len(left)
}

// sorted puts the loads in order of areas, those of one in order of hexagons, and leaves those of one hexagon as they came: the sums of weights are of
// numbers in one order always. It counts hexagons, then areas, for loads are as many as hexagons are.
func (p *peopling) sorted() []load {
	sheet := uint32(p.sheet.Len())
	p.loads = countSorted(p.loads, sheet+1, func(l *load) uint32 { return min(l.hexagon, sheet) })
	p.loads = countSorted(p.loads, uint32(len(p.areas)), func(l *load) uint32 { return l.area })
	return p.loads
}

// countSorted sorts a list by keys below n and leaves what has one key as it came. The result is new.
func countSorted[T any](list []T, n uint32, key func(*T) uint32) []T {
	next := make([]uint32, n+1)
	for i := range list {
		next[key(&list[i])+1]++
	}
	sumUp(next)
	out := make([]T, len(list))
	for i := range list {
		at := &next[key(&list[i])]
		out[*at] = list[i]
		*at++
	}
	return out
}

// settleArea is false where there is nothing to deal by.
func (p *peopling) settleArea(a populated, loads []load) bool {
	var at []uint32
	var shares []float64
	sum := 0.0
	for _, l := range loads {
		if n := len(at); n > 0 && at[n-1] == l.hexagon {
			shares[n-1] += l.weight
		} else {
			at, shares = append(at, l.hexagon), append(shares, l.weight)
		}
		sum += l.weight
	}
	if !(sum > 0) {
		return false
	}
	for i := range shares {
		shares[i] /= sum
	}
	parts := make([]uint64, len(shares))
	allot(parts, a.persons, float64(a.persons), shares)
	for i, n := range parts {
		if at[i] == outside {
			p.how.Outside += int64(n)
		} else {
			p.sums[at[i]] += n
		}
	}
	return true
}
