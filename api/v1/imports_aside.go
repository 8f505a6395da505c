package v1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"wangge/api/draft"
	"wangge/api/param"
	"wangge/geo/datum"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// asideRoutes are those of what imports leave to people: rows without a place, and features that may be one.
func (h *Handler) asideRoutes() []Route {
	list := func(states string) []Param {
		return pagingParams(Param{Name: "layer", Title: "图层，缺省为全部", TitleE: "the layer, all by default"}, Param{Name: "state", Title: states + "，缺省为全部", TitleE: "the state, all by default"})
	}
	post := func(path, title, titleE string, body, answer any, serve func(http.ResponseWriter, *http.Request) error) Route {
		return Route{Method: http.MethodPost, Path: path, Needs: rights.EditInventory, Title: title, TitleE: titleE, Body: body, Reply: answer, Serve: serve}
	}
	return []Route{
		{Path: "/unplaced", Needs: rights.EditInventory, Params: list("open、placed、dismissed"), Title: "待定位：只有地址、没有坐标的台账行", TitleE: "Rows of ledgers that wait for a place", Reply: page[unplacedJSON]{}, Serve: h.unplaced},
		post("/unplaced/{id}/place", "定位：在图上给出位置，成为对象", "Put a row on the map: it becomes a feature", placeBody{}, unplacedJSON{}, h.placeUnplaced),
		post("/unplaced/{id}/dismiss", "忽略", "Decide that it will not be put on the map", nil, unplacedJSON{}, h.dismissUnplaced),
		{Path: "/duplicates", Needs: rights.EditInventory, Params: list("open、merged、dismissed"), Title: "疑似重复的对象", TitleE: "Pairs of features that may be one", Reply: page[duplicateJSON]{}, Serve: h.duplicates},
		post("/duplicates/{id}/dismiss", "不是重复", "Decide that they are two", nil, duplicateJSON{}, h.dismissDuplicate),
		post("/duplicates/{id}/merge", "合并：保留一个，其空字段由另一个补充，另一个删除", "Make one of two: the other is deleted, its values fill what the kept one lacks", mergePairBody{}, duplicateJSON{}, h.mergeDuplicate),
	}
}

type unplacedJSON struct {
	ID         int64           `json:"id"`
	Layer      string          `json:"layer"`
	Name       *string         `json:"name"`
	Address    *string         `json:"address"`
	Source     string          `json:"source"`
	SourceKey  string          `json:"source_key"`
	Properties json.RawMessage `json:"properties"`
	State      string          `json:"state"`
	FeatureID  *int64          `json:"feature_id"`
	Revision   int64           `json:"revision"`
	CreatedAt  time.Time       `json:"created_at"`
}

func unplacedOf(u postgres.Unplaced) unplacedJSON {
	return unplacedJSON{u.ID, u.Layer, u.Name, u.Address, u.Source, u.SourceKey, u.Properties, u.State, u.FeatureID, u.Revision, u.CreatedAt}
}

type duplicateJSON struct {
	ID        int64         `json:"id"`
	Layer     string        `json:"layer"`
	DistanceM float64       `json:"distance_m"`
	Likeness  float64       `json:"likeness"`
	State     string        `json:"state"`
	Features  [2]calledJSON `json:"features"`
	Revision  int64         `json:"revision"`
}

type calledJSON struct {
	ID   int64   `json:"id"`
	Code *string `json:"code"`
	Name *string `json:"name"`
}

func duplicateOf(d postgres.Duplicate) duplicateJSON {
	return duplicateJSON{d.ID, d.Layer, d.DistanceM, d.Likeness, d.State, [2]calledJSON{{d.FeatureID, d.Code, d.Name}, {d.OtherID, d.OtherCode, d.OtherName}}, d.Revision}
}

// asideQuery reads what both lists are asked for.
func asideQuery(q *param.Query, states ...string) (win window, behind int64, layer, state string, err error) {
	win, behind = idWindow(q)
	layer = q.Text("layer", maxNameRunes)
	state = q.OneOf("state", append([]string{""}, states...)...)
	if layer != "" && layers.ByID(layer) == nil {
		q.Fault("layer", "没有这个图层", "there is no such layer")
	}
	return win, behind, layer, state, q.Err()
}

