package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/layers/city"
)

const (
	searchLimit    = 20
	maxSearchLimit = 100
	maxSearchRunes = 100
)

type foundJSON struct {
	Kind         string      `json:"kind"` // feature, region or grid
	Layer        string      `json:"layer"`
	ID           int64       `json:"id"`
	Code         string      `json:"code"`
	Name         string      `json:"name"`
	LayerTitle   string      `json:"layer_title"`
	LayerTitleEn string      `json:"layer_title_en"`
	RegionName   string      `json:"region_name"`
	Center       *[2]float64 `json:"center"`
	BBox         *[4]float64 `json:"bbox"`
}

// search finds regions, grids and features by a part of their name or code.
func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	text := strings.TrimSpace(q.Text("q", maxSearchRunes))
	limit := q.Int("limit", searchLimit, 1, maxSearchLimit)
	if !q.Has("q") {
		q.Fault("q", "缺少参数", "is missing")
	}
	if err := q.Err(); err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	items := []foundJSON{}
	for _, f := range n.Search(text, limit) {
		items = append(items, describeFound(view, n, f))
	}
	for _, h := range view.Search(text, limit) {
		if l := view.Layer(h.Layer); l == nil || l.Table != "grid" { // the net has found the grids
			items = append(items, describeHit(view, n, h))
		}
	}
	slices.SortStableFunc(items, func(a, b foundJSON) int {
		return cmp.Or(closeness(a, text)-closeness(b, text), rank(a.Kind)-rank(b.Kind))
	})
	return a.reply.JSON(w, r, foundList{items[:min(len(items), limit)]})
}

type foundList struct {
	Items []foundJSON `json:"items"`
}

// rank puts what there is little of first, so that thousands of grid codes do not push it off the list.
func rank(kind string) int { return slices.Index([]string{"region", "feature", "grid"}, kind) }

// closeness ranks what was found: 0 is the text itself, 1 begins with it, 2 has it somewhere.
func closeness(f foundJSON, text string) int {
	name, code, text := strings.ToLower(f.Name), strings.ToLower(f.Code), strings.ToLower(text)
	switch {
	case name == text || code == text:
		return 0
	case strings.HasPrefix(name, text) || strings.HasPrefix(code, text):
		return 1
	}
	return 2
}

func describeHit(view *city.View, n *grid.Net, h city.Hit) foundJSON {
	f := foundJSON{Kind: "feature", Layer: h.Layer, ID: h.ID, Code: h.Code, Name: h.Name, Center: pointOf(h.Center), BBox: boxOf(h.Bound)}
	if l := view.Layer(h.Layer); l != nil {
		f.LayerTitle, f.LayerTitleEn = l.Title.Zh, l.Title.En
	}
	for _, r := range n.Locate(h.Center.Lon(), h.Center.Lat()).Regions {
		if k := n.Kind(r.Kind); k != nil && k.Division {
			f.RegionName = r.Name // the last is the narrowest
		}
	}
	return f
}

func describeFound(view *city.View, n *grid.Net, found grid.Found) foundJSON {
	if found.Region != nil {
		return describeFoundRegion(n, found.Region)
	}
	g := found.Grid
	f := foundJSON{Kind: "grid", Layer: "grid_" + g.Scheme, ID: g.ID, Code: g.Code, Name: g.Name}
	if g.Scheme == grid.UnitScheme {
		f.Layer = "unit_grid"
	}
	if l := view.Layer(f.Layer); l != nil {
		f.LayerTitle, f.LayerTitleEn = l.Title.Zh, l.Title.En
	}
	if r := n.Region(g.Region); r != nil {
		f.RegionName = r.Name
	}
	f.place(g.Shape, g.Bound)
	return f
}

func describeFoundRegion(n *grid.Net, r *grid.Region) foundJSON {
	f := foundJSON{Kind: "region", Layer: "region", ID: r.ID, Code: r.Code, Name: r.Name}
	if k := n.Kind(r.Kind); k != nil {
		f.LayerTitle, f.LayerTitleEn = k.Title, k.TitleEn
	}
	if parent := n.Region(r.Parent); parent != nil {
		f.RegionName = parent.Name
	}
	f.place(r.Shape, r.Bound)
	return f
}

// place sets box and centre where there is a shape.
func (f *foundJSON) place(shape orb.MultiPolygon, bound orb.Bound) {
	if len(shape) > 0 {
		f.Center, f.BBox = pointOf(bound.Center()), boxOf(bound)
	}
}
