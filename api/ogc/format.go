package ogc

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// ErrFormat is the answer for a resource that there is in other media types only.
var ErrFormat = errors.New("no acceptable media type")

// The media types of what is below /ogc.
const (
	jsonType    = "application/json"
	geoJSONType = "application/geo+json"
	htmlType    = "text/html"
	schemaType  = "application/schema+json"
	openAPIType = "application/vnd.oai.openapi+json;version=3.0"
	tileType    = "application/vnd.mapbox-vector-tile"
)

// wants refuses a request for another format than the one that a resource has: by the parameter f, which is its name, and where that
// is not given by Accept. types are the media types by which callers may know it.
func (h *Handler) wants(r *http.Request, name string, types ...string) error {
	q := h.Query(r)
	q.OneOf("f", name)
	if err := q.Err(); err != nil {
		return err
	}
	if !q.Has("f") && !accepts(strings.Join(r.Header.Values("Accept"), ","), types...) {
		return ErrFormat
	}
	return nil
}

// page tells whether a resource that has a web page too is wanted as one: by f, and where that is not given by Accept, which has to prefer it.
// types are the media types of the other form.
func (h *Handler) page(w http.ResponseWriter, r *http.Request, types ...string) (html bool, err error) {
	w.Header().Add("Vary", "Accept")
	q := h.Query(r)
	name := q.OneOf("f", "json", "html")
	if err := q.Err(); err != nil || q.Has("f") {
		return name == "html", err
	}
	header := strings.Join(r.Header.Values("Accept"), ",")
	asPage, other := acceptance(header, htmlType), acceptance(header, types...)
	if asPage == 0 && other == 0 {
		return false, ErrFormat
	}
	return asPage > other, nil
}

// accepts tells whether an Accept header lets one of the media types through.
func accepts(header string, types ...string) bool { return acceptance(header, types...) > 0 }

// acceptance is the weight that an Accept header (RFC 9110, section 12.5.1) gives to the first of the media types that it lets through; 0 where it
// lets none. Of the ranges that a type is in, the narrowest counts. What cannot be read is as if it were not there, and a header without
// anything accepts everything.
func acceptance(header string, types ...string) float64 {
	weights := map[string]float64{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil || !strings.Contains(name, "/") {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		if params["q"] == "" || err != nil {
			q = 1
		}
		weights[name] = q
	}
	if len(weights) == 0 {
		return 1
	}
	for _, t := range types {
		name, _, _ := strings.Cut(t, ";")
		kind, _, _ := strings.Cut(name, "/")
		for _, r := range []string{name, kind + "/*", "*/*"} {
			if q, named := weights[r]; named {
				if q > 0 {
					return q
				}
				break
			}
		}
	}
	return 0
}
