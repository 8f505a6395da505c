package ogc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// Pages of items.
const (
	itemsLimit    = 100
	maxItemsLimit = 10_000
	// countLimit is how far is counted for numberMatched without being asked to.
	countLimit = 50_000
	maxCursor  = 4000 // bytes as sent
)

// features reads many rows of the record.
type features interface {
	Scan(ctx context.Context, l *layers.Layer, s postgres.Selection, row func(*postgres.Cells) error) (next []byte, err error)
	Count(ctx context.Context, l *layers.Layer, s postgres.Selection) (int64, error)
	LocalSystems(ctx context.Context) ([]datum.System, error)
	RecentSystems(ctx context.Context) []datum.System
}

// ItemParams are the parameters of items that are the same for all collections.
func ItemParams() []string {
	return append(selection.Fixed(), "f", "crs", "limit", "cursor", "count")
}

// FieldParams are the parameters of items that are fields of the collection that a request names; none where there is no such collection.
func (h *Handler) FieldParams(r *http.Request) []string {
	_, l, err := h.find(r)
	if err != nil {
		return nil
	}
	return selection.Names(l, h.internal(r))[len(selection.Fixed()):]
}

// internal tells whether the caller may see internal fields.
func (h *Handler) internal(r *http.Request) bool {
	return h.Who(r).Might(rights.ReadInternal) == nil
}

// cache is how an answer may be kept: what is for somebody is for nobody else.
func (h *Handler) cache(w http.ResponseWriter, r *http.Request) string {
	w.Header().Add("Vary", "Authorization, Cookie")
	if h.Who(r).SignedIn() {
		return reply.Private
	}
	return reply.Revalidate
}

// itemsAsk is what a request for items wants.
type itemsAsk struct {
	selection.Wanted
	view    *city.View
	layer   *layers.Layer
	system  datum.System
	uri     string // of the system, as it was asked for
	count   string // true, false, or "" where it was not said
	address string // of the items, without a query
}

// Items answers with a page of the features of a collection.
func (h *Handler) Items(w http.ResponseWriter, r *http.Request) error {
	html, err := h.page(w, r, geoJSONType, jsonType)
	if err != nil {
		return err
	}
	ask, err := h.readItems(r)
	if err != nil {
		return err
	}
	collection := strings.TrimSuffix(ask.address, "/items")
	for _, rel := range []string{queryablesRel, sortablesRel} {
		w.Header().Add("Link", "<"+collection+strings.TrimPrefix(rel, strings.TrimSuffix(ogcRel, "/"))+`>; rel="`+rel+`"; type="`+schemaType+`"`)
	}
	if html {
		return h.itemsPage(w, r, ask)
	}
	return h.sendItems(w, r, ask)
}

// readItems reads the request.
func (h *Handler) readItems(r *http.Request) (*itemsAsk, error) {
	view, l, err := h.find(r)
	if err != nil {
		return nil, err
	}
	q := h.Query(r)
	ask := &itemsAsk{view: view, layer: l, address: h.Base(r) + "/ogc/collections/" + l.ID + "/items"}
	systems := selection.SystemsOf(r.Context(), h.Features)
	ask.Wanted = selection.Read(q, l, selection.Caller{Internal: h.internal(r), Zone: h.Zone(view), Now: time.Now(), Systems: systems})
	ask.system, ask.uri = readCRS(q, view, l, systems)
	if err := systems.Err(); err != nil {
		return nil, err
	}
	ask.Limit = readLimit(q, max(itemsLimit, len(ask.IDs)))
	if q.Has("count") {
		ask.count = q.OneOf("count", "true", "false")
	}
	ask.After = readCursor(q)
	return ask, q.Err()
}

// readLimit reads how many are wanted. More than there may be is as many as there may be, as the standard wants.
func readLimit(q *param.Query, absent int) int {
	return min(q.Int("limit", absent, 1, 1<<31-1), maxItemsLimit)
}

