package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/ogc"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// handler answers a request, or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one line of the table of routes.
type route struct {
	method string // "" for GET, which answers HEAD too
	path   string
	needs  rights.Action                  // "" for what everybody may read
	params []string                       // of the query
	more   func(r *http.Request) []string // parameters that depend on what the path names; nil for none
	reads  bool                           // reads the city: takes min_revision too
	lax    bool                           // takes any query
	alike  bool                           // answers everybody alike: who is calling is not looked up
	local  bool                           // this machine may without signing in
	stream bool                           // goes on for as long as its caller likes: has no time limit
	serve  handler
}

// routes is the whole table.
func (a *API) routes() []route {
	all := a.openRoutes()
	for i := range all {
		all[i].alike = true
	}
	all = append(a.coverageTileRoutes(), all...) // before those of other tiles, whose paths would take theirs
	all = append(all, a.inventoryRoutes()...)
	for _, rt := range a.documented() {
		all = append(all, described(rt))
	}
	all = append(all, route{path: "/api/v1/openapi.json", alike: true, serve: a.document})
	for i := range all {
		if all[i].method == "" {
			all[i].method = http.MethodGet
		}
		if all[i].needs == "" {
			all[i].needs = rights.ReadOpen
		}
	}
	return all
}

// openRoutes are those of the map, the tiles and the inventory.
func (a *API) openRoutes() []route {
	return []route{
		{path: tileRoute, params: tileParams(), reads: true, serve: a.tile},
		{path: "/tiles/{layers}.json", params: tileParams(), reads: true, serve: a.tileJSON},
		{path: "/tiles/{layers}/metadata.json", reads: true, serve: a.metadata},
		{path: "/style.json", params: []string{"theme", "lang"}, reads: true, serve: a.style},
		{path: "/sprite/{name}.{format:json|png}", serve: a.sprite},

		{path: "/ogc", params: []string{"f"}, serve: a.ogc.Landing},
		{path: "/ogc/", params: []string{"f"}, serve: a.ogc.Landing},
		{path: "/ogc/api", params: []string{"f"}, serve: a.ogc.API},
		{path: "/ogc/conformance", params: []string{"f"}, serve: a.ogc.Conformance},
		{path: "/ogc/collections", params: []string{"f"}, reads: true, serve: a.ogc.Collections},
		{path: "/ogc/collections/{collectionId}", params: []string{"f"}, reads: true, serve: a.ogc.Collection},
		{path: "/ogc/collections/{collectionId}/tiles", params: []string{"f"}, reads: true, serve: a.ogc.CollectionTilesets},
		{path: "/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}", params: []string{"f"}, reads: true, serve: a.ogc.CollectionTileset},
		{path: "/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", params: append(tileParams(), "f"), reads: true, serve: a.ogc.CollectionTile},
		{path: "/ogc/tiles", params: []string{"f", "collections"}, reads: true, serve: a.ogc.CityTilesets},
		{path: "/ogc/tiles/{tileMatrixSetId}", params: []string{"f", "collections"}, reads: true, serve: a.ogc.CityTileset},
		{path: "/ogc/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", params: append(tileParams(), "f", "collections"), reads: true, serve: a.ogc.CityTile},
		{path: "/ogc/tileMatrixSets", params: []string{"f"}, serve: a.ogc.TileMatrixSets},
		{path: "/ogc/tileMatrixSets/{tileMatrixSetId}", params: []string{"f"}, serve: a.ogc.TileMatrixSet},

		{path: "/healthz", lax: true, serve: a.healthz},
		{path: "/readyz", params: []string{"write"}, serve: a.readyz},
		{path: "/metrics", needs: a.metricsNeed(), local: true, lax: true, serve: a.metricsPage},
	}
}

