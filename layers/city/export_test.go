package city

import (
	"fmt"
	"strings"

	"wangge/geo/index"
	"wangge/geo/tile"
)

// Dump is everything a view has of its features, as text by layer and id, for comparison.
func Dump(v *View) map[string]map[int64]string {
	out := map[string]map[int64]string{}
	for _, s := range v.stacks {
		rows := map[int64]string{}
		for _, seg := range s.segs {
			seg.skip(0, seg.len(), func(row int) bool {
				id := seg.ids[row]
				if _, twice := rows[id]; twice {
					rows[id] = "twice"
					return true
				}
				rows[id] = seg.dump(row)
				return true
			})
		}
		out[s.layer.ID] = rows
	}
	return out
}

func (b *block) dump(row int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%v zoom %d hash %x", b.geometry(row), b.zooms[row], b.sum(row, row+1))
	if box := b.boxOf(row); box != b.box(row) {
		fmt.Fprintf(&s, " box %v is not %v", box, b.box(row))
	}
	if at, ok := b.rowOf(b.ids[row]); !ok || at != row {
		fmt.Fprintf(&s, " found at %d", at)
	}
	for i := range b.columns {
		if x := b.columns[i].value(row); x != nil {
			fmt.Fprintf(&s, " %s=%v", b.columns[i].field.Name, x)
		}
	}
	return s.String()
}

// Blocks is the number of blocks of a layer.
func Blocks(v *View, layer string) int { return len(v.stack(layer).segs) }

// Feature is a feature in memory.
type Feature struct {
	Geometry   tile.Geometry
	Zoom       int
	Attributes map[string]any
}

// Features are all of a layer by id.
func Features(v *View, layer string) map[int64]Feature {
	out := map[int64]Feature{}
	v.stack(layer).search(index.Box{MaxX: 1<<32 - 1, MaxY: 1<<32 - 1}, func(b *block, row int) bool {
		f := Feature{b.geometry(row), int(b.zooms[row]), map[string]any{}}
		for i := range b.columns {
			if x := b.columns[i].value(row); x != nil {
				f.Attributes[b.columns[i].field.Name] = x
			}
		}
		out[b.ids[row]] = f
		return true
	})
	return out
}
