package city

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
	"wangge/layers"
	"wangge/layers/postgres"
)

// The city as it was: layers of a past instant are read like the live ones, with what the log knows of their tables in place of the
// tables. What was read is kept table by table, each for the time in which nothing happened to it, and used by whoever asks
// for an instant in that time; a table that nothing has happened to since is the live one. So the same day costs one load,
// and a day before which only roads were changed costs a load of roads.
//
// Past layers are shown by the rules and nets of today. One load goes on at a time, beside the follower and not in its way. A transaction
// that commits long after it began changes the past: the follower hears of it, and what is kept of such a time is forgotten.

// ErrPastBusy tells that another instant is being loaded. HTTP 503.
var ErrPastBusy = errors.New("another past instant is being loaded")

// Limits of loading the past.
const (
	pastPatience = 5 * time.Second // how long one load waits for another
	pastLimit    = 3 * time.Minute // of one load: a million rows that have all changed since take half a minute
)

// Past is the city at an instant with some of its tile layers and no others; what is not past yet is now. It may wait for a load. Besides the
// layers' content everything is as it is now. Errors: ErrNotReady, ErrNoLayer, ErrPastBusy, postgres.ErrUnavailable, the context's.
func (c *City) Past(ctx context.Context, at time.Time, ids []string) (*View, error) {
	live, err := c.View()
	if err != nil || !at.Before(time.Now()) {
		return live, err
	}
	wanted, err := live.pick(ids)
	if err != nil {
		return nil, err
	}
	kept, missing := c.archive.find(at, live.sourcesOf(wanted))
	if len(missing) > 0 {
		loaded, err := c.recall(ctx, at, missing, live.rules)
		if err != nil {
			return nil, err
		}
		kept = append(kept, loaded...)
	}
	v := *live
	v.states, v.stacks = nil, nil
	for _, l := range wanted {
		i := slices.IndexFunc(kept, func(p *pastTable) bool { return p.table == l.Table })
		s := kept[i].stacks[l.ID]
		if s == nil { // nothing has happened since
			s = live.stack(l.ID)
		}
		v.stacks = append(v.stacks, s)
	}
	return &v, nil
}

// pick finds layers by their ids, in the fixed order.
func (v *View) pick(ids []string) (wanted []*layers.Layer, err error) {
	for _, id := range ids {
		if v.stack(id) == nil {
			return nil, fmt.Errorf("%w: %q", ErrNoLayer, id)
		}
	}
	for _, l := range v.Layers() {
		if slices.Contains(ids, l.ID) {
			wanted = append(wanted, l)
		}
	}
	return wanted, nil
}

// sourcesOf are the tables that some layers come from, each with all its layers.
func (v *View) sourcesOf(wanted []*layers.Layer) []*source {
	return slices.DeleteFunc(sources(v.Layers()), func(s *source) bool {
		return !slices.ContainsFunc(wanted, func(l *layers.Layer) bool { return l.Table == s.table })
	})
}

// recall loads tables of an instant, or waits for somebody who does.
func (c *City) recall(ctx context.Context, at time.Time, missing []*source, rules *layers.Rules) ([]*pastTable, error) {
	limit, cancel := context.WithTimeout(ctx, pastPatience)
	defer cancel()
	for {
		f, own := c.archive.board(at, missing)
		if own {
			c.fly(ctx, f, rules)
			return f.tables, f.err
		}
		wait := limit
		if f.carries(at, missing) {
			wait = ctx
		}
		select {
		case <-f.done:
			if f.carries(at, missing) {
				return f.tables, f.err
			}
		case <-wait.Done():
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			return nil, ErrPastBusy
		}
	}
}

// fly makes a load. It goes on when its caller leaves: others may wait for it.
func (c *City) fly(ctx context.Context, f *flight, rules *layers.Rules) {
	f.err = ErrPastBusy // unless it comes to an end
	defer c.archive.land(f, c.cfg.PastBytes)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pastLimit)
	defer cancel()
	f.tables, f.err = c.loadPast(ctx, f.at, f.sources, rules)
}

const (
	setPastSQL = `SELECT set_config('` + postgres.PastSetting + `', $1, true)`
	// calmSQL tells the changes of a table around an instant.
	calmSQL = `SELECT (SELECT max(at) FROM change WHERE entity = $1 AND at <= $2), (SELECT min(at) FROM change WHERE entity = $1 AND at > $2)`
)

// loadPast reads tables as they were at an instant.
func (c *City) loadPast(ctx context.Context, at time.Time, all []*source, rules *layers.Rules) ([]*pastTable, error) {
	conn, err := c.cfg.Pool.Acquire(ctx)
	if err != nil {
		return nil, unread(err)
	}
	defer conn.Release()
	var tables []*pastTable
	err = readTx(ctx, conn.Conn(), pastLimit, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, setPastSQL, at.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
		names := []string{"change"}
		for _, s := range all {
			p, err := c.readPast(ctx, tx, at, s, rules)
			if err != nil {
				return err
			}
			tables, names = append(tables, p), append(names, s.table)
		}
		return refuseRewritten(ctx, tx, names...)
	})
	return tables, unread(err)
}

// unread says in our words why the record was not read.
func unread(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errRewritten):
		return fmt.Errorf("%w: %w", ErrPastBusy, err)
	case pgeom.Away(err):
		return fmt.Errorf("%w: %w", postgres.ErrUnavailable, err)
	}
	return err
}

// readPast reads one table, unless it is as it was.
func (c *City) readPast(ctx context.Context, tx pgx.Tx, at time.Time, now *source, rules *layers.Rules) (*pastTable, error) {
	p := &pastTable{table: now.table}
	var from, to *time.Time
	if err := tx.QueryRow(ctx, calmSQL, now.table, at).Scan(&from, &to); err != nil {
		return nil, fmt.Errorf("changes of %s: %w", now.table, err)
	}
	if from != nil {
		p.from = *from
	}
	if to == nil {
		return p, nil
	}
	p.to, p.stacks = *to, map[string]*stack{}
	then := *now
	then.from = postgres.PastTable(now.layers[0])
	if err := c.loadSources(ctx, tx, []*source{&then}, rules, p.stacks); err != nil {
		return nil, fmt.Errorf("the past: %w", err)
	}
	for _, s := range p.stacks {
		p.bytes += s.size()
	}
	return p, nil
}
