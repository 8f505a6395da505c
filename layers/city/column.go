package city

import (
	"math"
	"slices"

	"wangge/layers"
)

// column holds one attribute of all features of a table: its distinct values, and for each row which of them it has.
type column struct {
	field *layers.Field
	codes codes // by row: 0 null, else 1 + place among the values
	// The distinct values, by the field's type. Truth values are false and true and need no list.
	names   []string                 // enumerations: the catalogue's codes, then others that the record has
	numbers []float64                // integers, exact up to 2^53, and numbers
	places  map[uint64]uint32        // of numbers by their bits; only while rows are added
	texts   texts                    // all else
	last    struct{ x, code uint64 } // the number pushed last: neighbours are often alike
}

func newColumn(f *layers.Field) column {
	c := column{field: f}
	if f.Type == layers.Enum {
		for _, v := range f.Values {
			c.names = append(c.names, v.Code)
		}
	}
	return c
}

// value is what a column says of a row: nil, string, bool, int64 or float64.
func (c *column) value(row int) any { return c.valueOf(c.codes.at(row)) }

// valueOf is the value with a code.
func (c *column) valueOf(code uint32) any {
	if code == 0 {
		return nil
	}
	switch c.field.Type {
	case layers.Enum:
		return c.names[code-1]
	case layers.Boolean:
		return code == 2
	case layers.Integer:
		return int64(c.numbers[code-1])
	case layers.Number:
		return c.numbers[code-1]
	default:
		return string(c.texts.at(code - 1))
	}
}

// distinct is the number of values, whether or not a row has them still.
func (c *column) distinct() int {
	switch c.field.Type {
	case layers.Enum:
		return len(c.names)
	case layers.Boolean:
		return 2
	case layers.Integer, layers.Number:
		return len(c.numbers)
	default:
		return c.texts.len()
	}
}

// enum is, for an enumeration, 0 for null or 1 + the place of the row's code in names, which begin with those of the catalogue.
func (c *column) enum(row int) int { return int(c.codes.at(row)) }

// number is, for an integer or a number, the row's value, or NaN for null.
func (c *column) number(row int) float64 {
	if code := c.codes.at(row); code > 0 {
		return c.numbers[code-1]
	}
	return math.NaN()
}

// push appends a value as value gives it; what does not fit the type is null.
func (c *column) push(v any) {
	switch c.field.Type {
	case layers.Enum:
		s, _ := v.(string)
		c.pushCode([]byte(s))
	case layers.Boolean:
		b, known := v.(bool)
		c.pushBool(b, known)
	case layers.Integer, layers.Number:
		switch v := v.(type) {
		case int64:
			c.pushNumber(float64(v), true)
		case float64:
			c.pushNumber(v, true)
		default:
			c.pushNumber(0, false)
		}
	default:
		s, known := v.(string)
		c.pushText([]byte(s), known)
	}
}

func (c *column) pushBool(b, known bool) {
	n := uint32(0)
	switch {
	case known && b:
		n = 2
	case known:
		n = 1
	}
	c.codes.push(n)
}

// pushCode appends an entry of an enumeration; "" is null.
func (c *column) pushCode(code []byte) {
	n := 0
	if len(code) > 0 {
		n = 1 + slices.IndexFunc(c.names, func(s string) bool { return s == string(code) })
		if n == 0 {
			c.names = append(c.names, string(code))
			n = len(c.names)
		}
	}
	c.codes.push(uint32(n))
}

// pushNumber appends a number; NaN is null.
func (c *column) pushNumber(x float64, known bool) {
	if !known || math.IsNaN(x) {
		c.codes.push(0)
		return
	}
	c.codes.push(c.placeOf(x) + 1)
}

// placeOf finds a number among the distinct ones, or adds it.
func (c *column) placeOf(x float64) uint32 {
	bits := math.Float64bits(x)
	if c.last.x == bits && c.last.code > 0 {
		return uint32(c.last.code - 1)
	}
	if c.places == nil {
		c.places = make(map[uint64]uint32, len(c.numbers))
		for i, y := range c.numbers {
			c.places[math.Float64bits(y)] = uint32(i)
		}
	}
	n, known := c.places[bits]
	if !known {
		n = uint32(len(c.numbers))
		c.numbers = append(c.numbers, x)
		c.places[bits] = n
	}
	c.last.x, c.last.code = bits, uint64(n)+1
	return n
}

func (c *column) pushText(s []byte, known bool) {
	n := uint32(0)
	if known {
		n = c.texts.number(s) + 1
	}
	c.codes.push(n)
}

// memo remembers, by the codes of another column, the code that each value has here, so that a value is looked up once and not for
// each of its rows. Where only tells that no other column is taken in, a value that is not remembered is new.
type memo struct {
	codes []uint32
	only  bool
}

// pushFrom appends a row of another column of the same field.
func (c *column) pushFrom(o *column, row int, m memo) {
	code := o.codes.at(row)
	if code == 0 || c.shares(code) {
		c.codes.push(code)
		return
	}
	if m.codes[code] == 0 {
		m.codes[code] = c.adopt(o, code, m.only)
	}
	c.codes.push(m.codes[code])
}

// shares tells whether a code means the same in every column of the field.
func (c *column) shares(code uint32) bool {
	return c.field.Type == layers.Boolean || c.field.Type == layers.Enum && int(code) <= len(c.field.Values)
}

// adopt gives the code of another column's value, adding the value where it is not known.
func (c *column) adopt(o *column, code uint32, isNew bool) uint32 {
	switch c.field.Type {
	case layers.Enum:
		if n := slices.Index(c.names, o.names[code-1]); n >= 0 {
			return uint32(n) + 1
		}
		c.names = append(c.names, o.names[code-1])
		return uint32(len(c.names))
	case layers.Integer, layers.Number:
		if isNew {
			c.numbers = append(c.numbers, o.numbers[code-1])
			return uint32(len(c.numbers))
		}
		return c.placeOf(o.numbers[code-1]) + 1
	default:
		if isNew {
			return c.texts.add(o.texts.at(code-1)) + 1
		}
		return c.texts.number(o.texts.at(code-1)) + 1
	}
}

// digest adds what the row has.
func (c *column) digest(d digest, row int) digest {
	code := c.codes.at(row)
	if code == 0 {
		return d.add(null)
	}
	switch c.field.Type {
	case layers.Enum:
		return d.text([]byte(c.names[code-1]))
	case layers.Boolean:
		return d.add(uint64(code))
	case layers.Integer, layers.Number:
		return d.add(math.Float64bits(c.numbers[code-1]))
	default:
		return d.text(c.texts.at(code - 1))
	}
}

// seal gives back what only adding needs.
func (c *column) seal() {
	c.codes.seal()
	c.texts.seal()
	c.numbers = slices.Clip(c.numbers)
	c.places = nil
}

func (c *column) size() int64 {
	return c.codes.size() + c.texts.size() + 8*int64(cap(c.numbers))
}
