package postgres

import (
	"context"
	"fmt"

	"wangge/grid"
	"wangge/grid/rights"
)

// RepairGrids mends a finding of a net as its report proposes. grid.ErrNoRepair where the finding is no more, or nothing but a person can mend it.
func (t *Tx) RepairGrids(ctx context.Context, scheme, finding, note string) (Edited, error) {
	d, err := t.open(ctx, scheme)
	if err != nil {
		return Edited{}, err
	}
	if err := t.Caller.Actor.Might(rights.EditGrid); err != nil { // before the whole net is read
		return Edited{}, err
	}
	held, err := Model{}.Load(ctx, t.tx)
	if err != nil {
		return Edited{}, err
	}
	report, err := held.(*grid.Net).Integrity(ctx, scheme)
	if err != nil {
		return Edited{}, err
	}
	found, ok := report.Find(finding)
	if !ok {
		return Edited{}, fmt.Errorf("%w: %s", grid.ErrNoRepair, finding)
	}
	change, ok := report.Repair(found)
	if !ok || len(change.Made) > 0 {
		return Edited{}, fmt.Errorf("%w: %s", grid.ErrNoRepair, found.Kind)
	}
	p := d.plan(grid.EditRepair, note)
	p.take(change)
	b := found.Shape.Bound()
	for _, shape := range change.Shapes {
		b = b.Union(shape.Bound())
	}
	if err := d.lockNear(ctx, b, p.stay()...); err != nil {
		return Edited{}, err
	}
	return d.apply(ctx, p)
}
