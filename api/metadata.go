package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/reply"
	"wangge/api/tileset"
	"wangge/layers"
	"wangge/layers/city"
)

// metadata is the metadata table of MBTiles 1.3 as a document, which programs that take an address of tiles for a folder read:
// all its values are texts, what is known of layers is a document within it.
type metadata struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Attribution string `json:"attribution,omitempty"`
	Format      string `json:"format"`
	Type        string `json:"type"`
	MinZoom     string `json:"minzoom"`
	MaxZoom     string `json:"maxzoom"`
	Bounds      string `json:"bounds,omitempty"`
	Center      string `json:"center"`
	JSON        string `json:"json"`
}

// metadataLayers is the document within.
type metadataLayers struct {
	VectorLayers []vectorLayer `json:"vector_layers"`
	TileStats    tileStats     `json:"tilestats"`
}

// tileStats tells GDAL the geometry of layers that have one kind of it.
type tileStats struct {
	LayerCount int         `json:"layerCount"`
	Layers     []layerStat `json:"layers"`
}

type layerStat struct {
	Layer    string `json:"layer"`
	Geometry string `json:"geometry"`
}

// metadata answers with what programs look for beside a folder of tiles.
func (a *API) metadata(w http.ResponseWriter, r *http.Request) error {
	view, err := a.view(r)
	if err != nil {
		return err
	}
	ids, err := tileLayers(view, mux.Vars(r)["layers"])
	if err != nil {
		return err
	}
	known, err := reply.Marshal(metadataOf(tilesetOf(view, ids)))
	if err != nil {
		return err
	}
	return a.reply.JSON(w, r, describeFolder(view, string(known)))
}

func describeFolder(view *city.View, known string) metadata {
	place := view.Place()
	center, bounds := frame(view)
	doc := metadata{
		Name: place.Name, Description: place.NameEn, Attribution: attribution(view), Format: "pbf", Type: "overlay",
		MinZoom: "0", MaxZoom: strconv.Itoa(deepestZoom), Center: joined(center[:]), JSON: known,
	}
	if bounds != nil {
		doc.Bounds = joined(bounds[:])
	}
	return doc
}

func metadataOf(list []tileset.Layer) metadataLayers {
	doc := metadataLayers{VectorLayers: []vectorLayer{}, TileStats: tileStats{Layers: []layerStat{}}}
	for _, l := range list {
		fields := map[string]string{}
		for _, f := range l.Fields {
			fields[f.Name] = mbtilesType(f.Type)
		}
		doc.VectorLayers = append(doc.VectorLayers, vectorLayer{l.ID, both(l.Title), l.MinZoom, l.MaxZoom, fields})
		if l.Dimension != tileset.Mixed {
			kind := []string{"Point", "LineString", "Polygon"}[l.Dimension]
			doc.TileStats.Layers = append(doc.TileStats.Layers, layerStat{l.ID, kind})
		}
	}
	doc.TileStats.LayerCount = len(doc.TileStats.Layers)
	return doc
}

// mbtilesType is the type of a field by the names of MBTiles, which knows no others.
func mbtilesType(t layers.Type) string {
	switch t {
	case layers.Integer, layers.Number:
		return "Number"
	case layers.Boolean:
		return "Boolean"
	}
	return "String"
}

// joined writes numbers with commas between them.
func joined(numbers []float64) string {
	texts := make([]string, len(numbers))
	for i, v := range numbers {
		texts[i] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strings.Join(texts, ",")
}
