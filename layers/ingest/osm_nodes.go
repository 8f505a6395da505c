package ingest

import (
	"slices"

	"github.com/paulmach/orb"
)

// nodeTable holds the positions of the nodes that are needed, 16 bytes each, found by binary search.
type nodeTable struct {
	ids      []int64
	lon, lat []int32
	known    []uint64 // a bit for each node that the file has
	limit    int      // when to drop repeated ids
}

// need notes ids before the table is sealed. Repeated ids are dropped whenever the list has doubled.
func (t *nodeTable) need(ids []int64) {
	t.ids = append(t.ids, ids...)
	if len(t.ids) > max(t.limit, 1<<16) {
		t.compact()
		t.limit = 2 * len(t.ids)
	}
}

func (t *nodeTable) compact() {
	slices.Sort(t.ids)
	t.ids = slices.Compact(t.ids)
}

// seal ends the noting and makes room for the positions.
func (t *nodeTable) seal() {
	t.compact()
	t.lon, t.lat = make([]int32, len(t.ids)), make([]int32, len(t.ids))
	t.known = make([]uint64, len(t.ids)/64+1)
}

func (t *nodeTable) set(id int64, lon, lat int32) {
	if i, needed := slices.BinarySearch(t.ids, id); needed {
		t.lon[i], t.lat[i] = lon, lat
		t.known[i/64] |= 1 << (i % 64)
	}
}

// line gives the positions of nodes, and how many of them the file has not.
func (t *nodeTable) line(ids []int64) (line orb.LineString, missing int) {
	line = make(orb.LineString, 0, len(ids))
	for _, id := range ids {
		i, needed := slices.BinarySearch(t.ids, id)
		if !needed || t.known[i/64]&(1<<(i%64)) == 0 {
			missing++
			continue
		}
		line = append(line, degrees(t.lon[i], t.lat[i]))
	}
	return line, missing
}
