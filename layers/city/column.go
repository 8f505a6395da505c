package city

import (
	"math"
	"slices"

	"wangge/layers"
)

// column holds one attribute of all features of a block. Which of the slices is used follows from the field's type.
type column struct {
	field *layers.Field
	// small has enumerations (1 + place in codes) and truth values (1 false, 2 true); 0 is null.
	small []uint8
	codes []string // of the enumeration: the catalogue's, then others that the record has
	// numbers has integers and numbers; NaN is null. Integers are exact up to 2^53.
	numbers []float64
	// refs has all else: 1 + number in texts; 0 is null.
	refs  []uint32
	texts texts
}

// maxCodes is how many codes an enumeration may have; further ones are null.
const maxCodes = math.MaxUint8

func newColumn(f *layers.Field) column {
	c := column{field: f}
	if f.Type == layers.Enum {
		for _, v := range f.Values {
			c.codes = append(c.codes, v.Code)
		}
	}
	return c
}

// value is what a column says of a row: nil, string, bool, int64 or float64.
func (c *column) value(row int) any {
	switch c.field.Type {
	case layers.Enum:
		if n := c.small[row]; n > 0 {
			return c.codes[n-1]
		}
	case layers.Boolean:
		if n := c.small[row]; n > 0 {
			return n == 2
		}
	case layers.Integer:
		if x := c.numbers[row]; !math.IsNaN(x) {
			return int64(x)
		}
	case layers.Number:
		if x := c.numbers[row]; !math.IsNaN(x) {
			return x
		}
	default:
		if n := c.refs[row]; n > 0 {
			return string(c.texts.at(n - 1))
		}
	}
	return nil
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
		x := math.NaN()
		switch v := v.(type) {
		case int64:
			x = float64(v)
		case float64:
			x = v
		}
		c.numbers = append(c.numbers, x)
	default:
		s, known := v.(string)
		c.pushText([]byte(s), known)
	}
}

func (c *column) pushBool(b, known bool) {
	n := uint8(0)
	switch {
	case known && b:
		n = 2
	case known:
		n = 1
	}
	c.small = append(c.small, n)
}

// pushCode appends an entry of an enumeration; "" is null.
func (c *column) pushCode(code []byte) {
	n := 0
	if len(code) > 0 {
		n = 1 + slices.IndexFunc(c.codes, func(s string) bool { return s == string(code) })
		if n == 0 && len(c.codes) < maxCodes {
			c.codes = append(c.codes, string(code))
			n = len(c.codes)
		}
	}
	c.small = append(c.small, uint8(n))
}

func (c *column) pushText(s []byte, known bool) {
	n := uint32(0)
	if known {
		n = c.texts.number(s) + 1
	}
	c.refs = append(c.refs, n)
}

// memo remembers, by the texts of another column, 1 + the number that each has here, so that a text is looked up once and not for
// each of its rows. Where only tells that no other column is taken in, a text that is not remembered is new.
type memo struct {
	numbers []uint32
	only    bool
}

// pushFrom appends a row of another column of the same field.
func (c *column) pushFrom(o *column, row int, m memo) {
	switch c.field.Type {
	case layers.Enum:
		if n := o.small[row]; int(n) > len(c.field.Values) {
			c.pushCode([]byte(o.codes[n-1]))
		} else {
			c.small = append(c.small, n)
		}
	case layers.Boolean:
		c.small = append(c.small, o.small[row])
	case layers.Integer, layers.Number:
		c.numbers = append(c.numbers, o.numbers[row])
	default:
		switch n := o.refs[row]; {
		case n == 0:
			c.refs = append(c.refs, 0)
		case m.numbers[n-1] != 0:
			c.refs = append(c.refs, m.numbers[n-1])
		default:
			if m.only {
				m.numbers[n-1] = c.texts.add(o.texts.at(n-1)) + 1
			} else {
				m.numbers[n-1] = c.texts.number(o.texts.at(n-1)) + 1
			}
			c.refs = append(c.refs, m.numbers[n-1])
		}
	}
}

// digest adds what the row contributes to a tile.
func (c *column) digest(d digest, row int) digest {
	switch c.field.Type {
	case layers.Enum:
		if n := c.small[row]; n > 0 {
			return d.text([]byte(c.codes[n-1]))
		}
	case layers.Boolean:
		return d.add(uint64(c.small[row]))
	case layers.Integer, layers.Number:
		if x := c.numbers[row]; !math.IsNaN(x) {
			return d.add(math.Float64bits(x))
		}
	default:
		if n := c.refs[row]; n > 0 {
			return d.text(c.texts.at(n - 1))
		}
	}
	return d.add(null)
}

func (c *column) grow(n int) {
	switch c.field.Type {
	case layers.Enum, layers.Boolean:
		c.small = slices.Grow(c.small, n)
	case layers.Integer, layers.Number:
		c.numbers = slices.Grow(c.numbers, n)
	default:
		c.refs = slices.Grow(c.refs, n)
	}
}

func (c *column) size() int64 {
	return int64(cap(c.small)+8*cap(c.numbers)+4*cap(c.refs)) + c.texts.size()
}