func (h *Handler) unplaced(w http.ResponseWriter, r *http.Request) error {
	win, behind, layer, state, err := asideQuery(h.Query(r), "open", "placed", "dismissed")
	if err != nil {
		return err
	}
	list, total, err := h.Imports.UnplacedRows(r.Context(), layer, state, behind, win.limit+1)
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, list, total, func(u postgres.Unplaced) int64 { return u.ID }, unplacedOf))
}

type placeBody struct {
	Geometry json.RawMessage `json:"geometry" doc:"GeoJSON，CGCS2000 经纬度"`
}

func (h *Handler) placeUnplaced(w http.ResponseWriter, r *http.Request) error {
	var body placeBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	at, err := pointOf(body.Geometry)
	if err != nil {
		return err
	}
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		u, err := postgres.PlaceUnplaced(ctx, t, importID(r), seen, at, draft.Authorize(t.Caller.Actor))
		return result{value: unplacedOf(u), etag: strconv.FormatInt(u.Revision, 10)}, noAside(err)
	})
}

// pointOf reads the geometry of a body.
func pointOf(text json.RawMessage) (orb.Geometry, error) {
	var shape struct {
		Type        string    `json:"type"`
		Coordinates []float64 `json:"coordinates"`
	}
	if json.Unmarshal(text, &shape) != nil || shape.Type != "Point" || len(shape.Coordinates) < 2 || len(shape.Coordinates) > 3 {
		return nil, param.InBody("/geometry", "须为 GeoJSON 的 Point", "must be a GeoJSON Point")
	}
	p := orb.Point{shape.Coordinates[0], shape.Coordinates[1]}
	if _, err := (datum.System{}).To(p); err != nil {
		return nil, param.InBody("/geometry/coordinates", "不是经纬度", "are no degrees of a place")
	}
	return p, nil
}

// ErrNoAside says that there is no such row or pair. HTTP 404.
var ErrNoAside = errors.New("no such row or pair")

func noAside(err error) error {
	switch {
	case errors.Is(err, postgres.ErrNotOfPair):
		return param.InBody("/keep", "须为两个对象之一", "must be one of the two")
	case errors.Is(err, postgres.ErrNotFound):
		return ErrNoAside
	}
	return err
}

func (h *Handler) dismissUnplaced(w http.ResponseWriter, r *http.Request) error {
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	return h.write(w, r, nil, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		u, err := postgres.DismissUnplaced(ctx, t, importID(r), seen)
		return result{value: unplacedOf(u), etag: strconv.FormatInt(u.Revision, 10)}, noAside(err)
	})
}

func (h *Handler) duplicates(w http.ResponseWriter, r *http.Request) error {
	win, behind, layer, state, err := asideQuery(h.Query(r), "open", "merged", "dismissed")
	if err != nil {
		return err
	}
	list, total, err := h.Imports.Duplicates(r.Context(), layer, state, behind, win.limit+1)
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, list, total, func(d postgres.Duplicate) int64 { return d.ID }, duplicateOf))
}

type mergePairBody struct {
	Keep int64 `json:"keep" doc:"保留哪个对象"`
}

func (h *Handler) dismissDuplicate(w http.ResponseWriter, r *http.Request) error {
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	return h.write(w, r, nil, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		d, err := postgres.DismissDuplicate(ctx, t, importID(r), seen, draft.Authorize(t.Caller.Actor))
		return result{value: duplicateOf(d), etag: strconv.FormatInt(d.Revision, 10)}, noAside(err)
	})
}

func (h *Handler) mergeDuplicate(w http.ResponseWriter, r *http.Request) error {
	var body mergePairBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		d, err := postgres.MergeDuplicate(ctx, t, importID(r), seen, body.Keep, draft.Authorize(t.Caller.Actor))
		return result{value: duplicateOf(d), etag: strconv.FormatInt(d.Revision, 10)}, noAside(err)
	})
}
