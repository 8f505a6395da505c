package postgres

import (
	"context"
	"fmt"

	"wangge/grid"
)

// Handover says which duties go from one holder to another, and from when.
type Handover struct {
	To     string   // code of the holder who takes over
	On     grid.Day // the first day of the new holder; 0 for today
	Duties []int64  // nil for all that are in force then or later
	Note   string   // goes to the new duties
}

// HandedOver tells what a hand-over did.
type HandedOver struct {
	Ended, Removed int       // of the first holder's: a duty that had not begun is taken back
	Kept           int       // that the new holder had anyway, all the time
	Made           []DutyRow // of the new holder's
}

// HandOver gives duties of one holder to another: the first one's end the day before, the new one's go on to their end. What the new holder had anyway
// stays as it is, and only the days between are filled.
func (t *Tx) HandOver(ctx context.Context, kind grid.HolderKind, code string, n Handover) (done HandedOver, err error) {
	if n.On == 0 {
		n.On = t.Day
	}
	from, err := one(ctx, t.tx, holdHolderSQL, []any{code, kind}, readHolder)
	if err != nil {
		return done, err
	}
	c, err := t.clerk(ctx)
	if err != nil {
		return done, err
	}
	to, err := c.holder(ctx, "/to", n.To)
	if err != nil {
		return done, err
	}
	if to.ID == from.ID {
		return done, grid.Refuse("/to", "不能移交给自己", "cannot hand over to oneself")
	}
	all, err := query(ctx, t.tx, openDutiesSQL, []any{from.ID, n.On.Time()}, readDuty)
	if err != nil {
		return done, err
	}
	chosen, err := choose(all, n.Duties)
	if err != nil {
		return done, err
	}
	for _, d := range chosen {
		if err := c.handOver(ctx, d, from, to, n, &done); err != nil {
			return done, fmt.Errorf("duty %d: %w", d.ID, err)
		}
	}
	return done, nil
}

// choose takes those that were asked for.
func choose(all []grid.Duty, ids []int64) ([]grid.Duty, error) {
	if ids == nil {
		if len(all) == 0 {
			return nil, grid.Refuse("/duties", "没有可移交的职责", "there is no duty to hand over")
		}
		return all, nil
	}
	byID := map[int64]grid.Duty{}
	for _, d := range all {
		byID[d.ID] = d
	}
	chosen := make([]grid.Duty, 0, len(ids))
	for i, id := range ids {
		d, ok := byID[id]
		if !ok {
			return nil, grid.Refuse(fmt.Sprintf("/duties/%d", i), "不是这个人当日或以后的职责", "is no duty of this holder on that day or later")
		}
		delete(byID, id) // once is enough
		chosen = append(chosen, d)
	}
	return chosen, nil
}

// handOver hands over one duty.
func (c *clerk) handOver(ctx context.Context, d grid.Duty, from, to grid.Holder, n Handover, done *HandedOver) error {
	row, err := c.rowOf(ctx, d)
	if err != nil {
		return err
	}
	if err := c.mayPeople(row.For.Region, from.Dept); err != nil {
		return err
	}
	if err := c.leave(ctx, row, n.On); err != nil {
		return err
	}
	stands := d.Stands
	if d.Term.From >= n.On {
		done.Removed++
	} else {
		done.Ended++
	}
	have, err := c.termsOf(ctx, to.ID, d)
	if err != nil {
		return err
	}
	rest := grid.Uncovered(grid.Term{From: max(d.Term.From, n.On), To: d.Term.To}, have)
	if len(rest) == 0 {
		done.Kept++
	}
	for _, term := range rest {
		next := d
		next.Holder, next.Term, next.Stands = to.ID, term, stands
		if n.Note != "" {
			next.Note = n.Note
		}
		made, err := c.give(ctx, next, to, row.For)
		if err != nil {
			return err
		}
		done.Made = append(done.Made, made)
	}
	return nil
}
