package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// editRoutes are those that change nets.
func (h *Handler) editRoutes() []Route {
	dry := Param{Name: "dry_run", Title: "true 为只算不改", TitleE: "true: everything is computed, nothing stays"}
	params := []Param{paramScheme(), dry}
	post := func(path, title, titleE string, body any, serve func(http.ResponseWriter, *http.Request) error) Route {
		return Route{Method: http.MethodPost, Path: path, Needs: rights.EditGrid, Reads: true, Match: true, Params: params, Title: title, TitleE: titleE, Body: body, Reply: editedJSON{}, Serve: serve}
	}
	create := post("/grids", "新增网格", "Make a grid where there is none", createBody{}, h.createGrid)
	create.Match, create.Status, create.Params = false, http.StatusCreated, []Param{dry}
	undo := post("/grid-edits/{id}/undo", "撤回一次调整", "Undo an edit by another", noteBody{}, h.undoEdit)
	undo.Match, undo.Params = false, []Param{dry}
	return []Route{
		create,
		{Method: http.MethodPatch, Path: "/grids/{code}", Needs: rights.EditGrid, Reads: true, Match: true, Params: []Param{paramScheme()}, Title: "修改网格的名称、用地、级别", TitleE: "Change name, use and level of a grid", Body: gridPatch{}, Reply: gridShape{}, Serve: h.patchGrid},
		post("/grids/{code}/split", "拆分网格", "Cut a grid along a line", splitBody{}, h.splitGrid),
		post("/grids/{code}/merge", "合并网格", "Make one grid of several", mergeBody{}, h.mergeGrids),
		post("/grids/{code}/redraw", "重画网格", "Give a grid another ground", redrawBody{}, h.redrawGrid),
		post("/grids/{code}/retire", "停用网格", "End a grid without a successor", noteBody{}, h.retireGrid),
		undo,
	}
}

type createBody struct {
	Scheme   string          `json:"scheme"`
	Geometry json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON 的 Polygon 或 MultiPolygon"`
	Members  []string        `json:"members,omitempty" doc:"由哪些网格组成"`
	Name     string          `json:"name,omitempty"`
	Region   string          `json:"region,omitempty" doc:"编码所属区划，须为网格所在"`
	Code     string          `json:"code,omitempty"`
	Note     string          `json:"note,omitempty"`
}

type splitBody struct {
	Line json.RawMessage `json:"line" doc:"GeoJSON 的 LineString"`
	Note string          `json:"note,omitempty"`
}

type mergeBody struct {
	With []string `json:"with" doc:"一并合并的网格代码"`
	Name string   `json:"name,omitempty"`
	Note string   `json:"note,omitempty"`
}

type redrawBody struct {
	Geometry json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON 的 Polygon 或 MultiPolygon"`
	Members  []string        `json:"members,omitempty" doc:"由哪些网格组成"`
	Note     string          `json:"note,omitempty"`
}

type noteBody struct {
	Note string `json:"note,omitempty"`
}

// gridPatch changes what it names; an empty text takes away.
type gridPatch struct {
	Name    *string `json:"name,omitempty"`
	LandUse *string `json:"land_use,omitempty"`
	Level   *string `json:"level,omitempty"`
}

// editedJSON is what an edit did, or would do.
type editedJSON struct {
	Edit          int64         `json:"edit"`
	Kind          grid.EditKind `json:"kind"`
	Scheme        string        `json:"scheme"`
	DryRun        bool          `json:"dry_run"`
	Made          []gridShape   `json:"made"`
	Retired       []string      `json:"retired"`
	Changed       []gridShape   `json:"changed" doc:"重画的网格，含由其组成的网格"`
	Touched       []string      `json:"touched" doc:"只在边界上加了点的邻格"`
	Findings      []findingJSON `json:"findings" doc:"调整之后附近的问题"`
	FeaturesMoved int           `json:"features_moved" doc:"改属网格的对象数"`
	DutiesMoved   int           `json:"duties_moved" doc:"转给新网格的职责数"`
}

