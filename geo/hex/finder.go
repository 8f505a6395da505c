package hex

// Finder finds the cells of one resolution for many positions that are not all over the world, and numbers the cells from 0 in the
// order of their first coming. It remembers every cell. It is not safe for concurrent use.
type Finder struct {
	res     int
	lattice lattice
	cells   []Cell
	places  []Place // of the cells; zero where there is none, or it is not known
	byCell  map[Cell]uint32
	patches map[patchKey]*patch
	recent  []recentPatch // nil as long as there are few cells
}

type recentPatch struct {
	key   patchKey
	patch *patch
}

// recentPatches is how many patches are found without the map. Each has one place it can be in. Finders of few cells do without.
const (
	recentPatches = 256
	fewCells      = 64
)

// patch has the numbers of the cells of 16 by 16 places of a lattice, each one more than it is, and 0 for those not known yet. A
// map of single places takes four times as long.
type patch [1 << (2 * patchBits)]uint32

const patchBits = 4

type patchKey struct {
	face uint8
	a, b int32
}

// NewFinder makes a Finder for a resolution, 0 … MaxRes.
func NewFinder(res int) *Finder {
	return &Finder{res: res, lattice: newLattice(res), byCell: map[Cell]uint32{}, patches: map[patchKey]*patch{}}
}

// At is the cell in which a position in world units lies: the same as Of.
func (f *Finder) At(x, y uint32) Cell {
	n := f.Find(SpotOf(x, y)) // may add a cell
	return f.cells[n]
}

// Find is the number of the cell in which a spot lies.
func (f *Finder) Find(s Spot) int {
	a, b, certain := f.lattice.place(&s)
	if !certain {
		return int(f.ask(&s, 0))
	}
	n := &f.patch(patchKey{s.face, a >> patchBits, b >> patchBits})[a&(1<<patchBits-1)<<patchBits|b&(1<<patchBits-1)]
	if *n == 0 {
		*n = f.ask(&s, f.lattice.drawable(s.face, a, b)) + 1
	}
	return int(*n - 1)
}

func (f *Finder) patch(k patchKey) *patch {
	at := uint32(k.a*16+k.b) % recentPatches
	if f.recent != nil && f.recent[at].key == k && f.recent[at].patch != nil {
		return f.recent[at].patch
	}
	p := f.patches[k]
	if p == nil {
		p = new(patch)
		f.patches[k] = p
	}
	if f.recent != nil {
		f.recent[at] = recentPatch{k, p}
	} else if len(f.cells) > fewCells {
		f.recent = make([]recentPatch, recentPatches)
	}
	return p
}

// ask asks H3. Near an edge of the icosahedron a cell has places on several faces.
func (f *Finder) ask(s *Spot, at Place) uint32 {
	c := Of(s.x, s.y, f.res)
	n, known := f.byCell[c]
	if !known {
		n = uint32(len(f.cells))
		f.cells, f.places = append(f.cells, c), append(f.places, at)
		f.byCell[c] = n
	}
	if at != 0 {
		f.places[n] = at
	}
	return n
}

// Cells are the cells by their numbers. The slice is the Finder's.
func (f *Finder) Cells() []Cell { return f.cells }

// Places are the places of the cells, by which a Pen draws them. The slice is the Finder's.
func (f *Finder) Places() []Place { return f.places }
