package lattice

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Why an edit is refused.
var (
	// ErrCut: the line does not cut the cell in two.
	ErrCut = errors.New("the line does not cut the grid in two")
	// ErrCrossing: the line crosses or touches itself, or would make more than MaxParts parts.
	ErrCrossing = errors.New("the line crosses itself, or the border too often")
	// ErrApart: the cells do not share a border.
	ErrApart = errors.New("the grids do not share a border")
	// ErrShape: a shape is not valid, or would not be after the edit.
	ErrShape = errors.New("the shape is not valid")
	// ErrTiny: a cell or a part of it would have less than LeastM2.
	ErrTiny = errors.New("too little would be left of a grid")
	// ErrComplex: there is too much to compute, as with borders of 100,000 vertices that all cross.
	ErrComplex = errors.New("the borders cross too often to be computed")
)

// Bounds of an edit.
const (
	MaxParts = 20 // that Split makes
	LeastM2  = 1  // that an edit leaves of a cell, in square metres
)

// Cell is a grid of a net: who it is and the ground it has. Region is the code of the community that it must lie in; "" for none.
type Cell struct {
	ID     int64
	Code   string
	Region string
	Shape  orb.MultiPolygon
}

// Change is what an edit does to the shapes of a net. All shapes are valid, on the lattice, with outer rings counter-clockwise.
type Change struct {
	// Shapes are the new shapes of cells that were there: those that were redrawn, and neighbours whose borders got a vertex.
	Shapes map[int64]orb.MultiPolygon
	// Touched are those of Shapes that only got vertices on their borders; nothing moved beyond rounding.
	Touched map[int64]bool
	// Made are the shapes of new cells, in rows from north to south and from west to east in a row.
	Made []orb.MultiPolygon
}

// draft is an edit that is being worked out, on the ground cut along the borders of all cells that it may concern. The label of a
// cell is its place in cells.
type draft struct {
	*plane
	cells []Cell
	known map[vertex]bool // the vertices of what the edit makes
	done  Change
}

// newDraft cuts the ground along the borders of cells, along a line, and along the borders of areas, whose labels follow those of the cells.
func newDraft(cells []Cell, l orb.LineString, areas ...orb.MultiPolygon) (*draft, error) {
	var pieces []piece
	for i, c := range cells {
		pieces = shapePieces(pieces, c.Shape, int32(i))
	}
	for i, area := range areas {
		pieces = shapePieces(pieces, area, int32(len(cells)+i))
	}
	pieces = linePieces(pieces, l)
	p, err := newPlane(pieces, onward)
	if err != nil {
		return nil, err
	}
	return &draft{plane: p, cells: cells, known: map[vertex]bool{}, done: Change{Shapes: map[int64]orb.MultiPolygon{}, Touched: map[int64]bool{}}}, nil
}

// own is a shape of regions, whose vertices the neighbours are to get.
func (d *draft) own(rs []region) (orb.MultiPolygon, error) {
	for _, r := range rs {
		for _, ring := range r.rings {
			for _, v := range ring {
				d.known[v] = true
			}
		}
	}
	mp := multi(rs)
	if len(mp) == 0 || areaM2(mp) < LeastM2 {
		return nil, ErrTiny
	}
	if err := geo.Check(mp); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrShape, err)
	}
	return mp, nil
}

// make adds a new cell.
func (d *draft) make(rs []region) error {
	mp, err := d.own(rs)
	d.done.Made = append(d.done.Made, mp)
	return err
}

// redraw gives a cell other ground.
func (d *draft) redraw(label int, faces []int32) error {
	mp, err := d.own(combed(d.regions(faces, false)))
	if err != nil {
		return fmt.Errorf("%s: %w", d.cells[label].Code, err)
	}
	d.done.Shapes[d.cells[label].ID] = mp
	return nil
}

// settle ends an edit: cells that keep their ground get the vertices that the edit put on their borders, all but those that are gone.
func (d *draft) settle(gone ...int) Change {
	inRows(d.done.Made)
	for _, b := range d.borders() {
		c := d.cells[b.label]
		if _, ours := d.done.Shapes[c.ID]; ours || !b.touched || slices.Contains(gone, b.label) {
			continue
		}
		mp := b.rebuilt(c.Shape)
		if geo.Check(mp) != nil { // a corner as narrow as the lattice has closed
			mp = d.reduced(b)
		}
		if geo.Check(mp) == nil {
			d.done.Shapes[c.ID], d.done.Touched[c.ID] = mp, true
		}
	}
	return d.done
}

// border is the rings of a cell with the vertices that an edit put on them.
type border struct {
	label   int
	rings   [][]vertex
	given   map[vertex]bool // those that it had
	touched bool            // some are new
}

// borders follows the pieces of every cell.
func (d *draft) borders() []border {
	out := make([]border, len(d.cells))
	for i := range out {
		out[i] = border{label: i, given: map[vertex]bool{}}
	}
	for _, p := range d.noding.pieces {
		if p.label == line || int(p.label) >= len(d.cells) {
			continue
		}
		b := &out[p.label]
		if int(p.ring) == len(b.rings) {
			b.rings = append(b.rings, nil)
		}
		switch {
		case p.given:
			b.given[p.from] = true
		case d.known[p.from]:
			b.touched = true
		default:
			continue
		}
		b.rings[p.ring] = append(b.rings[p.ring], p.from)
	}
	return out
}

// rebuilt is a shape with the new rings.
func (b border) rebuilt(mp orb.MultiPolygon) orb.MultiPolygon {
	var out orb.MultiPolygon
	rings := b.rings
	for _, p := range Snap(mp) {
		q := make(orb.Polygon, len(p))
		for i := range p {
			q[i] = degrees(rings[i])
		}
		rings = rings[len(p):]
		out = append(out, q)
	}
	return out
}

// reduced is the ground of a cell, as the plane has it, with no vertices but those it had and those of the edit.
func (d *draft) reduced(b border) orb.MultiPolygon {
	rs := d.regions(d.of(int32(b.label)), false)
	for _, r := range rs {
		for i := range r.rings {
			r.rings[i] = slices.DeleteFunc(r.rings[i], func(v vertex) bool { return !b.given[v] && !d.known[v] })
		}
	}
	return multi(rs)
}

// valid checks a shape that an edit is given.
func valid(mp orb.MultiPolygon) error {
	if err := geo.Check(mp); err != nil {
		return fmt.Errorf("%w: %w", ErrShape, err)
	}
	if err := geo.Check(Snap(mp)); err != nil {
		return fmt.Errorf("%w: too fine a detail: %w", ErrShape, err)
	}
	return nil
}

// coveredBy lists the cells that a face lies in.
func (d *draft) coveredBy(face int32) []int {
	var out []int
	for _, m := range d.over(face) {
		if int(m.label) < len(d.cells) {
			out = append(out, int(m.label))
		}
	}
	return out
}

// lengthM is the length of a half-edge.
func (p *plane) lengthM(h int32) float64 {
	return geo.DistanceM(p.at[p.from[h]].point(), p.at[p.to(h)].point())
}
