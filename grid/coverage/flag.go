package coverage

import (
	"context"
	"runtime"
	"sync"

	"wangge/geo/walk"
)

// ambiguousMM is how much farther than the nearest street another may be, to be one that people might take.
const ambiguousMM = 25_000

// alternatives are the other streets that hexagons may be reached from. They are immutable.
type alternatives struct {
	first []uint32 // by place, one more than places on the network
	spots []walk.Spot
}

// alternatives are worked out when they are first asked for.
func (l *lay) alternatives(ctx context.Context) (*alternatives, error) {
	return l.alts.get(ctx, true, func(ctx context.Context, _ *alternatives, _ bool) (*alternatives, error) {
		workers := runtime.GOMAXPROCS(0)
		parts := make([]alternatives, workers)
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() { parts[w] = l.alternativesOf(ctx, l.on*w/workers, l.on*(w+1)/workers) })
		}
		all.Wait()
		whole := &alternatives{first: make([]uint32, 0, l.on+1)}
		for _, p := range parts {
			for _, at := range p.first {
				whole.first = append(whole.first, uint32(len(whole.spots))+at)
			}
			whole.spots = append(whole.spots, p.spots...)
		}
		whole.first = append(whole.first, uint32(len(whole.spots)))
		return whole, ctx.Err()
	})
}

func (l *lay) alternativesOf(ctx context.Context, from, to int) (out alternatives) {
	var near []walk.Spot
	const often = 1024
	for place := from; place < to; place++ {
		if place%often == 0 && ctx.Err() != nil {
			return out
		}
		hexagon := l.order[place]
		out.first = append(out.first, uint32(len(out.spots)))
		near = l.graph.Near(l.sheet.At(int(hexagon)), walk.SnapLimitMM, ambiguousMM, near[:0])
		for _, s := range near {
			if s.Edge != l.spots[hexagon].Edge {
				out.spots = append(out.spots, s)
			}
		}
	}
	return out
}

// ambiguous visits the places whose class at one of the radii depends on the street that they are reached from; radii has a bit for each of those.
func (f *field) ambiguous(ctx context.Context, radiiMM []uint32, visit func(place int, radii uint8)) error {
	if f.lay.graph == nil {
		return nil
	}
	alts, err := f.lay.alternatives(ctx)
	if err != nil {
		return err
	}
	f.with(func(r reach) {
		tree := r.(*walkReach).tree
		for place := range f.lay.on {
			mm, bits := f.mm.at(place), uint8(0)
			for _, s := range alts.spots[alts.first[place]:alts.first[place+1]] {
				other, _ := tree.At(s)
				for k, radius := range radiiMM {
					if (mm <= radius) != (other <= radius) {
						bits |= 1 << k
					}
				}
			}
			if bits != 0 {
				visit(place, bits)
			}
		}
	})
	return ctx.Err()
}

// Ambiguity fills in how much ground of each row of one of this board's tables is ambiguous. Straight mode has none.
func (b *Board) Ambiguity(ctx context.Context, t *Table) error {
	a, err := b.complete(t.Question, t.By)
	if err != nil {
		return err
	}
	all, err := b.ambiguousRows(ctx, a, t.RadiiM, t.By)
	if err != nil {
		return err
	}
	at := 0 // both are by code
	for i := range t.Rows {
		for all[at].Code != t.Rows[i].Code {
			at++
		}
		t.Rows[i].AmbiguousM2 = all[at].AmbiguousM2
	}
	rows := t.Rows
	if !exclusive(b.city.Net(), t.By) {
		if rows, err = b.ambiguousRows(ctx, a, t.RadiiM, totalAreas(t.Within)); err != nil {
			return err
		}
	}
	t.Total.AmbiguousM2 = make([]float64, len(t.RadiiM))
	for i := range rows {
		addTo(t.Total.AmbiguousM2, rows[i].AmbiguousM2)
	}
	return nil
}

// ambiguousRows is ambiguous ground of all areas of a kind.
func (b *Board) ambiguousRows(ctx context.Context, a asked, radiiM []uint32, by string) ([]Row, error) {
	f, acc, err := b.counted(ctx, a, radiiM, by)
	if err != nil {
		return nil, err
	}
	d, n := acc.deal, len(radiiM)
	sums := make([]int64, len(d.areas.List)*n)
	err = f.ambiguous(ctx, acc.radiiMM, func(place int, radii uint8) {
		for _, p := range d.parts[d.first[place]:d.first[place+1]] {
			for k := range n {
				if radii>>k&1 == 1 {
					sums[int(p.of)*n+k] += int64(p.dm2)
				}
			}
		}
	})
	rows := make([]Row, len(d.areas.List))
	for i := range rows {
		rows[i] = Row{Code: d.areas.List[i].Code, AmbiguousM2: inUnits(sums[i*n:(i+1)*n], dm2PerM2)}
	}
	return rows, err
}
