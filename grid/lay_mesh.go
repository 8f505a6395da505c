package grid

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// border is what a border runs along.
type border int

const (
	borderOpen border = iota // nothing: a cut, or a wall
	borderAlley
	borderStreet
)

// weight is how much a metre of border counts when a neighbour to join is looked for: what is cut anyway stays cut.
func (b border) weight() float64 { return [...]float64{1, 0.4, 0.05}[b] }

// side is a straight piece of a border; what it bounds is on its left.
type side [2]orb.Point

func (s side) reversed() side { return side{s[1], s[0]} }

func (s side) middle() orb.Point { return orb.Point{(s[0][0] + s[1][0]) / 2, (s[0][1] + s[1][1]) / 2} }

// mesh is faces that share their borders, and the groups that they are joined to.
type mesh struct {
	faces  []orb.MultiPolygon
	sides  []side            // in the order of the faces
	owner  map[side]int      // face
	kind   map[side]border   // of sides between two faces, in both directions
	parent []int             // face → another of its group, itself for the first
	m2     []float64         // of groups, by their first
	links  []map[int]float64 // group → neighbouring group → weighted metres of common border
}

// newMesh takes faces that lattice.Cut made.
func newMesh(faces []orb.MultiPolygon, along func(orb.Point) border) *mesh {
	m := &mesh{faces: faces, owner: map[side]int{}, kind: map[side]border{}, parent: make([]int, len(faces)), m2: make([]float64, len(faces)), links: make([]map[int]float64, len(faces))}
	for i, f := range faces {
		m.parent[i], m.m2[i], m.links[i] = i, geo.AreaMultiM2(f), map[int]float64{}
		for _, r := range f[0] {
			for k := 1; k < len(r); k++ {
				s := side{r[k-1], r[k]}
				m.sides = append(m.sides, s)
				m.owner[s] = i
			}
		}
	}
	for _, s := range m.sides {
		a := m.owner[s]
		b, shared := m.owner[s.reversed()]
		if !shared || a >= b {
			continue
		}
		k := along(s.middle())
		m.kind[s], m.kind[s.reversed()] = k, k
		w := geo.DistanceM(s[0], s[1]) * k.weight()
		m.links[a][b] += w
		m.links[b][a] += w
	}
	return m
}

// root is the first face of a face's group.
func (m *mesh) root(i int) int {
	for m.parent[i] != i {
		m.parent[i] = m.parent[m.parent[i]]
		i = m.parent[i]
	}
	return i
}

// merge puts group a into group b.
func (m *mesh) merge(a, b int) {
	if a == b {
		return
	}
	m.parent[a] = b
	m.m2[b] += m.m2[a]
	for n, w := range m.links[a] {
		delete(m.links[n], a)
		if n != b {
			m.links[n][b] += w
			m.links[b][n] += w
		}
	}
	m.links[a] = nil
}

// keepWhole joins the faces of each building, as far as they hang together.
func (m *mesh) keepWhole(buildings []Building) {
	if len(buildings) == 0 {
		return
	}
	numbers := make([]int, len(buildings))
	for i := range numbers {
		numbers[i] = i
	}
	at := findable(numbers, func(i int) orb.Bound { return buildings[i].Shape.Bound() })
	within := make([][]int, len(buildings)) // faces
	for f := range m.faces {
		inside, ok := geo.PointInside(m.faces[f][0])
		if !ok {
			continue
		}
		for _, i := range at.near(orb.Bound{Min: inside, Max: inside}) {
			if geo.Covers(buildings[i].Shape, inside) {
				within[i] = append(within[i], f)
			}
		}
	}
	for _, faces := range within {
		for joined := len(faces) > 1; joined; {
			joined = false
			for _, f := range faces[1:] {
				for _, g := range faces {
					a, b := m.root(f), m.root(g)
					if _, beside := m.links[a][b]; beside && a != b {
						m.merge(a, b)
						joined = true
					}
				}
			}
		}
	}
}

// join joins groups of less than leastM2 to neighbours, the smallest first, until none is left that has a neighbour. What would become larger than
// mostM2 is a worse neighbour.
func (m *mesh) join(leastM2, mostM2 float64) {
	for {
		var small []int
		for i := range m.faces {
			if m.parent[i] == i && m.m2[i] < leastM2 && len(m.links[i]) > 0 {
				small = append(small, i)
			}
		}
		if len(small) == 0 {
			return
		}
		slices.SortFunc(small, func(a, b int) int { return cmp.Or(cmp.Compare(m.m2[a], m.m2[b]), cmp.Compare(a, b)) })
		for _, i := range small {
			if m.parent[i] == i && m.m2[i] < leastM2 && len(m.links[i]) > 0 {
				m.merge(i, m.neighbour(i, mostM2))
			}
		}
	}
}

// neighbour is the best group for a group to join; the first of equals.
func (m *mesh) neighbour(i int, mostM2 float64) int {
	best, most := -1, 0.0
	for n, w := range m.links[i] {
		if sum := m.m2[i] + m.m2[n]; sum > mostM2 {
			w *= mostM2 * mostM2 / (sum * sum)
		}
		if best < 0 || w > most || w == most && n < best {
			best, most = n, w
		}
	}
	return best
}

// borders are the sides between groups, each once.
func (m *mesh) borders() []orb.LineString {
	var lines []orb.LineString
	for _, s := range m.sides {
		a := m.owner[s]
		if b, shared := m.owner[s.reversed()]; shared && a < b && m.root(a) != m.root(b) {
			lines = append(lines, orb.LineString{s[0], s[1]})
		}
	}
	return lines
}
