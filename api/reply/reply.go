package reply

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// The ways in which answers may be kept by caches.
const (
	Revalidate = "public, max-age=0, must-revalidate" // kept by anybody, asked for each time
	NoStore    = "no-store"
)

// smallest is the size in bytes below which compressing makes an answer no shorter on the wire.
const smallest = 900

// Writer writes answers. It is safe for use by many requests at a time.
type Writer struct {
	encoder *encoder
	streams sync.Pool // of *[]byte: buffers of streams
}

// NewWriter makes a Writer.
func NewWriter() *Writer { return &Writer{encoder: newEncoder()} }

// Content is what is sent when the caller does not have it yet.
type Content struct {
	Type  string // media type
	Cache string // Cache-Control
	Tag   string // names the content; empty where it must not be cached
	Bytes []byte
}

// JSON answers 200 with a value, tagged by its content.
func (w *Writer) JSON(rw http.ResponseWriter, r *http.Request, v any) error {
	return w.TaggedJSON(rw, r, "", v)
}

// TaggedJSON is JSON with a prefix for the tag, such as the revision of a row that a writer will have to name.
func (w *Writer) TaggedJSON(rw http.ResponseWriter, r *http.Request, prefix string, v any) error {
	return w.document(rw, r, "application/json", prefix, v)
}

// GeoJSON is TaggedJSON for features.
func (w *Writer) GeoJSON(rw http.ResponseWriter, r *http.Request, prefix string, v any) error {
	return w.document(rw, r, "application/geo+json", prefix, v)
}

// Schema is JSON for JSON Schema documents.
func (w *Writer) Schema(rw http.ResponseWriter, r *http.Request, v any) error {
	return w.document(rw, r, "application/schema+json", "", v)
}

// OpenAPI is JSON for API documents of version 3.1.
func (w *Writer) OpenAPI(rw http.ResponseWriter, r *http.Request, v any) error {
	return w.document(rw, r, "application/vnd.oai.openapi+json;version=3.1", "", v)
}

func (w *Writer) document(rw http.ResponseWriter, r *http.Request, mediaType, prefix string, v any) error {
	b, err := Marshal(v)
	if err != nil {
		return err
	}
	return w.Send(rw, r, Content{Type: mediaType, Cache: Revalidate, Tag: prefix + Hash(b), Bytes: b})
}

// Fresh answers 200 with a value that is true only now and must not be kept.
func (w *Writer) Fresh(rw http.ResponseWriter, r *http.Request, v any) error {
	b, err := Marshal(v)
	if err != nil {
		return err
	}
	return w.Send(rw, r, Content{Type: "application/json", Cache: NoStore, Bytes: b})
}

// Send answers 200 with content, or 304.
func (w *Writer) Send(rw http.ResponseWriter, r *http.Request, c Content) error {
	offered := Encodings()
	if len(c.Bytes) < smallest || !compressible(c.Type) {
		offered = []Encoding{Identity}
	}
	e, err := w.Negotiate(rw, r, offered)
	if err != nil {
		return err
	}
	rw.Header().Set("Cache-Control", c.Cache)
	if c.Tag != "" && w.Tagged(rw, r, e, c.Tag) {
		return nil
	}
	return w.Write(rw, e, c.Type, c.Bytes)
}

// Negotiate chooses the encoding and sets Vary.
func (w *Writer) Negotiate(rw http.ResponseWriter, r *http.Request, offered []Encoding) (Encoding, error) {
	rw.Header().Add("Vary", "Accept-Encoding")
	return Choose(Accepted(r), offered)
}

// Accepted is the Accept-Encoding of a request, which may have come on several lines.
func Accepted(r *http.Request) string {
	switch lines := r.Header["Accept-Encoding"]; len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	default:
		return strings.Join(lines, ",")
	}
}

// Tagged sets the ETag and answers 304 where the caller has the content; it tells whether it did.
func (w *Writer) Tagged(rw http.ResponseWriter, r *http.Request, e Encoding, tag string) bool {
	etag := e.Quote(tag)
	rw.Header().Set("ETag", etag)
	if !Unchanged(r, etag) {
		return false
	}
	rw.WriteHeader(http.StatusNotModified)
	return true
}

// Write sends a body with status 200 in an encoding. net/http leaves the body out of answers to HEAD.
func (w *Writer) Write(rw http.ResponseWriter, e Encoding, mediaType string, body []byte) error {
	body, err := w.Encode(e, body)
	if err != nil {
		return err
	}
	h := rw.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if e != Identity {
		h.Set("Content-Encoding", string(e))
	}
	rw.WriteHeader(http.StatusOK)
	_, _ = rw.Write(body) // a caller that went away is nobody's error
	return nil
}

// Marshal is json.Marshal that leaves <, > and & alone: names of roads are not written for HTML here.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	return b.Bytes(), nil
}

// compressible tells what gets shorter; pictures are compressed already.
func compressible(mediaType string) bool { return !strings.HasPrefix(mediaType, "image/") }
