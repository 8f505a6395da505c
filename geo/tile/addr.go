package tile

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"

	"wangge/geo"
)

// Extent is the number of tile units along the side of a tile.
const Extent = 4096

// DefaultBufferPx is the width of the band around a tile that its geometry may fill, in tile units.
const DefaultBufferPx = 64

// MaxZoom is the deepest zoom an address can have. A tile unit is four world units there, about 3 cm.
const MaxZoom = 18

// unitZoom is the zoom at which a tile unit would be a world unit.
const unitZoom = 20

// Why an address cannot be parsed. The errors of Parse wrap one of them.
var (
	ErrNotANumber = errors.New("tile address is not a whole number")
	ErrNegative   = errors.New("tile address is negative")
	ErrZoom       = fmt.Errorf("tile zoom is above %d", MaxZoom)
	ErrOutside    = errors.New("tile column or row does not exist at this zoom")
)

// Addr is the address of a tile in the Web Mercator scheme, row 0 in the north.
type Addr struct {
	Z    uint8
	X, Y uint32
}

// Parse reads an address as it stands in a path: decimal digits only, no sign, no leading zeros.
func Parse(z, x, y string) (Addr, error) {
	zoom, err := parseNumber("z", z)
	if err != nil {
		return Addr{}, err
	}
	if zoom > MaxZoom {
		return Addr{}, fmt.Errorf("z %q: %w", clip(z), ErrZoom)
	}
	col, err := parseNumber("x", x)
	if err != nil {
		return Addr{}, err
	}
	row, err := parseNumber("y", y)
	if err != nil {
		return Addr{}, err
	}
	side := uint64(1) << zoom
	if col >= side || row >= side {
		return Addr{}, fmt.Errorf("%s/%s/%s: %w", clip(z), clip(x), clip(y), ErrOutside)
	}
	return Addr{Z: uint8(zoom), X: uint32(col), Y: uint32(row)}, nil
}

// parseNumber reads digits. A number too large for 64 bits is still a number: it is answered as the largest one, and
// its caller finds it out of range.
func parseNumber(name, s string) (uint64, error) {
	if len(s) > 1 && s[0] == '-' && digits(s[1:]) {
		return 0, fmt.Errorf("%s %q: %w", name, clip(s), ErrNegative)
	}
	if !digits(s) || len(s) > 1 && s[0] == '0' {
		return 0, fmt.Errorf("%s %q: %w", name, clip(s), ErrNotANumber)
	}
	n, _ := strconv.ParseUint(s, 10, 64) // too many digits give the largest number
	return n, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// clip keeps what is quoted in an error short.
func clip(s string) string {
	if len(s) > 24 {
		return s[:24] + "…"
	}
	return s
}

// String is the address as in a path: z/x/y.
func (a Addr) String() string { return fmt.Sprintf("%d/%d/%d", a.Z, a.X, a.Y) }

// Valid tells whether there is such a tile.
func (a Addr) Valid() bool { return a.Z <= MaxZoom && a.X < 1<<a.Z && a.Y < 1<<a.Z }

// World is the box of the tile and a buffer around it (in tile units) in world units, both ends belonging to it.
// It may reach over the edges of the world.
func (a Addr) World(bufferPx int) (minX, minY, maxX, maxY int64) {
	side := int64(1) << (32 - a.Z)
	buffer := int64(bufferPx) << (unitZoom - a.Z)
	minX, minY = int64(a.X)*side, int64(a.Y)*side
	return minX - buffer, minY - buffer, minX + side + buffer, minY + side + buffer
}

// Bound is the tile without its buffer, in degrees.
func (a Addr) Bound() orb.Bound {
	minX, minY, maxX, maxY := a.World(0)
	return geo.Bound(uint32(minX), uint32(minY), clampUnit(maxX), clampUnit(maxY))
}

// WorldBox is World cut to the world, as the R-tree of geo/index wants it.
func (a Addr) WorldBox(bufferPx int) (minX, minY, maxX, maxY uint32) {
	x0, y0, x1, y1 := a.World(bufferPx)
	return clampUnit(x0), clampUnit(y0), clampUnit(x1), clampUnit(y1)
}

func clampUnit(v int64) uint32 {
	return uint32(min(max(v, 0), 1<<32-1))
}

// At is the tile of a zoom that a world position lies in.
func At(z uint8, x, y uint32) Addr {
	shift := 32 - z
	return Addr{Z: z, X: uint32(uint64(x) >> shift), Y: uint32(uint64(y) >> shift)}
}
