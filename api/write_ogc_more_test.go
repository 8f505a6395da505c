package api

import (
	"strconv"
	"testing"

	"wangge/layers/city"
)

// viewAt is the city in which a revision can be seen.
func (w *town) viewAt(t *testing.T, revision string) *city.View {
	t.Helper()
	n, err := strconv.ParseUint(revision, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	view, err := w.city.At(t.Context(), city.Revision(n))
	if err != nil {
		t.Fatal(err)
	}
	return view
}
