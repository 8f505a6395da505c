package index

// fanOut is the number of children of a node.
const fanOut = 16

// Tree finds the items whose boxes meet a box. It is immutable and safe for concurrent use; the nil *Tree is empty.
type Tree struct {
	n      int
	box    func(i int) Box
	order  []uint32 // Build: place in the tree -> the caller's number; nil after Pack
	levels [][]Box  // levels[0]: boxes of runs of 16 items; each next level of 16 nodes; the last has one box
}

// Pack builds a tree over n items that are in Hilbert order already (see [Order]; any order is correct, only slower).
// box gives an item's box; it is kept and called by every search, so it must go on giving the same answers, from any
// goroutine. No item's box may be empty.
func Pack(n int, box func(i int) Box) *Tree {
	t := &Tree{n: n, box: box}
	level := group(n, box)
	for len(level) > 0 {
		t.levels = append(t.levels, level)
		if len(level) == 1 {
			break
		}
		below := level
		level = group(len(below), func(i int) Box { return below[i] })
	}
	return t
}

// Build builds a tree over boxes in any order, which it copies. Searches give indices into boxes.
func Build(boxes []Box) *Tree {
	order := Order(len(boxes), func(i int) Box { return boxes[i] })
	sorted := make([]Box, len(boxes))
	for i, o := range order {
		sorted[i] = boxes[o]
	}
	t := Pack(len(sorted), func(i int) Box { return sorted[i] })
	t.order = order
	return t
}

// group unites boxes in runs of 16.
func group(n int, box func(i int) Box) []Box {
	out := make([]Box, 0, (n+fanOut-1)/fanOut)
	for first := 0; first < n; first += fanOut {
		u := emptyBox()
		for i := first; i < min(first+fanOut, n); i++ {
			u = u.Union(box(i))
		}
		out = append(out, u)
	}
	return out
}

// Len is the number of items.
func (t *Tree) Len() int {
	if t == nil {
		return 0
	}
	return t.n
}

// Bound is the box of all items; it is empty where there are none.
func (t *Tree) Bound() Box {
	if t.Len() == 0 {
		return emptyBox()
	}
	return t.levels[len(t.levels)-1][0]
}

// Search yields the number of every item whose box meets q, in the order of the tree, until yield answers false. It
// tells whether it came to the end, and allocates nothing.
func (t *Tree) Search(q Box, yield func(i int) bool) bool {
	if t.Len() == 0 || !t.Bound().Intersects(q) {
		return true
	}
	return t.search(len(t.levels)-1, 0, q, yield)
}

// search visits a node that is known to meet q.
func (t *Tree) search(level, node int, q Box, yield func(i int) bool) bool {
	first := node * fanOut
	if q.Contains(t.levels[level][node]) {
		return t.all(level, node, yield)
	}
	if level == 0 {
		for i := first; i < min(first+fanOut, t.n); i++ {
			if t.box(i).Intersects(q) && !yield(t.number(i)) {
				return false
			}
		}
		return true
	}
	below := t.levels[level-1]
	for i := first; i < min(first+fanOut, len(below)); i++ {
		if below[i].Intersects(q) && !t.search(level-1, i, q, yield) {
			return false
		}
	}
	return true
}

// all yields every item below a node.
func (t *Tree) all(level, node int, yield func(i int) bool) bool {
	first, end := t.span(level, node)
	for i := first; i < end; i++ {
		if !yield(t.number(i)) {
			return false
		}
	}
	return true
}

// span is the run of places below a node.
func (t *Tree) span(level, node int) (first, end int) {
	width := fanOut
	for range level {
		width *= fanOut
	}
	return node * width, min((node+1)*width, t.n)
}

// number turns a place in the tree into the caller's number.
func (t *Tree) number(place int) int {
	if t.order == nil {
		return place
	}
	return int(t.order[place])
}

// Runs yields runs [first, end) of items that meet q, in order, until yield answers false, and tells whether it came to
// the end. A run is as long as a node that lies in q entirely. After Pack the
// numbers are the items'; after Build they are places in the tree, good for counting only.
func (t *Tree) Runs(q Box, yield func(first, end int) bool) bool {
	if t.Len() == 0 || !t.Bound().Intersects(q) {
		return true
	}
	return t.runs(len(t.levels)-1, 0, q, yield)
}

func (t *Tree) runs(level, node int, q Box, yield func(first, end int) bool) bool {
	if q.Contains(t.levels[level][node]) {
		first, end := t.span(level, node)
		return yield(first, end)
	}
	first := node * fanOut
	if level == 0 {
		for i := first; i < min(first+fanOut, t.n); i++ {
			if t.box(i).Intersects(q) && !yield(i, i+1) {
				return false
			}
		}
		return true
	}
	below := t.levels[level-1]
	for i := first; i < min(first+fanOut, len(below)); i++ {
		if below[i].Intersects(q) && !t.runs(level-1, i, q, yield) {
			return false
		}
	}
	return true
}

// Count is the number of items whose boxes meet q.
func (t *Tree) Count(q Box) int {
	count := 0
	t.Runs(q, func(first, end int) bool {
		count += end - first
		return true
	})
	return count
}
