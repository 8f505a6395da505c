package postgres

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"

	"wangge/grid"
)

// Compare names the regions, schemes, grids and former shapes that one net has otherwise than another: it is how the memory is held against the record.
func (Model) Compare(held, fresh any) []string {
	a, _ := held.(*grid.Net)
	b, _ := fresh.(*grid.Net)
	if a == nil || b == nil {
		return []string{"net"}
	}
	was, is := a.Rows(), b.Rows()
	out := differing("region", was.Regions, is.Regions, func(r *grid.Region) int64 { return r.ID })
	out = append(out, differing("scheme", was.Schemes, is.Schemes, func(s *grid.Scheme) int64 { return s.ID })...)
	out = append(out, differing("grid", was.Grids, is.Grids, func(g *grid.Grid) int64 { return g.ID })...)
	out = append(out, differing("former shape", was.Past, is.Past, func(p *grid.Past) int64 { return p.ID })...)
	if was.Zone.String() != is.Zone.String() {
		out = append(out, "time zone")
	}
	return out
}

// differing names what is in one list only, or is not the same in both.
func differing[T any](what string, a, b []T, id func(*T) int64) (out []string) {
	byID := func(x, y T) int { return cmp.Compare(id(&x), id(&y)) }
	a, b = slices.SortedFunc(slices.Values(a), byID), slices.SortedFunc(slices.Values(b), byID)
	for len(a)+len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && id(&a[0]) < id(&b[0]):
			out, a = append(out, fmt.Sprintf("%s %d", what, id(&a[0]))), a[1:]
		case len(a) == 0 || id(&b[0]) < id(&a[0]):
			out, b = append(out, fmt.Sprintf("%s %d", what, id(&b[0]))), b[1:]
		default:
			if !reflect.DeepEqual(a[0], b[0]) {
				out = append(out, fmt.Sprintf("%s %d", what, id(&a[0])))
			}
			a, b = a[1:], b[1:]
		}
	}
	return out
}
