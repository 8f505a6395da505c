package api

import (
	"net/http"

	"wangge/grid/rights"
)

const patrolPath = "/api/v1/patrol"

// checkMatrixSQL has checks that somebody else made, inside and outside everybody's area.
const checkMatrixSQL = `
INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account, region_code, dept) VALUES
    ('00000000-0000-4000-8000-000000000971', 'public_toilet', 961, 'public_toilet', '2026', 'normal', now(), now(), 'elsewhere', '370281001001', '{D1}'),
    ('00000000-0000-4000-8000-000000000972', 'public_toilet', 962, 'public_toilet', '2026', 'normal', now(), now(), 'elsewhere', '370281002001', '{}')`

// checkMatrix are the rows of plans, due lists, checks and their figures in the matrix of rights.
func checkMatrix() []row {
	ok, bad, gone := []int{http.StatusOK}, []int{http.StatusBadRequest}, []int{http.StatusNotFound}
	streets := func(path string) []sample {
		return []sample{{path + "within=370281001", "", rights.Place{Region: "370281001"}}, {path + "within=370281002", "", rights.Place{Region: "370281002"}}}
	}
	return []row{
		{"GET /api/v1/patrol/due", rights.Patrol, of(patrolPath + "/due"), ok}, // everybody's own: see TestDueIsOnesOwn
		{"GET /api/v1/patrol/plans", rights.ReadPeople, of(patrolPath + "/plans"), ok},
		{"PUT /api/v1/patrol/plans/{code}", rights.EditPatrol, of(patrolPath+"/plans/walk", noBody), bad},
		{"DELETE /api/v1/patrol/plans/{code}", rights.EditPatrol, of(patrolPath + "/plans/nothing"), gone},
		{"GET /api/v1/patrol/checklists", rights.ReadPeople, of(patrolPath + "/checklists"), ok},
		{"POST /api/v1/patrol/checklists/{code}/editions", rights.EditPatrol, of(patrolPath+"/checklists/grid/editions", noBody), bad},
		{"GET /api/v1/patrol/place-kinds", rights.ReadPeople, of(patrolPath + "/place-kinds"), ok},
		{"PUT /api/v1/patrol/place-kinds", rights.EditPatrol, of(patrolPath+"/place-kinds", noBody), bad},
		{"GET /api/v1/patrol/checks", rights.ReadPatrol, of(patrolPath + "/checks"), ok}, // who sees which: see TestWhoReadsChecks
		{"GET /api/v1/patrol/checks/{id}", rights.ReadPatrol, within(patrolPath+"/checks/00000000-0000-4000-8000-000000000971", "", patrolPath+"/checks/00000000-0000-4000-8000-000000000972", ""), ok},
		{"GET /api/v1/patrol/visits", rights.ReadPatrol, streets(patrolPath + "/visits?by=street&"), ok},
		{"GET /api/v1/patrol/overdue", rights.ReadPatrol, streets(patrolPath + "/overdue?"), ok},
		{"GET /api/v1/patrol/sites/measures", rights.ReadPatrol, streets(patrolPath + "/sites/measures?by=street&"), ok},
	}
}
