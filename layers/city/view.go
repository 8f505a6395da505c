package city

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/index"
	"wangge/layers"
)

// View is the city at one moment of the record. It is immutable and safe for concurrent use; a caller that wants one consistent
// answer takes one View and asks it everything.
type View struct {
	revision  Revision
	version   uint64 // goes up with every change
	horizon   horizon
	appliedAt time.Time
	stacks    []*stack // in the fixed order
	settings  map[string]json.RawMessage
	schemes   []scheme
	rules     *layers.Rules
	states    map[string]any
	benches   *sync.Pool // of *workbench
}

// scheme is a net of grids other than the unit grids.
type scheme struct {
	code, title, titleEn string
	firstZoom            int
	shown                bool
}

// tileLayers are all layers of a city in the fixed order of tiles.
func tileLayers(nets []scheme) []*layers.Layer {
	out := layers.Reference()
	for _, l := range layers.Catalogue() {
		out = append(out, l)
		if l.Table != "grid" {
			continue
		}
		for _, s := range nets {
			out = append(out, layers.NetLayer(s.code, layers.Text{Zh: s.title, En: s.titleEn}, s.firstZoom, s.shown))
		}
	}
	return out
}

// Revision is that of the newest write in the view.
func (v *View) Revision() Revision { return v.revision }

// Version goes up whenever anything in the city changes, unlike a look that finds nothing new. It counts from the start of
// this server and means nothing on another.
func (v *View) Version() uint64 { return v.version }

// Sees tells whether a write is in the view.
func (v *View) Sees(r Revision) bool { return v.horizon.sees(uint64(r)) }

// AppliedAt is when the record was asked for the state that the view shows.
func (v *View) AppliedAt() time.Time { return v.appliedAt }

// Layers lists the tile layers there are, in the fixed order in which tiles hold them: ground and divisions, the unit grids, the
// other nets by code, the rest of the catalogue.
func (v *View) Layers() []*layers.Layer {
	out := make([]*layers.Layer, len(v.stacks))
	for i, s := range v.stacks {
		out[i] = s.layer
	}
	return out
}

// Layer finds a tile layer by id, or nil.
func (v *View) Layer(id string) *layers.Layer {
	if s := v.stack(id); s != nil {
		return s.layer
	}
	return nil
}

func (v *View) stack(id string) *stack {
	if i := slices.IndexFunc(v.stacks, func(s *stack) bool { return s.layer.ID == id }); i >= 0 {
		return v.stacks[i]
	}
	return nil
}

// Features counts the features of every tile layer.
func (v *View) Features() map[string]int64 {
	out := make(map[string]int64, len(v.stacks))
	for _, s := range v.stacks {
		out[s.layer.ID] = int64(s.len())
	}
	return out
}

// Counts counts the features of every tile layer whose boxes meet a bound in degrees; nil is the whole city.
func (v *View) Counts(bound *orb.Bound) map[string]int64 {
	if bound == nil {
		return v.Features()
	}
	var q index.Box
	q.MinX, q.MinY, q.MaxX, q.MaxY = geo.WorldBox(*bound)
	out := make(map[string]int64, len(v.stacks))
	for _, s := range v.stacks {
		n, _ := s.tally(q)
		out[s.layer.ID] = int64(n)
	}
	return out
}

// Extent is the box of all features of some tile layers, of every layer where none is named, in degrees; false where there are
// none. Features that have gone may count until their block is merged.
func (v *View) Extent(ids ...string) (orb.Bound, bool) {
	var all index.Box
	found := false
	for _, s := range v.stacks {
		if len(ids) > 0 && !slices.Contains(ids, s.layer.ID) {
			continue
		}
		for _, seg := range s.segs {
			b, has := seg.bound()
			switch {
			case !has || seg.len() == len(seg.gone):
			case !found:
				all, found = b, true
			default:
				all = all.Union(b)
			}
		}
	}
	if !found {
		return orb.Bound{}, false
	}
	return bound(all), true
}

// Bounds is the box of a feature in degrees, to the world unit; false where there is no such feature.
func (v *View) Bounds(layer string, id int64) (orb.Bound, bool) {
	s := v.stack(layer)
	if s == nil {
		return orb.Bound{}, false
	}
	b, row, ok := s.find(id)
	if !ok {
		return orb.Bound{}, false
	}
	return bound(b.boxOf(row)), true
}

func bound(b index.Box) orb.Bound { return geo.Bound(b.MinX, b.MinY, b.MaxX, b.MaxY) }

// Setting is a value of the table setting as JSON, or nil.
func (v *View) Setting(key string) json.RawMessage { return v.settings[key] }

// Place is the city as its settings describe it.
type Place struct {
	Name, NameEn string
	Sample       bool // generated, not a real inventory
	Center       orb.Point
	Zoom         float64
}

// Place reads the settings "city" and "view"; what they lack, or have in another form, is zero.
func (v *View) Place() Place {
	var city struct {
		Name   string `json:"name"`
		NameEn string `json:"name_en"`
		Sample bool   `json:"sample"`
	}
	var view struct {
		Center orb.Point `json:"center"`
		Zoom   float64   `json:"zoom"`
	}
	if json.Unmarshal(v.settings["city"], &city) != nil || json.Unmarshal(v.settings["view"], &view) != nil {
		return Place{Name: city.Name, NameEn: city.NameEn, Sample: city.Sample}
	}
	return Place{Name: city.Name, NameEn: city.NameEn, Sample: city.Sample, Center: view.Center, Zoom: view.Zoom}
}

// Rules are those by which the derived fields were computed. The caller must not change them.
func (v *View) Rules() *layers.Rules { return v.rules }

// State is that of a registered model, or nil.
func (v *View) State(key string) any { return v.states[key] }

// State is the state of a registered model with its type; the zero value where there is none.
func State[T any](v *View, key string) T {
	s, _ := v.State(key).(T)
	return s
}

// bytes is the memory that the view holds, roughly. Models may tell theirs with a method Bytes() int64.
func (v *View) bytes() int64 {
	n := int64(0)
	for _, s := range v.stacks {
		n += s.size()
	}
	for s := range maps.Values(v.states) {
		if m, ok := s.(interface{ Bytes() int64 }); ok {
			n += m.Bytes()
		}
	}
	return n
}
