package api

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"
)

// definition reads the API document, which must be one.
func (w *town) definition(t *testing.T) *openapi3.T {
	t.Helper()
	a := w.get(t, "/ogc/api")
	doc, err := openapi3.NewLoader().LoadFromData(a.body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestReqCommonOAS30Definition(t *testing.T) {
	w := newTown(t)
	for _, accept := range []string{"", "application/vnd.oai.openapi+json;version=3.0", "application/vnd.oai.openapi+json", "application/json"} {
		a := w.get(t, "/ogc/api", "Accept", accept)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.0" {
			t.Errorf("Accept %q: %s %s", accept, a.Status, a.Header.Get("Content-Type"))
		}
	}
	if doc := w.definition(t); doc.OpenAPI != "3.0.3" || len(doc.Servers) != 1 || doc.Servers[0].URL != w.URL+"/ogc" {
		t.Errorf("%s at %v", doc.OpenAPI, doc.Servers)
	}
}

// Every route below /ogc is in the document with exactly its parameters, and nothing else is.
func TestReqTilesOAS30Completeness(t *testing.T) {
	w := newTown(t)
	doc := w.definition(t)
	variable := regexp.MustCompile(`\{(\w+)\}`)
	var routed []string
	for _, rt := range w.api.routes() {
		path, below := strings.CutPrefix(rt.path, "/ogc/")
		if !below {
			continue
		}
		path = "/" + path
		routed = append(routed, path)
		item := doc.Paths.Value(path)
		if item == nil || item.GetOperation(rt.method) == nil {
			t.Errorf("%s %s is not in the document", rt.method, rt.path)
			continue
		}
		given := map[string][]string{}
		for _, p := range item.GetOperation(rt.method).Parameters {
			given[p.Value.In] = append(given[p.Value.In], p.Value.Name)
		}
		var named []string
		for _, v := range variable.FindAllStringSubmatch(path, -1) {
			named = append(named, v[1])
		}
		if diff := cmp.Diff(sorted(rt.names()), sorted(given["query"])); diff != "" {
			t.Errorf("%s %s: query: %s", rt.method, rt.path, diff)
		}
		if diff := cmp.Diff(named, given["path"]); diff != "" {
			t.Errorf("%s: path: %s", rt.path, diff)
		}
	}
	if diff := cmp.Diff(slices.Compact(sorted(routed)), sorted(doc.Paths.InMatchingOrder())); diff != "" {
		t.Error(diff)
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestReqTilesOAS30OperationID(t *testing.T) {
	w := newTown(t)
	doc := w.definition(t)
	for path, suffix := range map[string]string{
		"/":                                 "getLandingPage",
		"/api":                              "getAPI",
		"/conformance":                      "getConformance",
		"/collections":                      "getCollectionsList",
		"/collections/{collectionId}":       "getCollection",
		"/tileMatrixSets":                   "getTileMatrixSetsList",
		"/tileMatrixSets/{tileMatrixSetId}": "getTileMatrixSet",
		"/tiles":                            ".dataset.vector.getTileSetsList",
		"/tiles/{tileMatrixSetId}":          ".dataset.vector.getTileSet",
		"/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}":                            ".dataset.vector.getTile",
		"/collections/{collectionId}/tiles":                                                    ".collection.vector.getTileSetsList",
		"/collections/{collectionId}/tiles/{tileMatrixSetId}":                                  ".collection.vector.getTileSet",
		"/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": ".collection.vector.getTile",
	} {
		if id := doc.Paths.Value(path).Get.OperationID; !strings.HasSuffix(id, suffix) {
			t.Errorf("%s is %q", path, id)
		}
	}
}

// What is answered below /ogc is what the document says, good and bad.
func TestReqCommonOAS30Impl(t *testing.T) {
	w := newTown(t)
	for _, kind := range []string{"application/vnd.mapbox-vector-tile", "application/vnd.oai.openapi+json", "application/schema+json", "application/geo+json", "text/html"} {
		decoder := openapi3filter.FileBodyDecoder
		if strings.HasSuffix(kind, "json") {
			decoder = openapi3filter.JSONBodyDecoder
		}
		openapi3filter.RegisterBodyDecoder(kind, decoder)
		t.Cleanup(func() { openapi3filter.UnregisterBodyDecoder(kind) })
	}
	router, err := gorillamux.NewRouter(w.definition(t))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for path := range good() {
		if strings.HasPrefix(path, "/ogc/") {
			w.hold(t, router.FindRoute, path, true)
			tried++
		}
	}
	for _, b := range bad {
		if strings.HasPrefix(b.path, "/ogc/") && b.code != "no-such-path" {
			w.hold(t, router.FindRoute, b.path, false)
			tried++
		}
	}
	if tried < 50 {
		t.Errorf("only %d addresses", tried)
	}
}

type findRoute func(*http.Request) (*routers.Route, map[string]string, error)

// hold asks for an address and holds the answer, and if it is good the question, against the document.
func (w *town) hold(t *testing.T, find findRoute, path string, good bool) {
	t.Helper()
	a := w.get(t, path)
	route, params, err := find(a.Request)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: a.Request, PathParams: params, Route: route}
	if good {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.StatusCode, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%.200s: %s: %.1000v", path, a.Status, err)
	}
}
