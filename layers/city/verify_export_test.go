package city

import (
	"context"
	"time"

	"wangge/layers"
)

// AskedAfter waits for a view for which the record was asked after a moment.
func AskedAfter(ctx context.Context, c *City, moment time.Time) (*View, error) {
	return c.askedAfter(ctx, moment)
}

// Corrupt changes a layer of the view shown, behind the back of the record. The ways:
// missing, extra, twice, geometry, first_zoom, hash, density, or the name of a field, which is nulled, or set where it was null.
func Corrupt(c *City, layer string, id int64, way string) {
	c.publish(func(old *View) *View {
		v := *old
		v.stacks = append([]*stack(nil), old.stacks...)
		for i, s := range v.stacks {
			if s.layer.ID == layer {
				v.stacks[i] = corrupted(s, id, way)
			}
		}
		return &v
	})
}

func corrupted(s *stack, id int64, way string) *stack {
	b, row, _ := s.find(id)
	t := newTable(s.layer)
	t.pushFrom(&b.table, row, b.memos(false))
	t.hashes[0] = b.sum(row, row+1)
	gone := []int64{id}
	switch way {
	case Missing:
		t = newTable(s.layer)
	case Extra:
		t.ids[0], gone = -id, nil
	case "twice":
		gone = nil
	case Geometry:
		t.xy[1]++
	case FirstZoom:
		t.zooms[0]++
	case Hash:
		t.hashes[0]++
	case Densities:
		out := *s
		out.density = s.density.change(t, nil)
		return &out
	default:
		change(t.column(way), b.table.column(way).value(row))
	}
	return s.apply(gone, t, len(s.segs))
}

// change gives the only row of a column another value than it had.
func change(c *column, was any) {
	c.codes = codes{}
	switch {
	case was != nil:
		c.push(nil)
	case c.field.Type == layers.Boolean:
		c.push(true)
	case c.field.Type == layers.Integer, c.field.Type == layers.Number:
		c.push(0.5)
	default:
		c.push("nought")
	}
}
