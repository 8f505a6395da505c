package walk

import (
	"math"

	"github.com/paulmach/orb"
)

// lines are the parts of all streets as runs of vertices, while they are being noded. Segment i runs from vertex i to vertex i+1 and is
// there for every vertex but the last of a part.
type lines struct {
	streets []Street
	places  []orb.Point
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
	points := make([]orb.Point, 0, n)
	for i := range streets {
		for _, part := range streets[i].Shape {
			points = append(points, part...)
		}
	}
	of, places := numbered(points)
	l := &lines{streets: streets, places: places,
		at: make([]uint32, 0, n), mm: make([]uint32, 0, n), part: make([]uint32, 0, n),
		first: make([]uint32, 0, parts+1), street: make([]uint32, 0, parts)}
	for i := range streets {
		for _, part := range streets[i].Shape {
			l.add(uint32(i), of[:len(part)])
			of = of[len(part):]
		}
	}
	l.first = append(l.first, uint32(len(l.at)))
	l.count()
	return l
}

// add adds a part, by the places of its vertices.
func (l *lines) add(street uint32, part []uint32) {
	begin := len(l.at)
	for _, place := range part {
		if !finite(l.places[place]) {
			continue
		}
		if n := len(l.at); n > begin {
			if l.at[n-1] == place {
				continue
			}
			l.mm[n-1] = segmentMM(l.places[l.at[n-1]], l.places[place])
		}
		l.push(place, 0, uint32(len(l.street)))
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
	l.uses = make([]uint32, len(l.places))
	for _, place := range l.at {
		l.uses[place]++
	}
}

func (l *lines) point(vertex uint32) orb.Point { return l.places[l.at[vertex]] }

// segment gives the ends of a segment; false after the last vertex of a part.
func (l *lines) segment(i int) (a, b orb.Point, ok bool) {
	if l.mm[i] == 0 {
		return a, b, false
	}
	return l.places[l.at[i]], l.places[l.at[i+1]], true
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
	levels := make([]int8, len(l.places)) // by place: of all its vertices
	for i := range levels {
		levels[i] = none
	}
	ended := make([]bool, len(l.places))
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
			storeys[s] = l.newPlace(l.places[place])
		}
		l.at[v] = storeys[s]
	}
	l.count()
}

// newPlace gives a position a place of its own.
func (l *lines) newPlace(p orb.Point) uint32 {
	l.places = append(l.places, p)
	return uint32(len(l.places) - 1)
}

// shares is into how many shares positions are dealt to be compared, so that the table of one fits a processor's cache.
const shares = 16

// numbered numbers positions by their first appearance: equal ones have one number, and places is where each number is.
func numbered(points []orb.Point) (of []uint32, places []orb.Point) {
	prints := make([]uint64, len(points))
	for i, p := range points {
		prints[i] = mix(mix(0, math.Float64bits(p[0]+0)), math.Float64bits(p[1]+0)) // -0 + 0 is 0
	}
	of = make([]uint32, len(points)) // the first equal position, for now
	size := 64
	for size < 3*len(points)/shares {
		size *= 2
	}
	table := make([]uint32, size) // open addressing: position+1, 0 where empty
	for share := range uint64(shares) {
		clear(table)
		inTable := 0
		for i, h := range prints {
			if h%shares != share {
				continue
			}
			if 4*inTable > 3*len(table) { // dealt unevenly
				table = enlarged(table, prints)
			}
			at := int(h>>4) & (len(table) - 1)
			for table[at] != 0 && points[table[at]-1] != points[i] {
				at = (at + 1) & (len(table) - 1)
			}
			if table[at] == 0 {
				table[at] = uint32(i + 1)
				inTable++
			}
			of[i] = table[at] - 1
		}
	}
	places = make([]orb.Point, 0, len(points))
	for i, first := range of {
		if int(first) < i {
			of[i] = of[first]
			continue
		}
		of[i] = uint32(len(places))
		places = append(places, points[i])
	}
	return of, places
}

// enlarged is a table of twice the size with the same positions.
func enlarged(table []uint32, prints []uint64) []uint32 {
	larger := make([]uint32, 2*len(table))
	for _, v := range table {
		if v != 0 {
			at := int(prints[v-1]>>4) & (len(larger) - 1)
			for larger[at] != 0 {
				at = (at + 1) & (len(larger) - 1)
			}
			larger[at] = v
		}
	}
	return larger
}
