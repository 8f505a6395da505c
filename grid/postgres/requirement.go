package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/rights"
)

const (
	lockRulesSQL = `LOCK TABLE requirement, load_limit IN SHARE ROW EXCLUSIVE MODE`

	setRequirementSQL = `
INSERT INTO requirement (target_kind, applies_to, role, at_least, at_most) VALUES ($1, $2, $3, $4, nullif($5, 0))
ON CONFLICT (target_kind, applies_to, role) DO UPDATE SET at_least = excluded.at_least, at_most = excluded.at_most
WHERE (requirement.at_least, requirement.at_most) IS DISTINCT FROM (excluded.at_least, excluded.at_most)`
	dropRequirementSQL = `DELETE FROM requirement WHERE id = $1`

	setLimitSQL = `
INSERT INTO load_limit (role, target_kind, applies_to, at_most, standard, verified) VALUES ($1, $2, $3, $4, nullif($5, ''), $6)
ON CONFLICT (role, target_kind, applies_to) DO UPDATE SET at_most = excluded.at_most, standard = excluded.standard, verified = excluded.verified
WHERE (load_limit.at_most, load_limit.standard, load_limit.verified) IS DISTINCT FROM (excluded.at_most, excluded.standard, excluded.verified)`
	dropLimitSQL = `DELETE FROM load_limit WHERE id = $1`

	schemeCodesSQL = `SELECT code FROM grid_scheme`
)

// rules opens the tables of rules for a change.
func (t *Tx) rules(ctx context.Context) (*clerk, map[string]bool, error) {
	if err := t.Caller.Actor.May(rights.EditScheme, rights.Place{}); err != nil {
		return nil, nil, err
	}
	if _, err := t.tx.Exec(ctx, lockRulesSQL); err != nil {
		return nil, nil, err
	}
	codes, err := query(ctx, t.tx, schemeCodesSQL, nil, pgx.RowTo[string])
	schemes := map[string]bool{"": true}
	for _, code := range codes {
		schemes[code] = true
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := t.clerk(ctx)
	return c, schemes, err
}

// SetRequirements makes the whole table of requirements what it is to be: rows that stay are not touched, so history shows what changed. tag is that of
// the table which the caller read, 0 for any.
func (t *Tx) SetRequirements(ctx context.Context, tag int64, want []grid.Requirement) ([]grid.Requirement, error) {
	c, schemes, err := t.rules(ctx)
	if err != nil {
		return nil, err
	}
	if tag != 0 && tag != grid.RequirementsTag(c.needs) {
		return nil, ErrStale
	}
	if err := grid.CheckRequirements(want, c.roles, schemes); err != nil {
		return nil, err
	}
	keep := map[grid.Requirement]bool{}
	for _, r := range want {
		if _, err := t.tx.Exec(ctx, setRequirementSQL, r.Kind, r.Applies, r.Role, r.AtLeast, r.AtMost); err != nil {
			return nil, err
		}
		keep[grid.Requirement{Kind: r.Kind, Applies: r.Applies, Role: r.Role}] = true
	}
	for _, old := range c.needs {
		if keep[grid.Requirement{Kind: old.Kind, Applies: old.Applies, Role: old.Role}] {
			continue
		}
		if _, err := t.tx.Exec(ctx, dropRequirementSQL, old.ID); err != nil {
			return nil, err
		}
	}
	return query(ctx, t.tx, requirementsSQL+rulesOrderSQL, nil, readRequirement)
}

// SetLoadLimits makes the whole table of load limits what it is to be.
func (t *Tx) SetLoadLimits(ctx context.Context, tag int64, want []grid.LoadLimit) ([]grid.LoadLimit, error) {
	c, schemes, err := t.rules(ctx)
	if err != nil {
		return nil, err
	}
	if tag != 0 && tag != grid.LimitsTag(c.limits) {
		return nil, ErrStale
	}
	if err := grid.CheckLoadLimits(want, c.roles, schemes); err != nil {
		return nil, err
	}
	keep := map[grid.LoadLimit]bool{}
	for _, l := range want {
		if _, err := t.tx.Exec(ctx, setLimitSQL, l.Role, l.Kind, l.Applies, l.AtMost, l.Standard, l.Verified); err != nil {
			return nil, err
		}
		keep[grid.LoadLimit{Role: l.Role, Kind: l.Kind, Applies: l.Applies}] = true
	}
	for _, old := range c.limits {
		if keep[grid.LoadLimit{Role: old.Role, Kind: old.Kind, Applies: old.Applies}] {
			continue
		}
		if _, err := t.tx.Exec(ctx, dropLimitSQL, old.ID); err != nil {
			return nil, err
		}
	}
	return query(ctx, t.tx, limitsSQL+rulesOrderSQL, nil, readLimit)
}

const rulesOrderSQL = ` ORDER BY target_kind, applies_to, role`
