package postgres

import (
	"context"
)

// adoptRead makes grids of what a file holds: new ones, and those redrawn whose code is there already.
func (d *desk) adoptRead(ctx context.Context, p *plan, held Proposal, cells []ProposedCell) (Edited, error) {
	return d.adoptLaid(ctx, p, held, cells)
}
