package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wangge/grid"
)

func readLie(row pgx.CollectableRow) (l lie, err error) {
	return l, row.Scan(&l.home, &l.outsideM2, &l.over)
}

// number gives the grids to be made their codes: those that callers chose if they fit, else the next of the division in which each lies, in the
// order of the plan. Errors: grid.ErrMisnamed, ErrNoDivision, ErrPattern, ErrSequence, ErrCode.
func (d *desk) number(ctx context.Context, made []newGrid, lies []lie) error {
	byRegion := map[string][]int{}
	var order []string
	for i := range made {
		if made[i].code != "" {
			if err := d.checkCode(made[i], lies[i]); err != nil {
				return err
			}
			continue
		}
		region, err := d.home(made[i], lies[i])
		if err != nil {
			return err
		}
		if byRegion[region] == nil {
			order = append(order, region)
		}
		byRegion[region] = append(byRegion[region], i)
	}
	for _, region := range order {
		last, err := lastCode(ctx, d.tx, d.scheme.Code, region, d.scheme.Pattern)
		if err != nil {
			return err
		}
		codes, err := d.scheme.Pattern.After(region, last, len(byRegion[region]))
		if err != nil {
			return err
		}
		for n, i := range byRegion[region] {
			made[i].code = codes[n]
		}
	}
	return nil
}

// home is the division in which a grid gets its code: where it lies, which must be what the caller said.
func (d *desk) home(g newGrid, l lie) (string, error) {
	p := d.scheme.Pattern
	switch err := p.Validate(); {
	case err != nil:
		return "", fmt.Errorf("scheme %s: %w", d.scheme.Code, err)
	case p.RegionKind() == "":
		return "", nil
	case l.home == "":
		return "", fmt.Errorf("%w: a %s", grid.ErrNoDivision, p.RegionKind())
	case g.region != "" && g.region != l.home:
		return "", fmt.Errorf("%w: it lies in %s", grid.ErrOutside, l.home)
	}
	return l.home, nil
}

// checkCode refuses a code that is none of the scheme, or names another place.
func (d *desk) checkCode(g newGrid, l lie) error {
	p := d.scheme.Pattern
	if p.Validate() != nil {
		return nil //nolint:nilerr // no rule, any code
	}
	c, err := p.Parse(g.code)
	if err != nil {
		return err
	}
	if c.Region != l.home {
		return fmt.Errorf("%w: %s, it lies in %q", grid.ErrMisnamed, g.code, l.home)
	}
	return nil
}

// taken makes a code that was given before one of our own errors.
func taken(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == uniqueViolation && (pg.ConstraintName == "code_registry_pkey" || pg.ConstraintName == "grid_code_idx") {
		return fmt.Errorf("%w: %w", grid.ErrCodeTaken, err)
	}
	return err
}

// uniqueViolation is PostgreSQL's name for a row that is there already.
const uniqueViolation = "23505"
