package coverage

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"wangge/geo/walk"
)

// blocks is ground in squares of about four hundred metres, so far around the hexagons that every facility that reaches one is in a square.
type blocks struct {
	west, south  float64
	perX, perY   float64 // blocks a degree
	cols, rows   int
	sideX, sideY float64 // metres, about
	planes       []plane // by row
}

const (
	blockSideM = 400
	mostBlocks = 400_000
	// planeSlack is how far a distance in the plane of a block may be off, as a share: over 10 km at 60° of latitude it is less.
	planeSlack = 4e-3
)

// newBlocks covers a bound and the widest radius around it.
func newBlocks(b orb.Bound) *blocks {
	if b.IsEmpty() || b.Min[0] > b.Max[0] {
		b = orb.Bound{}
	}
	b = padded(b, walk.MaxLimitMM)
	x, y := planeAt(b.Center()[1])
	n := &blocks{west: b.Min[0], south: b.Min[1]}
	for side := blockSideM * mmPerM * 1.0; ; side *= 2 {
		n.perX, n.perY = x/side, y/side
		n.sideX, n.sideY = side/mmPerM, side/mmPerM
		n.cols, n.rows = int((b.Max[0]-b.Min[0])*n.perX)+1, int((b.Max[1]-b.Min[1])*n.perY)+1
		if n.cols*n.rows <= mostBlocks {
			break
		}
	}
	n.planes = make([]plane, n.rows)
	for row := range n.planes {
		x, y := planeAt(n.middle(uint32(row * n.cols))[1])
		n.planes[row] = plane{x / mmPerM, y / mmPerM}
	}
	return n
}

func (n *blocks) len() int { return n.cols * n.rows }

// of is the block of a position; false outside of all.
func (n *blocks) of(p orb.Point) (uint32, bool) {
	x, y := (p[0]-n.west)*n.perX, (p[1]-n.south)*n.perY
	if !(x >= 0 && y >= 0 && x < float64(n.cols) && y < float64(n.rows)) {
		return walk.None, false
	}
	return uint32(int(y)*n.cols + int(x)), true
}

// middle is the centre of a block.
func (n *blocks) middle(block uint32) orb.Point {
	col, row := int(block)%n.cols, int(block)/n.cols
	return orb.Point{n.west + (float64(col)+0.5)/n.perX, n.south + (float64(row)+0.5)/n.perY}
}

// window is the columns and rows of the blocks that a circle about the centre of one may meet, the last ones too.
func (n *blocks) window(block uint32, radiusM float64) (west, south, east, north int) {
	col, row := int(block)%n.cols, int(block)/n.cols
	dx, dy := int(radiusM*(1+planeSlack*4)/n.sideX+0.5)+1, int(radiusM*(1+planeSlack)/n.sideY+0.5)+1
	return max(0, col-dx), max(0, row-dy), min(n.cols-1, col+dx), min(n.rows-1, row+dy)
}

// around visits the blocks that a circle about the centre of one may meet.
func (n *blocks) around(block uint32, radiusM float64, visit func(block int)) {
	west, south, east, north := n.window(block, radiusM)
	for r := south; r <= north; r++ {
		for c := west; c <= east; c++ {
			visit(r*n.cols + c)
		}
	}
}

// layStraight puts the hexagons of a sheet into blocks.
func layStraight(ctx context.Context, sheet *Sheet) (*lay, *blocks, error) {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	l := &lay{sheet: sheet, at: make([]orb.Point, sheet.Len())}
	for i := range l.at {
		l.at[i] = sheet.At(i)
		b = b.Extend(l.at[i])
	}
	n := newBlocks(b)
	l.arrange(n.len(), func(i int) uint32 {
		block, _ := n.of(l.at[i])
		return block
	})
	byPlace := make([]orb.Point, len(l.at))
	for place, hexagon := range l.order {
		byPlace[place] = l.at[hexagon]
	}
	l.at = byPlace
	return l, n, ctx.Err()
}

// site is a facility in straight mode.
type site struct {
	at    orb.Point
	key   int64
	owner uint32
}

// room is what is worked with while distances and stretches are asked for; each goroutine has its own.
type room struct {
	cover
	key  roomKey
	near []site
	d2   []float64 // by site of near: the square of its distance from what is looked at
	plane
}

type roomKey struct {
	block   uint32
	reachM  float64
	limitMM uint32
	set     bool
}

// plane is the ground about a block, as if it were flat.
type plane struct{ x, y float64 } // metres a degree

// plane is the one of a block.
func (n *blocks) plane(block uint32) plane { return n.planes[int(block)/n.cols] }

// metres is the distance of two places.
func (l *plane) metres(p, q orb.Point) float64 { return math.Sqrt(l.metres2(p, q)) }

// metres2 is the square of metres.
func (l *plane) metres2(p, q orb.Point) float64 {
	dx, dy := (p[0]-q[0])*l.x, (p[1]-q[1])*l.y
	return dx*dx + dy*dy
}

// lengthM is the length of a line.
func (l plane) lengthM(line orb.LineString) (m float64) {
	for i := 1; i < len(line); i++ {
		m += l.metres(line[i], line[i-1])
	}
	return m
}

// straightReach reaches as the crow flies.
type straightReach struct {
	lay     *lay
	blocks  *blocks
	streets *crowStreets
	limitMM uint32
	sites   siteMap
}

