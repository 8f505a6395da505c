package web

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func teapot() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
}

func builtApp(t *testing.T) http.Handler {
	t.Helper()
	files, err := readFiles(fstest.MapFS{
		"dist-missing.html":             {Data: []byte("missing")},
		"dist/index.html":               {Data: []byte("<html>page")},
		"dist/index.html.gz":            {Data: []byte("gz page")},
		"dist/assets/worker-1a2b.mjs":   {Data: []byte("worker")},
		"dist/assets/app-1a2b.css":      {Data: []byte("css")},
		"dist/assets/app-1a2b.css.br":   {Data: []byte("br css")},
		"dist/favicon.svg":              {Data: []byte("<svg/>")},
		"dist/icon-192.png":             {Data: []byte("png")},
		"dist/sw.js":                    {Data: []byte("service worker")},
		"dist/today.webmanifest":        {Data: []byte("{}")},
		"dist/assets/nested/font.woff2": {Data: []byte("font")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &app{files: files, notFound: teapot()}
}

func get(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestFilesAreServedWithTypeAndCache(t *testing.T) {
	h := builtApp(t)
	for path, want := range map[string]struct{ body, contentType, cache string }{
		"/":                         {"<html>page", "text/html; charset=utf-8", "no-cache"},
		"/sw.js":                    {"service worker", "text/javascript; charset=utf-8", "no-cache"},
		"/today.webmanifest":        {"{}", "application/manifest+json; charset=utf-8", "no-cache"},
		"/icon-192.png":             {"png", "image/png", "no-cache"},
		"/favicon.svg":              {"<svg/>", "image/svg+xml; charset=utf-8", "no-cache"},
		"/assets/worker-1a2b.mjs":   {"worker", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"/assets/app-1a2b.css":      {"css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		"/assets/nested/font.woff2": {"font", "font/woff2", "public, max-age=31536000, immutable"},
	} {
		w := get(h, http.MethodGet, path)
		if w.Code != http.StatusOK || w.Body.String() != want.body {
			t.Errorf("%s: %d %q, want 200 %q", path, w.Code, w.Body, want.body)
		}
		if got := w.Header().Get("Content-Type"); got != want.contentType {
			t.Errorf("%s: Content-Type %q, want %q", path, got, want.contentType)
		}
		if got := w.Header().Get("Cache-Control"); got != want.cache {
			t.Errorf("%s: Cache-Control %q, want %q", path, got, want.cache)
		}
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q", path, csp)
		}
	}
}

func TestEveryPageOfTheAppIsServed(t *testing.T) {
	source, err := os.ReadFile("src/state/route.ts")
	if err != nil {
		t.Fatal(err)
	}
	h := builtApp(t)
	paths := regexp.MustCompile(`(?m)^  '(/[a-z/-]*)': '`).FindAllStringSubmatch(string(source), -1)
	if len(paths) < 2 {
		t.Fatalf("%d paths in route.ts", len(paths))
	}
	for _, found := range paths {
		if w := get(h, http.MethodGet, found[1]); w.Code != http.StatusOK || w.Body.String() != "<html>page" {
			t.Errorf("%s: %d %q, want the page", found[1], w.Code, w.Body)
		}
	}
}

func TestUnknownPathsGoToTheRouter(t *testing.T) {
	h := builtApp(t)
	for _, path := range []string{"/assets/gone-9f.js", "/nothing", "/index.html", "/index.html.gz", "/api/v1/nothing", "/assets/", "/../web.go", "/today/elsewhere", "/todays", "/patrol/1"} {
		if w := get(h, http.MethodGet, path); w.Code != http.StatusTeapot {
			t.Errorf("%s: %d, want the router's answer", path, w.Code)
		}
	}
	if w := get(h, http.MethodPost, "/"); w.Code != http.StatusTeapot {
		t.Errorf("POST /: %d, want the router's answer", w.Code)
	}
}

func TestEncodings(t *testing.T) {
	h := builtApp(t)
	for _, c := range []struct{ path, accept, encoding, body string }{
		{"/", "gzip, br", "gzip", "gz page"},
		{"/", "br", "", "<html>page"},
		{"/", "gzip;q=0", "", "<html>page"},
		{"/", "GZIP; q=0.5", "gzip", "gz page"},
		{"/assets/app-1a2b.css", "gzip, br", "br", "br css"},
		{"/assets/app-1a2b.css", "", "", "css"},
	} {
		w := get(h, http.MethodGet, c.path, "Accept-Encoding", c.accept)
		if got := w.Header().Get("Content-Encoding"); got != c.encoding || w.Body.String() != c.body {
			t.Errorf("%s with %q: %q %q, want %q %q", c.path, c.accept, got, w.Body, c.encoding, c.body)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary %q", c.path, w.Header().Get("Vary"))
		}
	}
}

func TestETagSavesTheBody(t *testing.T) {
	h := builtApp(t)
	plain, packed := get(h, http.MethodGet, "/"), get(h, http.MethodGet, "/", "Accept-Encoding", "gzip")
	etag := plain.Header().Get("ETag")
	if etag == "" || strings.HasPrefix(etag, "W/") || etag == packed.Header().Get("ETag") {
		t.Fatalf("ETags %q and %q: want two strong ones", etag, packed.Header().Get("ETag"))
	}
	for _, header := range []string{etag, `"x", ` + etag, "W/" + etag, "*"} {
		w := get(h, http.MethodGet, "/", "If-None-Match", header)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 || w.Header().Get("ETag") != etag {
			t.Errorf("If-None-Match %s: %d, %d bytes, ETag %q", header, w.Code, w.Body.Len(), w.Header().Get("ETag"))
		}
	}
	if w := get(h, http.MethodGet, "/", "If-None-Match", `"other"`); w.Code != http.StatusOK {
		t.Errorf("another ETag: %d, want 200", w.Code)
	}
	if w := get(h, http.MethodHead, "/"); w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") != "10" {
		t.Errorf("HEAD: %d, %d bytes, length %s", w.Code, w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestAMissingBuildIsSaid(t *testing.T) {
	missing := fstest.MapFS{"dist-missing.html": {Data: []byte("尚未构建")}}
	files, err := readFiles(missing)
	if err != nil {
		t.Fatal(err)
	}
	w := get(&app{files: files, notFound: teapot()}, http.MethodGet, "/")
	if w.Code != http.StatusOK || w.Body.String() != "尚未构建" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %q %q", w.Code, w.Body, w.Header().Get("Cache-Control"))
	}
}

func TestTheEmbeddedFilesAreReadable(t *testing.T) {
	w := get(Handler(teapot()), http.MethodGet, "/")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<!doctype html>") {
		t.Errorf("/: %d %.60q", w.Code, w.Body)
	}
}