// inventoryRoutes are those of the inventory whose answers depend on who is calling: internal fields are for staff, writes for who may.
func (a *API) inventoryRoutes() []route {
	return []route{
		{path: "/ogc/collections/{collectionId}/schema", params: []string{"f"}, reads: true, serve: a.ogc.Schema},
		{path: "/ogc/collections/{collectionId}/queryables", params: []string{"f"}, reads: true, serve: a.ogc.Queryables},
		{path: "/ogc/collections/{collectionId}/sortables", params: []string{"f"}, reads: true, serve: a.ogc.Sortables},
		{path: "/ogc/collections/{collectionId}/items", params: ogc.ItemParams(), more: a.ogc.FieldParams, reads: true, serve: a.ogc.Items},
		{method: http.MethodPost, path: "/ogc/collections/{collectionId}/items", needs: rights.EditInventory, params: ogc.WriteParams(), serve: a.ogc.Create},
		{method: http.MethodPut, path: "/ogc/collections/{collectionId}/items/{featureId}", needs: rights.EditInventory, params: ogc.WriteParams(), serve: a.ogc.Replace},
		{method: http.MethodPatch, path: "/ogc/collections/{collectionId}/items/{featureId}", needs: rights.EditInventory, params: ogc.WriteParams(), serve: a.ogc.Update},
		{method: http.MethodDelete, path: "/ogc/collections/{collectionId}/items/{featureId}", needs: rights.EditInventory, params: ogc.WriteParams(), serve: a.ogc.Delete},
		{path: "/ogc/collections/{collectionId}/items/{featureId}", params: []string{"f", "crs", "datetime"}, reads: true, serve: a.ogc.Item},
		{path: featureRoute + "/history", params: []string{"f", "limit", "cursor"}, reads: true, serve: a.ogc.History},
		{path: featureRoute + "/history/{version}", params: []string{"f", "crs"}, reads: true, serve: a.ogc.Version},
		{path: featureRoute + "/diff", params: []string{"f", "from", "to"}, reads: true, serve: a.ogc.Difference},
		{method: http.MethodPost, path: featureRoute + "/restore", needs: rights.EditInventory, params: ogc.WriteParams(), serve: a.ogc.Restore},
	}
}

const (
	minRevision  = "min_revision"
	featureRoute = "/ogc/collections/{collectionId}/items/{featureId}"
)

// names are the query parameters of a route.
func (rt route) names() []string {
	if rt.reads {
		return append([]string{minRevision}, rt.params...)
	}
	return rt.params
}

// mount gives every route its place in the router, and every path its answer to OPTIONS.
func (a *API) mount() {
	a.longBodies = map[string]int64{}
	for _, rt := range a.v1.Routes() {
		path, _, variable := strings.Cut("/api/v1"+rt.Path, "{")
		if rt.MaxBytes > 0 || !variable {
			a.longBodies[path] = max(a.longBodies[path], rt.MaxBytes)
		}
	}
	methods := map[string][]string{}
	var paths []string
	for _, rt := range a.routes() {
		own := []string{rt.method}
		if rt.method == http.MethodGet {
			own = append(own, http.MethodHead)
		}
		a.router.Handle(rt.path, a.serve(rt)).Methods(own...)
		if methods[rt.path] == nil {
			paths = append(paths, rt.path)
		}
		methods[rt.path] = append(methods[rt.path], own...)
	}
	for _, path := range paths {
		allowed := strings.Join(append(methods[path], http.MethodOptions), ", ")
		a.router.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			callOf(r).route = path
			allowOrigins(w.Header())
			preflight(w, a.ogc.Accepts(w, r, allowed))
		}).Methods(http.MethodOptions)
	}
}

// serve wraps the handler of a route: it names the route, finds out who is calling and whether that role may, refuses unknown parameters and
// writes the problem that an error is.
func (a *API) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		callOf(r).route = rt.path
		if rt.needs == rights.ReadOpen {
			allowOrigins(w.Header())
		}
		if !rt.stream {
			ctx, cancel := context.WithTimeout(r.Context(), a.cfg.RequestTimeout)
			defer cancel()
			r = r.WithContext(ctx)
		}
		if err := a.answer(rt, w, r); err != nil {
			a.noteRefusal(rt, r, err)
			a.fail(w, r, err)
		}
	})
}

