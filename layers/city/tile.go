package city

import (
	"bytes"
	"context"

	"wangge/geo/tile"
)

// maxTileBytes is the largest a tile gets before compression.
const maxTileBytes = 500_000

// workbench is what encoding a tile needs and the next tile can use again.
type workbench struct {
	encoder tile.Encoder
	marks   []mark
	single  []single

	sketches sketches

	shape tile.Geometry // of the feature at hand
}

// Tile encodes a vector tile, its layers in the fixed order. Features appear from their first zoom; before it, and where they would
// make the tile larger than 500 kB, their densities do. The bytes are the caller's; an empty tile has none. addr must be valid. The
// only error is the context's.
func (v *View) Tile(ctx context.Context, p *Plan, addr tile.Addr) (Tile, error) {
	w, _ := v.benches.Get().(*workbench)
	if w == nil {
		w = new(workbench)
	}
	defer v.release(w)
	thinned := make([]uint8, len(p.shown)) // by layer, how often it was too large
	for {
		gains, err := w.draw(ctx, v, p, addr, thinned)
		if err != nil {
			return Tile{}, err
		}
		if !thin(thinned, gains, len(w.encoder.Bytes())-maxTileBytes) {
			break
		}
	}
	made := Tile{Bytes: bytes.Clone(w.encoder.Bytes()), Features: w.encoder.Features()}
	for i, n := range thinned {
		if n > 0 {
			made.Thinned = append(made.Thinned, p.shown[i].id)
		}
	}
	return made, nil
}

// thin chooses the layers that give way for a tile to lose so many bytes, those with the most to gain first. It tells whether any does.
func thin(thinned []uint8, gains []int, excess int) (gives bool) {
	for excess > 0 {
		best := 0
		for i, gain := range gains {
			if gain > gains[best] {
				best = i
			}
		}
		if gains[best] == 0 {
			break
		}
		gives = true
		excess -= gains[best]
		thinned[best]++
		gains[best] = 0 // what the layer gains next is only known when it has been drawn
	}
	return gives
}

// draw encodes a tile and tells what it would gain from each layer of the plan that were shown in a coarser way. It ends early with a
// tile that is too large, and with nothing to gain but from the layer that made it so.
func (w *workbench) draw(ctx context.Context, v *View, p *Plan, addr tile.Addr, thinned []uint8) (gains []int, err error) {
	w.encoder.Begin(addr, tile.DefaultBufferPx)
	gains = make([]int, len(p.shown))
	for i := range p.shown {
		q := &p.shown[i]
		s := v.stack(q.id)
		if s == nil {
			continue
		}
		pass := pass{workbench: w, ctx: ctx, stack: s, query: q, addr: addr, thinned: thinned[i]}
		if pass.layer(); pass.err != nil {
			return nil, pass.err
		}
		if pass.crowded {
			clear(gains)
			gains[i] = maxTileBytes
			return gains, nil
		}
		gains[i] = pass.gain()
	}
	return gains, nil
}

// release forgets what ties a workbench to a view, and gives it back.
func (v *View) release(w *workbench) {
	clear(w.single[:cap(w.single)])
	clear(w.marks[:cap(w.marks)])
	w.single, w.marks, w.shape = w.single[:0], w.marks[:0], tile.Geometry{}
	v.benches.Put(w)
}