// Bounds of what an edit takes.
const (
	maxNote    = 1500 // bytes
	maxMembers = 5000
	maxMerge   = 500
)

// checkNote bounds what people note.
func checkNote(note string) error {
	if !isLine(note, maxNote) {
		return param.InBody("/note", "须在一行之内，至多 500 字", "must be one line of 500 characters at most")
	}
	return nil
}

// edit runs an edit as a write and tells what it did.
func (h *Handler) edit(w http.ResponseWriter, r *http.Request, body any, note string, do func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error)) error {
	dry := h.Query(r).OneOf("dry_run", "false", "true") == "true"
	if err := h.Query(r).Err(); err != nil {
		return err
	}
	if err := checkNote(note); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		e, err := do(ctx, t)
		if err != nil {
			return result{}, err
		}
		found, err := n.FindingsAfter(ctx, e.Scheme, e.Rows)
		if err != nil {
			return result{}, err
		}
		res := result{value: describeEdited(n, e, found, dry), dryRun: dry}
		if e.Kind == grid.EditCreate && len(e.Made) == 1 {
			res.status, res.location = http.StatusCreated, "/grids/"+e.Made[0].Code+"?scheme="+e.Scheme
		}
		return res, nil
	})
}

func describeEdited(n *grid.Net, e postgres.Edited, found []grid.Finding, dry bool) editedJSON {
	j := editedJSON{
		Edit: e.ID, Kind: e.Kind, Scheme: e.Scheme, DryRun: dry, Made: []gridShape{}, Retired: nonNil(e.Retired), Changed: []gridShape{}, Touched: nonNil(e.Touched),
		Findings: []findingJSON{}, FeaturesMoved: e.FeaturesMoved, DutiesMoved: e.DutiesMoved,
	}
	for i := range e.Made {
		j.Made = append(j.Made, shapeOf(n, &e.Made[i]))
	}
	for i := range e.Changed {
		j.Changed = append(j.Changed, shapeOf(n, &e.Changed[i]))
	}
	for _, f := range found {
		j.Findings = append(j.Findings, describeFinding(f))
	}
	return j
}

// nonNil is a list that JSON writes as such.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// ref names the grid of a path as the caller read it.
func (h *Handler) ref(r *http.Request) (postgres.GridRef, error) {
	revision, err := match(r)
	if err != nil {
		return postgres.GridRef{}, err
	}
	view, err := h.City(r)
	if err != nil {
		return postgres.GridRef{}, err
	}
	scheme, err := h.schemeAsked(r, netOf(view))
	return postgres.GridRef{Scheme: scheme, Code: mux.Vars(r)["code"], Revision: revision}, err
}

func (h *Handler) createGrid(w http.ResponseWriter, r *http.Request) error {
	var body createBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	outline, err := outlineOf(body.Geometry, body.Members)
	if err != nil {
		return err
	}
	if !isLine(body.Name, maxTitle) {
		return param.InBody("/name", "须在一行之内，至多 100 字", "must be one line of 100 characters at most")
	}
	if !isLine(body.Code, codeRunes) || !isLine(body.Region, codeRunes) {
		return param.InBody("/code", "代码过长", "the code is too long")
	}
	c := postgres.CreateGrid{Scheme: body.Scheme, Name: body.Name, Note: body.Note, Outline: outline, Region: body.Region, Code: body.Code}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) { return t.CreateGrid(ctx, c) })
}

func (h *Handler) splitGrid(w http.ResponseWriter, r *http.Request) error {
	ref, err := h.ref(r)
	if err != nil {
		return err
	}
	var body splitBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	shape, err := geometryIn(body.Line, "/line")
	if err != nil {
		return err
	}
	line, ok := shape.(orb.LineString)
	if !ok || len(line) < 2 {
		return param.InBody("/line", "须为两点以上的 LineString", "must be a LineString of two positions at least")
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.SplitGrid(ctx, ref, line, body.Note)
	})
}

