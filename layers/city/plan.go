package city

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"wangge/layers/cql2"
)

// Why a query cannot be answered.
var (
	ErrNoLayer = errors.New("no such tile layer")
	ErrNoField = errors.New("no such field")
)

// Query says what of the city a tile shows.
type Query struct {
	Layers []string     // tile-layer ids; a set
	Fields []string     // names of attributes; nil for those that tiles carry by default
	Filter *cql2.Filter // nil for all features
}

// Plan is a query made ready for the layers of one view. It is immutable and good for that view and for every later one whose
// Layers are the same ones.
type Plan struct {
	stacks []string // in the fixed order
	key    string
}

// Plan makes a query ready. Errors: ErrNoLayer, ErrNoField, those of cql2.
func (v *View) Plan(q Query) (*Plan, error) {
	p := &Plan{}
	for _, id := range q.Layers {
		if v.stack(id) == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoLayer, id)
		}
	}
	for _, s := range v.stacks {
		if slices.Contains(q.Layers, s.layer.ID) {
			p.stacks = append(p.stacks, s.layer.ID)
		}
	}
	p.key = strings.Join(p.stacks, ",")
	return p, nil
}

// Key is a text that is the same for the same question, on every server.
func (p *Plan) Key() string { return p.key }

// Tile is an encoded tile.
type Tile struct {
	Bytes    []byte   // empty where there is nothing to show
	Features int      // in all its layers
	Thinned  []string // layers of which densities are shown because their features would make the tile too large
}
