package city

import (
	"bytes"
	"context"
	"math"
	"unsafe"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// workbench is what encoding a tile needs and the next tile can use again.
type workbench struct {
	encoder tile.Encoder
	tags    []uint32
	marks   []mark
}

// cancelEvery is how many features are encoded between two looks at the context.
const cancelEvery = 1024

// Tile encodes a vector tile, its layers in the fixed order. Features appear from their first zoom. The bytes are the caller's; an
// empty tile has none. addr must be valid. The only error is the context's.
func (v *View) Tile(ctx context.Context, p *Plan, addr tile.Addr) (Tile, error) {
	w, _ := v.benches.Get().(*workbench)
	if w == nil {
		w = new(workbench)
	}
	defer v.benches.Put(w)
	w.encoder.Begin(addr, tile.DefaultBufferPx)
	box := tileBox(addr)
	for _, s := range v.chosen(p.stacks, addr.Z) {
		w.encoder.Layer(s.layer.ID, s.look.dict)
		if err := w.encode(ctx, s, addr, box); err != nil {
			return Tile{}, err
		}
		w.label(s)
	}
	return Tile{Bytes: bytes.Clone(w.encoder.Bytes())}, nil
}

// encode adds the features of a layer that are shown at a zoom, and marks those that are labelled in this tile.
func (w *workbench) encode(ctx context.Context, s *stack, addr tile.Addr, box index.Box) (err error) {
	n := 0
	w.marks = w.marks[:0]
	s.search(box, func(b *block, row int) bool {
		if b.zooms[row] > addr.Z {
			return true
		}
		if n++; n%cancelEvery == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		w.tag(s.look, b, row, nil)
		w.encoder.Feature(uint64(b.ids[row]), b.geometry(row), w.tags)
		if b.labelled(s.look.labels, row, addr) {
			w.marks = append(w.marks, mark{b, row})
		}
		return true
	})
	return err
}

// tag collects the attributes of a feature, of some columns only where only is given; what is null is left out.
func (w *workbench) tag(k *look, b *block, row int, only []bool) {
	w.tags = w.tags[:0]
	for i := range b.columns {
		if only != nil && !only[i] {
			continue
		}
		c := &b.columns[i]
		var value uint32
		switch c.field.Type {
		case layers.Enum:
			n := int(c.small[row])
			switch {
			case n == 0:
				continue
			case n <= len(k.codes[i]):
				value = k.codes[i][n-1]
			default:
				value = w.encoder.Value(tile.String(c.codes[n-1]))
			}
		case layers.Boolean:
			switch c.small[row] {
			case 0:
				continue
			case 1:
				value = k.no
			default:
				value = k.yes
			}
		case layers.Integer, layers.Number:
			x := c.numbers[row]
			switch {
			case math.IsNaN(x):
				continue
			case c.field.Type == layers.Integer:
				value = w.encoder.Value(tile.Int(int64(x)))
			default:
				value = w.encoder.Value(tile.Double(x))
			}
		default:
			n := c.refs[row]
			if n == 0 {
				continue
			}
			text := c.texts.at(n - 1)
			value = w.encoder.Value(tile.String(unsafe.String(unsafe.SliceData(text), len(text)))) // texts never change
		}
		w.tags = append(w.tags, k.keys[i], value)
	}
}

// ContentHash is a number for what the tile shows: equal content, equal hash, on every server and after every start. It has
// the layers and the address in it, not the version of the encoder. It may differ for equal tiles (a change too small to be seen at the zoom).
func (v *View) ContentHash(p *Plan, addr tile.Addr) uint64 {
	d := digest(0).add(uint64(addr.Z)).add(uint64(addr.X)<<32 | uint64(addr.Y))
	box := tileBox(addr)
	for _, s := range v.chosen(p.stacks, addr.Z) {
		n, sum := s.tally(box)
		d = d.add(uint64(s.look.layerDigest)).add(uint64(n)).add(sum)
	}
	return d.sum()
}

// chosen are the layers among ids that have anything to show at a zoom, in the fixed order.
func (v *View) chosen(ids []string, zoom uint8) []*stack {
	out := make([]*stack, 0, len(ids))
	for _, s := range v.stacks {
		if int(zoom) < s.layer.Lowest() {
			continue
		}
		for _, id := range ids {
			if id == s.layer.ID {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

func tileBox(addr tile.Addr) index.Box {
	x0, y0, x1, y1 := addr.WorldBox(tile.DefaultBufferPx)
	return index.Box{MinX: x0, MinY: y0, MaxX: x1, MaxY: y1}
}
