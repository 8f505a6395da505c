package api

import (
	"errors"
	"fmt"
	"html"
	"math"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"wangge/api/reply"
	"wangge/api/tileset"
	"wangge/grid"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/style"
)

// tileJSON is a document of TileJSON 3.0.0.
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       *[4]float64   `json:"bounds,omitempty"`
	Center       *[3]float64   `json:"center,omitempty"`
	VectorLayers []vectorLayer `json:"vector_layers"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

func (a *API) tileJSON(w http.ResponseWriter, r *http.Request) error {
	view, err := a.view(r)
	if err != nil {
		return err
	}
	list := mux.Vars(r)["layers"]
	ask, err := question(view, list, query(r))
	if err != nil {
		return err
	}
	if _, err := plan(view, ask); err != nil {
		return err
	}
	if _, err := instant(query(r), view); err != nil {
		return err
	}
	if list != allLayers {
		list = strings.Join(ask.Layers, ",")
	}
	place := view.Place()
	doc := tileJSON{
		TileJSON: "3.0.0", Name: place.Name, Description: place.NameEn, Scheme: "xyz", Attribution: attribution(view),
		Tiles:   []string{a.base(r) + tilesPath + list + "/{z}/{x}/{y}.mvt" + andInstant(asQuery(ask), query(r))},
		MinZoom: 0, MaxZoom: deepestZoom, VectorLayers: []vectorLayer{},
	}
	for _, l := range tilesetOf(view, ask.Layers) {
		doc.VectorLayers = append(doc.VectorLayers, vectorLayer{l.ID, both(l.Title), l.MinZoom, l.MaxZoom, fieldTitles(l, ask.Fields)})
	}
	center, bounds := frame(view)
	doc.Bounds, doc.Center = bounds, &center
	return a.reply.JSON(w, r, doc)
}

// tilesetOf lists the layers in tiles of some tile layers.
func tilesetOf(view *city.View, ids []string) []tileset.Layer {
	shown := make([]*layers.Layer, len(ids))
	for i, id := range ids {
		shown[i] = view.Layer(id)
	}
	return tileset.Layers(shown...)
}

// both is a text in both languages, for readers that take one.
func both(t layers.Text) string { return t.Zh + " " + t.En }

// frame is where a map of the city opens (longitude, latitude, whole zoom) and the box of all that there is, nil for nothing.
// TileJSON wants the one inside the other.
func frame(view *city.View) (center [3]float64, bounds *[4]float64) {
	at, zoom := home(view)
	if bound, ok := view.Extent(); ok {
		bounds = boxOf(bound)
		if !bound.Contains(at) {
			at = bound.Center()
		}
	}
	p := pointOf(at)
	return [3]float64{p[0], p[1], math.Trunc(zoom)}, bounds
}

// attribution is what the sources' licences ask a map to say, as HTML.
func attribution(view *city.View) string {
	lines := tileset.Credits(view.Setting("attribution"))
	for i := range lines {
		lines[i] = html.EscapeString(lines[i])
	}
	return strings.Join(lines, " | ")
}

// netOf is the model of regions and grids in a view.
func netOf(view *city.View) *grid.Net {
	if n := city.State[*grid.Net](view, NetKey); n != nil {
		return n
	}
	return grid.NewNet(nil, nil, nil, nil)
}

// style answers with the MapLibre style of a theme. Its titles are in both languages, so lang changes nothing yet but is checked.
func (a *API) style(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	theme := q.OneOf("theme", "light", "dark")
	q.OneOf("lang", "zh", "en")
	if err := q.Err(); err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	place := view.Place()
	center, zoom := home(view)
	doc, err := style.Build(view.Layers(), theme, a.base(r), style.City{
		Name: place.Name, NameEn: place.NameEn, Sample: place.Sample, Center: center, Zoom: zoom,
	}, view)
	if err != nil {
		return err
	}
	return a.reply.JSON(w, r, doc)
}

var errNoSprite = errors.New("no such sprite")

// sprites are every sheet under the name of its file, drawn once for a process.
var sprites = sync.OnceValues(drawSprites)

func drawSprites() (map[string]reply.Content, error) {
	sheets := map[string]reply.Content{}
	for theme := range style.Flavours() {
		for ratio, suffix := range map[int]string{1: "", 2: "@2x"} {
			index, sheet, err := style.Sprite(theme, ratio)
			if err != nil {
				return nil, fmt.Errorf("sprite %s: %w", theme, err)
			}
			doc, err := reply.Marshal(index)
			if err != nil {
				return nil, err
			}
			sheets[theme+suffix+".png"] = reply.Content{Type: "image/png", Cache: reply.Revalidate, Tag: reply.Hash(sheet), Bytes: sheet}
			sheets[theme+suffix+".json"] = reply.Content{Type: "application/json", Cache: reply.Revalidate, Tag: reply.Hash(doc), Bytes: doc}
		}
	}
	return sheets, nil
}

func (a *API) sprite(w http.ResponseWriter, r *http.Request) error {
	vars := mux.Vars(r)
	content, ok := a.sprites[vars["name"]+"."+vars["format"]]
	if !ok {
		return errNoSprite
	}
	return a.reply.Send(w, r, content)
}
