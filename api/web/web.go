package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// built holds the app as Vite wrote it, when it did: see doc.go.
//
//go:embed all:dist*
var built embed.FS

// contentSecurityPolicy allows what the app is made of and nothing else: MapLibre starts its worker from a file of ours
// (a blob: where the page is older than the worker), keeps sprites in blob: images and icons in data: ones; the phone's
// components carry their icons as a data: font.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// isAppRoute tells whether path is a page of the app, which answers with index.html: those of src/state/route.ts.
func isAppRoute(path string) bool {
	switch path {
	case "/", "/grid", "/inventory", "/coverage", "/imports", "/people", "/users", "/audit", "/me", "/sign-in", "/print/wall", "/print/feature", "/print/coverage",
		"/patrol", "/today", "/today/map", "/today/check", "/today/ledger", "/today/report", "/today/problem", "/today/mine":
		return true
	}
	return false
}

// Handler serves the app: index.html at its routes, and the files of the build. Whatever else is asked for goes to
// notFound. It panics when the embedded files cannot be read, which only a broken build does.
func Handler(notFound http.Handler) http.Handler {
	files, err := readFiles(built)
	if err != nil {
		panic("web: embedded app: " + err.Error())
	}
	return &app{files: files, notFound: notFound}
}

type app struct {
	files    map[string]*file // by URL path; "/" is the page
	notFound http.Handler
}

// file is one answer in up to three encodings, each with its own strong ETag.
type file struct {
	contentType string
	cache       string
	variants    []variant // br, gzip, identity: the first the client accepts is sent
}

type variant struct {
	encoding string // "" is identity
	etag     string
	body     []byte
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if isAppRoute(name) {
		name = "/"
	}
	f, ok := a.files[name]
	if !ok || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		a.notFound.ServeHTTP(w, r)
		return
	}
	f.serve(w, r)
}

// readFiles loads the build, or the page that says it is missing.
func readFiles(source fs.FS) (map[string]*file, error) {
	dist, err := fs.Sub(source, "dist")
	if err != nil {
		return nil, err
	}
	files := map[string]*file{}
	err = fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || isEncoded(name) {
			return err
		}
		url := "/" + name
		if name == "index.html" {
			url = "/"
		}
		files[url], err = readFile(dist, name)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) || (err == nil && files["/"] == nil) {
		files["/"], err = readFile(source, "dist-missing.html")
	}
	return files, err
}

func readFile(source fs.FS, name string) (*file, error) {
	f := &file{contentType: contentType(name), cache: "no-cache"}
	if strings.HasPrefix(name, "assets/") {
		f.cache = "public, max-age=31536000, immutable"
	}
	for _, e := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}} {
		body, err := fs.ReadFile(source, name+e.suffix)
		if errors.Is(err, fs.ErrNotExist) && e.suffix != "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		f.variants = append(f.variants, variant{encoding: e.encoding, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, body: body})
	}
	return f, nil
}

func isEncoded(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

// contentType is decided here and not by the machine's mime tables, which differ and often lack .mjs.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml; charset=utf-8"
	case ".json", ".map":
		return "application/json; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json; charset=utf-8"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	default:
		return "application/octet-stream"
	}
}
