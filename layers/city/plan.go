package city

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wangge/layers"
	"wangge/layers/cql2"
)

// Why a query cannot be answered, besides what cql2 says of a filter.
var (
	ErrNoLayer = errors.New("no such tile layer")
	ErrNoField = errors.New("no such field")
)

// Query says what of the city a tile shows.
type Query struct {
	Layers []string     // tile-layer ids; a set
	Fields []string     // names of attributes that some of the layers have; nil for those that tiles carry by default
	Filter *cql2.Filter // nil for all features; every one of the layers must have its fields
}

// Plan is a query made ready for the layers of one view. It is immutable and good for that view and for every later one that has
// the same layers.
type Plan struct {
	shown []shown // in the fixed order
	key   string
}

// shown is what a plan shows of one layer.
type shown struct {
	id      string
	program *cql2.Program // nil for all features
	wanted  []bool        // by column: written; nil for those that tiles carry by default
}

// Plan makes a query ready. Errors: ErrNoLayer, ErrNoField, those of cql2. They name what is wrong.
func (v *View) Plan(q Query) (*Plan, error) {
	p := &Plan{}
	for _, id := range q.Layers {
		if v.stack(id) == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoLayer, id)
		}
	}
	for _, s := range v.stacks {
		if !slices.Contains(q.Layers, s.layer.ID) {
			continue
		}
		part, err := showLayer(s.layer, q)
		if err != nil {
			return nil, err
		}
		p.shown = append(p.shown, part)
	}
	if err := p.knows(q.Fields, v); err != nil {
		return nil, err
	}
	p.key = keyOf(p, q)
	return p, nil
}

func showLayer(l *layers.Layer, q Query) (shown, error) {
	part := shown{id: l.ID}
	if q.Filter != nil {
		program, err := q.Filter.Compile(filterable(l))
		if err != nil {
			return shown{}, fmt.Errorf("layer %s: %w", l.ID, err)
		}
		part.program = program
	}
	if q.Fields != nil {
		for _, f := range held(l) {
			part.wanted = append(part.wanted, slices.Contains(q.Fields, f.Name))
		}
	}
	return part, nil
}

// knows refuses a field that none of the layers has.
func (p *Plan) knows(fields []string, v *View) error {
	for _, name := range fields {
		known := slices.ContainsFunc(p.shown, func(s shown) bool {
			return slices.ContainsFunc(held(v.Layer(s.id)), func(f *layers.Field) bool { return f.Name == name })
		})
		if !known {
			return fmt.Errorf("%w: %q", ErrNoField, name)
		}
	}
	return nil
}

// keyOf names the question by what was asked in its simplest form.
func keyOf(p *Plan, q Query) string {
	var b strings.Builder
	for i, s := range p.shown {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s.id)
	}
	if q.Fields != nil {
		names := slices.Clone(q.Fields)
		slices.Sort(names)
		b.WriteString("?fields=" + strings.Join(slices.Compact(names), ","))
	}
	if q.Filter != nil {
		b.WriteString("?filter=" + q.Filter.String())
	}
	return b.String()
}

// Key is a text that is the same for the same question, on every server.
func (p *Plan) Key() string { return p.key }

// Layers are the ids of the tile layers asked for, in the fixed order.
func (p *Plan) Layers() []string {
	ids := make([]string, len(p.shown))
	for i, s := range p.shown {
		ids[i] = s.id
	}
	return ids
}

// plain tells whether what is shown of a layer is what its rows contribute to tiles by default.
func (s *shown) plain() bool { return s.program == nil && s.wanted == nil }

// Tile is an encoded tile.
type Tile struct {
	Bytes    []byte   // empty where there is nothing to show
	Features int      // in all its layers
	Thinned  []string // layers of which less is shown because all of it would make the tile too large: densities, or the larger areas
}
