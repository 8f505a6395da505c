package style

import "wangge/layers"

// LegendPart explains one tile layer: a row of the layer panel with its items.
type LegendPart struct {
	Layer      string       `json:"layer"`
	Title      string       `json:"title"`
	TitleEn    string       `json:"title_en"`
	Geometry   string       `json:"geometry"` // point, line or polygon
	MinZoom    int          `json:"min_zoom"`
	Visible    bool         `json:"visible"`
	Group      layers.Group `json:"group"`
	Collection bool         `json:"collection"` // its features can be asked for one by one
	Provenance string       `json:"provenance,omitempty"`
	ProvenEn   string       `json:"provenance_en,omitempty"`
	Items      []LegendItem `json:"items"`

	Density *LegendDensity `json:"density,omitempty"` // nil where hexagons never stand in for its features
}

// LegendItem is one line of the legend, its colours resolved.
type LegendItem struct {
	Label   string    `json:"label"`
	LabelEn string    `json:"label_en"`
	Kind    string    `json:"kind"`
	Color   string    `json:"color,omitempty"`
	Casing  string    `json:"casing,omitempty"`
	Outline string    `json:"outline,omitempty"`
	Pattern string    `json:"pattern,omitempty"`
	Icon    string    `json:"icon,omitempty"`
	WidthPx float64   `json:"width,omitempty"`
	Dash    []float64 `json:"dash,omitempty"`
}

func legendPart(l *layers.Layer, flavour Flavour) (LegendPart, error) {
	part := LegendPart{
		Layer: l.ID, Title: l.Title.Zh, TitleEn: l.Title.En, Geometry: dimension(l), MinZoom: l.Lowest(), Visible: !l.Hidden,
		Group: l.Group, Collection: l.Collection, Provenance: l.Provenance.Zh, ProvenEn: l.Provenance.En,
	}
	for _, item := range l.Legend {
		made := LegendItem{
			Label: item.Label.Zh, LabelEn: item.Label.En, Kind: item.Kind,
			Pattern: item.Pattern, Icon: item.Icon, WidthPx: item.WidthPx, Dash: item.Dash,
		}
		for target, name := range map[*string]string{&made.Color: item.Color, &made.Casing: item.Casing, &made.Outline: item.Outline} {
			if name == "" {
				continue
			}
			hex, err := flavour.colour(name)
			if err != nil {
				return LegendPart{}, err
			}
			*target = hex
		}
		part.Items = append(part.Items, made)
	}
	return part, nil
}

// dimension names the widest geometry that a layer holds.
func dimension(l *layers.Layer) string {
	switch {
	case l.Holds(layers.Polygon) || l.Holds(layers.MultiPolygon):
		return "polygon"
	case l.Holds(layers.LineString) || l.Holds(layers.MultiLineString):
		return "line"
	default:
		return "point"
	}
}
