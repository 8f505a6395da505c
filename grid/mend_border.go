package grid

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
)

// borderRounds is how often it is looked for vertices beside borders: a border that was led through one may come near to another.
const borderRounds = 4

// knot is a place where borders meet or bend.
type knot struct {
	at    orb.Point
	cells []int32 // ascending
}

// knots are the places of all borders, those within the tolerance of one another brought together.
type knots struct {
	all        []knot
	mx, my     float64 // metres per degree, in the middle
	toleranceM float64
	tree       *index.Tree // of all
}

// joinBorders gives shapes whose vertices within the tolerance of a neighbour's vertex or border are the same as the neighbour's. A cell's own vertices
// are never brought together. It counts the vertices that moved, and those that a border was led through.
func joinBorders(shapes []orb.MultiPolygon, toleranceM float64) (joined []orb.MultiPolygon, moved, inserted int) {
	k := &knots{toleranceM: toleranceM}
	number, moved := k.gather(shapes)
	runs := make([][][][]int32, len(shapes)) // cell, part, ring → knots, open
	for i, mp := range shapes {
		runs[i] = make([][][]int32, len(mp))
		for j, p := range mp {
			for _, r := range p {
				var run []int32
				for _, at := range r[:len(r)-1] {
					run = append(run, number[vertexOf{at, int32(i)}])
				}
				runs[i][j] = append(runs[i][j], run)
			}
		}
	}
	k.index()
	for range borderRounds {
		n := k.lead(runs)
		if inserted += n; n == 0 {
			break
		}
	}
	joined = make([]orb.MultiPolygon, len(shapes))
	for i := range runs {
		for _, p := range runs[i] {
			joined[i] = append(joined[i], k.polygon(p))
		}
	}
	return joined, moved, inserted
}

// vertexOf is a vertex of a cell.
type vertexOf struct {
	at   orb.Point
	cell int32
}

// gather makes knots of all vertices: those of most cells first, so that junctions stay where they are.
func (k *knots) gather(shapes []orb.MultiPolygon) (number map[vertexOf]int32, moved int) {
	cells := map[orb.Point][]int32{}
	var bounds orb.Bound
	for i, mp := range shapes {
		for _, p := range mp {
			for _, r := range p {
				for _, at := range r {
					if list := cells[at]; len(list) == 0 || list[len(list)-1] != int32(i) {
						cells[at] = append(list, int32(i))
					}
				}
			}
		}
		if i == 0 {
			bounds = mp.Bound()
		} else {
			bounds = bounds.Union(mp.Bound())
		}
	}
	k.mx, k.my = metresPerDegree(bounds.Center())
	places := make([]orb.Point, 0, len(cells))
	for at := range cells {
		places = append(places, at)
	}
	slices.SortFunc(places, func(a, b orb.Point) int {
		return cmp.Or(cmp.Compare(len(cells[b]), len(cells[a])), comparePoints(a, b))
	})
	number = make(map[vertexOf]int32, len(cells))
	squares := map[[2]int32][]int32{} // of the tolerance's size → knots
	for _, at := range places {
		to := k.nearest(squares, at, cells[at])
		if to < 0 {
			to = int32(len(k.all))
			k.all = append(k.all, knot{at: at})
			squares[k.square(at)] = append(squares[k.square(at)], to)
		} else {
			moved++
		}
		for _, c := range cells[at] {
			number[vertexOf{at, c}] = to
		}
		k.all[to].cells = append(k.all[to].cells, cells[at]...)
		slices.Sort(k.all[to].cells)
	}
	return number, moved
}

func metresPerDegree(c orb.Point) (x, y float64) {
	const d = 1e-3
	return geo.DistanceM(orb.Point{c[0] - d, c[1]}, orb.Point{c[0] + d, c[1]}) / (2 * d), geo.DistanceM(orb.Point{c[0], c[1] - d}, orb.Point{c[0], c[1] + d}) / (2 * d)
}

func (k *knots) square(at orb.Point) [2]int32 {
	return [2]int32{int32(math.Floor(at[0] * k.mx / k.toleranceM)), int32(math.Floor(at[1] * k.my / k.toleranceM))}
}

// nearest is the nearest knot within the tolerance that has none of the cells yet; -1 for none.
func (k *knots) nearest(squares map[[2]int32][]int32, at orb.Point, cells []int32) int32 {
	best, least := int32(-1), k.toleranceM
	s := k.square(at)
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			for _, i := range squares[[2]int32{s[0] + dx, s[1] + dy}] {
				d := math.Hypot((k.all[i].at[0]-at[0])*k.mx, (k.all[i].at[1]-at[1])*k.my)
				if d <= least && (d < least || best < 0 || i < best) && !share(k.all[i].cells, cells) {
					best, least = i, d
				}
			}
		}
	}
	return best
}

