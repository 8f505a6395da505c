package hex

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// ErrTooMany tells that shapes have more cells than the limit, or are wider than a face of the icosahedron can be seen from its middle.
var ErrTooMany = errors.New("too many cells")

// Cover is the mesh of all cells of a resolution whose inside or border meets one of the shapes, given in degrees. Edges of shapes are straight in
// longitude and latitude, as everywhere. Its error wraps ErrTooMany where there are more cells than limit.
func Cover(ctx context.Context, shapes []orb.MultiPolygon, res, limit int) (*Mesh, error) {
	m := &Mesh{res: res, lattice: newLattice(res), faces: icosahedron()}
	var all []Cell // across edges of faces
	for _, f := range facesUnder(shapes) {
		c := coverer{mesh: m, face: f, limit: limit}
		if err := c.cover(ctx, shapes); err != nil {
			return nil, err
		}
		all = append(all, c.crossing()...)
	}
	if int(m.count) > limit {
		return nil, fmt.Errorf("%w: %d of resolution %d, %d at most", ErrTooMany, m.count, res, limit)
	}
	m.number(all, shapes)
	if len(m.cells) > limit {
		return nil, fmt.Errorf("%w: %d of resolution %d, %d at most", ErrTooMany, len(m.cells), res, limit)
	}
	m.centre()
	return m, ctx.Err()
}

// facesUnder lists the faces on which the borders of shapes lie, ascending.
func facesUnder(shapes []orb.MultiPolygon) (out []uint8) {
	var seen [faceCount]bool
	for _, shape := range shapes {
		for _, polygon := range shape {
			for _, ring := range polygon {
				for i, to := range ring {
					from := ring[max(i, 1)-1]
					parts := min(edgeParts(from, to), mostParts)
					for k := 1; k <= parts; k++ {
						seen[directionOf(along(from, to, k, parts)).spot(0, 0).face] = true
					}
				}
			}
		}
	}
	for f, yes := range seen {
		if yes {
			out = append(out, uint8(f))
		}
	}
	return out
}

// mostParts is into how many parts an edge is cut at most where its faces are looked for.
const mostParts = 1000

// coverer finds the cells of one face that shapes meet.
type coverer struct {
	mesh  *Mesh
	face  uint8
	limit int
	outline
	marks []span
	stray []span // places that are not on this face as a whole
}

func (c *coverer) cover(ctx context.Context, shapes []orb.MultiPolygon) error {
	p := c.mesh.plane(c.face)
	for _, shape := range shapes {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.reset()
		if !c.addShape(&p, shape, borderPerCell*c.limit) {
			return fmt.Errorf("%w: the border alone has more than %d of resolution %d", ErrTooMany, c.limit, c.mesh.res)
		}
		for i := range c.pieces {
			c.markPiece(&c.pieces[i])
		}
		c.sweep(func(row, from, to int32, low, high float64) {
			if low > Dust && high > Dust && to > from+1 {
				c.marks = append(c.marks, spanOf(row, from, to), spanOf(row+1, from, to))
				return
			}
			c.markSquare(row, from, low, high)
		})
		c.marks = merged(c.marks)
	}
	rows, stray := p.split(c.marks)
	if n := total(rows) + total(stray); n > c.limit {
		return fmt.Errorf("%w: %d of resolution %d, %d at most", ErrTooMany, n, c.mesh.res, c.limit)
	}
	c.stray = stray
	c.mesh.addFace(c.face, rows)
	return nil
}

// borderPerCell: a border that passes through more triangles than this, for each cell of the limit, has more cells than the limit.
const borderPerCell = 12

// markSquare marks the cells of the triangles of a square that the shape meets.
func (c *coverer) markSquare(row, col int32, low, high float64) {
	if low > Dust {
		a, at := centreOf(col, row, false)
		c.marks = append(c.marks, span{at, a, a + 1})
	}
	if high > Dust {
		a, at := centreOf(col, row, true)
		c.marks = append(c.marks, span{at, a, a + 1})
	}
}

// markPiece marks the cell of the triangle in which a piece of a border lies.
func (c *coverer) markPiece(p *piece) {
	a, row := centreOf(p.col, p.row, p.upper)
	c.marks = append(c.marks, span{row, a, a + 1})
}
