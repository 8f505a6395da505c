package city

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"
)

// The parts of a view that are not features. They are called like the table whose changes they follow.
const (
	settingsPart = "setting"
	schemesPart  = "grid_scheme"
	rulesPart    = "threshold"
)

// others are the parts to compare: settings, schemes, rules, and those models that can be compared, by their keys.
func others(models map[string]Model) map[string]bool {
	out := map[string]bool{settingsPart: true, schemesPart: true, rulesPart: true}
	for key, m := range models {
		if _, ok := m.(Comparer); ok {
			out[key] = true
		}
	}
	return out
}

// lookAtOthers compares what is not features with the record. Rules are not all in the change feed, the follower asks for them at every look:
// they count as different only if they are so in the last one.
func (a *audit) lookAtOthers(ctx context.Context, tx pgx.Tx, v *View, f findings) error {
	if len(a.left.others) == 0 {
		return nil
	}
	var settings map[string]json.RawMessage
	var schemes []scheme
	batch := &pgx.Batch{}
	queueSettings(batch, &settings)
	queueSchemes(batch, &schemes)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	a.settlePart(settingsPart, f, one(maps.EqualFunc(v.settings, settings, sameJSON)), settingsPart)
	a.settlePart(schemesPart, f, one(slices.Equal(v.schemes, schemes)), schemesPart)
	a.settlePart(rulesPart, f, one(reflect.DeepEqual(v.rules, f.rules)), rulesPart)
	for key, m := range a.models {
		if !a.left.others[key] {
			continue
		}
		fresh, err := m.Load(ctx, tx)
		if err != nil {
			return fmt.Errorf("model %s: %w", key, err)
		}
		a.settlePart(key, f, m.(Comparer).Compare(v.states[key], fresh), m.Entities()...)
	}
	return nil
}

// one is a difference of all of a part, unless it is the same.
func one(same bool) []string {
	if same {
		return nil
	}
	return []string{Whole}
}

// settlePart counts a part, or leaves it for a later look. Tables are those whose changes it follows.
func (a *audit) settlePart(key string, f findings, differs []string, tables ...string) {
	changed := func(table string) bool {
		_, ok := f.changed[table]
		return ok
	}
	switch {
	case !a.left.others[key]:
		return
	case len(differs) > 0 && (a.looks == 1 || slices.ContainsFunc(tables, changed)):
		return
	case len(differs) > 0 && key == rulesPart && a.looks < maxLooks:
		return
	}
	delete(a.left.others, key)
	for _, what := range differs {
		a.found.add(Difference{Layer: key, What: what})
	}
}

// compareDensities holds the counts by hexagon against the features that they are of, within one view.
func (a *audit) compareDensities(ctx context.Context, v *View) error {
	for _, s := range v.stacks {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !s.density.isOf(s) {
			a.found.add(Difference{Layer: s.layer.ID, What: Densities})
		}
	}
	return nil
}

// isOf tells whether the tallies are those of a stack's features, by counting these again.
func (d *tallies) isOf(s *stack) bool {
	if d == nil {
		return s.layer.Density == nil
	}
	c := d.gauge.counter()
	for _, seg := range s.segs {
		c.bind(&seg.table, seg.labels)
		seg.skip(0, seg.len(), func(row int) bool {
			c.add(row, 1)
			return true
		})
	}
	for i := range c.tellers {
		if !c.tellers[i].census().sorted(d.gauge).isIn(d.levels[i], d.gauge.stride()) {
			return false
		}
	}
	return true
}

// isIn tells whether a census is that of some pages.
func (c census) isIn(pages []*page, stride int) bool {
	at := 0
	counts, others := make([]int32, stride), make([]int32, stride)
	for _, p := range pages {
		for i, cell := range p.cells {
			clear(counts)
			clear(others)
			if at == len(c.cells) || c.cells[at] != cell || c.add(counts, at) != p.add(others, i) || !slices.Equal(counts, others) {
				return false
			}
			at++
		}
	}
	return at == len(c.cells)
}
