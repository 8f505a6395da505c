package api

import (
	"net/http"

	"wangge/grid/rights"
)

// photosMatrix are the rows of photos, tracks and settings of patrol. Who sees which photo and which track, tests of their own say.
func photosMatrix() []row {
	const photos = "/api/v1/patrol/photos/"
	return []row{
		{"POST /api/v1/patrol/photos/status", rights.Report, of(photos+"status", noBody), []int{http.StatusBadRequest}},
		{"PUT /api/v1/patrol/photos/{sha256}", rights.Report, of(photos + "abc"), []int{http.StatusBadRequest}},
		{"GET /api/v1/patrol/photos/{id}", rights.Report, of(photos + "00000000-0000-4000-8000-000000000000"), []int{http.StatusNotFound}},
		{"GET /api/v1/patrol/tracks", rights.ReadTracks, []sample{
			{"/api/v1/patrol/tracks?holder=P-901", "", rights.Place{Region: "370281001001", Own: true}},
			{"/api/v1/patrol/tracks?holder=P-IN", "", rights.Place{Region: "370281001001", Dept: "D1"}},
			{"/api/v1/patrol/tracks?holder=P-OUT", "", rights.Place{Region: "370281002001", Dept: "D3"}},
		}, []int{http.StatusOK}},
		{"GET /api/v1/patrol/settings", rights.EditPatrol, of("/api/v1/patrol/settings"), []int{http.StatusOK}},
		{"PUT /api/v1/patrol/settings", rights.EditPatrol, of("/api/v1/patrol/settings", noBody), []int{http.StatusBadRequest}},
	}
}
