package city

import (
	"math"
	"math/bits"
	"sync"

	"wangge/geo/tile"
	"wangge/layers"
)

// vocabulary numbers the keys and values of a tile layer. All blocks of a layer share it, whoever packs them, and it only grows:
// by numbers that no feature had before.
type vocabulary struct {
	mu      sync.Mutex
	builder tile.DictBuilder
}

func (v *vocabulary) number(value tile.Value) uint32 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.builder.Value(value)
}

// dict is the vocabulary as it is now: whatever is packed already can be written with it.
func (v *vocabulary) dict() tile.Dict {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.builder.Dict()
}

// What a column in tag sets may have, and how many combinations there may be.
const (
	maxSetValues  = math.MaxUint16
	maxSetProduct = math.MaxInt64
)

// settable tells whether values of a field come again and again.
func settable(f *layers.Field) bool {
	return f.Tile && (f.Type == layers.Enum || f.Type == layers.Boolean || f.Type == layers.Integer)
}

// combine finds the tag sets of a block: what its rows have in the columns whose values come again and again. The others are loose.
func (b *block) combine(k *look) {
	var columns []int
	product := uint64(1)
	for i := range b.columns {
		c := &b.columns[i]
		high, low := bits.Mul64(product, uint64(c.distinct())+1)
		switch {
		case !c.field.Tile:
		case settable(c.field) && c.distinct() <= maxSetValues && high == 0 && low <= maxSetProduct:
			columns, product = append(columns, i), low
		default:
			b.loose = append(b.loose, i)
		}
	}
	var builder tile.SetsBuilder
	known := map[uint64]uint32{}
	last, lastSet := uint64(math.MaxUint64), uint32(0)
	for row := range b.ids {
		key := uint64(0)
		for _, i := range columns {
			c := &b.columns[i]
			key = key*uint64(c.distinct()+1) + uint64(c.codes.at(row))
		}
		if key != last {
			n, ok := known[key]
			if !ok {
				n = builder.Add(b.pairs(k, columns, row))
				known[key] = n
			}
			last, lastSet = key, n
		}
		b.setOf.push(lastSet)
	}
	b.setOf.seal()
	b.sets = builder.Sets()
}

// pairs are the tags of a row in some columns; what is null is left out.
func (b *block) pairs(k *look, columns []int, row int) []uint32 {
	pairs := make([]uint32, 0, 2*len(columns))
	for _, i := range columns {
		if code := b.columns[i].codes.at(row); code > 0 {
			pairs = append(pairs, k.keys[i], k.vocabulary.number(tileValue(b.columns[i].field, b.columns[i].valueOf(code))))
		}
	}
	return pairs
}

// tileValue is a value of a column as tiles have it; v is not nil.
func tileValue(f *layers.Field, v any) tile.Value {
	switch v := v.(type) {
	case bool:
		return tile.Bool(v)
	case int64:
		return tile.Int(v)
	case float64:
		return tile.Double(v)
	case string:
		return tile.String(v)
	}
	panic("city: field " + f.Name + " has a value of no known type") // valueOf gives no other
}

// look is what tiles need to know about a layer.
type look struct {
	vocabulary *vocabulary
	keys       []uint32 // by column
	labels     labelRule
	onLabels   []bool // by key: label points carry it
	lines      bool   // vertices have a first zoom of their own
	digest     digest
}

func newLook(l *layers.Layer) *look {
	k := &look{vocabulary: &vocabulary{}, labels: newLabelRule(l), digest: digest(0).text([]byte(l.ID))}
	carried := l.LabelFields()
	for _, f := range held(l) {
		k.keys = append(k.keys, k.vocabulary.builder.Key(f.Name))
		k.onLabels = append(k.onLabels, carried[f.Name])
		if f.Tile {
			k.digest = k.digest.text([]byte(f.Name))
		}
	}
	k.lines = l.Holds(layers.LineString) || l.Holds(layers.MultiLineString)
	return k
}

// held are the fields that memory has: those of tiles, then those that filters or coverage may ask for besides.
func held(l *layers.Layer) []*layers.Field {
	fields := l.TileFields()
	for i := range l.Fields {
		if f := &l.Fields[i]; (f.Filterable || f.Held) && !f.Tile && f.Access == layers.Public {
			fields = append(fields, f)
		}
	}
	return fields
}
