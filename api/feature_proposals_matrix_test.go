package api

import (
	"net/http"

	"wangge/grid/rights"
)

const (
	proposals    = "/api/v1/feature-proposals"
	proposalIn   = proposals + "/00000000-0000-4000-8000-000000000971"
	proposalOut  = proposals + "/00000000-0000-4000-8000-000000000972"
	proposalNone = proposals + "/00000000-0000-4000-8000-000000000000"
)

// proposalMatrixSQL has what somebody else found out, inside and outside everybody's area.
const proposalMatrixSQL = `
INSERT INTO feature_proposal (id, layer, feature_id, finding, base_revision, values, at, account, region_code, dept, state) VALUES
    ('00000000-0000-4000-8000-000000000971', 'public_toilet', 961, 'differs', 1, '{"name": "甲"}', now(), 'elsewhere', '370281001001', '{D1}', 'open'),
    ('00000000-0000-4000-8000-000000000972', 'public_toilet', 962, 'differs', 1, '{"name": "乙"}', now(), 'elsewhere', '370281002001', '{D3}', 'open')`

// featureProposalMatrix are the rows of what officers found out in the matrix of rights.
func featureProposalMatrix() []row {
	ok := []int{http.StatusOK}
	return []row{
		{"GET /api/v1/feature-proposals", rights.Propose, of(proposals), ok},
		{"GET /api/v1/feature-proposals/{id}", rights.Propose, within(proposalIn, "", proposalOut, ""), ok},
		{"POST /api/v1/feature-proposals/{id}/decide", rights.EditInventory, within(proposalIn+"/decide", `{}`, proposalOut+"/decide", `{}`), []int{http.StatusPreconditionFailed}},
		{"POST /api/v1/feature-proposals/{id}/withdraw", rights.Propose, of(proposalNone+"/withdraw", `{}`), []int{http.StatusNotFound}}, // the own ones only: see TestOfficersSeeTheirOwnProposals
		{"GET /api/v1/feature-confirmations", rights.ReadPatrol, of("/api/v1/feature-confirmations?layer=public_toilet&ids=7"), ok},
	}
}
