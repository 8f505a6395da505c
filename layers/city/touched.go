package city

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo"
)

const (
	// maxBoxes is how many boxes of a layer a change has at most.
	maxBoxes = 32
	// maxTouched is how many features of a layer are told where: beyond it all of the layer counts as touched. Looking up this
	// many takes a few milliseconds of the follower's time.
	maxTouched = 20_000
	// finestCell is the zoom of the tiles within which boxes become one at once: 120 m in the latitudes of our cities.
	finestCell = 18
)

// changeOf tells what a delta changes: made of the view before it, which still knows where the features were, for a reader that
// is shown the view after it.
func (d *delta) changeOf(old, shown *View) Change {
	c := Change{View: shown, Layers: map[string][]orb.Bound{}}
	for id := range d.loaded {
		c.Layers[id] = nil
	}
	for id, ids := range d.touched {
		boxes, all := d.boxesOf(old.stack(id), ids, d.fresh[id])
		if all {
			c.Layers[id] = nil
		} else if len(boxes) > 0 {
			c.Layers[id] = few(boxes)
		}
	}
	// Settings name the city and schemes its layers: the style may be another.
	c.All = d.settings != nil && !maps.EqualFunc(d.settings, old.settings, sameJSON) || d.schemes != nil && !slices.Equal(d.schemes, old.schemes)
	return c
}

func sameJSON(a, b json.RawMessage) bool { return bytes.Equal(a, b) }

// boxesOf are the boxes of features as they were in a stack, which may be nil, and as they are in a table. all is true where
// there are too many.
func (d *delta) boxesOf(old *stack, ids []int64, fresh *table) (boxes []orb.Bound, all bool) {
	if len(ids) > maxTouched {
		return nil, true
	}
	if old != nil {
		for _, id := range ids {
			if b, row, ok := old.find(id); ok {
				boxes = append(boxes, bound(b.boxOf(row)))
			}
		}
	}
	for row := range fresh.len() {
		boxes = append(boxes, bound(fresh.box(row)))
	}
	return boxes, false
}

// Merge is one change that stands for several, given in the order in which they happened: what any of them touched. It shows
// the view of the last.
func Merge(changes ...Change) Change {
	out := Change{Layers: map[string][]orb.Bound{}}
	for _, c := range changes {
		out.View, out.All = c.View, out.All || c.All
		for id, boxes := range c.Layers {
			known, touched := out.Layers[id]
			switch {
			case len(boxes) == 0, touched && len(known) == 0:
				out.Layers[id] = nil
			default:
				out.Layers[id] = slices.Concat(known, boxes)
			}
		}
	}
	for id, boxes := range out.Layers {
		out.Layers[id] = few(boxes)
	}
	return out
}

// few makes at most maxBoxes boxes of any number. Those whose middles lie in one tile become one, for the finest zoom at which
// there are few enough such tiles: neighbours are merged, what is far apart stays apart. The result does not depend on their
// order, and holds every box given.
func few(boxes []orb.Bound) []orb.Bound {
	all := make([]placed, len(boxes))
	for i, b := range boxes {
		all[i] = placed{cellOf(b.Center()), b}
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.cell, b.cell) })
	up := 0
	for count(all, up) > maxBoxes {
		up++
	}
	var out []orb.Bound
	for i, p := range all {
		if i > 0 && p.within(up) == all[i-1].within(up) {
			out[len(out)-1] = out[len(out)-1].Union(p.box)
		} else {
			out = append(out, p.box)
		}
	}
	return out
}

// placed is a box and the finest cell that its middle lies in.
type placed struct {
	cell uint64
	box  orb.Bound
}

// within is the cell that is some zooms coarser.
func (p placed) within(up int) uint64 { return p.cell >> (2 * up) }

// count is the number of cells of a coarser zoom that boxes in order lie in.
func count(all []placed, up int) (n int) {
	for i, p := range all {
		if i == 0 || p.within(up) != all[i-1].within(up) {
			n++
		}
	}
	return n
}

// cellOf numbers the finest cell of a position: bits of column and row in turn, so that a quarter of the number is that of the
// cell of which it is a quarter.
func cellOf(p orb.Point) (n uint64) {
	x, y := geo.WorldX(p.Lon())>>(32-finestCell), geo.WorldY(p.Lat())>>(32-finestCell)
	for bit := range finestCell {
		n |= uint64(x>>bit&1)<<(2*bit) | uint64(y>>bit&1)<<(2*bit+1)
	}
	return n
}
