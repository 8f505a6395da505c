package city

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"wangge/layers"
)

// maxTold is how many features Changed names; where more may differ, it says all.
const maxTold = 20_000

// Each visits the features of a tile layer in no order, with the values of some of the fields that memory holds, until yield answers
// false. Values are string, bool, int64, float64 or nil, in the order of fields; the slice is used again, shapes may be kept. Shapes
// are in degrees, to half a world unit. Errors: ErrNoLayer, ErrNoField.
func (v *View) Each(layer string, fields []string, yield func(id int64, shape orb.Geometry, values []any) bool) error {
	s, err := v.holding(layer, fields)
	if err != nil {
		return err
	}
	values := make([]any, len(fields))
	for _, seg := range s.segs {
		columns := seg.columnsOf(fields)
		if !seg.skip(0, seg.len(), func(row int) bool {
			return yield(seg.ids[row], seg.geometry(row).Orb(), fill(values, columns, row))
		}) {
			return nil
		}
	}
	return nil
}

// Find is one feature as Each gives it; false where there is none.
func (v *View) Find(layer string, id int64, fields []string) (shape orb.Geometry, values []any, found bool) {
	s, err := v.holding(layer, fields)
	if err != nil {
		return nil, nil, false
	}
	b, row, ok := s.find(id)
	if !ok {
		return nil, nil, false
	}
	return b.geometry(row).Orb(), fill(make([]any, len(fields)), b.columnsOf(fields), row), true
}

// holding finds a layer and tells whether memory has all of some fields of it.
func (v *View) holding(layer string, fields []string) (*stack, error) {
	s := v.stack(layer)
	if s == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoLayer, layer)
	}
	has := held(s.layer)
	for _, name := range fields {
		if !slices.ContainsFunc(has, func(f *layers.Field) bool { return f.Name == name }) {
			return nil, fmt.Errorf("%w: %s.%s", ErrNoField, layer, name)
		}
	}
	return s, nil
}

func (t *table) columnsOf(fields []string) []*column {
	out := make([]*column, len(fields))
	for i, name := range fields {
		out[i] = t.column(name)
	}
	return out
}

func fill(values []any, columns []*column, row int) []any {
	for i, c := range columns {
		values[i] = nil
		if c != nil {
			values[i] = c.value(row)
		}
	}
	return values
}

// Changed lists, ascending, the features of a layer that may differ between an earlier view and this one: all that were added, changed or
// have gone, and perhaps some that are as they were. all is true where it cannot tell, or where they are more than some thousands.
func (v *View) Changed(before *View, layer string) (ids []int64, all bool) {
	if before == nil {
		return nil, true
	}
	was, is := before.stack(layer), v.stack(layer)
	switch {
	case was == is:
		return nil, false
	case was == nil || is == nil:
		return nil, true
	}
	ids, ok := is.unlike(was, nil)
	if ok {
		ids, ok = was.unlike(is, ids)
	}
	if !ok {
		return nil, true
	}
	slices.Sort(ids)
	return slices.Compact(ids), false
}

// unlike appends the features of blocks that another stack does not have, and those of common blocks that have gone here and not there. It
// is false where they are too many.
func (s *stack) unlike(other *stack, ids []int64) ([]int64, bool) {
	for _, seg := range s.segs {
		i := slices.IndexFunc(other.segs, func(o segment) bool { return o.block == seg.block })
		if i < 0 {
			if len(ids)+seg.len()-len(seg.gone) > maxTold {
				return nil, false
			}
			seg.skip(0, seg.len(), func(row int) bool {
				ids = append(ids, seg.ids[row])
				return true
			})
			continue
		}
		there := other.segs[i].gone
		for _, row := range seg.gone {
			if _, both := slices.BinarySearch(there, row); !both {
				ids = append(ids, seg.ids[row])
			}
		}
	}
	return ids, len(ids) <= maxTold
}
