package lattice

// Merge makes one cell of several that share borders. near is all other cells of the scheme whose boxes meet one of theirs. Errors: ErrApart when they
// do not hang together along borders, ErrShape, ErrTiny, ErrComplex.
func Merge(cells []Cell, near []Cell) (Change, error) {
	if len(cells) < 2 {
		return Change{}, ErrApart
	}
	for _, c := range cells {
		if err := valid(c.Shape); err != nil {
			return Change{}, err
		}
	}
	n := len(cells)
	d, err := newDraft(append(cells[:n:n], near...), nil)
	if err != nil {
		return Change{}, err
	}
	if !d.hang(n) {
		return Change{}, ErrApart
	}
	var faces []int32
	gone := make([]int, n)
	for i := range gone {
		gone[i] = i
	}
	for f := range d.cover {
		if by := d.coveredBy(int32(f)); len(by) > 0 && by[0] < n {
			faces = append(faces, int32(f))
		}
	}
	if err := d.make(combed(d.regions(faces, false))); err != nil {
		return Change{}, err
	}
	return d.settle(gone...), nil
}

// hang tells whether the first n cells hang together: any two of them by cells of which each shares an edge or ground with the next.
func (d *draft) hang(n int) bool {
	group := make([]int, n)
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	groups := n
	for e := range d.walls {
		h, last := int32(2*e), -1
		for _, c := range append(d.coveredBy(d.left(h)), d.coveredBy(d.left(twin(h)))...) {
			if c >= n {
				continue
			}
			if last >= 0 && find(last) != find(c) {
				group[find(c)] = find(last)
				groups--
			}
			last = c
		}
	}
	return groups == 1
}
