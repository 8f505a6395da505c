package city

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"wangge/geo/index"
	"wangge/geo/tile"
	"wangge/layers"
)

// Hit is a feature found by Search.
type Hit struct {
	Layer      string // tile layer
	ID         int64  // of the first feature, where several of a street have one name
	Code, Name string // empty where there is none
	Bound      orb.Bound
	Center     orb.Point // the middle of the bound
}

// Search finds features of the inventory by a part of their name or code, without regard to the case of Latin letters: exact matches
// first, then those that begin with q, then the others; nothing for an empty q. Segments of a road or an alley with the same name
// are one hit. Grids are not searched: whoever keeps the net finds them.
func (v *View) Search(q string, limit int) []Hit {
	n, ok := newNeedle(q)
	if !ok || limit <= 0 {
		return nil
	}
	var all []found
	for _, s := range v.stacks {
		if s.layer.Collection && s.layer.Group == layers.GroupInventory {
			all = append(all, s.searchText(n, limit)...)
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.rank, b.rank) })
	all = all[:min(limit, len(all))]
	hits := make([]Hit, len(all))
	for i, f := range all {
		f.hit.Bound = bound(f.box)
		f.hit.Center = f.hit.Bound.Center()
		hits[i] = f.hit
	}
	return hits
}

// found is a hit on its way.
type found struct {
	hit  Hit
	rank rank
	box  index.Box
}

// finder collects what is found in one layer.
type finder struct {
	layer  string
	limit  int
	hits   []found
	byID   map[int64]int
	byName map[string]int // streets
	ranked [ranks]int     // how many hits there are of a rank
}

// searchText finds features of one layer, in the order of name, code and id within a rank.
func (s *stack) searchText(n needle, limit int) []found {
	f := finder{layer: s.layer.ID, limit: limit, byID: map[int64]int{}, byName: map[string]int{}}
	for _, seg := range s.segs {
		for i := range seg.columns {
			if name := seg.columns[i].field.Name; name == "name" || name == "code" {
				f.scan(seg, n, &seg.columns[i])
			}
		}
	}
	slices.SortFunc(f.hits, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.hit.Name, b.hit.Name), cmp.Compare(a.hit.Code, b.hit.Code), cmp.Compare(a.hit.ID, b.hit.ID))
	})
	return f.hits
}

// scan looks through one column: at its distinct texts first, then for the rows that have them.
func (f *finder) scan(seg segment, n needle, c *column) {
	matched := n.scan(&c.texts, f.limit+len(seg.gone)) // every row gone can cost one match
	if len(matched) == 0 {
		return
	}
	byText := make([]rank, c.texts.len()+1) // by reference; 0 is null, and matches nothing
	for i := range byText {
		byText[i] = noMatch
	}
	for _, m := range matched {
		byText[m.text+1] = m.rank
	}
	seg.skip(0, seg.len(), func(row int) bool {
		if r := byText[c.codes.at(row)]; r != noMatch {
			f.add(seg.block, row, r)
		}
		return true
	})
}

// add takes a row in; one more of a street only widens it.
func (f *finder) add(b *block, row int, r rank) {
	id := b.ids[row]
	if i, known := f.byID[id]; known {
		f.hits[i].rank = min(f.hits[i].rank, r)
		return
	}
	name := b.text(row, "name")
	street := b.kinds[row] == tile.Lines && name != ""
	if i, known := f.byName[name]; street && known {
		h := &f.hits[i]
		h.rank, h.box = min(h.rank, r), h.box.Union(b.boxOf(row))
		h.hit.ID = min(h.hit.ID, id)
		f.byID[id] = i
		return
	}
	if f.ranked[r] >= f.limit {
		return
	}
	f.ranked[r]++
	code := b.text(row, "code")
	f.byID[id] = len(f.hits)
	if street {
		f.byName[name] = len(f.hits)
	}
	f.hits = append(f.hits, found{Hit{Layer: f.layer, ID: id, Code: code, Name: name}, r, b.boxOf(row)})
}

// text is the value of a text column; "" for null and where there is no such column.
func (t *table) text(row int, name string) string {
	if c := t.column(name); c != nil {
		s, _ := c.value(row).(string)
		return s
	}
	return ""
}
