package hex

import (
	"github.com/paulmach/orb"

	"wangge/geo"
)

// corners are those of a cell in thirds of a step, anticlockwise: whole numbers that are the same for all three cells that meet there. The edge from
// corner k to the next faces the neighbour around[k+1].
var corners = [6][2]int32{{1, 1}, {-1, 2}, {-2, 1}, {-1, -1}, {1, -2}, {2, -1}}

// Outline is the outline of the cells that in chooses, dissolved, in degrees: outer rings anticlockwise, holes clockwise, all closed. Cells that share an
// edge are one polygon; polygons come in the order of their first cells. Edges are matched by the numbers of their corners. Three cells meet in every
// corner, so no more than one edge of an outline leaves it, and no ring touches another or itself.
func (m *Mesh) Outline(in func(i int) bool) orb.MultiPolygon {
	var cells []uint32
	for i := range m.cells {
		if in(i) {
			cells = append(cells, uint32(i))
		}
	}
	return m.Outliner()(cells)
}

// Outliner is Outline for many sets of cells, each told by its places in the mesh, ascending. It costs what the mesh has once, and then only what each
// set has. It is for one goroutine.
func (m *Mesh) Outliner() func(cells []uint32) orb.MultiPolygon {
	chosen, groups := make([]bool, len(m.cells)), make([]uint32, len(m.cells))
	return func(cells []uint32) orb.MultiPolygon {
		d := dissolver{mesh: m, cells: cells, chosen: chosen, groups: groups, leaving: map[uint64]uint32{}}
		for _, i := range cells {
			chosen[i], groups[i] = true, i
		}
		defer func() {
			for _, i := range cells {
				chosen[i] = false
			}
		}()
		if len(m.sides) == 1 && len(m.bent) == 0 {
			d.edgesByPlace()
			return d.polygons(d.corner)
		}
		d.edgesByPosition()
		return d.polygons(worldCorner)
	}
}

type dissolver struct {
	mesh    *Mesh
	cells   []uint32 // those that are chosen, ascending
	chosen  []bool   // by cell
	groups  []uint32 // by cell: another of its group, down to the first
	edges   []border
	leaving map[uint64]uint32 // by corner: the edge that leaves it
}

// border is an edge of the outline, with its cell to the left of it.
type border struct {
	from, to uint64
	cell     uint32
}

// edgesByPlace finds the edges by looking at the six neighbours of each cell.
func (d *dissolver) edgesByPlace() {
	m := d.mesh
	s := &m.sides[0]
	for _, i := range d.cells {
		_, a, b := m.places[i].split()
		for k, c := range corners {
			to := around[(k+1)%len(around)]
			if at, ok := s.find(b+to[1]-a-to[0], a+to[0]); ok && d.chosen[m.rank[at]] {
				d.join(i, m.rank[at])
				continue
			}
			next := corners[(k+1)%len(corners)]
			d.edges = append(d.edges, border{
				uint64(placeOf(s.face, 3*a+c[0], 3*b+c[1])), uint64(placeOf(s.face, 3*a+next[0], 3*b+next[1])), i,
			})
		}
	}
}

// edgesByPosition finds the edges of a mesh on several faces: those that no other cell has the other way round.
func (d *dissolver) edgesByPosition() {
	pen, known := NewPen(d.mesh.res), cornerBook{}
	owner := map[[2]uint64]uint32{}
	var all []border
	var xy []uint32
	for _, i := range d.cells {
		xy = pen.Append(xy[:0], d.mesh.cells[i], d.mesh.places[i])
		for k := 0; k < len(xy); k += 2 {
			n := (k + 2) % len(xy)
			e := border{known.find(xy[k], xy[k+1]), known.find(xy[n], xy[n+1]), i}
			owner[[2]uint64{e.from, e.to}] = e.cell
			all = append(all, e)
		}
	}
	for _, e := range all {
		if other, ok := owner[[2]uint64{e.to, e.from}]; ok {
			d.join(e.cell, other)
		} else {
			d.edges = append(d.edges, e)
		}
	}
}

// cornerBook knows corners by where they are, give or take a few world units, for two ways of drawing differ in the last digit.
type cornerBook map[uint64]uint64

// cornerBits is the side of the squares in which a corner is looked for, as a power of two of world units: far more than drawings differ, far less
// than cells are long.
const cornerBits = 3

func (b cornerBook) find(x, y uint32) uint64 {
	square := func(x, y uint32) uint64 { return uint64(x>>cornerBits)<<32 | uint64(y>>cornerBits) }
	const reach = 2
	for _, dx := range [...]int32{0, -reach, reach} {
		for _, dy := range [...]int32{0, -reach, reach} {
			if at, ok := b[square(x+uint32(dx), y+uint32(dy))]; ok {
				return at
			}
		}
	}
	at := uint64(x)<<32 | uint64(y)
	b[square(x, y)] = at
	return at
}

func worldCorner(at uint64) orb.Point {
	return orb.Point{geo.Lon(uint32(at >> 32)), geo.Lat(uint32(at))}
}

// corner is where a corner is that is known by its thirds.
func (d *dissolver) corner(at uint64) orb.Point {
	f, a, b := Place(at).split()
	lat, lon := d.mesh.faces[f].over(&d.mesh.lattice, float64(a)/3, float64(b)/3).degrees()
	return orb.Point{lon, lat}
}

// first is the first cell of a group.
func (d *dissolver) first(i uint32) uint32 {
	for d.groups[i] != i {
		d.groups[i] = d.groups[d.groups[i]]
		i = d.groups[i]
	}
	return i
}

func (d *dissolver) join(i, k uint32) {
	i, k = d.first(i), d.first(k)
	d.groups[max(i, k)] = min(i, k)
}

// polygons follows the edges around.
func (d *dissolver) polygons(point func(uint64) orb.Point) orb.MultiPolygon {
	for i, e := range d.edges {
		d.leaving[e.from] = uint32(i)
	}
	var out orb.MultiPolygon
	number := map[uint32]int{} // by first cell of a group: its polygon
	done := make([]bool, len(d.edges))
	for i := range d.edges {
		if done[i] {
			continue
		}
		var ring orb.Ring
		for at := uint32(i); !done[at]; at = d.leaving[d.edges[at].to] {
			done[at] = true
			ring = append(ring, point(d.edges[at].from))
		}
		ring = append(ring, ring[0])
		group := d.first(d.edges[i].cell)
		n, known := number[group]
		if !known {
			n = len(out)
			number[group] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], ring)
		if last := len(out[n]) - 1; last > 0 && anticlockwise(ring) {
			out[n][0], out[n][last] = out[n][last], out[n][0]
		}
	}
	return out
}

// anticlockwise tells how a ring runs. Coordinates are taken from its first position, so that small rings lose nothing.
func anticlockwise(r orb.Ring) bool {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += turnOf(r[0], r[i-1], r[i])
	}
	return sum > 0
}
