package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sort"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/layers/postgres"
)

// Lists page with these limits.
const (
	pageLimit    = 100
	maxPageLimit = 1000
	maxCodeRunes = 64
)

var errNoRegion = errors.New("no such region")

type regionJSON struct {
	Code        string           `json:"code"`
	Name        string           `json:"name"`
	NameEn      string           `json:"name_en,omitempty"`
	Kind        string           `json:"kind"`
	KindTitle   string           `json:"kind_title"`
	KindTitleEn string           `json:"kind_title_en"`
	Parent      *string          `json:"parent"`
	BBox        *[4]float64      `json:"bbox"`
	AreaM2      float64          `json:"area_m2"`
	Children    int              `json:"children"`
	Path        []regionRef      `json:"path,omitempty"`
	Figures     map[string]int64 `json:"figures,omitempty"` // features by layer; left out while the database is away or slow
}

func describeRegion(n *grid.Net, r *grid.Region) regionJSON {
	j := regionJSON{Code: r.Code, Name: r.Name, NameEn: r.NameEn, Kind: r.Kind, AreaM2: math.Round(r.AreaM2), Children: r.Children}
	if k := n.Kind(r.Kind); k != nil {
		j.KindTitle, j.KindTitleEn = k.Title, k.TitleEn
	}
	if r.Parent != "" {
		j.Parent = &r.Parent
	}
	if len(r.Shape) > 0 {
		j.BBox = boxOf(r.Bound)
	}
	return j
}

type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"` // the cursor of the next page
	Total int     `json:"total"`
}

// regions lists the regions below one, those of a kind, or the top of the tree, by code.
func (a *API) regions(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	parent, kind := q.Text("parent", maxCodeRunes), q.Text("kind", maxCodeRunes)
	limit := q.Int("limit", pageLimit, 1, maxPageLimit)
	after := q.Cursor("cursor")
	if err := q.Err(); err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	if q.Has("parent") && n.Region(parent) == nil {
		q.Fault("parent", "没有这个区域", "there is no such region")
	}
	if q.Has("kind") && n.Kind(kind) == nil {
		q.Fault("kind", "没有这种区域", "there is no such kind of region")
	}
	if err := q.Err(); err != nil {
		return err
	}
	found := listRegions(n, parent, kind)
	answer := page[regionJSON]{Items: []regionJSON{}, Total: len(found)}
	first := sort.Search(len(found), func(i int) bool { return found[i].Code > after })
	for _, region := range found[first:] {
		if len(answer.Items) == limit {
			next := param.Cursor(answer.Items[limit-1].Code)
			answer.Next = &next
			break
		}
		answer.Items = append(answer.Items, describeRegion(n, region))
	}
	return a.reply.JSON(w, r, answer)
}

// listRegions lists in the order of codes. A kind without a parent looks through the whole tree.
func listRegions(n *grid.Net, parent, kind string) []*grid.Region {
	all := n.Children(parent)
	if parent == "" && kind != "" {
		all = n.Regions(kind)
	}
	list := make([]*grid.Region, 0, len(all))
	for _, r := range all {
		if kind == "" || r.Kind == kind {
			list = append(list, r)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// region describes one region, the way down to it, and what lies in it.
func (a *API) region(w http.ResponseWriter, r *http.Request) error {
	view, err := a.view(r)
	if err != nil {
		return err
	}
	code := mux.Vars(r)["code"]
	n := netOf(view)
	found := n.Region(code)
	if found == nil {
		shown := param.Shown(code)
		return explain(errNoRegion, fmt.Sprintf("没有代码为“%s”的区域", shown), fmt.Sprintf("there is no region with the code %q", shown))
	}
	answer := describeRegion(n, found)
	for _, step := range n.Path(code) {
		answer.Path = append(answer.Path, refOf(step))
	}
	answer.Figures, err = a.figures.of(r.Context(), n, found, view.Revision())
	late := errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil
	if err != nil && !late && !errors.Is(err, postgres.ErrUnavailable) {
		return err
	}
	return a.reply.JSON(w, r, answer)
}
