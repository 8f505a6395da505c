package hex

import (
	"math"
	"slices"
	"sort"

	"github.com/paulmach/orb"

	"github.com/uber/h3-go/v4"

	"wangge/geo"
)

// Mesh is cells of one resolution that cover some ground, numbered in ascending order. It knows where each of them is, so that shapes are held against
// all of them without asking H3. It is immutable.
type Mesh struct {
	res     int
	lattice lattice
	faces   *[faceCount]face
	sides   []side
	count   uint32   // of places
	rank    []uint32 // by number of a place: number of the cell
	cells   []Cell
	places  []Place // by cell; zero for those across edges of faces
	xy      []uint32
	bent    []bent
	finder  finder
}

// Res is the resolution.
func (m *Mesh) Res() int { return m.res }

// Cells are the cells by their numbers, ascending. The slice is the mesh's.
func (m *Mesh) Cells() []Cell { return m.cells }

// Places are the places of the cells, by which a Pen draws them. The slice is the mesh's.
func (m *Mesh) Places() []Place { return m.places }

// XY are the middles of the cells in world units, x and y in turn. The slice is the mesh's.
func (m *Mesh) XY() []uint32 { return m.xy }

// number fills in the cells: those of the places, and those across edges of faces that meet a shape.
func (m *Mesh) number(crossing []Cell, shapes []orb.MultiPolygon) {
	items := make([]ranked, 0, int(m.count)+len(crossing))
	for i := range m.sides {
		s := &m.sides[i]
		n := newLineage(m, s.face)
		s.each(func(row, a int32, at uint32) {
			items = append(items, ranked{n.of(m.res, a, row+a).cell, at})
		})
	}
	bents := bentCells(crossing, shapes)
	for i := range bents {
		items = append(items, ranked{bents[i].cell, m.count + uint32(i)})
	}
	items = radixed(items)
	m.cells = make([]Cell, len(items))
	all := make([]uint32, len(items))
	for i, it := range items {
		m.cells[i] = it.cell
		all[it.place] = uint32(i)
	}
	m.rank = all
	for i := range bents {
		bents[i].number = all[int(m.count)+i]
	}
	m.bent = bents
	m.finder = newFinder(m.cells)
}

// each visits the places of a side in the order of their numbers.
func (s *side) each(visit func(row, a int32, at uint32)) {
	for i := range len(s.rows) - 1 {
		for _, r := range s.spans[s.rows[i]:s.rows[i+1]] {
			for a := r.from; a < r.to; a++ {
				visit(s.first+int32(i), a, r.at+uint32(a-r.from))
			}
		}
	}
}

// centre fills in where the cells are.
func (m *Mesh) centre() {
	m.places, m.xy = make([]Place, len(m.cells)), make([]uint32, 2*len(m.cells))
	for i := range m.sides {
		s := &m.sides[i]
		f := &m.faces[s.face]
		s.each(func(row, a int32, at uint32) {
			n := m.rank[at]
			m.places[n] = placeOf(s.face, a, row+a)
			m.xy[2*n], m.xy[2*n+1] = f.over(&m.lattice, float64(a), float64(row+a)).world()
		})
	}
	for i := range m.bent {
		n := m.bent[i].number
		m.xy[2*n], m.xy[2*n+1] = geo.WorldX(m.bent[i].middle[0]), geo.WorldY(m.bent[i].middle[1])
	}
}

// over is the direction of a position on the lattice of a face.
func (f *face) over(l *lattice, a, b float64) vec {
	return f.middle.plus(f.ahead.times(l.ua*a + l.ub*b)).plus(f.left.times(l.va*a + l.vb*b))
}

// degrees is where a direction, of any length, points.
func (a vec) degrees() (lat, lon float64) {
	return math.Atan2(a.z, math.Sqrt(a.x*a.x+a.y*a.y)) * halfTurn / math.Pi, math.Atan2(a.y, a.x) * halfTurn / math.Pi
}

