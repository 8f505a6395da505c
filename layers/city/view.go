package city

import (
	"context"
	"encoding/json"

	"github.com/paulmach/orb"

	"wangge/geo/tile"
	"wangge/layers"
)

// View is the city at one moment of the record. It is immutable and safe for concurrent use; a caller that wants one consistent
// answer takes one View and asks it everything.
type View struct {
	revision Revision
}

// Revision is that of the newest write in the view.
func (v *View) Revision() Revision { return v.revision }

// Layers lists the tile layers there are, in the fixed order in which tiles hold them: the ground, the divisions, the unit grids, the
// other nets by code, the rest of the catalogue.
func (v *View) Layers() []*layers.Layer { return nil }

// Layer finds a tile layer by id, or nil.
func (v *View) Layer(id string) *layers.Layer { return nil }

// Tile encodes a vector tile of some layers (unknown and repeated ids are left out) in the fixed order. The bytes are the caller's;
// an empty tile has none. addr must be valid.
func (v *View) Tile(ctx context.Context, ids []string, addr tile.Addr) ([]byte, error) {
	return nil, nil
}

// ContentHash is a number for what the tile shows: equal content, equal hash, on every server and after every start. It has
// the layers and the address in it, not the version of the encoder.
func (v *View) ContentHash(ids []string, addr tile.Addr) uint64 { return 0 }

// Features counts the features of every tile layer.
func (v *View) Features() map[string]int64 { return nil }

// Counts counts the features of every tile layer whose boxes meet a bound in degrees; nil is the whole city.
func (v *View) Counts(bound *orb.Bound) map[string]int64 { return nil }

// Bounds is the box of a feature in degrees; false where there is no such feature.
func (v *View) Bounds(layer string, id int64) (orb.Bound, bool) { return orb.Bound{}, false }

// Hit is a feature found by Search.
type Hit struct {
	Layer      string // tile layer
	ID         int64  // of the first feature, where several of a street have one name
	Code, Name string // empty where there is none
	Bound      orb.Bound
	Center     orb.Point // on the feature for points, the middle of the bound else
}

// Search finds features of the inventory by a part of their name or code, without regard to case: exact matches first, then those that begin
// with q, then the others; nothing for an empty q. Segments of a road or an alley with the same name are one hit.
func (v *View) Search(q string, limit int) []Hit { return nil }

// Setting is a value of the table setting as JSON, or nil.
func (v *View) Setting(key string) json.RawMessage { return nil }

// Place is the city as its settings describe it.
type Place struct {
	Name, NameEn string
	Sample       bool // generated, not a real inventory
	Center       orb.Point
	Zoom         float64
}

// Place reads the settings "city" and "view"; what they lack is zero.
func (v *View) Place() Place { return Place{} }

// Rules are those by which the derived fields were computed.
func (v *View) Rules() *layers.Rules { return nil }

// State is that of a registered model, or nil.
func (v *View) State(key string) any { return nil }

// State is the state of a registered model with its type; the zero value where there is none.
func State[T any](v *View, key string) T {
	s, _ := v.State(key).(T)
	return s
}
