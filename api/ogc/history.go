package ogc

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// histories reads what features were.
type histories interface {
	History(ctx context.Context, l *layers.Layer, id, from int64, limit int, internal bool) (postgres.History, error)
	Version(ctx context.Context, l *layers.Layer, id, version int64, internal bool) (postgres.Feature, error)
	Compare(ctx context.Context, l *layers.Layer, id, from, to int64, internal bool) (postgres.Comparison, error)
}

// How many versions a page of a history has.
const (
	historyLimit    = 100
	maxHistoryLimit = 1000
)

// versionJSON is one entry of a history. Who did it and on which request is for staff.
type versionJSON struct {
	Version   int64        `json:"version"`
	Op        string       `json:"op"`
	At        time.Time    `json:"at"`
	Actor     *string      `json:"actor"`
	RequestID *string      `json:"request_id"`
	Changes   []changeJSON `json:"changes"`
	MovedM    *float64     `json:"moved_m"`
}

type changeJSON struct {
	Field   string          `json:"field"`
	Title   string          `json:"title"`
	TitleEn string          `json:"title_en"`
	Before  json.RawMessage `json:"before"`
	After   json.RawMessage `json:"after"`
}

type historyPage struct {
	Items []versionJSON `json:"items"`
	Next  *string       `json:"next"`
	Total int64         `json:"total"`
}

type differenceJSON struct {
	From     int64         `json:"from"`
	To       int64         `json:"to"`
	Changes  []changeJSON  `json:"changes"`
	Geometry *movementJSON `json:"geometry"` // nil where the shape is the same
}

type movementJSON struct {
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	MovedM float64         `json:"moved_m"`
}

func changesJSON(changes []postgres.FieldChange) []changeJSON {
	out := make([]changeJSON, len(changes))
	for i, c := range changes {
		out[i] = changeJSON{c.Field.Name, c.Field.Title.Zh, c.Field.Title.En, c.Before, c.After}
	}
	return out
}

// History answers with the versions of a feature, the newest first; it may be one that was deleted.
func (h *Handler) History(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", jsonType); err != nil {
		return err
	}
	_, l, id, err := h.findFeature(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	limit, from := q.Int("limit", historyLimit, 1, maxHistoryLimit), readHistoryCursor(q)
	if err := q.Err(); err != nil {
		return err
	}
	internal := h.internal(r)
	found, err := h.Records.History(r.Context(), l, id, from, limit, internal)
	if err != nil {
		return err
	}
	page := historyPage{Items: []versionJSON{}, Total: found.Total}
	for _, v := range found.Versions {
		page.Items = append(page.Items, tellVersion(v, internal))
	}
	if found.Next != 0 {
		next := param.Cursor(strconv.FormatInt(found.Next, 10))
		page.Next = &next
	}
	return h.send(w, r, jsonType, "", page)
}

func tellVersion(v postgres.Version, internal bool) versionJSON {
	out := versionJSON{Version: v.Number, Op: v.Op, At: v.At.UTC(), Changes: changesJSON(v.Changes), MovedM: v.MovedM}
	if internal {
		out.Actor, out.RequestID = &v.Actor, v.RequestID
	}
	return out
}

// readHistoryCursor reads the change that the page before ended with; 0 for the first page.
func readHistoryCursor(q *param.Query) int64 {
	key := q.Cursor("cursor")
	if key == "" {
		return 0
	}
	n, ok := param.Whole(key)
	if !ok || n < 1 {
		q.Fault("cursor", "不是本列表的游标", "is no cursor of this list")
	}
	return n
}

// Version answers with a feature as a version of it was.
func (h *Handler) Version(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", geoJSONType, jsonType); err != nil {
		return err
	}
	view, l, id, err := h.findFeature(r)
	if err != nil {
		return err
	}
	version, ok := param.Natural(mux.Vars(r)["version"])
	if !ok || version > 1<<62 {
		return param.InPath("version", "必须是版本号", "must be the number of a version")
	}
	q := h.Query(r)
	systems := selection.SystemsOf(r.Context(), h.Features)
	system, uri := readCRS(q, view, l, systems)
	if err := cmp.Or(systems.Err(), q.Err()); err != nil {
		return err
	}
	internal := h.internal(r)
	row, err := h.Records.Version(r.Context(), l, id, int64(version), internal)
	if err != nil {
		return err
	}
	f, err := h.featureOf(r, view, l, row, internal, system)
	if err != nil {
		return h.itemsFault(r, err)
	}
	w.Header().Set("Content-Crs", "<"+uri+">")
	return h.send(w, r, geoJSONType, strconv.FormatInt(row.Revision, 10)+".", f)
}

// Difference answers with what two versions of a feature differ in.
func (h *Handler) Difference(w http.ResponseWriter, r *http.Request) error {
	if err := h.wants(r, "json", jsonType); err != nil {
		return err
	}
	_, l, id, err := h.findFeature(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	from, to := readVersion(q, "from"), readVersion(q, "to")
	if err := q.Err(); err != nil {
		return err
	}
	c, err := h.Records.Compare(r.Context(), l, id, from, to, h.internal(r))
	if err != nil {
		return err
	}
	doc := differenceJSON{From: from, To: to, Changes: changesJSON(c.Changes)}
	if c.MovedM != nil {
		doc.Geometry = &movementJSON{c.Before, c.After, *c.MovedM}
	}
	return h.send(w, r, jsonType, "", doc)
}

// readVersion reads a parameter that is the number of a version, which must be there.
func readVersion(q *param.Query, name string) int64 {
	n, ok := param.Natural(q.Text(name, 20))
	if !ok || n == 0 || n > 1<<62 {
		q.Fault(name, "必须是版本号", "must be the number of a version")
	}
	return int64(n)
}

// findFeature is the collection and the number of a feature that a path names.
func (h *Handler) findFeature(r *http.Request) (*city.View, *layers.Layer, int64, error) {
	view, l, err := h.find(r)
	if err != nil {
		return nil, nil, 0, err
	}
	id, err := parseID(mux.Vars(r)["featureId"])
	return view, l, id, err
}

// send answers with a document that depends on who is calling.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, mediaType, prefix string, doc any) error {
	body, err := reply.Marshal(doc)
	if err != nil {
		return err
	}
	return h.Reply.Send(w, r, reply.Content{Type: mediaType, Cache: h.cache(w, r), Tag: prefix + reply.Hash(body), Bytes: body})
}
