package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"

	"wangge/api/param"
	"wangge/grid/rights"
)

// call is what the server knows about a request besides the request itself.
type call struct {
	id     string
	route  string // the template of its route; empty until one is found
	remote string // the caller's address, without port
	query  *param.Query
	actor  rights.Actor // who is calling; nobody until the route is known
	tile   bool         // asked for a tile: if all is well that is counted but not logged
}

type callKey struct{}

func withCall(r *http.Request, c *call) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callKey{}, c))
}

// callOf finds the call of a request that went through the server; others get an empty one.
func callOf(r *http.Request) *call {
	if c, ok := r.Context().Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// requestID takes the caller's id where it is sane, and makes one otherwise.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); saneID(id) {
		return id
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

// saneID keeps ids to what fits on a log line and in a header: 1 to 64 letters, digits, dots, dashes and underscores.
func saneID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		ok := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
		if !ok {
			return false
		}
	}
	return true
}
