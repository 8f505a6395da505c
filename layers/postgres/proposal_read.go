package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// ProposalFilter says which proposals are wanted, the latest first. Empty members stand for any. A caller sees those that are in the own Region or of
// the own Dept, or by the own Holder or Account; Everything where rights have no bounds.
type ProposalFilter struct {
	State, Layer, Finding string
	Feature               int64
	Within                string // region: code of a division, with all below
	Mine                  bool   // only by the own holder or account

	Everything   bool
	Region, Dept string
	Holder       int64
	Account      string

	Before int64 // the ordinal of the last one of the page before; 0 for none
	Limit  int
}

const (
	proposalColumns = `SELECT p.id, p.ordinal, p.layer, coalesce(p.feature_id, 0), p.finding, p.base_revision, p.base, ST_AsEWKB(p.base_geom), p.values, ST_AsEWKB(p.geom), p.note, p.at,
    p.received_at, coalesce(p.holder_id, 0), p.account, coalesce(p.device::text, ''), ST_AsEWKB(p.spot), coalesce(p.accuracy_m, 0), coalesce(p.region_code, ''), p.dept,
    coalesce(p.grid_id, 0), p.flags, p.state, p.decisions, coalesce(p.decided_by, ''), p.decided_at, p.reason, coalesce(p.result_id, 0), coalesce(p.result_revision, 0), p.revision
FROM feature_proposal p `

	oneProposalSQL  = proposalColumns + `WHERE p.id = $1`
	holdProposalSQL = oneProposalSQL + ` FOR NO KEY UPDATE`

	proposalsWhere = `WHERE ($1 = '' OR p.state = $1) AND ($2 = '' OR p.layer = $2) AND ($3 = '' OR p.finding = $3) AND ($4::bigint = 0 OR p.feature_id = $4)
  AND ($5 = '' OR p.region_code LIKE $5 || '%')
  AND (NOT $6 OR $10::bigint <> 0 AND p.holder_id = $10 OR p.account = $11)
  AND ($7 OR $8 <> '' AND p.region_code LIKE $8 || '%' OR $9 <> '' AND p.dept @> ARRAY[$9] OR $10::bigint <> 0 AND p.holder_id = $10 OR p.account = $11)`
	proposalsSQL      = proposalColumns + proposalsWhere + ` AND ($12::bigint = 0 OR p.ordinal < $12) ORDER BY p.ordinal DESC LIMIT $13`
	countProposalsSQL = `SELECT count(*) FROM feature_proposal p ` + proposalsWhere
)

// Proposals lists proposals that a caller may see. total counts all pages.
func (r *Reader) Proposals(ctx context.Context, f ProposalFilter) (list []layers.Proposal, total int, err error) {
	args := []any{f.State, f.Layer, f.Finding, f.Feature, f.Within, f.Mine, f.Everything, f.Region, f.Dept, f.Holder, f.Account}
	if err := r.pool.QueryRow(ctx, countProposalsSQL, args...).Scan(&total); err != nil {
		return nil, 0, interpret(err)
	}
	rows, err := r.pool.Query(ctx, proposalsSQL, append(args, f.Before, f.Limit)...)
	if err != nil {
		return nil, 0, interpret(err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (layers.Proposal, error) {
		p, err := scanProposal(row)
		return p.Proposal, err
	})
	return list, total, interpretQuery(err)
}

// keptProposal is a proposal as the record has it, with what the finder saw.
type keptProposal struct {
	layers.Proposal
	base      map[string]any // as JSON
	baseShape orb.Geometry
}

// Proposal is one proposal. ErrNotFound without one.
func (r *Reader) Proposal(ctx context.Context, id string) (layers.Proposal, error) {
	return readProposal(ctx, r.pool, id)
}

func readProposal(ctx context.Context, q querier, id string) (layers.Proposal, error) {
	p, err := readKept(ctx, q, oneProposalSQL, id)
	return p.Proposal, err
}

func readKept(ctx context.Context, q querier, sql, id string) (keptProposal, error) {
	p, err := scanProposal(q.QueryRow(ctx, sql, id))
	return p, interpretQuery(err)
}

func scanProposal(row pgx.Row) (p keptProposal, err error) {
	var base, values, decisions, baseShape, shape, spot []byte
	var decided *time.Time
	err = row.Scan(&p.ID, &p.Ordinal, &p.Layer, &p.Feature, &p.Finding, &p.Base, &base, &baseShape, &values, &shape, &p.Note, &p.At, &p.Received, &p.Holder, &p.Account, &p.Device,
		&spot, &p.Accuracy, &p.Region, &p.Depts, &p.Grid, &p.Flags, &p.State, &decisions, &p.DecidedBy, &decided, &p.Reason, &p.ResultID, &p.ResultRevision, &p.Revision)
	if err != nil {
		return p, err
	}
	if decided != nil {
		p.DecidedAt = *decided
	}
	p.Decisions = json.RawMessage(decisions)
	if p.base, err = decodeNumbers(base); err != nil {
		return p, err
	}
	if p.Values, err = decodeNumbers(values); err != nil {
		return p, err
	}
	var at orb.Geometry
	for shape, to := range map[*[]byte]*orb.Geometry{&baseShape: &p.baseShape, &shape: &p.Geometry, &spot: &at} {
		if *shape == nil {
			continue
		}
		if *to, err = pgeom.Decode(*shape); err != nil {
			return p, err
		}
	}
	if point, ok := at.(orb.Point); ok {
		p.Spot = &point
	}
	return p, nil
}

const lastConfirmedSQL = `SELECT DISTINCT ON (p.feature_id) p.feature_id, p.at, coalesce(p.holder_id, 0) FROM feature_proposal p
WHERE p.layer = $1 AND p.feature_id = ANY ($2) AND p.finding = 'exists' ORDER BY p.feature_id, p.at DESC`

// Confirmation is when somebody last found a feature as the record has it.
type Confirmation struct {
	Feature int64
	At      time.Time
	Holder  int64 // 0 for none
}

// Confirmations are the last ones of some features of a layer; features that nobody confirmed have none.
func (r *Reader) Confirmations(ctx context.Context, layer string, features []int64) ([]Confirmation, error) {
	rows, err := r.pool.Query(ctx, lastConfirmedSQL, layer, features)
	if err != nil {
		return nil, interpret(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Confirmation])
	return list, interpretQuery(err)
}