func (h *Handler) mergeGrids(w http.ResponseWriter, r *http.Request) error {
	ref, err := h.ref(r)
	if err != nil {
		return err
	}
	var body mergeBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if len(body.With) == 0 || len(body.With) > maxMerge {
		return param.InBody("/with", fmt.Sprintf("须为 1 到 %d 个网格", maxMerge), fmt.Sprintf("must name 1 to %d grids", maxMerge))
	}
	if !isLine(body.Name, maxTitle) {
		return param.InBody("/name", "须在一行之内，至多 100 字", "must be one line of 100 characters at most")
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.MergeGrids(ctx, ref, body.With, body.Name, body.Note)
	})
}

func (h *Handler) redrawGrid(w http.ResponseWriter, r *http.Request) error {
	ref, err := h.ref(r)
	if err != nil {
		return err
	}
	var body redrawBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	to, err := outlineOf(body.Geometry, body.Members)
	if err != nil {
		return err
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.RedrawGrid(ctx, ref, to, body.Note)
	})
}

func (h *Handler) retireGrid(w http.ResponseWriter, r *http.Request) error {
	ref, err := h.ref(r)
	if err != nil {
		return err
	}
	var body noteBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.RetireGrid(ctx, ref, body.Note)
	})
}

func (h *Handler) undoEdit(w http.ResponseWriter, r *http.Request) error {
	var body noteBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	id, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return param.InPath("id", "须为正整数", "must be a whole number")
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.UndoEdit(ctx, id, body.Note)
	})
}

// patchGrid changes what is said of a grid.
func (h *Handler) patchGrid(w http.ResponseWriter, r *http.Request) error {
	ref, err := h.ref(r)
	if err != nil {
		return err
	}
	var body gridPatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		g, err := t.DescribeGrid(ctx, ref, func(g *grid.Grid) {
			put(&g.Name, body.Name)
			put(&g.LandUse, body.LandUse)
			put(&g.Level, body.Level)
		})
		return result{value: shapeOf(netOf(view), &g), etag: etagOf(g.Revision)}, err
	})
}

func (b gridPatch) check() error {
	var faults param.Faults
	if b.Name != nil && !isLine(*b.Name, maxTitle) {
		faults = append(faults, param.InBody("/name", "须在一行之内，至多 100 字", "must be one line of 100 characters at most")...)
	}
	if b.LandUse != nil && *b.LandUse != "" && !grid.IsLandUse(*b.LandUse) {
		faults = append(faults, param.InBody("/land_use", "没有这种用地类型", "there is no such use")...)
	}
	if b.Level != nil && *b.Level != "" && !grid.IsLevel(*b.Level) {
		faults = append(faults, param.InBody("/level", "只能是 key、general、basic", "must be key, general or basic")...)
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// outlineOf reads the ground that a grid is to have: a shape or members, not both.
func outlineOf(geometry json.RawMessage, members []string) (o postgres.Outline, err error) {
	given := len(geometry) > 0 && string(geometry) != "null"
	switch {
	case given == (len(members) > 0):
		return o, param.InBody("/geometry", "geometry 与 members 须给出其一", "geometry or members is wanted, not both")
	case len(members) > maxMembers:
		return o, param.InBody("/members", fmt.Sprintf("至多 %d 个", maxMembers), fmt.Sprintf("%d at most", maxMembers))
	case !given:
		return postgres.Outline{Members: members}, nil
	}
	shape, err := geometryIn(geometry, "/geometry")
	if err != nil {
		return o, err
	}
	switch shape := shape.(type) {
	case orb.Polygon:
		o.Shape = orb.MultiPolygon{shape}
	case orb.MultiPolygon:
		o.Shape = shape
	default:
		return o, param.InBody("/geometry", "须为 Polygon 或 MultiPolygon", "must be a Polygon or a MultiPolygon")
	}
	return o, checkGeometry(o.Shape, "/geometry")
}

// geometryIn reads a GeoJSON geometry of the body.
func geometryIn(text json.RawMessage, pointer string) (orb.Geometry, error) {
	g, err := geojson.UnmarshalGeometry(text)
	if err != nil || g.Geometry() == nil {
		return nil, param.InBody(pointer, "不是 GeoJSON 几何", "is no GeoJSON geometry")
	}
	return g.Geometry(), nil
}
