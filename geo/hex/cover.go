package hex

import (
	"context"
	"errors"

	"github.com/paulmach/orb"
)

// ErrTooMany: more cells than the limit.
var ErrTooMany = errors.New("too many cells")

// Mesh is cells of one resolution that cover some ground, ascending. It is immutable.
type Mesh struct{ cells []Cell }

// Cover is the mesh of all cells whose inside or border meets shapes in degrees.
func Cover(ctx context.Context, shapes []orb.MultiPolygon, res, limit int) (*Mesh, error) {
	return &Mesh{}, ctx.Err()
}

// Cells are the cells by their numbers. The slice is the mesh's.
func (m *Mesh) Cells() []Cell { return m.cells }
