package coverage

import (
	"runtime"
	"sync"
)

// accountKey says which sums an account has.
type accountKey struct {
	deal    *deal
	ways    *ways
	radiiMM [MaxRadii]uint32
}

// deal is the pieces of hexagons in areas, in the order of places, and the people there. It is immutable.
type deal struct {
	lay     *lay
	areas   *Areas
	persons []uint32 // by hexagon, thousandths; nil where the city gives none
	first   []uint32 // by place, one more than places
	parts   []part
	still   []stillness // by area
}

// part is a piece of a hexagon in an area.
type part struct{ of, dm2, persons uint32 }

// stillness is what no facility changes.
type stillness struct{ noNetworkDM2, noNetwork, persons int64 } // persons in thousandths

func newDeal(l *lay, areas *Areas, persons []uint32) *deal {
	d := &deal{lay: l, areas: areas, persons: persons, first: make([]uint32, len(l.order)+1), parts: make([]part, 0, len(areas.Of)), still: make([]stillness, len(areas.List))}
	var spread []uint32
	if persons != nil {
		spread = areas.Spread(persons, l.sheet)
	}
	for place, hexagon := range l.order {
		d.first[place] = uint32(len(d.parts))
		for i := areas.First[hexagon]; i < areas.First[hexagon+1]; i++ {
			p := part{of: areas.Of[i], dm2: areas.DM2[i]}
			if spread != nil {
				p.persons = spread[i]
			}
			d.parts = append(d.parts, p)
			s := &d.still[p.of]
			s.persons += int64(p.persons)
			if place >= l.on {
				s.noNetworkDM2 += int64(p.dm2)
				s.noNetwork += int64(p.persons)
			}
		}
	}
	d.first[len(l.order)] = uint32(len(d.parts))
	return d
}

// account is covered ground, people and streets by area and radius: whole numbers, so that it does not matter in which order changes came. It is
// immutable.
type account struct {
	deal    *deal
	ways    *ways
	radiiMM []uint32
	// sums is by area: ground in dm², persons in thousandths, each by the smallest radius that covers them; then streets in mm by radius.
	sums  pages[int64]
	stays pages[uint32] // by part of ways and radius: how much of it is covered
}

// The kinds of sums of an area.
const (
	groundSum = iota
	personSum
	streetSum
	sumKinds
)

func (a *account) width() int { return sumKinds * len(a.radiiMM) }

// newAccount sums everything up.
func newAccount(d *deal, w *ways, radiiMM []uint32, mm pages[uint32], r reach) *account {
	a := &account{deal: d, ways: w, radiiMM: radiiMM}
	var sums []int64
	var stays []uint32
	a.sums, sums = newPages[int64](len(d.areas.List) * a.width())
	a.stays, stays = newPages[uint32](len(w.parts) * len(radiiMM))
	a.addPlaces(sums, mm)
	a.addWays(sums, stays, r, new(room))
	return a
}

// addPlaces adds the pieces of all places to sums.
func (a *account) addPlaces(sums []int64, mm pages[uint32]) {
	n, width := len(a.radiiMM), a.width()
	last, first, parts := a.radiiMM[n-1], a.deal.first, a.deal.parts
	for page, values := range mm {
		base := page << pageBits
		end := min(pageSize, a.deal.lay.on-base)
		for i := 0; i < end; i++ {
			d := values[i]
			if d > last {
				continue
			}
			k := a.bucket(d)
			for _, p := range parts[first[base+i]:first[base+i+1]] {
				at := int(p.of)*width + k
				sums[at] += int64(p.dm2)
				sums[at+n] += int64(p.persons)
			}
		}
	}
}

// bucket is the place of the smallest radius that covers a distance; as many as radii where none does.
func (a *account) bucket(mm uint32) int {
	k := 0
	for k < len(a.radiiMM) && mm > a.radiiMM[k] {
		k++
	}
	return k
}

// addWays adds the parts of all edges to sums, and notes how much of each is covered. Where a reach has an order of its own it is slow enough to
// be worth all processors.
func (a *account) addWays(sums []int64, stays []uint32, r reach, c *room) {
	order := r.edges()
	if order == nil {
		for edge := range len(a.ways.first) - 1 {
			a.addWay(uint32(edge), sums, stays, r, c)
		}
		return
	}
	workers := runtime.GOMAXPROCS(0)
	own := make([][]int64, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			own[w] = make([]int64, len(sums))
			var c room
			for _, edge := range order[len(order)*w/workers : len(order)*(w+1)/workers] {
				a.addWay(edge, own[w], stays, r, &c)
			}
		})
	}
	all.Wait()
	for _, o := range own {
		for i, v := range o {
			sums[i] += v
		}
	}
}

func (a *account) addWay(edge uint32, sums []int64, stays []uint32, r reach, c *room) {
	from, to := a.ways.first[edge], a.ways.first[edge+1]
	if from == to || !r.cover(edge, a.radiiMM, c) {
		return
	}
	n, width := len(a.radiiMM), a.width()
	for i := from; i < to; i++ {
		p := a.ways.parts[i]
		at := int(p.of)*width + streetSum*n
		for k := range n {
			if mm := c.within(k, p.from, p.to); mm > 0 {
				stays[int(i)*n+k] = mm
				sums[at+k] += int64(mm)
			}
		}
	}
}

// next is the account after some places moved and some edges may have changed.
func (a *account) next(moves []move, edges []uint32, r reach) *account {
	b := *a
	n, width := len(a.radiiMM), a.width()
	sums, stays := a.sums.draft(), a.stays.draft()
	for _, m := range moves {
		was, is := a.bucket(m.was), a.bucket(m.is)
		if was == is {
			continue
		}
		for _, p := range a.deal.parts[a.deal.first[m.place]:a.deal.first[m.place+1]] {
			at := int(p.of) * width
			if was < n {
				*sums.ref(at + was) -= int64(p.dm2)
				*sums.ref(at + was + n) -= int64(p.persons)
			}
			if is < n {
				*sums.ref(at + is) += int64(p.dm2)
				*sums.ref(at + is + n) += int64(p.persons)
			}
		}
	}
	var c room
	for _, edge := range edges {
		from, to := a.ways.first[edge], a.ways.first[edge+1]
		if from == to {
			continue
		}
		reached := r.cover(edge, a.radiiMM, &c)
		for i := from; i < to; i++ {
			p := a.ways.parts[i]
			for k := range n {
				mm, at := uint32(0), int(i)*n+k
				if reached {
					mm = c.within(k, p.from, p.to)
				}
				if was := stays.at(at); mm != was {
					*stays.ref(at) = mm
					*sums.ref(int(p.of)*width + streetSum*n + k) += int64(mm) - int64(was)
				}
			}
		}
	}
	b.sums, b.stays = sums.pages, stays.pages
	return &b
}

// covered adds up what is covered of an area, by radius.
func (a *account) covered(area, kind int) []int64 {
	n := len(a.radiiMM)
	out := make([]int64, n)
	sum := int64(0)
	for k := range n {
		v := a.sums.at(area*a.width() + kind*n + k)
		if sum += v; kind == streetSum {
			sum = v
		}
		out[k] = sum
	}
	return out
}