// sendItems writes the page as it comes from the record.
func (h *Handler) sendItems(w http.ResponseWriter, r *http.Request, ask *itemsAsk) error {
	w.Header().Set("Content-Crs", "<"+ask.uri+">")
	stream, err := h.Reply.Stream(w, r, geoJSONType, h.cache(w, r))
	if err != nil {
		return err
	}
	err = h.writeItems(r, ask, stream)
	if err != nil && stream.Started() {
		stream.Abort()
	}
	if err != nil {
		return h.itemsFault(r, err)
	}
	return stream.Close()
}

// itemsFault is what the caller did wrong, where an error of reading is that.
func (h *Handler) itemsFault(r *http.Request, err error) error {
	q := h.Query(r)
	switch {
	case errors.Is(err, errSystem):
		q.Fault("crs", "对象超出此坐标系的适用范围", "does not reach where the features are")
	case !selection.Fault(q, err):
		return err
	}
	return q.Err()
}

func (h *Handler) writeItems(r *http.Request, ask *itemsAsk, stream *reply.Stream) error {
	pen := newFeaturePen(ask)
	now := time.Now().UTC()
	b := append(stream.Buffer(), `{"type":"FeatureCollection","timeStamp":"`...)
	b = append(now.AppendFormat(b, time.RFC3339), `","features":[`...)
	stream.Keep(b)
	n := 0
	next, err := h.Features.Scan(r.Context(), ask.layer, ask.Selection, func(row *postgres.Cells) error {
		if n++; n > 1 {
			stream.Keep(append(stream.Buffer(), ','))
		}
		b, err := pen.append(stream.Buffer(), row)
		if err != nil {
			return err
		}
		stream.Keep(b)
		return stream.Gone()
	})
	if err != nil {
		return err
	}
	matched, known, err := h.matched(r.Context(), ask, n, next)
	if err != nil {
		return err
	}
	b = append(stream.Buffer(), ']')
	if known {
		b = strconv.AppendInt(append(b, `,"numberMatched":`...), matched, 10)
	}
	b = strconv.AppendInt(append(b, `,"numberReturned":`...), int64(n), 10)
	links, err := reply.Marshal(h.itemsLinks(r, ask, next))
	if err != nil {
		return err
	}
	b = append(append(append(b, `,"links":`...), links...), '}')
	stream.Keep(b)
	return nil
}

// matched is how many features there are on all pages, where it is known: on a first page always, unless they are very many, else when
// asked for.
func (h *Handler) matched(ctx context.Context, ask *itemsAsk, returned int, next []byte) (n int64, known bool, err error) {
	switch {
	case ask.count == "true":
		ask.Limit = 0
		n, err = h.Features.Count(ctx, ask.layer, ask.Selection)
		return n, true, err
	case ask.count == "false" || ask.After != nil:
		return 0, false, nil
	case next == nil:
		return int64(returned), true, nil
	case ask.Plain():
		return ask.view.Features()[ask.layer.ID], true, nil
	}
	s := ask.Selection
	s.Limit = countLimit
	n, err = h.Features.Count(ctx, ask.layer, s)
	return n, n < countLimit, err
}

// itemsLinks are those of a page. The cursor of the next page is opaque.
func (h *Handler) itemsLinks(r *http.Request, ask *itemsAsk, next []byte) []link {
	query := r.URL.Query()
	at := func(change func(url.Values)) string {
		values := url.Values{}
		for k, v := range query {
			values[k] = v
		}
		change(values)
		if len(values) == 0 {
			return ask.address
		}
		return ask.address + "?" + values.Encode()
	}
	collection := h.Base(r) + "/ogc/collections/" + ask.layer.ID
	links := []link{
		{Href: at(func(url.Values) {}), Rel: "self", Type: geoJSONType, Title: "本页 This page"},
		{Href: at(func(v url.Values) { v.Set("f", "html") }), Rel: "alternate", Type: htmlType, Title: "网页 As a web page"},
	}
	if next != nil {
		links = append(links, link{Href: at(func(v url.Values) { v.Set("cursor", writeCursor(next)) }), Rel: "next", Type: geoJSONType, Title: "下一页 Next page"})
	}
	return append(links, link{Href: collection, Rel: "collection", Type: jsonType, Title: ask.layer.Title.Zh})
}
