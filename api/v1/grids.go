package v1

import (
	"math"
	"net/http"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// Parameters bounded in characters.
const (
	codeRunes = 64
	maxAsk    = 64
)

func paramScheme() Param {
	return Param{Name: "scheme", Title: "网格方案，缺省为 unit", TitleE: "the net, unit by default"}
}
func paramAt() Param {
	return Param{Name: "at", Title: "日期，缺省为今天", TitleE: "a day, today by default"}
}
func paramRegion() Param {
	return Param{Name: "region", Title: "区域代码", TitleE: "code of a region"}
}
func pageParams() []Param {
	return []Param{{Name: "limit", Title: "每页条数，缺省 100，最多 1000", TitleE: "items a page, 100 by default, 1000 at most"}, {Name: "cursor", Title: "上一页的 next", TitleE: "next of the page before"}}
}

// gridRoutes are those that read grids.
func (h *Handler) gridRoutes() []Route {
	list := append([]Param{{Name: "scheme", Title: "网格方案，缺省为全部", TitleE: "the net, all by default"}, paramRegion(), paramAt(),
		{Name: "q", Title: "代码或名称的一部分", TitleE: "a part of code or name"}, {Name: "state", Title: "人员状态（须登录）", TitleE: "by people, for who is signed in"}}, pageParams()...)
	return []Route{
		{Path: "/grids", Reads: true, Params: list, Title: "网格", TitleE: "Grids in force on a day", Reply: page[gridJSON]{}, Serve: h.grids},
		{Path: "/grids/states", Needs: rights.ReadPeople, Reads: true, Params: []Param{paramScheme(), paramAt()}, Title: "各网格的人员状态", TitleE: "How the grids of a net stand by their people", Reply: statesJSON{}, Serve: h.gridStates},
		{Path: "/grids/{code}", Reads: true, Params: []Param{paramScheme(), paramAt()}, Title: "一个网格", TitleE: "One grid: shape, members, inventory, people", Reply: gridDetail{}, Serve: h.grid},
		{Path: "/grids/{code}/lineage", Reads: true, Params: []Param{paramScheme()}, Title: "网格沿革", TitleE: "What a grid comes of and what came of it", Reply: lineageJSON{}, Serve: h.lineage},
		{Path: "/grid-edits", Reads: true, Params: append([]Param{{Name: "scheme", Title: "网格方案，缺省为全部", TitleE: "the net, all by default"}}, pageParams()...), Title: "网格调整记录", TitleE: "Edits of nets, the latest first", Reply: page[editJSON]{}, Serve: h.gridEdits},
	}
}

type gridJSON struct {
	ID        int64      `json:"id"`
	Scheme    string     `json:"scheme"`
	Code      string     `json:"code"`
	ShortCode string     `json:"short_code" doc:"代码中区划之后的部分"`
	Name      string     `json:"name"`
	Region    *regionRef `json:"region"`
	AreaM2    float64    `json:"area_m2"`
	LandUse   *string    `json:"land_use"`
	Level     *string    `json:"level"`
	ValidFrom *grid.Day  `json:"valid_from"`
	ValidTo   *grid.Day  `json:"valid_to" doc:"从这一天起不再使用"`
	Center    [2]float64 `json:"center" doc:"网格内一点"`
	BBox      [4]float64 `json:"bbox"`
	Revision  int64      `json:"revision"`
}

// gridShape is a grid with its shape.
type gridShape struct {
	gridJSON
	Geometry geojson.Geometry `json:"geometry"`
}

func describeGrid(n *grid.Net, g *grid.Grid) gridJSON {
	b := g.Bound
	if b.IsZero() {
		b = g.Shape.Bound()
	}
	at := g.At()
	j := gridJSON{
		ID: g.ID, Scheme: g.Scheme, Code: g.Code, ShortCode: shortCode(n.Scheme(g.Scheme), g.Code), Name: g.Name, Region: refOfRegion(n, g.Region),
		AreaM2: math.Round(g.AreaM2*100) / 100, LandUse: orNull(g.LandUse), Level: orNull(g.Level), ValidFrom: orNull(g.Term.From), ValidTo: orNull(g.Term.To),
		Center: [2]float64{degrees(at[0]), degrees(at[1])}, BBox: [4]float64{degrees(b.Min[0]), degrees(b.Min[1]), degrees(b.Max[0]), degrees(b.Max[1])},
		Revision: g.Revision,
	}
	return j
}

// degrees rounds to the lattice of grids, which sums and means leave.
func degrees(v float64) float64 { return math.Round(v*1e9) / 1e9 }

// shortCode is a code without its division's digits.
func shortCode(s *grid.Scheme, code string) string {
	if s == nil || s.Pattern.Validate() != nil {
		return code
	}
	c, err := s.Pattern.Parse(code)
	if err != nil {
		return code
	}
	return c.Net + c.Sequence
}

func shapeOf(n *grid.Net, g *grid.Grid) gridShape {
	return gridShape{describeGrid(n, g), geometryOf(g.Shape)}
}

// geometryOf is a shape as GeoJSON, a single polygon as such, with no more digits than the lattice of grids has.
func geometryOf(shape orb.MultiPolygon) geojson.Geometry {
	shape = shape.Clone()
	for _, p := range shape {
		for _, ring := range p {
			for i, at := range ring {
				ring[i] = orb.Point{degrees(at[0]), degrees(at[1])}
			}
		}
	}
	if len(shape) == 1 {
		return *geojson.NewGeometry(shape[0])
	}
	return *geojson.NewGeometry(shape)
}

// states are the words for how a grid stands by its people.
func states() []string {
	return []string{"", string(grid.StateManned), string(grid.StateVacant), string(grid.StateOverloaded), string(grid.StateUnknown)}
}

func (h *Handler) grids(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	scheme, region, ask := q.Text("scheme", codeRunes), q.Text("region", codeRunes), strings.ToLower(q.Text("q", maxAsk))
	limit, after, state := q.Int("limit", pageLimit, 1, maxPageLimit), q.Cursor("cursor"), q.OneOf("state", states()...)
	view, err := h.City(r)
	if err != nil {
		return err
	}
	now := netOf(view)
	day := h.day(r, now)
	if err := q.Err(); err != nil {
		return err
	}
	if scheme != "" && now.Scheme(scheme) == nil {
		return postgres.ErrNoScheme
	}
	n := now.At(day)
	if region != "" && n.Region(region) == nil {
		return param.InQuery("region", "没有这个区域", "there is no such region")
	}
	if state != "" {
		if err := h.Who(r).May(rights.ReadPeople, rights.Place{}); err != nil {
			return err
		}
	}
	roster := rosterOf(view)
	var found []*grid.Grid
	for _, g := range n.GridsIn(scheme, region) {
		if (ask == "" || strings.Contains(strings.ToLower(g.Code), ask) || strings.Contains(strings.ToLower(g.Name), ask)) &&
			(state == "" || string(roster.State(n, g, day)) == state) {
			found = append(found, g)
		}
	}
	answer := page[gridJSON]{Items: []gridJSON{}, Total: len(found)}
	var last *grid.Grid
	for _, g := range found[placeAfter(found, after):] {
		if len(answer.Items) == limit {
			next := param.Cursor(last.Scheme + " " + last.Code)
			answer.Next = &next
			break
		}
		answer.Items, last = append(answer.Items, describeGrid(n, g)), g
	}
	if state != "" {
		return h.json(w, r, answer)
	}
	return h.Reply.JSON(w, r, answer)
}

// placeAfter is where a page begins in a list that is by scheme and code.
func placeAfter(found []*grid.Grid, cursor string) int {
	scheme, code, _ := strings.Cut(cursor, " ")
	if cursor == "" {
		return 0
	}
	return sort.Search(len(found), func(i int) bool { return grid.After(found[i], scheme, code) })
}

// gridAsked is the grid that a path names, on a day: its net, the grid then, or ErrNoGrid.
func (h *Handler) gridAsked(r *http.Request, now *grid.Net, day grid.Day) (*grid.Net, *grid.Grid, error) {
	scheme, err := h.schemeAsked(r, now)
	if err != nil {
		return nil, nil, err
	}
	n, code := now.At(day), mux.Vars(r)["code"]
	if g := n.Grid(scheme, code); g != nil {
		return n, g, nil
	}
	if g := now.Former(scheme, code); g != nil && !h.Query(r).Has("at") {
		return n, g, nil // a grid that is no more is told of as it was last
	}
	return nil, nil, ErrNoGrid
}

// schemeAsked is the scheme of the parameter, unit by default, or postgres.ErrNoScheme.
func (h *Handler) schemeAsked(r *http.Request, n *grid.Net) (string, error) {
	q := h.Query(r)
	scheme := q.Text("scheme", codeRunes)
	if !q.Has("scheme") {
		scheme = grid.UnitScheme
	}
	if err := q.Err(); err != nil {
		return "", err
	}
	if n.Scheme(scheme) == nil {
		return "", postgres.ErrNoScheme
	}
	return scheme, nil
}

// codesOf names grids, in the order of their numbers in the list.
func codesOf(n *grid.Net, ids []int64) []string {
	out := []string{}
	for _, id := range ids {
		if g := n.Ever(id); g != nil {
			out = append(out, g.Code)
		}
	}
	return out
}

// isLine tells whether a text is valid, on one line and no longer than some bytes.
func isLine(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && strings.IndexFunc(s, unicode.IsControl) < 0
}

type statesJSON struct {
	Scheme string      `json:"scheme"`
	At     grid.Day    `json:"at"`
	Items  []stateJSON `json:"items"`
}

type stateJSON struct {
	ID     int64          `json:"id"`
	Code   string         `json:"code"`
	State  grid.State     `json:"state" doc:"manned 有人、vacant 缺员、overloaded 超负荷、unknown 无要求"`
	People int            `json:"people"`
	Load   float64        `json:"load" doc:"其人员中最大的负荷系数"`
	Counts map[string]int `json:"counts"`
	Head   *string        `json:"head" doc:"网格长"`
}

// gridHead is the role whose holder's name stands for a grid's people.
const gridHead = "grid_head"

func (h *Handler) gridStates(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	now := netOf(view)
	day := h.day(r, now)
	scheme, err := h.schemeAsked(r, now)
	if err != nil {
		return err
	}
	n := now.At(day)
	grids := n.Grids(scheme)
	ids := make([]int64, len(grids))
	for i, g := range grids {
		ids[i] = g.ID
	}
	counts, err := h.Store.Counts(r.Context(), ids)
	if err != nil {
		return err
	}
	t := newTeller(n, rosterOf(view), day, h.Who(r))
	answer := statesJSON{Scheme: scheme, At: day, Items: make([]stateJSON, 0, len(grids))}
	for _, g := range grids {
		answer.Items = append(answer.Items, t.state(g, counts[g.ID]))
	}
	return h.tell(w, r, t, 0, answer)
}

// state tells how a grid stands by its people.
func (t *teller) state(g *grid.Grid, c postgres.Counted) stateJSON {
	target := grid.Target{Kind: grid.TargetGrid, ID: g.ID}
	j := stateJSON{ID: g.ID, Code: g.Code, State: t.roster.State(t.net, g, t.day), Counts: c.Features}
	if j.Counts == nil {
		j.Counts = map[string]int{}
	}
	j.Load = math.Round(t.roster.Strain(t.net, target, t.day)*1000) / 1000
	var people []int64
	for _, d := range t.roster.Duties(target, t.day) {
		if !slices.Contains(people, d.Holder) {
			people = append(people, d.Holder)
		}
		if d.Role == gridHead && d.Rank == grid.Primary && j.Head == nil {
			if ref := t.holderByID(d.Holder); ref != nil {
				j.Head = &ref.Name
			}
		}
	}
	j.People = len(people)
	return j
}
