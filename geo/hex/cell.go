package hex

import (
	"strconv"

	"github.com/uber/h3-go/v4"

	"wangge/geo"
)

// Cell is the index of an H3 cell. The zero Cell is none.
type Cell uint64

// MaxRes is the finest resolution: cells of a square metre.
const MaxRes = 15

// At is the cell of a resolution (0 … MaxRes) in which a position in degrees lies. It is zero for what is no position.
func At(lon, lat float64, res int) Cell {
	c, err := h3.LatLngToCell(h3.LatLng{Lat: lat, Lng: lon}, res)
	if err != nil {
		return 0
	}
	return Cell(c)
}

// Of is the cell of a resolution in which a position in world units lies.
func Of(x, y uint32, res int) Cell { return At(geo.Lon(x), geo.Lat(y), res) }

// An index has its resolution in four bits and, below it, three bits for each step from the base cell down: 7 for the steps that
// are not taken.
const (
	resShift  = 52
	resMask   = Cell(0xf) << resShift
	stepBits  = 3
	noStep    = Cell(1<<stepBits - 1)
	hexDigits = 16
)

// Res is the resolution of the cell.
func (c Cell) Res() int { return int(c & resMask >> resShift) }

// Parent is the cell of a coarser resolution to which H3 assigns the cell; the cell itself where res is not coarser. (A position near
// the edge of a parent may be in a child of the next one: parents are not made of their children exactly.)
func (c Cell) Parent(res int) Cell {
	own := c.Res()
	if res >= own || res < 0 {
		return c
	}
	for step := res + 1; step <= own; step++ {
		c |= noStep << (stepBits * (MaxRes - step))
	}
	return c&^resMask | Cell(res)<<resShift
}

// AppendText appends the index as it is written everywhere: in hexadecimal digits.
func (c Cell) AppendText(dst []byte) []byte { return strconv.AppendUint(dst, uint64(c), hexDigits) }

func (c Cell) String() string { return string(c.AppendText(nil)) }

// AppendOutline appends the corners of the cell in world units, x and y in turn, anticlockwise on the globe, the first not repeated:
// six or, where the cell lies across an edge of the icosahedron or is a pentagon, five to ten. It appends nothing for what is no cell.
func (c Cell) AppendOutline(dst []uint32) []uint32 {
	corners, err := h3.CellToBoundary(h3.Cell(c))
	if err != nil || !h3.Cell(c).IsValid() {
		return dst
	}
	west, east := corners[0].Lng, corners[0].Lng
	for _, p := range corners {
		west, east = min(west, p.Lng), max(east, p.Lng)
	}
	turn := 0.0 // for a cell on the 180th meridian: which end of the world it is drawn at
	if east-west > halfTurn {
		turn = -fullTurn
		if middle, err := h3.CellToLatLng(h3.Cell(c)); err == nil && middle.Lng > 0 {
			turn = fullTurn
		}
	}
	for _, p := range corners {
		if turn*p.Lng < 0 {
			p.Lng += turn
		}
		dst = append(dst, geo.WorldX(p.Lng), geo.WorldY(p.Lat))
	}
	return dst
}

const halfTurn, fullTurn = 180, 360
