package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/mux"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// apiDocument is /api/v1/openapi.json, with its schemas ready to judge answers.
type apiDocument struct {
	paths    map[string]map[string]operation
	compiler *jsonschema.Compiler

	mu sync.Mutex // over compiling and judging: a compiler is for one at a time
}

type operation struct {
	OperationID string `json:"operationId"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Parameters  []struct {
		Name     string `json:"name"`
		In       string `json:"in"`
		Required bool   `json:"required"`
	} `json:"parameters"`
	RequestBody *struct {
		Content map[string]any `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct {
			Schema json.RawMessage `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

const documentURL = "https://wangge.test/openapi.json"

func readDocument(t testing.TB, text []byte) *apiDocument {
	t.Helper()
	var doc struct {
		OpenAPI string                          `json:"openapi"`
		Paths   map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(text, &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("openapi %q: %v", doc.OpenAPI, err)
	}
	whole, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(documentURL, whole); err != nil {
		t.Fatal(err)
	}
	return &apiDocument{paths: doc.Paths, compiler: c}
}

// pointer makes a JSON pointer of steps, as a fragment of an address.
func pointer(steps ...string) string {
	var b strings.Builder
	for _, s := range steps {
		s = strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
		b.WriteString("/" + url.PathEscape(s))
	}
	return "#" + b.String()
}

// judge tells how an answer differs from the document: its status, its media type and every member of its body.
func (d *apiDocument) judge(method, template string, status int, mediaType string, body []byte) error {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op, ok := d.paths[strings.TrimPrefix(template, "/api/v1")][strings.ToLower(method)]
	if !ok {
		return fmt.Errorf("the document has no %s %s", method, template)
	}
	at := strconv.Itoa(status)
	if status >= http.StatusBadRequest {
		at = "default"
	}
	answer, ok := op.Responses[at]
	if !ok {
		return fmt.Errorf("%s %s: the document has no answer %d", method, template, status)
	}
	if len(body) == 0 {
		return nil
	}
	content, ok := answer.Content[mediaType]
	if !ok {
		return fmt.Errorf("%s %s %d: the document has no %q", method, template, status, mediaType)
	}
	if len(content.Schema) == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	schema, err := d.compiler.Compile(documentURL + pointer("paths", strings.TrimPrefix(template, "/api/v1"), strings.ToLower(method), "responses", at, "content", mediaType, "schema"))
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// judge holds an answer below /api/v1 against the document.
func (w *town) judge(t testing.TB, method, path string, a answer) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	if !strings.HasPrefix(path, "/api/v1/") || path == "/api/v1/openapi.json" || method == http.MethodOptions || a.StatusCode == http.StatusNotModified ||
		a.Header.Get("Content-Encoding") != "" {
		return
	}
	var match mux.RouteMatch
	r := httptest.NewRequest(method, path, nil)
	if !w.api.router.Match(r, &match) || match.MatchErr != nil {
		return
	}
	template, err := match.Route.GetPathTemplate()
	if err != nil {
		t.Fatal(err)
	}
	mediaType, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	if err := w.document(t).judge(method, template, a.StatusCode, mediaType, a.body); err != nil {
		t.Errorf("%s %s is not as the API document says: %v\n%.600s", method, path, err, a.body)
	}
}

// document is that of the server, read once.
func (w *town) document(t testing.TB) *apiDocument {
	t.Helper()
	w.readOnce.Do(func() {
		rec := httptest.NewRecorder()
		w.api.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.json", nil))
		w.doc = readDocument(t, rec.Body.Bytes())
	})
	return w.doc
}

func TestDocumentIsWhole(t *testing.T) {
	w := newTown(t)
	d := readDocument(t, w.get(t, "/api/v1/openapi.json").body)
	ids := map[string]bool{}
	var routed []string
	for _, rt := range w.api.documented() {
		method := rt.Method
		if method == "" {
			method = http.MethodGet
		}
		op, ok := d.paths[rt.Path][strings.ToLower(method)]
		if !ok {
			t.Errorf("%s %s is not in the document", method, rt.Path)
			continue
		}
		routed = append(routed, method+" "+rt.Path)
		if op.Summary == "" || op.Description == "" || ids[op.OperationID] {
			t.Errorf("%s %s: id %q, summary %q, description %q", method, rt.Path, op.OperationID, op.Summary, op.Description)
		}
		ids[op.OperationID] = true
		if writes := method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch; writes && rt.Body != nil && op.RequestBody == nil {
			t.Errorf("%s %s: the document has no body", method, rt.Path)
		}
		for status, answer := range op.Responses {
			for media, content := range answer.Content {
				if len(content.Schema) == 0 {
					continue
				}
				if _, err := d.compiler.Compile(documentURL + pointer("paths", rt.Path, strings.ToLower(method), "responses", status, "content", media, "schema")); err != nil {
					t.Errorf("%s %s %s: %v", method, rt.Path, status, err)
				}
			}
		}
	}
	var listed []string
	for path, item := range d.paths {
		for method := range item {
			listed = append(listed, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(routed)
	slices.Sort(listed)
	if diff := cmp.Diff(routed, listed); diff != "" {
		t.Errorf("routes and document: %s", diff)
	}
	for _, rt := range w.api.routes() {
		if strings.HasPrefix(rt.path, "/api/v1/") && rt.path != "/api/v1/openapi.json" && d.paths[strings.TrimPrefix(rt.path, "/api/v1")] == nil {
			t.Errorf("%s is served, and not in the document (%d paths)", rt.path, len(slices.Collect(maps.Keys(d.paths))))
		}
	}
}

func TestJudgeTellsWhatDiffers(t *testing.T) {
	w := newTown(t)
	d := readDocument(t, w.get(t, "/api/v1/openapi.json").body)
	for body, good := range map[string]bool{
		`{"revision":"7","counts":{"road":1}}`:              true,
		`{"revision":"7","counts":{"road":1},"extra":true}`: false,
		`{"revision":"7"}`:                                  false,
		`{"revision":7,"counts":{}}`:                        false,
		`{"revision":"7","counts":{"road":"one"}}`:          false,
	} {
		if err := d.judge(http.MethodGet, "/api/v1/counts", http.StatusOK, "application/json", []byte(body)); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
	if d.judge(http.MethodGet, "/api/v1/nowhere", http.StatusOK, "application/json", nil) == nil {
		t.Error("a route that there is not is found")
	}
}
