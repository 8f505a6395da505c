package city

import (
	"bytes"
	"math"
	"slices"

	"wangge/layers"
)

// differs tells what a row of a block has otherwise than a row just read; "" for nothing. It compares what was stored, not sums over it.
func (b *block) differs(row int, t *table, fresh int) string {
	switch {
	case b.kinds[row] != t.kinds[fresh] || !slices.Equal(b.positions(row), t.positions(fresh)) || !slices.Equal(b.partsOf(row), t.partsOf(fresh)):
		return Geometry
	case b.zooms[row] != t.zooms[fresh]:
		return FirstZoom
	}
	for i := range b.columns {
		if !b.columns[i].same(row, &t.columns[i], fresh) {
			return b.columns[i].field.Name
		}
	}
	switch {
	case b.sum(row, row+1) != t.hashes[fresh]:
		return Hash
	case b.boxOf(row) != t.box(fresh):
		return Box
	}
	return ""
}

func (t *table) positions(row int) []uint32 { return t.xy[2*begin(t.ends, row) : 2*t.ends[row]] }

// same tells whether a row of a column has the value of a row of another column of the field.
func (c *column) same(row int, o *column, other int) bool {
	x, y := c.codes.at(row), o.codes.at(other)
	if x == 0 || y == 0 {
		return x == y
	}
	switch c.field.Type {
	case layers.Enum:
		return c.names[x-1] == o.names[y-1]
	case layers.Boolean:
		return x == y
	case layers.Integer, layers.Number:
		return math.Float64bits(c.numbers[x-1]) == math.Float64bits(o.numbers[y-1])
	default:
		return bytes.Equal(c.texts.at(x-1), o.texts.at(y-1))
	}
}
