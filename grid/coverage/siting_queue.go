package coverage

import "math/bits"

// ranked is a candidate and what it gains, or gained when somebody last looked.
type ranked struct {
	gain int64
	c    uint32
}

// queue is a heap of candidates: the largest gain first, or the largest per cost where costs are known; ties go to the lower number.
type queue struct {
	at   []ranked
	cost []int64 // by candidate; nil for all alike
}

func (q *queue) before(a, b ranked) bool {
	if q.cost == nil {
		return a.gain > b.gain || a.gain == b.gain && a.c < b.c
	}
	ah, al := bits.Mul64(uint64(a.gain), uint64(q.cost[b.c]))
	bh, bl := bits.Mul64(uint64(b.gain), uint64(q.cost[a.c]))
	if ah != bh {
		return ah > bh
	}
	return al > bl || al == bl && a.c < b.c
}

// fix makes a heap of what is there in any order.
func (q *queue) fix() {
	for i := len(q.at)/2 - 1; i >= 0; i-- {
		q.sink(i)
	}
}

// sink puts the entry at i where it belongs, once it has become less.
func (q *queue) sink(i int) {
	e := q.at[i]
	for {
		child := 2*i + 1
		if child >= len(q.at) {
			break
		}
		if child+1 < len(q.at) && q.before(q.at[child+1], q.at[child]) {
			child++
		}
		if !q.before(q.at[child], e) {
			break
		}
		q.at[i] = q.at[child]
		i = child
	}
	q.at[i] = e
}

// pop takes the first away. The queue is not empty.
func (q *queue) pop() ranked {
	first, last := q.at[0], len(q.at)-1
	q.at[0] = q.at[last]
	q.at = q.at[:last]
	if last > 0 {
		q.sink(0)
	}
	return first
}
