package v1

import (
	"slices"
	"strings"

	"wangge/api/param"
)

// window is the part of a list that a request wants.
type window struct {
	limit int
	after string // the key of the last item before; "" from the beginning
}

// windowOf reads limit and cursor.
func windowOf(q *param.Query) window {
	return window{q.Int("limit", pageLimit, 1, maxPageLimit), q.Cursor("cursor")}
}

// unpaged refuses limit and cursor: files have all that is asked for.
func unpaged(q *param.Query) {
	for _, name := range []string{"limit", "cursor"} {
		if q.Has(name) {
			q.Fault(name, "csv 与 xlsx 不分页", "files are not paged")
		}
	}
}

// cut puts a list in the order of its keys, which are different from one another, and tells what of it lies in a window.
func cut[T, J any](w window, list []T, key func(T) string, tell func(T) J) page[J] {
	keys := make(map[int]string, len(list))
	order := make([]int, len(list))
	for i := range list {
		order[i], keys[i] = i, key(list[i])
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(keys[a], keys[b]) })
	first, _ := slices.BinarySearchFunc(order, w.after, func(i int, after string) int {
		if keys[i] <= after {
			return -1
		}
		return 1
	})
	if w.after == "" {
		first = 0
	}
	p := page[J]{Items: []J{}, Total: len(list)}
	for n, i := range order[first:] {
		if n == w.limit {
			next := param.Cursor(keys[order[first+n-1]])
			p.Next = &next
			break
		}
		p.Items = append(p.Items, tell(list[i]))
	}
	return p
}

// maxKeyBytes bounds what of a text goes into a key: cursors are not long.
const maxKeyBytes = 90

// keyText makes a text fit to be part of a key.
func keyText(s string) string {
	if len(s) > maxKeyBytes {
		s = s[:maxKeyBytes]
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, ""))
}

// pagingParams are those of every list.
func pagingParams(more ...Param) []Param {
	return append(more, Param{Name: "limit", Title: "每页条数，最多 1000", TitleE: "items per page, 1000 at most"},
		Param{Name: "cursor", Title: "上一页给出的 next", TitleE: "next of the page before"})
}
