package pgeom

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// GeoJSON writes EWKB as GeoJSON geometry without making anything of it in between: 1,000 features cost as much as copying their numbers. Outer
// rings come counter-clockwise and holes clockwise, as seen in the record's degrees. The zero value writes whole numbers.
type GeoJSON struct {
	Decimals int  // behind the point, 0 to 15; zeros at the end are left out
	YX       bool // northing or latitude first, where the registry has it so
	// Convert takes a position of the record to the system that is written; nil for as it is.
	Convert func(orb.Point) (orb.Point, error)
}

// kindNames are the types of GeoJSON by kind.
var kindNames = [...]string{
	kindPoint: "Point", kindLine: "LineString", kindPolygon: "Polygon",
	kindMultiPoint: "MultiPoint", kindMultiLine: "MultiLineString", kindMultiPolygon: "MultiPolygon", kindCollection: "GeometryCollection",
}

// Append writes the geometry behind dst. Its errors are those of Decode and of Convert.
func (g GeoJSON) Append(dst, ewkb []byte) ([]byte, error) {
	p := pen{GeoJSON: g, walker: walker{b: ewkb}, dst: dst}
	if err := p.value(0); err != nil {
		return dst, err
	}
	if len(p.b) > 0 {
		return dst, fmt.Errorf("%w: %d bytes too many", ErrMalformed, len(p.b))
	}
	return p.dst, nil
}

// pen walks through EWKB and writes.
type pen struct {
	GeoJSON
	walker
	dst []byte
}

func (p *pen) put(s string) { p.dst = append(p.dst, s...) }

// value writes one geometry with its type.
func (p *pen) value(depth int) error {
	kind, err := p.header(depth == 0)
	if err != nil {
		return err
	}
	if kind < kindPoint || kind > kindCollection {
		return fmt.Errorf("%w: %d", ErrKind, kind)
	}
	p.put(`{"type":"`)
	p.put(kindNames[kind])
	if kind == kindCollection {
		p.put(`","geometries":`)
		err = p.list(depth, func() error { return p.value(depth + 1) })
	} else {
		p.put(`","coordinates":`)
		err = p.coordinates(depth, kind)
	}
	p.put("}")
	return err
}

func (p *pen) coordinates(depth int, kind uint32) error {
	switch kind {
	case kindPoint:
		return p.point()
	case kindLine:
		n, err := p.number(p.stride)
		if err != nil {
			return err
		}
		return p.run(n, false)
	case kindPolygon:
		return p.rings()
	}
	return p.list(depth, func() error {
		part, err := p.header(false)
		if err != nil {
			return err
		}
		if part != kind-kindMultiPoint+kindPoint {
			return fmt.Errorf("%w: kind %d within kind %d", ErrMalformed, part, kind)
		}
		return p.coordinates(depth+1, part)
	})
}

// list writes the members of a multiple or a collection.
func (p *pen) list(depth int, member func() error) error {
	if depth >= maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrMalformed, maxDepth)
	}
	n, err := p.number(9)
	if err != nil {
		return err
	}
	p.put("[")
	for i := range n {
		if i > 0 {
			p.put(",")
		}
		if err := member(); err != nil {
			return err
		}
	}
	p.put("]")
	return nil
}

// point writes a position; one of NaN is empty.
func (p *pen) point() error {
	if len(p.b) < p.stride {
		return fmt.Errorf("%w: it ends too early", ErrMalformed)
	}
	at := p.at(0)
	if at[0] != at[0] {
		p.put("[]")
	} else if err := p.position(at); err != nil {
		return err
	}
	p.b = p.b[p.stride:]
	return nil
}

func (p *pen) rings() error {
	n, err := p.number(4)
	if err != nil {
		return err
	}
	p.put("[")
	for i := range n {
		if i > 0 {
			p.put(",")
		}
		count, err := p.number(p.stride)
		if err != nil {
			return err
		}
		if err := p.run(count, p.turns(count) == (i == 0)); err != nil {
			return err
		}
	}
	p.put("]")
	return nil
}

// turns tells whether the next positions go clockwise around.
func (p *pen) turns(count int) bool {
	if count < 3 {
		return false
	}
	origin, area := p.at(0), 0.0
	last := orb.Point{}
	for i := 1; i < count; i++ {
		at := p.at(i)
		at[0], at[1] = at[0]-origin[0], at[1]-origin[1]
		area += last[0]*at[1] - at[0]*last[1]
		last = at
	}
	return area < 0
}

// run writes n positions, from the last to the first where they are to be turned round.
func (p *pen) run(n int, backwards bool) error {
	p.put("[")
	for i := range n {
		if i > 0 {
			p.put(",")
		}
		k := i
		if backwards {
			k = n - 1 - i
		}
		if err := p.position(p.at(k)); err != nil {
			return err
		}
	}
	p.put("]")
	p.b = p.b[n*p.stride:]
	return nil
}

// at is the position with a number among those that come next, which have been counted.
func (p *pen) at(i int) orb.Point {
	b := p.b[i*p.stride : i*p.stride+16]
	if p.order == binary.LittleEndian {
		return orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))}
	}
	return orb.Point{math.Float64frombits(p.order.Uint64(b)), math.Float64frombits(p.order.Uint64(b[8:]))}
}

func (p *pen) position(at orb.Point) error {
	if p.Convert != nil {
		var err error
		if at, err = p.Convert(at); err != nil {
			return err
		}
	}
	if p.YX {
		at[0], at[1] = at[1], at[0]
	}
	p.dst = append(p.dst, '[')
	p.dst = AppendFixed(p.dst, at[0], p.Decimals)
	p.dst = append(p.dst, ',')
	p.dst = append(AppendFixed(p.dst, at[1], p.Decimals), ']')
	return nil
}

// powers are those of ten that int64 counts with.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// AppendFixed writes a number rounded to some decimals (0 to 15), without zeros at the end. What is no number is null.
func AppendFixed(dst []byte, v float64, decimals int) []byte {
	scaled := math.Round(v * powers[decimals])
	if !(math.Abs(scaled) < 1<<53) { // too large to be counted exactly, or none at all
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...)
		}
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	n := int64(scaled)
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	if decimals > 9 { // more than the pairs below are made for
		return appendSlow(dst, n, decimals)
	}
	unit := units[decimals]
	whole := n / unit
	rest := uint32(n - whole*unit)
	dst = strconv.AppendInt(dst, whole, 10)
	if rest == 0 {
		return dst
	}
	var digits [10]byte
	for i := decimals; i > 0; i -= 2 {
		pair := rest % 100
		rest /= 100
		digits[i] = byte('0' + pair%10)
		digits[i-1] = byte('0' + pair/10)
	}
	digits[0] = '.'
	for digits[decimals] == '0' {
		decimals--
	}
	return append(dst, digits[:decimals+1]...)
}

// units are powers of ten that leave a rest of 32 bits.
var units = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}

// appendSlow writes a count of units of so many decimals.
func appendSlow(dst []byte, n int64, decimals int) []byte {
	for decimals > 0 && n%10 == 0 {
		n, decimals = n/10, decimals-1
	}
	unit := int64(powers[decimals])
	dst = strconv.AppendInt(dst, n/unit, 10)
	if decimals == 0 {
		return dst
	}
	var digits [16]byte
	rest := n % unit
	for i := decimals - 1; i >= 0; i-- {
		digits[i] = byte('0' + rest%10)
		rest /= 10
	}
	return append(append(dst, '.'), digits[:decimals]...)
}
