package walk

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// joiner joins dangling ends to streets that they nearly reach.
type joiner struct {
	*lines
	limitMM float64
	grid    *cells // of places within limitMM of segments
	cuts    []cut  // without their shares
	moves   []move
	made    map[orb.Point]uint32 // places that were made to join ends at
	seen    []Finding
}

// move makes the end of a part end at another place.
type move struct{ vertex, place uint32 }

// target is where a dangling end could be joined to: the place at an end of a segment, or a position inside it.
type target struct {
	seg   uint32
	place uint32 // None inside
	at    orb.Point
	mm    float64 // from the end
}

// join moves dangling ends that stop within limitMM of a street of a compatible level onto it, tells where to cut that, and reports ends
// that are farther than the record's precision from it. It goes through the ends by position, so it depends on neither the order nor the
// direction of streets. The grid has segments in all cells within limitMM of them.
func (l *lines) join(limitMM uint32, grid *cells) ([]cut, []Finding) {
	if limitMM == 0 {
		return nil, nil
	}
	j := joiner{lines: l, limitMM: float64(limitMM), grid: grid, made: map[orb.Point]uint32{}}
	for _, end := range j.dangling() {
		if l.uses[l.at[end]] > 1 {
			continue // another end was joined to it
		}
		if t, ok := j.find(end); ok {
			j.take(end, t)
		}
	}
	j.apply()
	return j.cuts, j.seen
}

// dangling lists the ends of parts whose places nothing else uses, by position.
func (j *joiner) dangling() []uint32 {
	var ends []uint32
	for part := range j.street {
		for _, v := range [...]uint32{j.first[part], j.first[part+1] - 1} {
			if j.uses[j.at[v]] == 1 {
				ends = append(ends, v)
			}
		}
	}
	slices.SortFunc(ends, func(a, b uint32) int { return comparePoints(j.point(a), j.point(b)) })
	return ends
}

// find is the nearest position that an end can be joined to.
func (j *joiner) find(end uint32) (best target, ok bool) {
	p := j.point(end)
	local := scaleAt(p[1])
	best.mm = math.Inf(1)
	own, ownEnd := j.near(end, end)
	for _, seg := range j.grid.of(j.grid.at(p)) {
		if own <= seg && seg < ownEnd {
			continue
		}
		t := j.on(seg, p, local)
		if t.mm <= j.limitMM && (t.mm < best.mm || t.mm == best.mm && before(t.at, best.at)) && j.compatible(end, t) && !j.connected(end, t) {
			best, ok = t, true
		}
	}
	return best, ok
}

// on is the position of a segment nearest to p; an end of it where that is as near as makes no difference.
func (j *joiner) on(seg uint32, p orb.Point, local scale) target {
	a, b := j.point(seg), j.point(seg+1)
	if before(b, a) { // round alike in both directions
		a, b = b, a
	}
	share, d2 := local.nearest(p, a, b)
	t := target{seg: seg, place: None, at: between(a, b, share), mm: math.Sqrt(d2)}
	for _, v := range [...]uint32{seg, seg + 1} {
		if e := j.point(v); local.apart(e, t.at) <= weldMM {
			return target{seg: seg, place: j.at[v], at: e, mm: local.apart(e, p)}
		}
	}
	t.at = orb.Point{nano(t.at[0]), nano(t.at[1])}
	return t
}

// apart is the distance of two positions in millimetres.
func (s scale) apart(p, q orb.Point) float64 { return math.Hypot((p[0]-q[0])*s.x, (p[1]-q[1])*s.y) }

// compatible tells whether an end may be joined to a position of a street: one of its own level, the ground where it is the end of a bridge or a
// tunnel, or another street's end.
func (j *joiner) compatible(end uint32, t target) bool {
	own, other := j.level(end), j.level(t.seg)
	if t.place != None && j.uses[t.place] == 0 {
		return false // an end that was itself joined to something
	}
	if own == other || other == 0 {
		return own == other || own != 0
	}
	for _, v := range [...]uint32{t.seg, t.seg + 1} {
		if j.at[v] == t.place && j.isEnd(v) {
			return true
		}
	}
	return false
}

// connected tells whether an end's street meets the other one just before it ends, so that the end is no gap but a stub.
func (j *joiner) connected(end uint32, t target) bool {
	own, ownEnd := j.near(end, end)
	from, to := j.near(t.seg, t.seg+1)
	for v := own; v <= ownEnd; v++ {
		if j.uses[j.at[v]] > 1 && slices.Contains(j.at[from:to+1], j.at[v]) {
			return true
		}
	}
	for seg := own; seg < ownEnd && t.mm > weldMM; seg++ {
		if overlap(j.point(seg), j.point(seg+1), j.point(t.seg), j.point(t.seg+1)) {
			return true
		}
	}
	return false
}

// near gives the vertices of a part, both included, from twice the limit before one vertex to twice the limit behind another: at least
// one segment each way where there is one.
func (j *joiner) near(from, to uint32) (first, last uint32) {
	part := j.part[from]
	first, last = from, to
	for mm := 0.0; first > j.first[part] && mm <= 2*j.limitMM; mm += float64(j.mm[first]) {
		first--
	}
	for mm := 0.0; last+1 < j.first[part+1] && mm <= 2*j.limitMM; last++ {
		mm += float64(j.mm[last])
	}
	return first, last
}

// take notes what joins an end to a position.
func (j *joiner) take(end uint32, t target) {
	place := t.place
	if place == None {
		var made bool
		if place, made = j.made[t.at]; !made {
			place = j.newPlace(t.at)
			j.made[t.at], j.uses = place, append(j.uses, 0)
		}
		j.cuts = append(j.cuts, cut{seg: t.seg, place: place})
		j.uses[place]++
	}
	j.uses[place]++
	j.uses[j.at[end]]--
	j.moves = append(j.moves, move{end, place})
	if t.mm > weldMM {
		j.seen = append(j.seen, Finding{Kind: Joined, Shape: j.point(end), Streets: []int64{j.key(end), j.key(t.seg)}, MM: uint32(math.Round(t.mm))})
	}
}

// apply moves the ends, measures their segments anew, and finds the shares of cuts.
func (j *joiner) apply() {
	for _, m := range j.moves {
		j.at[m.vertex] = m.place
	}
	for _, m := range j.moves {
		seg := m.vertex
		if j.mm[seg] == 0 {
			seg--
		}
		j.mm[seg] = segmentMM(j.point(seg), j.point(seg+1))
	}
	for i, c := range j.cuts {
		j.cuts[i] = j.cutAt(c.seg, c.place)
	}
}
