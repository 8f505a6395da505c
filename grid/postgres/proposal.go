package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/rights"
)

// ErrDecided says that a proposal was accepted or rejected before. HTTP 409.
var ErrDecided = errors.New("decided before")

// The states of a proposal.
const (
	ProposalOpen     = "open"
	ProposalAccepted = "accepted"
	ProposalRejected = "rejected"
)

// Proposal is grids that somebody may accept: laid along streets, or read from a file.
type Proposal struct {
	ID              int64
	Scheme, Region  string        // region: "" for a file
	Kind            grid.EditKind // EditLay, EditImport
	State           string
	Options, Report json.RawMessage
	Note            string
	MadeAt          time.Time
	MadeBy          string
	DecidedAt       *time.Time
	DecidedBy       string
	Edit            int64 // that the grids were made in; 0 for none
	Revision        int64
	Cells           int
	AreaM2          float64
}

// ProposedCell is a grid of a proposal.
type ProposedCell struct {
	Ordinal    int    // from 1
	Code, Name string // "" for none yet
	Remark     string // what was mended
	AreaM2     float64
	Shape      orb.MultiPolygon
}

const (
	insertProposalSQL = `
INSERT INTO grid_proposal (scheme, region_code, kind, options, report, note) VALUES ($1, nullif($2, ''), $3, $4, $5, nullif($6, '')) RETURNING id`

	insertCellsSQL = `
INSERT INTO grid_proposal_cell (proposal_id, ordinal, code, name, remark, area_m2, geom)
SELECT $1, nth, nullif(code, ''), nullif(name, ''), nullif(remark, ''), m2, ST_GeomFromEWKB(shape)
FROM unnest($2::text[], $3::text[], $4::text[], $5::double precision[], $6::bytea[]) WITH ORDINALITY x (code, name, remark, m2, shape, nth)`

	proposalsSQL = `
SELECT p.id, p.scheme, coalesce(p.region_code, ''), p.kind, p.state, p.options::text, p.report::text, coalesce(p.note, ''), p.made_at, p.made_by, p.decided_at,
       coalesce(p.decided_by, ''), coalesce(p.edit_id, 0), p.revision,
       (SELECT count(*) FROM grid_proposal_cell c WHERE c.proposal_id = p.id), (SELECT coalesce(sum(area_m2), 0) FROM grid_proposal_cell c WHERE c.proposal_id = p.id)
FROM grid_proposal p`
	oneProposalSQL   = ` WHERE p.id = $1`
	holdProposalSQL  = ` WHERE p.id = $1 FOR UPDATE OF p`
	someProposalsSQL = `
WHERE ($1 = '' OR p.scheme = $1) AND ($2 = '' OR p.state = $2) AND starts_with(coalesce(p.region_code, ''), $3) AND ($4 = 0::bigint OR p.id < $4) ORDER BY p.id DESC LIMIT $5`
	countProposalsSQL = `
SELECT count(*)::int FROM grid_proposal p WHERE ($1 = '' OR p.scheme = $1) AND ($2 = '' OR p.state = $2) AND starts_with(coalesce(p.region_code, ''), $3)`

	cellsSQL = `
SELECT ordinal, coalesce(code, ''), coalesce(name, ''), coalesce(remark, ''), area_m2, ST_AsEWKB(geom) FROM grid_proposal_cell WHERE proposal_id = $1 ORDER BY ordinal`

	decideProposalSQL = `
UPDATE grid_proposal SET state = $2, decided_at = now(), decided_by = actor(), edit_id = nullif($3, 0::bigint), note = coalesce(nullif($4, ''), note) WHERE id = $1`
)

// keepProposal writes a proposal and reads it again.
func (t *Tx) keepProposal(ctx context.Context, p Proposal, cells []ProposedCell) (Proposal, error) {
	err := t.tx.QueryRow(ctx, insertProposalSQL, p.Scheme, p.Region, p.Kind, string(p.Options), string(p.Report), p.Note).Scan(&p.ID)
	if err != nil {
		return Proposal{}, err
	}
	var codes, names, remarks []string
	var m2 []float64
	var shapes []orb.MultiPolygon
	for _, c := range cells {
		codes, names, remarks = append(codes, c.Code), append(names, c.Name), append(remarks, c.Remark)
		m2, shapes = append(m2, c.AreaM2), append(shapes, c.Shape)
	}
	encoded, err := encodeAll(shapes)
	if err != nil {
		return Proposal{}, err
	}
	if _, err := t.tx.Exec(ctx, insertCellsSQL, p.ID, codes, names, remarks, m2, encoded); err != nil {
		return Proposal{}, err
	}
	return t.proposal(ctx, p.ID, oneProposalSQL)
}

