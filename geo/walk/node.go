package walk

import (
	"math"

	"github.com/paulmach/orb"
)

// lines are the parts of all streets as runs of vertices, while they are being noded. Segment i runs from vertex i to vertex i+1 and is
// there for every vertex but the last of a part.
type lines struct {
	streets []Street
	places  places
	at      []uint32 // by vertex: its place
	mm      []uint32 // by vertex: how long its segment is; 0 at the last of a part
	part    []uint32 // by vertex
	first   []uint32 // by part: its first vertex; one more at the end
	street  []uint32 // by part
	uses    []uint32 // by place: how many vertices are there
}

// newLines takes the parts of streets apart. Vertices that repeat the one before, positions that are no numbers and parts without length
// are left out.
func newLines(streets []Street) *lines {
	n, parts := 0, 0
	for i := range streets {
		parts += len(streets[i].Shape)
		for _, part := range streets[i].Shape {
			n += len(part)
		}
	}
	l := &lines{streets: streets, places: newPlaces(n),
		at: make([]uint32, 0, n), mm: make([]uint32, 0, n), part: make([]uint32, 0, n),
		first: make([]uint32, 0, parts+1), street: make([]uint32, 0, parts)}
	for i := range streets {
		for _, part := range streets[i].Shape {
			l.add(uint32(i), part)
		}
	}
	l.first = append(l.first, uint32(len(l.at)))
	l.count()
	return l
}

func (l *lines) add(street uint32, part orb.LineString) {
	begin := len(l.at)
	for _, p := range part {
		if !finite(p) {
			continue
		}
		place := l.places.number(p)
		if n := len(l.at); n > begin {
			if l.at[n-1] == place {
				continue
			}
			l.mm[n-1] = segmentMM(l.places.at[l.at[n-1]], l.places.at[place])
		}
		l.at, l.mm, l.part = append(l.at, place), append(l.mm, 0), append(l.part, uint32(len(l.street)))
	}
	if len(l.at) < begin+2 {
		l.at, l.mm, l.part = l.at[:begin], l.mm[:begin], l.part[:begin]
		return
	}
	l.first, l.street = append(l.first, uint32(begin)), append(l.street, street)
}

func finite(p orb.Point) bool { return p[0]-p[0] == 0 && p[1]-p[1] == 0 }

// count counts the vertices of every place.
func (l *lines) count() {
	l.uses = make([]uint32, len(l.places.at))
	for _, place := range l.at {
		l.uses[place]++
	}
}

func (l *lines) point(vertex uint32) orb.Point { return l.places.at[l.at[vertex]] }

// segment gives the ends of a segment; false after the last vertex of a part.
func (l *lines) segment(i int) (a, b orb.Point, ok bool) {
	if l.mm[i] == 0 {
		return a, b, false
	}
	return l.places.at[l.at[i]], l.places.at[l.at[i+1]], true
}

func (l *lines) level(vertex uint32) int8 { return l.streets[l.street[l.part[vertex]]].Level }

func (l *lines) key(vertex uint32) int64 { return l.streets[l.street[l.part[vertex]]].Key }

// isEnd tells whether a vertex is the first or last of its part.
func (l *lines) isEnd(vertex uint32) bool {
	return l.mm[vertex] == 0 || vertex == l.first[l.part[vertex]]
}

// apart gives vertices of different levels at one place different places, unless a street ends there: a bridge does not meet what it
// crosses, whatever their vertices.
func (l *lines) apart() {
	const none, mixed = math.MinInt8, math.MaxInt8
	levels := make([]int8, len(l.places.at)) // by place: of all its vertices
	for i := range levels {
		levels[i] = none
	}
	ended := make([]bool, len(l.places.at))
	for v := range l.at {
		place, level := l.at[v], l.level(uint32(v))
		if ended[place] = ended[place] || l.isEnd(uint32(v)); levels[place] == none {
			levels[place] = level
		} else if levels[place] != level {
			levels[place] = mixed
		}
	}
	type storey struct {
		place uint32
		level int8
	}
	storeys := map[storey]uint32{}
	for v, place := range l.at {
		if levels[place] != mixed || ended[place] {
			continue
		}
		s := storey{place, l.level(uint32(v))}
		if _, known := storeys[s]; !known {
			storeys[s] = l.places.again(place)
		}
		l.at[v] = storeys[s]
	}
	l.count()
}

// places numbers positions: equal ones have one number.
type places struct {
	at   []orb.Point
	slot []uint32 // open addressing: number+1, 0 where empty; a power of two
}

func newPlaces(n int) places {
	size := 1024
	for size < 2*n {
		size *= 2
	}
	return places{at: make([]orb.Point, 0, n), slot: make([]uint32, size)}
}

// number is the number of a position, a new one for a new position.
func (p *places) number(pt orb.Point) uint32 {
	pt[0], pt[1] = pt[0]+0, pt[1]+0 // -0 is 0
	if 2*len(p.at) >= len(p.slot) {
		p.grow()
	}
	at := p.find(pt)
	if p.slot[at] == 0 {
		p.at = append(p.at, pt)
		p.slot[at] = uint32(len(p.at))
	}
	return p.slot[at] - 1
}

// again gives the position of a place a second number that number never answers.
func (p *places) again(place uint32) uint32 {
	p.at = append(p.at, p.at[place])
	return uint32(len(p.at) - 1)
}

// find is the slot of a position, or the empty one where it belongs.
func (p *places) find(pt orb.Point) uint32 {
	mask := uint32(len(p.slot) - 1)
	h := math.Float64bits(pt[0])*0x9e3779b97f4a7c15 ^ math.Float64bits(pt[1])*0xc2b2ae3d27d4eb4f
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	for i := uint32(h >> 32); ; i++ {
		if n := p.slot[i&mask]; n == 0 || p.at[n-1] == pt {
			return i & mask
		}
	}
}

func (p *places) grow() {
	old := p.slot
	p.slot = make([]uint32, 2*len(old))
	for _, n := range old {
		if n != 0 {
			p.slot[p.find(p.at[n-1])] = n
		}
	}
}
