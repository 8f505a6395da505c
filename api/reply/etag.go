package reply

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Hash is a tag for content that is identified by its own bytes.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:12])
}

// Quote makes the entity tag of a content tag in an encoding.
func (e Encoding) Quote(tag string) string {
	if e == Identity {
		return `"` + tag + `"`
	}
	return `"` + tag + "-" + string(e) + `"`
}

// Unchanged tells whether If-None-Match names the entity tag, which the caller therefore has.
func Unchanged(r *http.Request, etag string) bool {
	for _, header := range r.Header["If-None-Match"] {
		if matches(header, etag) {
			return true
		}
	}
	return false
}

// matches compares weakly with every tag of a list. A list that breaks off is read as far as it goes.
func matches(list, etag string) bool {
	for {
		list = strings.TrimLeft(list, ", \t")
		if strings.HasPrefix(list, "*") {
			return true
		}
		list = strings.TrimPrefix(list, "W/")
		if !strings.HasPrefix(list, `"`) {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		if list[:end+2] == etag {
			return true
		}
		list = list[end+2:]
	}
}

// Known answers 304 where the caller has content, of which the tag is enough to tell; it tells whether it did. Bytes are not asked for.
func (w *Writer) Known(rw http.ResponseWriter, r *http.Request, c Content) bool {
	e, err := Choose(Accepted(r), Encodings())
	if err != nil {
		return false
	}
	for _, e := range []Encoding{e, Identity} { // short content is sent as it is
		if etag := e.Quote(c.Tag); Unchanged(r, etag) {
			rw.Header().Add("Vary", "Accept-Encoding")
			rw.Header().Set("Cache-Control", c.Cache)
			rw.Header().Set("ETag", etag)
			rw.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}
