package v1

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
)

type lineageJSON struct {
	Grid        kinJSON    `json:"grid"`
	Ancestors   []kinJSON  `json:"ancestors" doc:"由近及远"`
	Descendants []kinJSON  `json:"descendants"`
	Edits       []editJSON `json:"edits" doc:"最近的在前"`
}

// kinJSON is a grid in a lineage, and the edit that ties it to the next.
type kinJSON struct {
	Code      string    `json:"code"`
	Scheme    string    `json:"scheme"`
	Name      string    `json:"name"`
	ValidFrom *grid.Day `json:"valid_from"`
	ValidTo   *grid.Day `json:"valid_to"`
	Edit      *int64    `json:"edit"`
}

type editJSON struct {
	ID       int64         `json:"id"`
	Scheme   string        `json:"scheme"`
	Kind     grid.EditKind `json:"kind"`
	Note     *string       `json:"note"`
	Undoes   *int64        `json:"undoes" doc:"撤回的是哪一次调整"`
	UndoneBy *int64        `json:"undone_by" doc:"被哪一次调整撤回"`
	On       grid.Day      `json:"on"`
	At       time.Time     `json:"at"`
	Made     []string      `json:"made"`
	Retired  []string      `json:"retired"`
	Redrawn  []string      `json:"redrawn"`
	Touched  []string      `json:"touched" doc:"只在边界上加了点"`
}

// lineage tells what a grid comes of and what came of it.
func (h *Handler) lineage(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	scheme, err := h.schemeAsked(r, n)
	if err != nil {
		return err
	}
	g := n.Former(scheme, mux.Vars(r)["code"])
	if g == nil {
		return ErrNoGrid
	}
	l, err := h.Store.Lineage(r.Context(), g.ID)
	if err != nil {
		return err
	}
	answer := lineageJSON{Grid: kinOf(g, 0), Ancestors: kinsOf(n, l.Ancestors), Descendants: kinsOf(n, l.Descendants), Edits: []editJSON{}}
	for _, e := range l.Edits {
		answer.Edits = append(answer.Edits, describeEdit(n, e, h.Who(r).SignedIn()))
	}
	return h.json(w, r, answer)
}

func kinOf(g *grid.Grid, edit int64) kinJSON {
	return kinJSON{Code: g.Code, Scheme: g.Scheme, Name: g.Name, ValidFrom: orNull(g.Term.From), ValidTo: orNull(g.Term.To), Edit: orNull(edit)}
}

func kinsOf(n *grid.Net, list []postgres.Kin) []kinJSON {
	out := []kinJSON{}
	for _, k := range list {
		if g := n.Ever(k.Grid); g != nil {
			out = append(out, kinOf(g, k.Edit))
		}
	}
	return out
}

// describeEdit tells of an edit; grids of nets that followed are named with the scheme's own. What people noted is for who is signed in.
func describeEdit(n *grid.Net, e postgres.Edit, notes bool) editJSON {
	j := editJSON{
		ID: e.ID, Scheme: e.Scheme, Kind: e.Kind, Undoes: orNull(e.Undoes), UndoneBy: orNull(e.UndoneBy), On: e.Day, At: e.At,
		Made: []string{}, Retired: []string{}, Redrawn: []string{}, Touched: []string{},
	}
	if notes {
		j.Note = orNull(e.Note)
	}
	lists := map[string]*[]string{"made": &j.Made, "retired": &j.Retired, "redrawn": &j.Redrawn, "touched": &j.Touched}
	for _, p := range e.Parts {
		if g, list := n.Ever(p.Grid), lists[p.Part]; g != nil && list != nil {
			*list = append(*list, g.Code)
		}
	}
	return j
}

// gridEdits lists edits, the latest first.
func (h *Handler) gridEdits(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	scheme, limit, cursor := q.Text("scheme", codeRunes), q.Int("limit", pageLimit, 1, maxPageLimit), q.Cursor("cursor")
	before, whole := param.Natural(cursor)
	if cursor != "" && (!whole || before > 1<<62) {
		q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	if err := q.Err(); err != nil {
		return err
	}
	if scheme != "" && n.Scheme(scheme) == nil {
		return postgres.ErrNoScheme
	}
	edits, total, err := h.Store.Edits(r.Context(), scheme, int64(before), limit+1)
	if err != nil {
		return err
	}
	answer := page[editJSON]{Items: []editJSON{}, Total: total}
	if len(edits) > limit {
		edits = edits[:limit]
		next := param.Cursor(strconv.FormatInt(edits[limit-1].ID, 10))
		answer.Next = &next
	}
	for _, e := range edits {
		answer.Items = append(answer.Items, describeEdit(n, e, h.Who(r).SignedIn()))
	}
	return h.json(w, r, answer)
}
