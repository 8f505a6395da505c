package api

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"wangge/api/param"
	"wangge/api/tileset"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/cql2"
)

// What a list may hold.
const (
	maxLayers    = 64
	maxFields    = 64
	maxFieldName = 64 // bytes
)

// The query parameters of tiles.
const (
	filterParam = "filter"
	fieldsParam = "fields"
)

func tileParams() []string { return []string{filterParam, fieldsParam, datetimeParam} }

var (
	errNoLayer = errors.New("no such layer")
	errZoom    = errors.New("no tiles at this zoom")
)

// parseAddr reads a tile address. A zoom without tiles is errZoom, anything else wrong with it param.Faults.
func parseAddr(z, x, y string) (tile.Addr, error) {
	zoom, err := tile.Parse(z, "0", "0")
	if errors.Is(err, tile.ErrZoom) || errors.Is(err, tile.ErrNegative) || err == nil && zoom.Z > deepestZoom {
		return tile.Addr{}, explain(errZoom, fmt.Sprintf("级别为 0 到 %d", deepestZoom), fmt.Sprintf("zooms are 0 to %d", deepestZoom))
	}
	if err != nil {
		return tile.Addr{}, addrFault("z", err)
	}
	var faults param.Faults
	col, err := tile.Parse(z, x, "0")
	if err != nil {
		faults = append(faults, addrFault("x", err)...)
	}
	row, err := tile.Parse(z, "0", y)
	if err != nil {
		faults = append(faults, addrFault("y", err)...)
	}
	if faults != nil {
		return tile.Addr{}, faults
	}
	return tile.Addr{Z: zoom.Z, X: col.X, Y: row.Y}, nil
}

func addrFault(name string, err error) param.Faults {
	switch {
	case errors.Is(err, tile.ErrNegative):
		return param.InPath(name, "不能为负", "must not be negative")
	case errors.Is(err, tile.ErrOutside):
		return param.InPath(name, "超出该级别的范围", "does not exist at this zoom")
	}
	return param.InPath(name, "必须是不带前导零的整数", "must be a whole number without leading zeros")
}

// tileLayers reads a list of layers: a set, in the order in which tiles hold them. "city" stands for all of them.
func tileLayers(view *city.View, list string) ([]string, error) {
	if strings.Count(list, ",") >= maxLayers {
		return nil, param.InPath("layers", fmt.Sprintf("最多 %d 个图层", maxLayers), fmt.Sprintf("at most %d layers", maxLayers))
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if name != allLayers && view.Layer(name) == nil {
			shown := param.Shown(name)
			return nil, explain(errNoLayer, fmt.Sprintf("没有图层“%s”", shown), fmt.Sprintf("there is no layer %q", shown))
		}
	}
	var ids []string
	for _, l := range view.Layers() {
		if slices.Contains(names, allLayers) || slices.Contains(names, l.ID) {
			ids = append(ids, l.ID)
		}
	}
	return ids, nil
}

// question reads what tiles are to show: the layers of a list, and of the query the fields and the filter.
func question(view *city.View, list string, q *param.Query) (city.Query, error) {
	ids, err := tileLayers(view, list)
	if err != nil {
		return city.Query{}, err
	}
	ask := city.Query{Layers: ids}
	if ask.Fields, err = readFields(q); err != nil {
		return city.Query{}, err
	}
	ask.Filter, err = readFilter(q)
	return ask, err
}

