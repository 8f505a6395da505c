package coverage

import "slices"

// pages is an array that is cheap to copy with a few values changed: what is not changed is shared. It is immutable.
type pages[T any] []*[pageSize]T

const (
	pageBits = 8
	pageSize = 1 << pageBits
)

// newPages makes pages of n zeros, and the one slice behind them, to fill before anybody else sees them.
func newPages[T any](n int) (pages[T], []T) {
	p := make(pages[T], (n+pageSize-1)>>pageBits)
	flat := make([]T, len(p)<<pageBits)
	for i := range p {
		p[i] = (*[pageSize]T)(flat[i<<pageBits:])
	}
	return p, flat[:n]
}

func (p pages[T]) at(i int) T { return p[i>>pageBits][i&(pageSize-1)] }

// draft is a copy of pages that is being changed.
type draft[T any] struct {
	pages[T]
	own []uint64 // by page, a bit: it is no longer shared
}

func (p pages[T]) draft() draft[T] {
	return draft[T]{slices.Clone(p), make([]uint64, (len(p)+63)/64)}
}

// ref is a value to be changed.
func (d *draft[T]) ref(i int) *T {
	n := i >> pageBits
	if bit := uint64(1) << (n & 63); d.own[n>>6]&bit == 0 {
		d.own[n>>6] |= bit
		page := *d.pages[n]
		d.pages[n] = &page
	}
	return &d.pages[n][i&(pageSize-1)]
}