func (a *API) answer(rt route, w http.ResponseWriter, r *http.Request) error {
	if err := a.admit(rt, w, r); err != nil {
		return err
	}
	if !rt.lax {
		names := rt.names()
		if rt.more != nil {
			names = append(names[:len(names):len(names)], a.moreNames(rt, r)...)
		}
		q := param.Parse(r.URL.RawQuery, names...)
		if err := q.Err(); err != nil {
			return err
		}
		callOf(r).query = q
	}
	return rt.serve(w, r)
}

// moreNames are the parameters that a route has for what its path names, in the newest city.
func (a *API) moreNames(rt route, r *http.Request) []string {
	callOf(r).query = param.Parse("")
	return rt.more(r)
}

// query has the parameters of a request, of which unknown ones were refused before.
func query(r *http.Request) *param.Query { return callOf(r).query }

// view is the city that a request asks for: the newest, or one in which min_revision can be seen.
func (a *API) view(r *http.Request) (*city.View, error) {
	q := query(r)
	revision := q.Revision(minRevision)
	if err := q.Err(); err != nil {
		return nil, err
	}
	view, err := a.cfg.City.At(r.Context(), city.Revision(revision))
	if errors.Is(err, city.ErrBehind) {
		served := a.cfg.City.Status().Revision
		return nil, explain(err, fmt.Sprintf("要求修订 %d，现为 %d", revision, served),
			fmt.Sprintf("revision %d was asked for, %d is served", revision, served))
	}
	return view, err
}

// fail answers with the problem that an error is, and logs what nobody foresaw.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch cause := context.Cause(r.Context()); {
	case errors.Is(cause, errDraining):
		err = errDraining
	case errors.Is(cause, context.Canceled):
		w.WriteHeader(statusGone)
		return
	}
	if _, known := classify(err); !known {
		a.cfg.Log.ErrorContext(r.Context(), "request failed", "id", callOf(r).id, "path", r.URL.Path, "error", err)
	}
	writeProblem(w, r, err)
}

// statusGone stands in the access log for a request whose caller did not wait.
const statusGone = 499

// Why the router has no answer.
var (
	errNoRoute = errors.New("no such path")
	errMethod  = errors.New("method not allowed")
)

func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	callOf(r).route = "none"
	writeProblem(w, r, errNoRoute)
}

// methods are those that a route could have; Allow names the ones that a path has.
func methods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
}

func (a *API) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	callOf(r).route = "none"
	var allowed []string
	for _, m := range methods() {
		other := r.Clone(r.Context())
		other.Method = m
		var match mux.RouteMatch
		if a.router.Match(other, &match) && match.MatchErr == nil {
			allowed = append(allowed, m)
		}
	}
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	writeProblem(w, r, explain(errMethod, "可用的方法："+list, "allowed: "+list))
}

// app serves the web app. Its files are read-only: another method on one of them is not allowed, elsewhere not found.
func (a *API) app(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.route = "app"
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			files.ServeHTTP(w, r)
			return
		}
		probe := r.Clone(r.Context())
		probe.Method = http.MethodHead
		files.ServeHTTP(silence{}, probe)
		if c.route == "none" {
			a.notFound(w, r)
			return
		}
		c.route = "none"
		w.Header().Set("Allow", "GET, HEAD")
		writeProblem(w, r, errMethod)
	})
}

// silence is an answer that nobody reads.
type silence struct{}

func (silence) Header() http.Header         { return http.Header{} }
func (silence) Write(b []byte) (int, error) { return len(b), nil }
func (silence) WriteHeader(int)             {}

// allowOrigins lets pages of other servers read what everybody may read. No cookie goes with such requests.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Content-Crs, ETag, Link, Retry-After, Wangge-Method, Wangge-Thinned, X-Request-Id")
}

// preflight answers OPTIONS, with a 200 as Part 4 of OGC API Features wants. Pages of other servers may read only, whatever a path allows.
func preflight(w http.ResponseWriter, allowed string) {
	h := w.Header()
	h.Set("Allow", allowed)
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "If-None-Match, X-Request-Id")
	h.Set("Access-Control-Max-Age", "86400")
	h.Set("Cache-Control", reply.NoStore)
	w.WriteHeader(http.StatusOK)
}
