package pgeom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"wangge/geo"
	"wangge/geo/tile"
)

// Why bytes cannot be read. The errors of this package wrap one of them.
var (
	ErrMalformed = errors.New("malformed EWKB")
	ErrSRID      = fmt.Errorf("geometry is not in EPSG:%d", geo.SRID)
	ErrKind      = errors.New("unsupported kind of geometry")
)

// Kinds of geometry and flags of the type word.
const (
	kindPoint = 1 + iota
	kindLine
	kindPolygon
	kindMultiPoint
	kindMultiLine
	kindMultiPolygon
	kindCollection

	flagZ    = 1 << 31
	flagM    = 1 << 30
	flagSRID = 1 << 29
)

// maxDepth bounds collections within collections.
const maxDepth = 16

// walker goes through EWKB once, checking it, and collects positions in world units where it is asked to.
type walker struct {
	b      []byte
	order  binary.ByteOrder
	stride int // bytes of a position
	srid   uint32
	world  *tile.Geometry // nil: only check
}

// walk goes through the whole of b.
func walk(b []byte, world *tile.Geometry) error {
	w := walker{b: b, world: world}
	if err := w.geometry(0, 0); err != nil {
		return err
	}
	if len(w.b) > 0 {
		return fmt.Errorf("%w: %d bytes too many", ErrMalformed, len(w.b))
	}
	if w.srid != geo.SRID {
		return fmt.Errorf("%w: SRID %d", ErrSRID, w.srid)
	}
	return nil
}

// geometry reads one geometry, which must be of kind want unless that is 0.
func (w *walker) geometry(depth int, want uint32) error {
	kind, err := w.header(depth == 0)
	if err != nil {
		return err
	}
	if want != 0 && kind != want {
		return fmt.Errorf("%w: kind %d within a multiple of kind %d", ErrMalformed, kind, want)
	}
	switch kind {
	case kindPoint:
		return w.positions(1)
	case kindLine:
		return w.line()
	case kindPolygon:
		return w.polygon()
	case kindMultiPoint, kindMultiLine, kindMultiPolygon:
		return w.members(depth, kind-kindMultiPoint+kindPoint)
	case kindCollection:
		if w.world != nil {
			return fmt.Errorf("%w: a collection has no world units", ErrKind)
		}
		return w.members(depth, 0)
	}
	return fmt.Errorf("%w: %d", ErrKind, kind)
}

// header reads byte order, type word and SRID.
func (w *walker) header(top bool) (kind uint32, err error) {
	if len(w.b) < 5 || w.b[0] > 1 {
		return 0, fmt.Errorf("%w: no header", ErrMalformed)
	}
	w.order = binary.LittleEndian
	if w.b[0] == 0 {
		w.order = binary.BigEndian
	}
	word := w.order.Uint32(w.b[1:])
	w.b = w.b[5:]
	if word&flagSRID != 0 {
		srid, err := w.number(0)
		if err != nil {
			return 0, err
		}
		if top {
			w.srid = uint32(srid)
		}
	}
	w.stride = 16
	if word&flagZ != 0 {
		w.stride += 8
	}
	if word&flagM != 0 {
		w.stride += 8
	}
	kind = word &^ (flagZ | flagM | flagSRID)
	if top && w.world != nil {
		w.world.Kind = worldKind(kind)
	}
	return kind, nil
}

func worldKind(kind uint32) tile.Kind {
	switch kind {
	case kindPoint, kindMultiPoint:
		return tile.Points
	case kindLine, kindMultiLine:
		return tile.Lines
	}
	return tile.Polygons
}

// number reads a 32-bit number. As a count of things of at least least bytes each it must fit into what is left.
func (w *walker) number(least int) (int, error) {
	if len(w.b) < 4 {
		return 0, fmt.Errorf("%w: it ends too early", ErrMalformed)
	}
	n := int(w.order.Uint32(w.b))
	w.b = w.b[4:]
	if least > 0 && n > len(w.b)/least {
		return 0, fmt.Errorf("%w: %d parts in %d bytes", ErrMalformed, n, len(w.b))
	}
	return n, nil
}

// members reads the parts of a multiple or collection.
func (w *walker) members(depth int, want uint32) error {
	const header = 9 // byte order, type word, count; a point is longer
	if depth >= maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrMalformed, maxDepth)
	}
	n, err := w.number(header)
	if err != nil {
		return err
	}
	for range n {
		if err := w.geometry(depth+1, want); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) line() error {
	n, err := w.number(w.stride)
	if err != nil {
		return err
	}
	if err := w.positions(n); err != nil {
		return err
	}
	w.endPart()
	return nil
}

func (w *walker) polygon() error {
	rings, err := w.number(4)
	if err != nil {
		return err
	}
	for range rings {
		if err := w.ring(); err != nil {
			return err
		}
	}
	if w.world != nil && rings > 0 {
		w.world.Polys = append(w.world.Polys, uint32(len(w.world.Ends)))
	}
	return nil
}

// ring reads the positions of a ring, the last of which repeats the first and is not kept.
func (w *walker) ring() error {
	n, err := w.number(w.stride)
	if err != nil {
		return err
	}
	kept := n
	if n > 1 {
		kept--
	}
	if err := w.positions(kept); err != nil {
		return err
	}
	w.b = w.b[(n-kept)*w.stride:]
	w.endPart()
	return nil
}

func (w *walker) endPart() {
	if w.world != nil {
		w.world.Ends = append(w.world.Ends, uint32(len(w.world.XY)/2))
	}
}

// positions passes n positions. A point of NaN is empty and has none.
func (w *walker) positions(n int) error {
	if len(w.b)/w.stride < n {
		return fmt.Errorf("%w: it ends too early", ErrMalformed)
	}
	if w.world != nil {
		for i := range n {
			at := w.b[i*w.stride:]
			x, y := math.Float64frombits(w.order.Uint64(at)), math.Float64frombits(w.order.Uint64(at[8:]))
			if x == x && y == y {
				w.world.XY = append(w.world.XY, geo.WorldX(x), geo.WorldY(y))
			}
		}
	}
	w.b = w.b[n*w.stride:]
	return nil
}

// World reads EWKB into world units. The slices of g are emptied and used again, so that reading row after row
// allocates nothing. Rings come without their repeated last position, as tile.Geometry has them; an empty geometry has
// no positions. A collection is ErrKind.
func World(b []byte, g *tile.Geometry) error {
	*g = tile.Geometry{XY: g.XY[:0], Ends: g.Ends[:0], Polys: g.Polys[:0]}
	return walk(b, g)
}
