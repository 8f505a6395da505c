package tileset

import (
	"encoding/json"

	"wangge/geo/tile"
	"wangge/layers"
)

// Mixed is the dimension of layers that hold points, lines and areas side by side.
const Mixed = -1

// Layer is one layer in tiles.
type Layer struct {
	ID               string
	Of               *layers.Layer // the layer of the catalogue that it shows
	Title            layers.Text
	MinZoom, MaxZoom int
	Dimension        int // of its geometry: 0 points, 1 lines, 2 areas, or Mixed
	Fields           []Field
}

// Field is an attribute that features of a layer may have.
type Field struct {
	Name   string
	Type   layers.Type
	Title  layers.Text
	Unit   string         // UCUM; empty where there is none
	Values []layers.Value // of an enumeration
}

// Layers lists the layers in tiles that show some layers of the catalogue.
func Layers(shown ...*layers.Layer) []Layer {
	var out []Layer
	for _, l := range shown {
		features := Layer{
			ID: l.ID, Of: l, Title: l.Title, MinZoom: l.Lowest(), MaxZoom: tile.MaxZoom, Dimension: dimension(l.Geometry), Fields: fields(l),
		}
		out = append(out, features)
		if l.Areas() {
			out = append(out, labels(features))
		}
		if l.Density != nil {
			out = append(out, hexagons(l))
		}
	}
	return out
}

func fields(l *layers.Layer) []Field {
	var out []Field
	for _, f := range l.TileFields() {
		out = append(out, Field{f.Name, f.Type, f.Title, f.Unit, f.Values})
	}
	return out
}

// labels are the points at which the areas of a layer are labelled.
func labels(features Layer) Layer {
	points := features
	points.ID += layers.LabelSuffix
	points.Title = layers.Text{Zh: features.Title.Zh + "：标注点", En: features.Title.En + ": label points"}
	points.Dimension = 0
	points.Fields = nil
	carried := features.Of.LabelFields()
	for _, f := range features.Fields {
		if carried[f.Name] {
			points.Fields = append(points.Fields, f)
		}
	}
	return points
}

// hexagons are the counts that stand in for the features of a layer.
func hexagons(l *layers.Layer) Layer {
	counted := []Field{
		{Name: "h3", Type: layers.String, Title: layers.Text{Zh: "六边形编码", En: "H3 index"}},
		{Name: "count", Type: layers.Integer, Title: layers.Text{Zh: "数量", En: "Count"}, Unit: "1"},
	}
	if status := l.Field("status"); status != nil {
		for _, v := range status.Values {
			counted = append(counted, Field{
				Name: "count_" + v.Code, Type: layers.Integer, Unit: "1",
				Title: layers.Text{Zh: v.Label.Zh + "数量", En: "Count, " + v.Label.En},
			})
		}
	}
	if sum := l.Field(l.Density.Sum); sum != nil {
		counted = append(counted, Field{
			Name: sum.Name, Type: sum.Type, Unit: sum.Unit, Title: layers.Text{Zh: sum.Title.Zh + "合计", En: sum.Title.En + ", sum"},
		})
	}
	if l.Density.Length {
		counted = append(counted, Field{
			Name: "length_m", Type: layers.Number, Unit: "m", Title: layers.Text{Zh: "长度", En: "Length"},
		})
	}
	return Layer{
		ID: l.ID + layers.DensitySuffix, Of: l, MinZoom: 0, MaxZoom: tile.MaxZoom, Dimension: 2, Fields: counted,
		Title: layers.Text{Zh: l.Title.Zh + "：密度", En: l.Title.En + ": density"},
	}
}

// dimension is what kinds of geometry have in common.
func dimension(kinds []layers.Kind) int {
	common := Mixed
	for i, k := range kinds {
		d := 0
		switch k {
		case layers.LineString, layers.MultiLineString:
			d = 1
		case layers.Polygon, layers.MultiPolygon:
			d = 2
		}
		if i > 0 && d != common {
			return Mixed
		}
		common = d
	}
	return common
}

// Credits reads the setting "attribution": the lines that the licences of the sources ask every map to show. One that is not a
// list of texts has none.
func Credits(setting json.RawMessage) []string {
	var lines []string
	if json.Unmarshal(setting, &lines) != nil {
		return nil
	}
	return lines
}