func newStraightReach(l *lay, n *blocks, streets *crowStreets, limitMM uint32) *straightReach {
	return &straightReach{lay: l, blocks: n, streets: streets, limitMM: limitMM, sites: newSiteMap(n)}
}

func (s *straightReach) clone() reach {
	c := *s
	c.sites = s.sites.clone()
	return &c
}

func (s *straightReach) begin(come []*seat) { s.change(nil, come) }

// change notes facilities. All blocks within the limit of one may differ, and all edges in them.
func (s *straightReach) change(gone, come []*seat) (groups, edges []uint32) {
	touched := map[uint32]bool{}
	for i, f := range slices.Concat(gone, come) {
		block, inside := s.blocks.of(f.At)
		if !inside {
			continue
		}
		if i < len(gone) {
			s.sites.remove(block, f.key)
		} else {
			s.sites.add(block, site{f.At, f.key, f.slot})
		}
		const many = 64
		if len(gone)+len(come) < many {
			s.blocks.around(block, float64(s.limitMM)/mmPerM+s.streets.longest, func(b int) { touched[uint32(b)] = true })
		}
	}
	if len(touched) == 0 && len(gone)+len(come) > 0 {
		for b := range s.blocks.len() {
			touched[uint32(b)] = true
		}
	}
	for b := range touched {
		groups = append(groups, b)
	}
	slices.Sort(groups)
	for _, b := range groups {
		edges = append(edges, s.streets.in(b)...)
	}
	return groups, edges
}

// candidates lists in a room the facilities of which one is the nearest to any place within reachM of the centre of a block, if any is within the
// limit. It does nothing where the room has them already.
func (s *straightReach) candidates(r *room, block uint32, reachM float64, limitMM uint32) {
	key := roomKey{block, reachM, limitMM, true}
	if r.key == key {
		return
	}
	r.key, r.near = key, r.near[:0]
	middle := s.blocks.middle(block)
	r.plane = s.blocks.plane(block)
	limit := (float64(limitMM)/mmPerM + reachM) * (1 + planeSlack)
	best := limit * limit
	s.sites.around(block, limit, func(near []site) {
		for i := range near {
			if d2 := r.metres2(near[i].at, middle); d2 <= limit*limit {
				r.near, best = append(r.near, near[i]), min(best, d2)
			}
		}
	})
	cut := (math.Sqrt(best)+2*reachM)*(1+2*planeSlack) + 1
	r.near = slices.DeleteFunc(r.near, func(f site) bool { return r.metres2(f.at, middle) > cut*cut })
}

func (s *straightReach) edges() []uint32 { return s.streets.edges }

func (s *straightReach) halfDiagonalM() float64 {
	return math.Hypot(s.blocks.sideX, s.blocks.sideY) / 2 * (1 + 4*planeSlack)
}

// blocksATurn is how many blocks a processor takes at a time.
const blocksATurn = 64

// fill goes over the blocks on all processors.
func (s *straightReach) fill(mm []uint32) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			var r room
			for {
				from := int(next.Add(blocksATurn)) - blocksATurn
				if from >= s.blocks.len() {
					return
				}
				for block := from; block < min(from+blocksATurn, s.blocks.len()); block++ {
					s.fillBlock(uint32(block), mm, &r)
				}
			}
		})
	}
	all.Wait()
}

// fillBlock works out the places of a block.
func (s *straightReach) fillBlock(block uint32, mm []uint32, r *room) {
	from, to := s.lay.first[block], s.lay.first[block+1]
	if from == to {
		return
	}
	s.candidates(r, block, s.halfDiagonalM(), s.limitMM)
	for place := from; place < to; place++ {
		mm[place], _ = s.nearestIn(r, s.lay.at[place])
	}
}

func (s *straightReach) nearest(place uint32, r *room) (mm, owner uint32) {
	p := s.lay.at[place]
	block, _ := s.blocks.of(p)
	s.candidates(r, block, s.halfDiagonalM(), s.limitMM)
	return s.nearestIn(r, p)
}

// nearestIn is the nearest of the facilities in a room: guessed in the plane, and measured where the guess is close.
func (s *straightReach) nearestIn(r *room, p orb.Point) (mm, owner uint32) {
	mm, owner = walk.Never, walk.None
	limit := float64(s.limitMM) / mmPerM * (1 + planeSlack)
	best := r.measure(p)
	if best > limit*limit {
		return mm, owner
	}
	key, cut := int64(0), best*(1+4*planeSlack)+1
	for i, d2 := range r.d2 {
		if d2 > cut {
			continue
		}
		f := &r.near[i]
		if exact := walk.DistanceMM(p, f.at); exact <= s.limitMM && (exact < mm || exact == mm && f.key < key) {
			mm, owner, key = exact, f.owner, f.key
		}
	}
	return mm, owner
}

// measure notes how far it is from a place to the sites of a room, squared, and answers the least.
func (r *room) measure(p orb.Point) (least float64) {
	least = math.Inf(1)
	r.d2 = r.d2[:0]
	for i := range r.near {
		d2 := r.metres2(r.near[i].at, p)
		if r.d2 = append(r.d2, d2); d2 < least {
			least = d2
		}
	}
	return least
}