// share tells whether two ascending lists have something in common.
func share(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

func (k *knots) index() {
	boxes := make([]index.Box, len(k.all))
	for i := range k.all {
		boxes[i] = boxOf(orb.Bound{Min: k.all[i].at, Max: k.all[i].at})
	}
	k.tree = index.Build(boxes)
}

// lead leads every border through the knots beside it, the same way for all cells that have it, and counts them.
func (k *knots) lead(runs [][][][]int32) (n int) {
	owners := map[[2]int32][]int32{} // border, lower knot first → cells
	eachSide(runs, func(cell int32, a, b int32) {
		e := [2]int32{min(a, b), max(a, b)}
		if list := owners[e]; len(list) == 0 || list[len(list)-1] != cell {
			owners[e] = append(list, cell)
		}
	})
	through := map[[2]int32][]int32{}
	for e, cells := range owners {
		if list := k.beside(e, cells); len(list) > 0 {
			through[e] = list
		}
	}
	if len(through) == 0 {
		return 0
	}
	for i := range runs {
		for j := range runs[i] {
			for r, run := range runs[i][j] {
				runs[i][j][r] = k.led(run, through, int32(i))
			}
		}
	}
	for _, list := range through {
		n += len(list)
	}
	return n
}

func eachSide(runs [][][][]int32, yield func(cell int32, a, b int32)) {
	for i := range runs {
		for _, p := range runs[i] {
			for _, run := range p {
				for n := range run {
					if a, b := run[n], run[(n+1)%len(run)]; a != b {
						yield(int32(i), a, b)
					}
				}
			}
		}
	}
}

// beside are the knots beside a border within the tolerance, from its lower end on, that belong to none of its cells.
func (k *knots) beside(e [2]int32, cells []int32) []int32 {
	a, b := k.all[e[0]].at, k.all[e[1]].at
	dx, dy := (b[0]-a[0])*k.mx, (b[1]-a[1])*k.my
	length2 := dx*dx + dy*dy
	type place struct {
		knot int32
		t    float64
	}
	var found []place
	box := orb.MultiPoint{a, b}.Bound()
	padX, padY := k.toleranceM/k.mx, k.toleranceM/k.my
	box.Min, box.Max = orb.Point{box.Min[0] - padX, box.Min[1] - padY}, orb.Point{box.Max[0] + padX, box.Max[1] + padY}
	k.tree.Search(boxOf(box), func(i int) bool {
		v := int32(i)
		if v == e[0] || v == e[1] || share(k.all[v].cells, cells) {
			return true
		}
		x, y := (k.all[v].at[0]-a[0])*k.mx, (k.all[v].at[1]-a[1])*k.my
		t := (x*dx + y*dy) / length2
		if t > 0 && t < 1 && math.Hypot(x-t*dx, y-t*dy) <= k.toleranceM {
			found = append(found, place{v, t})
		}
		return true
	})
	slices.SortFunc(found, func(p, q place) int { return cmp.Or(cmp.Compare(p.t, q.t), cmp.Compare(p.knot, q.knot)) })
	out := make([]int32, len(found))
	for i, p := range found {
		out[i] = p.knot
	}
	return out
}

// led is a run with the knots that its borders were led through. They belong to the cell from now on.
func (k *knots) led(run []int32, through map[[2]int32][]int32, cell int32) []int32 {
	out := make([]int32, 0, len(run))
	for n, a := range run {
		b := run[(n+1)%len(run)]
		out = append(out, a)
		list := through[[2]int32{min(a, b), max(a, b)}]
		for i := range list {
			v := list[i]
			if a > b {
				v = list[len(list)-1-i]
			}
			out = append(out, v)
			if at, has := slices.BinarySearch(k.all[v].cells, cell); !has {
				k.all[v].cells = slices.Insert(k.all[v].cells, at, cell)
			}
		}
	}
	return out
}

// polygon makes a polygon of runs, without vertices that come twice in a row and without spikes.
func (k *knots) polygon(runs [][]int32) orb.Polygon {
	var p orb.Polygon
	for i, run := range runs {
		run = trimmed(run)
		if len(run) < 3 {
			if i == 0 {
				return nil
			}
			continue
		}
		ring := make(orb.Ring, 0, len(run)+1)
		for _, v := range run {
			ring = append(ring, k.all[v].at)
		}
		p = append(p, append(ring, ring[0]))
	}
	return p
}

// trimmed takes repeated vertices and spikes out of a run.
func trimmed(run []int32) []int32 {
	for {
		var out []int32
		for n, v := range run {
			before, after := run[(n+len(run)-1)%len(run)], run[(n+1)%len(run)]
			if v != after && (len(run) < 3 || before != after) {
				out = append(out, v)
			}
		}
		if len(out) == len(run) || len(out) == 0 {
			return out
		}
		run = out
	}
}
