package ogc

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"wangge/layers"
	"wangge/layers/postgres"
)

// Accepts says in the answer to OPTIONS what writes take (Accept-Post, Accept-Patch), and gives the methods that the very resource has, of those that its
// route has: grids are not written one by one.
func (h *Handler) Accepts(w http.ResponseWriter, r *http.Request, allowed string) string {
	if !strings.HasPrefix(r.URL.Path, "/ogc/") || !strings.Contains(allowed, http.MethodPost) && !strings.Contains(allowed, http.MethodPatch) {
		return allowed
	}
	if l := layers.ByID(mux.Vars(r)["collectionId"]); l == nil || !postgres.Writable(l) {
		return ReadOnly
	}
	if strings.Contains(allowed, http.MethodPatch) {
		w.Header().Set("Accept-Patch", mergePatchType)
	} else {
		w.Header().Set("Accept-Post", geoJSONType+", "+jsonType)
	}
	return allowed
}
