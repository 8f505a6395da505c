package city

import (
	"slices"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// labelPoint is where to label an area: at its centre of gravity if that lies inside, else in the middle of its widest stretch
// half-way up. Of several polygons the one with the widest box is labelled.
func labelPoint(g tile.Geometry) (x, y uint32) {
	rings, box := widest(g)
	if cx, cy, ok := centroid(rings[0]); ok && within(rings, cx, cy) {
		return uint32(cx), uint32(cy)
	}
	cy := (float64(box.MinY) + float64(box.MaxY)) / 2
	crossings := crossings(rings, cy)
	best, width := (float64(box.MinX)+float64(box.MaxX))/2, -1.0
	for i := 0; i+1 < len(crossings); i += 2 {
		if w := crossings[i+1] - crossings[i]; w > width {
			best, width = (crossings[i]+crossings[i+1])/2, w
		}
	}
	return uint32(best), uint32(cy)
}

// widest gives the rings of the polygon with the largest box, its outer ring first, and that box.
func widest(g tile.Geometry) (rings [][]uint32, box index.Box) {
	ends := g.Ends
	if ends == nil {
		ends = []uint32{uint32(len(g.XY) / 2)}
	}
	polys := g.Polys
	if polys == nil {
		polys = []uint32{uint32(len(ends))}
	}
	area, first := -1.0, uint32(0)
	for _, last := range polys {
		b := boxOf(ring(g.XY, ends, first))
		if a := float64(b.MaxX-b.MinX) * float64(b.MaxY-b.MinY); a > area {
			area, box, rings = a, b, rings[:0]
			for i := first; i < last; i++ {
				rings = append(rings, ring(g.XY, ends, i))
			}
		}
		first = last
	}
	return rings, box
}

func ring(xy, ends []uint32, i uint32) []uint32 {
	return xy[2*begin(ends, int(i)) : 2*ends[i]]
}

func boxOf(xy []uint32) index.Box {
	b := index.Box{MinX: xy[0], MinY: xy[1], MaxX: xy[0], MaxY: xy[1]}
	for i := 2; i < len(xy); i += 2 {
		b = b.Union(index.Box{MinX: xy[i], MinY: xy[i+1], MaxX: xy[i], MaxY: xy[i+1]})
	}
	return b
}

// centroid is the centre of gravity of a ring; false where the ring has no area. It is computed from the first position, so
// that the small differences of large numbers are exact.
func centroid(xy []uint32) (x, y float64, ok bool) {
	ox, oy := float64(xy[0]), float64(xy[1])
	area := 0.0
	n := len(xy) / 2
	for i := range n {
		j := (i + 1) % n
		ax, ay := float64(xy[2*i])-ox, float64(xy[2*i+1])-oy
		bx, by := float64(xy[2*j])-ox, float64(xy[2*j+1])-oy
		cross := ax*by - bx*ay
		area += cross
		x += (ax + bx) * cross
		y += (ay + by) * cross
	}
	if area == 0 {
		return 0, 0, false
	}
	return ox + x/(3*area), oy + y/(3*area), true
}

// crossings are the places, from west to east, where a line of latitude crosses the rings.
func crossings(rings [][]uint32, y float64) []float64 {
	var found []float64
	for _, xy := range rings {
		n := len(xy) / 2
		for i := range n {
			j := (i + 1) % n
			ay, by := float64(xy[2*i+1]), float64(xy[2*j+1])
			if (ay > y) == (by > y) {
				continue
			}
			ax, bx := float64(xy[2*i]), float64(xy[2*j])
			found = append(found, ax+(bx-ax)*(y-ay)/(by-ay))
		}
	}
	slices.Sort(found)
	return found
}

func within(rings [][]uint32, x, y float64) bool {
	west := 0
	for _, c := range crossings(rings, y) {
		if c < x {
			west++
		}
	}
	return west%2 == 1
}

// place computes the label points of a block of a layer that has areas; rows that are no areas have none.
func (b *block) place() {
	if !b.layer.Areas() {
		return
	}
	b.labels = make([]uint32, 2*b.len())
	for row := range b.kinds {
		if b.kinds[row] == tile.Polygons {
			b.labels[2*row], b.labels[2*row+1] = labelPoint(b.geometry(row))
		}
	}
}

// labelled tells whether a row has a label point in a tile.
func (b *block) labelled(rule labelRule, row int, addr tile.Addr) bool {
	if b.labels == nil || b.kinds[row] != tile.Polygons || tile.At(addr.Z, b.labels[2*row], b.labels[2*row+1]) != addr {
		return false
	}
	if rule.column < 0 || rule.allFrom > 0 && int(addr.Z) >= rule.allFrom {
		return true
	}
	c := &b.columns[rule.column]
	switch c.field.Type {
	case layers.Integer, layers.Number:
		return c.number(row) >= rule.atLeast // which nothing is to NaN
	default:
		return c.codes.at(row) != 0
	}
}

// labelRule is layers.Labels with its field found; column is negative where every area has a label point.
type labelRule struct {
	column  int
	atLeast float64
	allFrom int
}

func newLabelRule(l *layers.Layer) labelRule {
	if l.Labels == nil {
		return labelRule{column: -1}
	}
	column := slices.IndexFunc(held(l), func(f *layers.Field) bool { return f.Name == l.Labels.Field })
	return labelRule{column, l.Labels.AtLeast, l.Labels.AllFrom}
}

// mark is a row that has a label point in the tile being encoded.
type mark struct {
	block *block
	row   int
}