func (t *Tx) proposal(ctx context.Context, id int64, where string) (Proposal, error) {
	found, err := query(ctx, t.tx, proposalsSQL+where, []any{id}, readProposal)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("%w: proposal %d", ErrNotFound, id)
	}
	if err != nil {
		return Proposal{}, err
	}
	return found[0], nil
}

func readProposal(row pgx.CollectableRow) (p Proposal, err error) {
	var options, report string
	err = row.Scan(&p.ID, &p.Scheme, &p.Region, &p.Kind, &p.State, &options, &report, &p.Note, &p.MadeAt, &p.MadeBy, &p.DecidedAt, &p.DecidedBy, &p.Edit, &p.Revision, &p.Cells, &p.AreaM2)
	p.Options, p.Report = json.RawMessage(options), json.RawMessage(report)
	return p, err
}

func readCell(row pgx.CollectableRow) (c ProposedCell, err error) {
	var shape []byte
	if err := row.Scan(&c.Ordinal, &c.Code, &c.Name, &c.Remark, &c.AreaM2, &shape); err != nil {
		return c, err
	}
	c.Shape, err = area(shape)
	return c, err
}

// ProposalFilter is which proposals are listed.
type ProposalFilter struct {
	Scheme, State string // "" for all
	Region        string // and what lies below; "" for all
	Before        int64  // the number of the last on the page before; 0 for the first page
	Limit         int
}

// Proposals lists proposals, the latest first, and counts all of them.
func (s *Store) Proposals(ctx context.Context, f ProposalFilter) (list []Proposal, total int, err error) {
	err = s.look(ctx, func(tx pgx.Tx) error {
		if list, err = query(ctx, tx, proposalsSQL+someProposalsSQL, []any{f.Scheme, f.State, f.Region, f.Before, f.Limit}, readProposal); err != nil {
			return err
		}
		return tx.QueryRow(ctx, countProposalsSQL, f.Scheme, f.State, f.Region).Scan(&total)
	})
	return list, total, err
}

// Proposal reads one proposal with its grids. ErrNotFound.
func (s *Store) Proposal(ctx context.Context, id int64) (p Proposal, cells []ProposedCell, err error) {
	err = s.look(ctx, func(tx pgx.Tx) error {
		if p, err = (&Tx{tx: tx}).proposal(ctx, id, oneProposalSQL); err != nil {
			return err
		}
		cells, err = query(ctx, tx, cellsSQL, []any{id}, readCell)
		return err
	})
	return p, cells, err
}

// look reads in one snapshot.
func (s *Store) look(ctx context.Context, read func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, read)
}

// hold locks a proposal that is open and that the caller may decide. ErrNotFound, ErrDecided, ErrStale where it is not of a revision (0 is any).
func (t *Tx) hold(ctx context.Context, id, revision int64) (Proposal, error) {
	p, err := t.proposal(ctx, id, holdProposalSQL)
	if err != nil {
		return p, err
	}
	if err := t.Caller.Actor.May(rights.EditGrid, rights.Place{Region: p.Region}); err != nil {
		return p, err
	}
	switch {
	case revision != 0 && revision != p.Revision:
		return p, fmt.Errorf("%w: proposal %d", ErrStale, id)
	case p.State != ProposalOpen:
		return p, fmt.Errorf("%w: proposal %d", ErrDecided, id)
	}
	return p, nil
}

func (t *Tx) decide(ctx context.Context, id int64, state string, edit int64, note string) (Proposal, error) {
	if _, err := t.tx.Exec(ctx, decideProposalSQL, id, state, edit, strings.TrimSpace(note)); err != nil {
		return Proposal{}, err
	}
	return t.proposal(ctx, id, oneProposalSQL)
}

// RejectProposal puts a proposal aside. Errors as of AcceptProposal.
func (t *Tx) RejectProposal(ctx context.Context, id, revision int64, note string) (Proposal, error) {
	if _, err := t.hold(ctx, id, revision); err != nil {
		return Proposal{}, err
	}
	return t.decide(ctx, id, ProposalRejected, 0, note)
}
