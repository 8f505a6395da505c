package postgres

import (
	"context"
	"errors"
	"fmt"

	"wangge/layers"
)

const (
	decideProposalSQL = `UPDATE feature_proposal SET state = $2, decisions = $3, decided_by = actor(), decided_at = now(), reason = $4, result_id = nullif($5, 0::bigint),
    result_revision = nullif($6, 0::bigint) WHERE id = $1`
	withdrawProposalSQL = `UPDATE feature_proposal SET state = 'withdrawn', reason = $2 WHERE id = $1`
)

// Decide takes from a proposal what a decision names: the feature is made or changed in this transaction, on behalf of who decides, and the proposal
// names what came of it. match is the revision of the proposal that the decision rests on, 0 for any. Its errors are those of Insert and Update, besides
// ErrNotFound, ErrDecided, and layers.Faults with pointers into the decision.
func Decide(ctx context.Context, q querier, id string, match int64, d layers.Decision, may Authorize) (layers.Proposal, error) {
	kept, err := openProposal(ctx, q, id, match, func(p *layers.Proposal) error { return may(Place{Region: p.Region, Depts: p.Depts}) })
	if err != nil {
		return kept.Proposal, err
	}
	l := layers.ByID(kept.Layer)
	if l == nil || !Writable(l) {
		return kept.Proposal, fmt.Errorf("layer %q: %w", kept.Layer, ErrFixed)
	}
	w := &writing{q: q, l: l, may: may}
	if kept.Feature != 0 {
		if w.old, err = w.read(ctx, kept.Feature); err != nil && !errors.Is(err, ErrNotFound) {
			return kept.Proposal, err
		}
	}
	c := kept.against(l, w.old)
	v, err := l.Judge(d, c.Parts, c.Geometry != nil, kept.Finding == layers.New)
	if err != nil {
		return kept.Proposal, err
	}
	var out Written
	if v.Writes() {
		if out, err = w.carryOut(ctx, &kept, d, v); err != nil {
			return kept.Proposal, underValues(err)
		}
	}
	decisions := map[string]any{"fields": d.Fields, "geometry": d.Geometry, "values": l.Plain(d.Values), "seen": d.Seen}
	if _, err := q.Exec(ctx, decideProposalSQL, kept.ID, v.State, decisions, d.Reason, out.ID, out.Revision); err != nil {
		return kept.Proposal, fmt.Errorf("deciding about a proposal: %w", interpret(err))
	}
	return readProposal(ctx, q, kept.ID)
}

// openProposal reads and locks a proposal about which nothing was decided yet, for who may decide.
func openProposal(ctx context.Context, q querier, id string, match int64, may func(*layers.Proposal) error) (keptProposal, error) {
	kept, err := readKept(ctx, q, holdProposalSQL, id)
	if err != nil {
		return kept, err
	}
	if err := may(&kept.Proposal); err != nil {
		return kept, err
	}
	switch {
	case match != 0 && match != kept.Revision:
		return kept, fmt.Errorf("proposal %s is at %d, not %d: %w", kept.ID, kept.Revision, match, ErrStale)
	case kept.State != layers.ProposalOpen:
		return kept, fmt.Errorf("proposal %s is %s: %w", kept.ID, kept.State, ErrDecided)
	}
	return kept, nil
}

// carryOut writes what a verdict takes.
func (w *writing) carryOut(ctx context.Context, k *keptProposal, d layers.Decision, v layers.Verdict) (Written, error) {
	draft := Draft{Values: v.Values, NewArea: d.NewArea, Shifted: d.Shifted}
	if v.Geometry {
		draft.Geometry = k.Geometry
	}
	if k.Finding == layers.New {
		return Insert(ctx, w.q, w.l, draft, w.may)
	}
	if w.old == nil {
		return Written{}, faultAt("/fields", "对象已被删除，只能不予采纳", "the feature was deleted: nothing of it can be taken")
	}
	if err := w.unseen(ctx, d.Seen, v); err != nil {
		return Written{}, err
	}
	return Update(ctx, w.q, w.l, w.old.id, w.old.revision, draft, w.may)
}

// unseen refuses to write over what somebody changed since who decides looked.
func (w *writing) unseen(ctx context.Context, seen int64, v layers.Verdict) error {
	then, err := w.baseOf(ctx, w.old.id, seen)
	if err != nil {
		return err
	}
	for name := range v.Values {
		if !layers.Same(then.values[name], w.old.values[name]) {
			return fmt.Errorf("%s of %s %d was changed since %d: %w", name, w.l.ID, w.old.id, seen, ErrStale)
		}
	}
	if v.Geometry && !still(then.geometry, w.old.geometry) {
		return fmt.Errorf("%s %d was moved since %d: %w", w.l.ID, w.old.id, seen, ErrStale)
	}
	return nil
}

// Withdraw takes a proposal back on behalf of whoever made it, as long as nothing was decided. match is as for Decide. Its errors are ErrNotFound,
// ErrStale, ErrDecided, and what mine says of one that is somebody else's.
func Withdraw(ctx context.Context, q querier, id string, match int64, reason string, mine func(*layers.Proposal) error) (layers.Proposal, error) {
	kept, err := openProposal(ctx, q, id, match, mine)
	if err != nil {
		return kept.Proposal, err
	}
	if _, err := q.Exec(ctx, withdrawProposalSQL, kept.ID, reason); err != nil {
		return kept.Proposal, fmt.Errorf("withdrawing a proposal: %w", interpret(err))
	}
	return readProposal(ctx, q, kept.ID)
}
