package api

import (
	"maps"
	"net/http"
	"slices"

	"wangge/grid/rights"
)

const toiletCoverage = "/api/v1/coverage/public_toilet"

// coverageAsks are the open routes of coverage, with a request of each.
func coverageAsks() map[string]string {
	const service = "GET /api/v1/coverage/{service}"
	return map[string]string{
		"GET /api/v1/coverage/methods": "/api/v1/coverage/methods",
		service:                        toiletCoverage,
		service + "/explain":           toiletCoverage + "/explain?lon=120&lat=36.27",
		service + "/gaps.geojson":      toiletCoverage + "/gaps.geojson",
		service + "/facilities":        toiletCoverage + "/facilities",
		service + "/report.xlsx":       toiletCoverage + "/report.xlsx",
		service + "/hexagons":          toiletCoverage + "/hexagons",

		"GET /api/v1/coverage/questions":               "/api/v1/coverage/questions",
		"GET /api/v1/coverage/questions/{id}":          "/api/v1/coverage/questions/road_density",
		"GET /api/v1/coverage/questions/{id}/list":     "/api/v1/coverage/questions/road_density/list",
		"GET /api/v1/coverage/measures/{service}":      "/api/v1/coverage/measures/public_toilet",
		"GET /api/v1/coverage/measures/{service}/list": "/api/v1/coverage/measures/public_toilet/list",

		"GET /api/v1/coverage/network":            "/api/v1/coverage/network",
		"GET /api/v1/coverage/network/findings":   "/api/v1/coverage/network/findings",
		"GET /api/v1/coverage/equity/{service}":   "/api/v1/coverage/equity/public_toilet",
		"GET /api/v1/coverage/capacity/{service}": "/api/v1/coverage/capacity/public_toilet",
	}
}

// coverageMatrix are the rows of coverage in the matrix of rights.
func coverageMatrix() (rows []row) {
	asks := coverageAsks()
	for _, route := range slices.Sorted(maps.Keys(asks)) {
		rows = append(rows, row{route, rights.ReadOpen, of(asks[route]), []int{http.StatusOK}})
	}
	rows = append(rows,
		row{"POST /api/v1/coverage/{service}/preview", rights.ReadOpen, of(toiletCoverage+"/preview", `{"question": {}, "changes": []}`), []int{http.StatusOK}},
		row{"POST /api/v1/coverage/siting", rights.ReadOpen, of("/api/v1/coverage/siting", `{"service": "public_toilet", "radius_m": 300, "k": 1}`), []int{http.StatusOK}},
		row{"GET /api/v1/coverage/scenarios/compare", rights.ReadFigures, of("/api/v1/coverage/scenarios/compare?a=now&b=999999"), []int{http.StatusNotFound}},
		row{"GET /api/v1/coverage/scenarios/{id}/result", rights.ReadFigures, of("/api/v1/coverage/scenarios/999999/result"), []int{http.StatusNotFound}})
	return append(rows, planMatrix()...)
}

// coverageOpen names the routes of coverage that need nobody to sign in.
func coverageOpen() (routes []string) {
	for _, r := range coverageMatrix() {
		if r.do == rights.ReadOpen {
			routes = append(routes, r.route)
		}
	}
	return routes
}
