package coverage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/hex"
)

// MaxHexagons is how many hexagons a sheet may have. Beyond it hexagons are coarser.
const MaxHexagons = 3_000_000

// Sheet is the hexagons of one resolution that cover some ground, in ascending order of their cells: children of one cell stand side by side.
// It is immutable, but for what it remembers of coarser hexagons. 六边形底图。
type Sheet struct {
	Res   int
	Cells []hex.Cell
	XY    []uint32 // centres in world units, x and y in turn
	DM2   []uint32 // by hexagon: its area in hundredths of square metres (dm²)
	// Inside is, by hexagon, how much of it lies in the shapes that the sheet was made for, in dm².
	Inside []uint32

	mesh  *hex.Mesh
	tiers [hex.MaxRes + 1]struct {
		once sync.Once
		tier *tier
	}
}

// perM2 is how many of the units of area there are to a square metre.
const perM2 = 100

// NewSheet makes the sheet of a resolution over shapes in degrees: every hexagon whose inside or border meets one of them. Its error wraps
// ErrTooLarge where there are more than limit. Hexagons of resolutions below 7 may have more dm² than are counted: they are too coarse for a sheet.
func NewSheet(ctx context.Context, shapes []orb.MultiPolygon, res, limit int) (*Sheet, error) {
	if res < coarsestSheet || res > hex.MaxRes {
		return nil, fmt.Errorf("%w: hexagons of resolution %d", ErrTooLarge, res)
	}
	mesh, err := hex.Cover(ctx, shapes, res, limit)
	if errors.Is(err, hex.ErrTooMany) {
		return nil, fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	if err != nil {
		return nil, err
	}
	s := &Sheet{Res: res, Cells: mesh.Cells(), XY: mesh.XY(), mesh: mesh}
	s.DM2 = make([]uint32, len(s.Cells))
	for i := range s.DM2 {
		s.DM2[i] = uint32(math.Round(mesh.AreaM2(i) * perM2))
	}
	return s, s.fillInside(ctx, shapes)
}

// coarsestSheet is the coarsest resolution whose hexagons have fewer dm² than 2^32.
const coarsestSheet = 7

// fillInside adds up what the shapes hold of each hexagon; where they lie over one another, no more than all of it.
func (s *Sheet) fillInside(ctx context.Context, shapes []orb.MultiPolygon) error {
	shares := make([]float64, s.Len())
	tracer := s.mesh.NewTracer()
	for _, shape := range shapes {
		if err := ctx.Err(); err != nil {
			return err
		}
		tracer.Shares(shape, func(i int, share float64) { shares[i] += share })
	}
	s.Inside = make([]uint32, s.Len())
	for i, share := range shares {
		s.Inside[i] = uint32(math.Round(min(share, 1) * float64(s.DM2[i])))
	}
	return nil
}

// Len is the number of hexagons.
func (s *Sheet) Len() int { return len(s.Cells) }

// At is the centre of a hexagon in degrees.
func (s *Sheet) At(i int) orb.Point { return orb.Point{geo.Lon(s.XY[2*i]), geo.Lat(s.XY[2*i+1])} }

// Index is the place of a cell in the sheet.
func (s *Sheet) Index(c hex.Cell) (int, bool) { return s.mesh.Index(c) }

// Locate is the place of the hexagon in which a position in degrees lies.
func (s *Sheet) Locate(p orb.Point) (int, bool) { return s.mesh.Locate(p) }

// Near calls visit with hexagons, ascending, among which are all whose centre lies in a bound in degrees, until it answers false.
func (s *Sheet) Near(b orb.Bound, visit func(i int) bool) {
	box := worldBox(b)
	for k, near := range s.tier(s.Res).boxes {
		if !near.Intersects(box) {
			continue
		}
		for i := k * boxed; i < min((k+1)*boxed, s.Len()); i++ {
			x, y := s.XY[2*i], s.XY[2*i+1]
			if x >= box.MinX && x <= box.MaxX && y >= box.MinY && y <= box.MaxY && !visit(i) {
				return
			}
		}
	}
}
