package api

import (
	"net/http"

	"wangge/grid/rights"
)

const (
	problemsPath = "/api/v1/patrol/problems"
	problemIn    = problemsPath + "/00000000-0000-4000-8000-000000000981"
	problemNone  = problemsPath + "/00000000-0000-4000-8000-000000000000"
	problemOut   = problemsPath + "/00000000-0000-4000-8000-000000000982"
)

// problemMatrixSQL has problems that somebody else found, inside and outside everybody's area, closed so that a comment and a look back are possible.
const problemMatrixSQL = `
INSERT INTO problem (id, number, class, source, title, region_code, state, dept, rectified_at, closed_at, at, reporter_account, geom) VALUES
    ('00000000-0000-4000-8000-000000000981', 'M-1', 'litter', 'officer', '甲', '370281001001', 'closed', 'D1', now(), now(), now(), 'elsewhere', 'SRID=4490;POINT(119.9995 36.27)'),
    ('00000000-0000-4000-8000-000000000982', 'M-2', 'litter', 'officer', '乙', '370281002001', 'closed', 'D3', now(), now(), now(), 'elsewhere', 'SRID=4490;POINT(120.07 36.27)')`

// problemMatrix are the rows of problems in the matrix of rights.
func problemMatrix() []row {
	ok, gone := []int{http.StatusOK}, []int{http.StatusNotFound}
	const step = `{"id": "00000000-0000-4000-8000-000000000983", "kind": "void", "note": "x"}`
	return []row{
		{"GET /api/v1/patrol/problems", rights.Report, of(problemsPath), ok},
		{"GET /api/v1/patrol/problems.geojson", rights.Report, of(problemsPath + ".geojson"), ok},
		{"GET /api/v1/patrol/problems.xlsx", rights.ReadPatrol, of(problemsPath + ".xlsx"), ok},
		{"POST /api/v1/patrol/problems", rights.Report, of(problemsPath, noBody), []int{http.StatusBadRequest}},
		{"GET /api/v1/patrol/problems/{id}", rights.Report, of(problemNone), gone}, // who reads which: see TestWhoReadsProblems
		{"POST /api/v1/patrol/problems/{id}/steps", rights.Report, of(problemNone+"/steps", step), gone},
		{"GET /api/v1/patrol/classes", rights.Report, of("/api/v1/patrol/classes"), ok},
		{"PUT /api/v1/patrol/classes/{code}", rights.EditPatrol, of("/api/v1/patrol/classes/litter", noBody), []int{http.StatusBadRequest}},
		{"GET /api/v1/patrol/rates", rights.ReadPatrol, of("/api/v1/patrol/rates"), ok},
	}
}
