package lattice

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Split cuts a cell in two, or more, along a line. near is all other cells of the scheme whose boxes meet that of target, or any set that holds
// them. Parts of the cell that the line leaves whole go with the nearest piece. Errors: ErrCut, ErrCrossing, ErrShape, ErrTiny, ErrComplex.
func Split(target Cell, l orb.LineString, near []Cell) (Change, error) {
	if err := valid(target.Shape); err != nil {
		return Change{}, err
	}
	if err := geo.Check(l); err != nil {
		return Change{}, fmt.Errorf("%w: %w", ErrShape, err)
	}
	if err := simple(l); err != nil {
		return Change{}, err
	}
	d, err := newDraft(append([]Cell{target}, near...), l)
	if err != nil {
		return Change{}, err
	}
	faces := d.of(0)
	whole, parts := d.regions(faces, false), d.regions(faces, true)
	if len(parts) > MaxParts+len(whole)-1 {
		return Change{}, fmt.Errorf("%w: %d parts", ErrCrossing, len(parts))
	}
	cells := cutApart(whole, parts)
	if len(cells) < 2 {
		return Change{}, ErrCut
	}
	for _, c := range cells {
		if err := d.make(c); err != nil {
			return Change{}, err
		}
	}
	return d.settle(0), nil
}

// simple refuses a line that comes back to where it was, but for one that ends where it began.
func simple(l orb.LineString) error {
	n, err := node(linePieces(nil, l), onward)
	if err != nil {
		return err
	}
	if len(n.segs) < len(n.pieces) {
		return ErrCrossing
	}
	seen := map[vertex]bool{}
	for i, p := range n.pieces {
		if seen[p.to] || p.to == n.pieces[0].from && i < len(n.pieces)-1 {
			return ErrCrossing
		}
		seen[p.to] = true
	}
	return nil
}

// cutApart makes cells of parts: one of each part that was cut off from another, joined by the nearest of those that were not.
func cutApart(whole, parts []region) [][]region {
	var cells [][]region
	var left []region
	for _, w := range whole {
		var of []region
		for _, p := range parts {
			if _, in := slices.BinarySearch(w.faces, p.faces[0]); in {
				of = append(of, p)
			}
		}
		if len(of) < 2 {
			left = append(left, of...)
			continue
		}
		for _, p := range of {
			cells = append(cells, []region{p})
		}
	}
	if len(cells) == 0 {
		return nil
	}
	for _, p := range left {
		nearest, least := 0, math.Inf(1)
		for i, c := range cells {
			if d := distance2(p.rings[0], c[0].rings[0]); d < least {
				nearest, least = i, d
			}
		}
		cells[nearest] = append(cells[nearest], p)
	}
	return cells
}

// distance2 is the square of the distance between the nearest vertices of two rings, in degrees of latitude.
func distance2(a, b []vertex) float64 {
	least := math.Inf(1)
	for _, v := range a {
		p := v.point()
		narrow := math.Cos(p[1] * math.Pi / 180)
		for _, w := range b {
			q := w.point()
			dx, dy := (p[0]-q[0])*narrow, p[1]-q[1]
			least = min(least, dx*dx+dy*dy)
		}
	}
	return least
}
