package v1

import (
	"math"
	"net/http"

	"github.com/paulmach/orb/geojson"

	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// gridDetail is all that is known of a grid on a day. What lies in it is that of today; people are told of to who is signed in.
type gridDetail struct {
	gridJSON
	Geometry     geojson.Geometry   `json:"geometry"`
	Path         []regionRef        `json:"path"`
	Members      []string           `json:"members" doc:"由哪些网格组成"`
	MadeInto     []string           `json:"made_into" doc:"组成了哪些网格"`
	Counts       map[string]int     `json:"counts" doc:"各图层的对象数"`
	LengthsM     map[string]float64 `json:"lengths_m" doc:"网格内道路（不含步行道）、背街小巷的长度"`
	Parents      []string           `json:"parents" doc:"由哪些网格变来"`
	Children     []string           `json:"children" doc:"变成了哪些网格"`
	Requirements *[]needJSON        `json:"requirements" doc:"定人要求；null 为未登录"`
	People       *[]assignment      `json:"people" doc:"null 为未登录"`
	Failures     *[]failureJSON     `json:"failures" doc:"null 为未登录"`
	State        *grid.State        `json:"state"`
	Load         *float64           `json:"load"`
}

// needJSON is a role that a grid must have, and how many there are.
type needJSON struct {
	Role    string `json:"role"`
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
	AtLeast int    `json:"at_least"`
	AtMost  *int   `json:"at_most"`
	Have    int    `json:"have"`
}

func (h *Handler) grid(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	now := netOf(view)
	day := h.day(r, now)
	n, g, err := h.gridAsked(r, now, day)
	if err != nil {
		return err
	}
	counts, err := h.Store.Counts(r.Context(), []int64{g.ID})
	if err != nil {
		return err
	}
	parents, children, err := h.Store.NextOfKin(r.Context(), g.ID)
	if err != nil {
		return err
	}
	answer := gridDetail{
		gridJSON: describeGrid(n, g), Geometry: geometryOf(g.Shape), Path: []regionRef{}, Members: []string{}, MadeInto: []string{},
		Counts: map[string]int{}, LengthsM: map[string]float64{"road": 0, "back_alley": 0}, Parents: codesOf(now, parents), Children: codesOf(now, children),
	}
	for _, step := range n.Path(g.Region) {
		answer.Path = append(answer.Path, regionRef{step.Code, step.Name, step.Kind})
	}
	for _, m := range n.Members(g) {
		answer.Members = append(answer.Members, m.Code)
	}
	for _, m := range n.MadeInto(g.ID) {
		answer.MadeInto = append(answer.MadeInto, m.Code)
	}
	answer.count(counts[g.ID])
	t := newTeller(n, rosterOf(view), day, h.Who(r))
	if t.actor.May(rights.ReadPeople, rights.Place{Region: g.Region}) == nil {
		answer.man(t, g)
	}
	return h.tell(w, r, t, g.Revision, answer)
}

// count says what lies in the grid.
func (j *gridDetail) count(c postgres.Counted) {
	for layer, n := range c.Features {
		j.Counts[layer] = n
	}
	for layer := range j.LengthsM {
		j.LengthsM[layer] = math.Round(c.LengthsM[layer]*100) / 100
	}
}

// man says who is responsible for the grid.
func (j *gridDetail) man(t *teller, g *grid.Grid) {
	target := grid.Target{Kind: grid.TargetGrid, ID: g.ID}
	needs := []needJSON{}
	for _, q := range t.roster.Requirements(target.Kind, g.Scheme) {
		need := needJSON{Role: q.Role, AtLeast: q.AtLeast, AtMost: orNull(q.AtMost), Have: t.roster.Have(target, q.Role, t.day).There}
		need.Title, need.TitleEn = t.role(q.Role)
		needs = append(needs, need)
	}
	people, failures := t.assignments(target), t.failures(t.roster.FailuresOf(t.net, target, t.day))
	state, load := t.roster.State(t.net, g, t.day), math.Round(t.roster.Strain(t.net, target, t.day)*1000)/1000
	j.Requirements, j.People, j.Failures, j.State, j.Load = &needs, &people, &failures, &state, &load
}
