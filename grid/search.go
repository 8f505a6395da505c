package grid

import (
	"cmp"
	"slices"
	"strings"
)

// Found is a region or a grid found by Search; the other is nil.
type Found struct {
	Region *Region
	Grid   *Grid
}

// Search finds regions and grids by a part of name or code, without regard to case: exact matches, then prefixes, then the rest,
// regions before grids, wider before narrower; nothing for an empty q.
func (n *Net) Search(q string, limit int) []Found {
	q = strings.ToLower(strings.TrimSpace(q))
	if q == "" || limit <= 0 {
		return nil
	}
	type ranked struct {
		Found
		rank int
	}
	var hits []ranked
	add := func(f Found, texts ...string) {
		best := notFound
		for _, t := range texts {
			best = min(best, matchOf(t, q))
		}
		if best < notFound {
			hits = append(hits, ranked{f, best})
		}
	}
	for _, r := range n.regions {
		add(Found{Region: r}, r.Name, r.Code, r.NameEn)
	}
	for _, g := range n.grids {
		add(Found{Grid: g}, g.Name, g.Code)
	}
	slices.SortStableFunc(hits, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	out := make([]Found, 0, min(limit, len(hits)))
	for _, h := range hits[:min(limit, len(hits))] {
		out = append(out, h.Found)
	}
	return out
}

// How well a text answers a question, the best first.
const (
	exact = iota
	prefix
	inside
	notFound
)

func matchOf(text, q string) int {
	if !strings.Contains(text, q) {
		if text = strings.ToLower(text); !strings.Contains(text, q) {
			return notFound
		}
	}
	switch text = strings.ToLower(text); {
	case text == q:
		return exact
	case strings.HasPrefix(text, q):
		return prefix
	}
	return inside
}