// readFields reads a list of names: a set, in alphabetical order; nil where none is given.
func readFields(q *param.Query) ([]string, error) {
	if !q.Has(fieldsParam) {
		return nil, nil
	}
	names := strings.Split(q.Text(fieldsParam, maxFields*(maxFieldName+1)), ",")
	if err := q.Err(); err != nil {
		return nil, err
	}
	if len(names) > maxFields {
		return nil, param.InQuery(fieldsParam, fmt.Sprintf("最多 %d 个字段", maxFields), fmt.Sprintf("at most %d fields", maxFields))
	}
	for _, name := range names {
		if name == "" || len(name) > maxFieldName {
			return nil, noField(name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func noField(name string) error {
	shown := param.Shown(name)
	return param.InQuery(fieldsParam, fmt.Sprintf("所请求的图层没有字段“%s”", shown), fmt.Sprintf("none of the layers has a field %q", shown))
}

// readFilter reads a filter in CQL2 text; nil where none is given.
func readFilter(q *param.Query) (*cql2.Filter, error) {
	if !q.Has(filterParam) {
		return nil, nil //nolint:nilnil // no filter is what city.Query has for all features
	}
	text := q.Text(filterParam, maxAddress) // cql2 knows how long a filter may be
	if err := q.Err(); err != nil {
		return nil, err
	}
	filter, err := cql2.Parse(text)
	if err != nil {
		return nil, filterFault(err)
	}
	return filter, nil
}

// filterFault is what is wrong with a filter and where, or the error as it is where it is none of a filter.
func filterFault(err error) error {
	var wrong *cql2.Error
	if !errors.As(err, &wrong) {
		return err
	}
	return param.InQuery(filterParam, fmt.Sprintf("第 %d 个字符：%s", wrong.At, wrong.Zh), fmt.Sprintf("at character %d: %s", wrong.At, wrong.En))
}

// plan makes a question ready; what is wrong with it is the caller's fault.
func plan(view *city.View, ask city.Query) (*city.Plan, error) {
	p, err := view.Plan(ask)
	if !errors.Is(err, city.ErrNoField) {
		return p, filterFault(err)
	}
	for _, name := range ask.Fields {
		if _, err := view.Plan(city.Query{Layers: ask.Layers, Fields: []string{name}}); errors.Is(err, city.ErrNoField) {
			return nil, noField(name)
		}
	}
	return nil, err
}

// asQuery writes fields and filter as the query of an address, with its question mark; nothing where there are none.
func asQuery(ask city.Query) string {
	var parts []string
	if ask.Fields != nil {
		parts = append(parts, fieldsParam+"="+url.QueryEscape(strings.Join(ask.Fields, ",")))
	}
	if ask.Filter != nil {
		parts = append(parts, filterParam+"="+url.QueryEscape(ask.Filter.String()))
	}
	if parts == nil {
		return ""
	}
	return "?" + strings.Join(parts, "&")
}

// What is kept of plans.
const (
	maxPlans    = 256
	maxPlanList = 1024 // bytes of the list
)

// plans keeps the plans of lists of layers without fields or filter, for one version of the city: nearly all requests ask the same.
type plans struct {
	mu      sync.RWMutex
	version uint64
	byList  map[string]*city.Plan
}

// planOf is the plan of a list of layers and of what the query says besides.
func (t *tiles) planOf(view *city.View, list string, q *param.Query) (*city.Plan, error) {
	plain := !q.Has(fieldsParam) && !q.Has(filterParam)
	if plain {
		if p := t.plans.find(view.Version(), list); p != nil {
			return p, nil
		}
	}
	ask, err := question(view, list, q)
	if err != nil {
		return nil, err
	}
	p, err := plan(view, ask)
	if err == nil && plain {
		t.plans.keep(view.Version(), list, p)
	}
	return p, err
}

func (s *plans) find(version uint64, list string) *city.Plan {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.version != version {
		return nil
	}
	return s.byList[list]
}

// keep forgets the plans of older versions, and keeps none of an older one.
func (s *plans) keep(version uint64, list string, p *city.Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version > s.version || s.byList == nil {
		s.version, s.byList = version, map[string]*city.Plan{}
	}
	if version == s.version && len(s.byList) < maxPlans && len(list) <= maxPlanList {
		s.byList[strings.Clone(list)] = p
	}
}

// fieldTitles are the attributes that a layer in tiles has, with their titles, where some fields are wanted; nil for those that
// tiles carry by default. Densities have what they count.
func fieldTitles(l tileset.Layer, wanted []string) map[string]string {
	titles := map[string]string{}
	for _, f := range l.Fields {
		if wanted == nil || slices.Contains(wanted, f.Name) || l.ID == l.Of.ID+layers.DensitySuffix {
			titles[f.Name] = both(f.Title)
		}
	}
	if l.ID != l.Of.ID {
		return titles
	}
	for i := range l.Of.Fields {
		if f := &l.Of.Fields[i]; f.Filterable && f.Access == layers.Public && slices.Contains(wanted, f.Name) {
			titles[f.Name] = both(f.Title)
		}
	}
	return titles
}
