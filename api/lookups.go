package api

import (
	"net/http"

	"github.com/paulmach/orb"

	v1 "wangge/api/v1"
	"wangge/grid"
)

type countsJSON struct {
	Revision string           `json:"revision"`
	Counts   map[string]int64 `json:"counts"`
}

// counts counts features by layer, in a box or in all of the city.
func (a *API) counts(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	box, given := q.BBox("bbox")
	if err := q.Err(); err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	var bound *orb.Bound
	if given {
		bound = &box
	}
	return a.reply.JSON(w, r, countsJSON{Revision: revisionText(view.Revision()), Counts: view.Counts(bound)})
}

type regionRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func refOf(r *grid.Region) regionRef { return regionRef{r.Code, r.Name, r.Kind} }

type gridRef struct {
	Scheme        string `json:"scheme"`
	SchemeTitle   string `json:"scheme_title"`
	SchemeTitleEn string `json:"scheme_title_en"`
	Code          string `json:"code"`
	Name          string `json:"name"`
}

type placeJSON struct {
	Regions  []regionRef `json:"regions"`
	UnitGrid *gridRef    `json:"unit_grid"`
	Grids    []gridRef   `json:"grids"` // of the other nets
	Holders  *[]v1.Held  `json:"holders" doc:"负责该处网格和区域的人；未登录为 null"`
}

// locate tells what lies over a position on a day: regions, the unit grid, the grids of other nets, and to those who are signed in the people
// responsible for any of it.
func (a *API) locate(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	at := q.LonLat("lon", "lat")
	if q.Err() == nil {
		q.CheckPlace("lon", "lat", at)
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	n, day := a.v1.NetAt(r, view)
	if err := q.Err(); err != nil {
		return err
	}
	place := n.Locate(at.Lon(), at.Lat())
	answer := placeJSON{Regions: []regionRef{}, Grids: []gridRef{}}
	for _, region := range place.Regions {
		answer.Regions = append(answer.Regions, refOf(region))
	}
	for _, g := range place.Grids {
		ref := gridRef{Scheme: g.Scheme, Code: g.Code, Name: g.Name}
		if s := n.Scheme(g.Scheme); s != nil {
			ref.SchemeTitle, ref.SchemeTitleEn = s.Title, s.TitleEn
		}
		if g.Scheme == grid.UnitScheme && answer.UnitGrid == nil {
			answer.UnitGrid = &ref
			continue
		}
		answer.Grids = append(answer.Grids, ref)
	}
	if !whoOf(r).SignedIn() {
		return a.reply.JSON(w, r, answer)
	}
	held, err := a.v1.HeldOver(r, view, n, day, place)
	if err != nil {
		return err
	}
	answer.Holders = &held
	w.Header().Add("Vary", "Authorization, Cookie")
	return a.reply.Fresh(w, r, answer)
}
