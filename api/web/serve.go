package web

import (
	"net/http"
	"strconv"
	"strings"
)

// serve answers with the smallest variant the client accepts, or 304 when the client has it.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	v := f.choose(r.Header.Get("Accept-Encoding"))
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.cache)
	h.Set("ETag", v.etag)
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if len(f.variants) > 1 {
		h.Add("Vary", "Accept-Encoding")
	}
	if v.encoding != "" {
		h.Set("Content-Encoding", v.encoding)
	}
	if matches(r.Header.Get("If-None-Match"), v.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(v.body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(v.body) // a client that went away is nobody's error
	}
}

func (f *file) choose(acceptEncoding string) variant {
	for _, v := range f.variants {
		if v.encoding == "" || accepts(acceptEncoding, v.encoding) {
			return v
		}
	}
	return f.variants[len(f.variants)-1]
}

// accepts tells whether an Accept-Encoding header names the encoding with a weight above zero.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

// matches compares weakly, as If-None-Match asks for.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if candidate := strings.TrimPrefix(strings.TrimSpace(part), "W/"); candidate == "*" || candidate == etag {
			return true
		}
	}
	return false
}
