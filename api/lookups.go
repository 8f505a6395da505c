package api

import (
	"net/http"

	"github.com/paulmach/orb"

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
}

// locate tells what lies over a position: regions, the unit grid, and the grids of other nets.
func (a *API) locate(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	at := q.LonLat("lon", "lat")
	if q.Err() == nil {
		q.CheckPlace("lon", "lat", at)
	}
	if err := q.Err(); err != nil {
		return err
	}
	view, err := a.view(r)
	if err != nil {
		return err
	}
	n := netOf(view)
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
	return a.reply.JSON(w, r, answer)
}