// Index is the number of a cell.
func (m *Mesh) Index(c Cell) (int, bool) { return m.finder.find(m.cells, c) }

// Locate is the number of the cell in which a position in degrees lies.
func (m *Mesh) Locate(p orb.Point) (int, bool) {
	s := directionOf(p).spot(0, 0)
	a, b, certain := m.lattice.place(&s)
	if certain && m.lattice.drawable(s.face, a, b) != 0 {
		for i := range m.sides {
			if m.sides[i].face == s.face {
				at, ok := m.sides[i].find(b-a, a)
				if !ok {
					return 0, false
				}
				return int(m.rank[at]), true
			}
		}
		return 0, false
	}
	return m.Index(At(p[0], p[1], m.res))
}

// AreaM2 is the area of a cell on the ellipsoid, in square metres.
func (m *Mesh) AreaM2(i int) float64 {
	at := m.places[i]
	if at == 0 {
		if outline, err := h3.CellToBoundary(h3.Cell(m.cells[i])); err == nil {
			return geo.RingAreaM2(ringOf(outline))
		}
		return 0
	}
	return m.placeM2(at.split())
}

// placeM2 is the area of the cell at a place.
func (m *Mesh) placeM2(f int, a, b int32) float64 {
	over := m.faces[f].over(&m.lattice, float64(a), float64(b))
	// On the plane a cell has √3/2 of the square of the step. The plane shows what is on the globe larger by the third power of the distance from
	// its middle, and the globe of H3, on which latitudes are those of the ellipsoid, is held against that.
	r2 := over.dot(over)
	sphere := math.Sqrt(3) / 2 * m.lattice.step * m.lattice.step / (r2 * math.Sqrt(r2))
	return sphere * geo.SquareRadiusM2(over.z*over.z/r2)
}

func ringOf(corners []h3.LatLng) orb.Ring {
	out := make(orb.Ring, len(corners), len(corners)+1)
	for i, p := range corners {
		out[i] = orb.Point{p.Lng, p.Lat}
	}
	return append(out, out[0])
}

// ranked is a cell and the number of its place.
type ranked struct {
	cell  Cell
	place uint32
}

// radixed sorts by cell. Cells of one city have most of their bits in common.
func radixed(items []ranked) []ranked {
	const bits, size = 11, 1 << 11
	other := make([]ranked, len(items))
	for shift := 0; shift < 64; shift += bits {
		var counts [size + 1]int
		for i := range items {
			counts[items[i].cell>>shift%size+1]++
		}
		if slices.Contains(counts[1:], len(items)) {
			continue
		}
		for i := 1; i <= size; i++ {
			counts[i] += counts[i-1]
		}
		for i := range items {
			at := &counts[items[i].cell>>shift%size]
			other[*at] = items[i]
			*at++
		}
		items, other = other, items
	}
	return items
}

// finder finds numbers in ascending order: by their upper bits first, then by halving.
type finder struct {
	least  Cell
	shift  int
	starts []uint32
}

func newFinder(cells []Cell) finder {
	if len(cells) == 0 {
		return finder{}
	}
	f := finder{least: cells[0]}
	span := uint64(cells[len(cells)-1] - cells[0])
	for span>>f.shift > uint64(len(cells)) {
		f.shift++
	}
	f.starts = make([]uint32, span>>f.shift+2)
	at := 0
	for i := range f.starts {
		for at < len(cells) && uint64(cells[at]-f.least)>>f.shift < uint64(i) {
			at++
		}
		f.starts[i] = uint32(at)
	}
	return f
}

func (f *finder) find(cells []Cell, c Cell) (int, bool) {
	if len(f.starts) == 0 || c < f.least {
		return 0, false
	}
	k := uint64(c-f.least) >> f.shift
	if k+1 >= uint64(len(f.starts)) {
		return 0, false
	}
	from, to := int(f.starts[k]), int(f.starts[k+1])
	i := from + sort.Search(to-from, func(i int) bool { return cells[from+i] >= c })
	return i, i < to && cells[i] == c
}
