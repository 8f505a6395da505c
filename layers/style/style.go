package style

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"wangge/layers"
)

// ErrNoTheme is the answer for a theme that has no flavour.
var ErrNoTheme = errors.New("style: no such theme")

// City is what a style says of the city it shows.
type City struct {
	Name   string     `json:"name"`
	NameEn string     `json:"name_en"`
	Sample bool       `json:"sample"`
	Center [2]float64 `json:"center"` // longitude, latitude
	Zoom   float64    `json:"zoom"`
}

// Style is a MapLibre style document, version 8.
type Style struct {
	Version  int               `json:"version"`
	Name     string            `json:"name"`
	Metadata Metadata          `json:"metadata"`
	Center   [2]float64        `json:"center"`
	Zoom     float64           `json:"zoom"`
	Sources  map[string]Source `json:"sources"`
	Sprite   string            `json:"sprite"`
	Layers   []Layer           `json:"layers"`
}

// Metadata is what the web app reads beside the drawing itself.
type Metadata struct {
	City   City         `json:"wangge:city"`
	Legend []LegendPart `json:"wangge:legend"`
}

// Source is a vector source by the address of its TileJSON.
type Source struct {
	Type        string `json:"type"`
	URL         string `json:"url"`
	Attribution string `json:"attribution,omitempty"`
}

// Layer is one layer of the style.
type Layer struct {
	ID          string            `json:"id"`
	Type        string            `json:"type"`
	Source      string            `json:"source,omitempty"`
	SourceLayer string            `json:"source-layer,omitempty"`
	MinZoom     float64           `json:"minzoom,omitempty"`
	MaxZoom     float64           `json:"maxzoom,omitempty"`
	Filter      any               `json:"filter,omitempty"`
	Layout      map[string]any    `json:"layout,omitempty"`
	Paint       map[string]any    `json:"paint,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`

	slot  layers.Slot
	order int
}

// Build makes the style of a theme over the given tile layers. base is the address of the server without a slash at its end. Where
// densities is nil no hexagons are drawn.
func Build(tileLayers []*layers.Layer, theme, base string, city City, densities Densities) (*Style, error) {
	flavour, ok := Flavours()[theme]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNoTheme, theme)
	}
	s := &Style{
		Version: 8, Name: city.Name, Center: city.Center, Zoom: city.Zoom,
		Metadata: Metadata{City: city},
		Sources:  map[string]Source{"city": {Type: "vector", URL: base + "/tiles/city.json"}},
		Sprite:   base + "/sprite/" + theme,
	}
	for _, l := range tileLayers {
		drawn, err := styleLayers(l, flavour)
		if err != nil {
			return nil, err
		}
		part, err := legendPart(l, flavour)
		if err != nil {
			return nil, err
		}
		hexagons, density, err := densityLayers(l, flavour, densities)
		if err != nil {
			return nil, err
		}
		part.Density = density
		s.Layers = append(append(s.Layers, drawn...), hexagons...)
		s.Metadata.Legend = append(s.Metadata.Legend, part)
	}
	slices.SortStableFunc(s.Layers, func(a, b Layer) int {
		return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(a.order, b.order))
	})
	land := Layer{ID: "land", Type: "background", Paint: map[string]any{"background-color": flavour["land"]}}
	s.Layers = append([]Layer{land}, s.Layers...)
	return s, nil
}

// styleLayers makes the style layers of one catalogue layer.
func styleLayers(l *layers.Layer, flavour Flavour) ([]Layer, error) {
	drawn := make([]Layer, 0, len(l.Drawings))
	for _, d := range l.Drawings {
		layout, err := resolve(d.Layout, flavour)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.ID, err)
		}
		paint, err := resolve(d.Paint, flavour)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.ID, err)
		}
		if l.Hidden {
			if layout == nil {
				layout = map[string]any{}
			}
			layout["visibility"] = "none"
		}
		minZoom := d.MinZoom
		if minZoom == 0 {
			minZoom = float64(l.Lowest())
		}
		made := Layer{
			ID: d.ID, Type: d.Type, Source: "city", SourceLayer: l.ID, MinZoom: minZoom, MaxZoom: d.MaxZoom,
			Filter: d.Filter, Layout: layout, Paint: paint,
			Metadata: map[string]string{"wangge:layer": l.ID},
			slot:     d.Slot, order: d.Order,
		}
		drawn = append(drawn, atPoints(made, d, l)...)
	}
	return drawn, nil
}

// atPoints draws at points what asks for it: at the features that are points, and at the label points of areas.
func atPoints(made Layer, d layers.Drawing, l *layers.Layer) []Layer {
	if !d.AtPoint {
		return []Layer{made}
	}
	var both []Layer
	if l.Areas() {
		area := made
		area.SourceLayer = l.ID + layers.LabelSuffix
		both = append(both, area)
	}
	if l.Holds(layers.Point) {
		made.ID += "-point"
		made.Filter = []any{"==", []any{"geometry-type"}, "Point"}
		if d.Filter != nil {
			made.Filter = pointsToo(d.Filter)
		}
		both = append(both, made)
	}
	return both
}

// pointsToo narrows a filter to points. What depends on the zoom must stay outermost.
func pointsToo(filter any) any {
	point := []any{"==", []any{"geometry-type"}, "Point"}
	steps, ok := filter.([]any)
	if !ok || len(steps) == 0 || steps[0] != "step" {
		return []any{"all", point, filter}
	}
	narrowed := append([]any{}, steps[0], steps[1], []any{"all", point, steps[2]})
	for i := 3; i+1 < len(steps); i += 2 {
		narrowed = append(narrowed, steps[i], []any{"all", point, steps[i+1]})
	}
	return narrowed
}

// resolve copies a block of properties with the flavour's colours and the sprite's names in it.
func resolve(properties map[string]any, flavour Flavour) (map[string]any, error) {
	if properties == nil {
		return nil, nil
	}
	resolved := make(map[string]any, len(properties))
	for name, value := range properties {
		v, err := resolveValue(value, flavour)
		if err != nil {
			return nil, err
		}
		resolved[name] = v
	}
	return resolved, nil
}

func resolveValue(value any, flavour Flavour) (any, error) {
	switch v := value.(type) {
	case string:
		switch {
		case len(v) > 1 && v[0] == '$':
			return flavour.colour(v)
		case len(v) > 1 && v[0] == '@':
			return v[1:], nil
		}
		return v, nil
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			resolved, err := resolveValue(item, flavour)
			if err != nil {
				return nil, err
			}
			list[i] = resolved
		}
		return list, nil
	default:
		return value, nil
	}
}
