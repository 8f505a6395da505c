package city

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Why a verification could not be done.
var (
	// ErrAway: the record does not answer.
	ErrAway = errors.New("the record does not answer")
	// ErrAdrift: the city does not follow the record at the moment.
	ErrAdrift = errors.New("the city does not follow the record")
)

const (
	// maxLooks is how often a verification looks at what it could not settle.
	maxLooks = 6
	// maxListed is how many differences a verification lists; it counts them all.
	maxListed = 1000
	// maxLeft is how many features of a table are kept to be looked at again; where there are more, all of the table is.
	maxLeft = 100_000
	// followPatience is how long a verification waits for the follower's next look: loading a city again takes less.
	followPatience = time.Minute
)

// Verification is what [City.Verify] found.
type Verification struct {
	Revision    Revision         // of the newest view that was compared
	Layers      map[string]Tally // by tile layer
	Differences int64
	Listed      []Difference // by layer and id; the first thousand of a table
	// Unsettled counts features that were not compared, because they changed again before every look.
	Unsettled int64
	Looks     int // at the record
}

// Tally counts the features of a layer that were compared, in memory and in the record.
type Tally struct{ Memory, Record int64 }

// Difference is something that the memory has otherwise than the record.
type Difference struct {
	// Layer is a tile layer; for what is not a feature it is setting, grid_scheme, threshold, or the key of a model.
	Layer string
	ID    int64  // of the feature; 0 for what is none
	What  string // one of the constants below, or the first field that differs
}

// What may differ, besides the fields of a layer.
const (
	Missing   = "missing"    // the record has the feature, the memory has not
	Extra     = "extra"      // the memory has the feature, or has it twice, and the record has not
	Geometry  = "geometry"   // its positions, parts or kind
	FirstZoom = "first_zoom" // the zoom from which on it is drawn
	Hash      = "hash"       // what it adds to content hashes
	Box       = "box"        // where it is searched
	Densities = "density"    // the layer's counts by hexagon are not those of its features
	Whole     = "whole"      // all of what is not a feature
)

// Comparer is a [Model] that can tell whether its state is the record's.
type Comparer interface {
	// Compare names what a state in memory has otherwise than one that Load has just made; nothing where they mean the same.
	Compare(held, fresh any) []string
}

// Verify holds the city in memory against the record, feature by feature: ids, geometry, first zoom, every attribute that is held, the
// contribution to content hashes, and the counts by hexagon; then settings, schemes, rules, and the states of models that are a
// [Comparer]. Errors: ErrNotReady, ErrAway, ErrAdrift, the context's.
//
// The record goes on changing meanwhile, and no view is of the same moment as a transaction that can be opened now. So one that is opened after
// a view was taken asks the change feed, as the follower does, for what became visible between the two. A row that differs and is not among
// these is a difference. Rows among them are compared in a later look, with a newer view: by then they are among the changes of a few
// milliseconds only.
//
// In the first look that is not yet proof: the view may be one of before a crash or a fail-over that the follower has still to notice, and
// transaction ids say nothing across those. All later looks are taken on the same connection and with views for which the record was asked
// while this connection lasted; a server that ended in between would have taken it along. So what differs at first is compared again, and
// counts if it still does.
//
// Nobody waits for a verification. It reads on a connection of its own, row by row, and keeps a bit for each feature, the ids that
// it must look at again, and the view that it compares: where a layer is packed or loaded anew meanwhile, its old blocks for as long.
func (c *City) Verify(ctx context.Context) (Verification, error) {
	view, err := c.View()
	if err != nil {
		return Verification{}, err
	}
	conn, err := c.dial(ctx)
	if err != nil {
		return Verification{}, away(ctx, err)
	}
	defer hangUp(ctx, conn)
	a := newAudit(c.cfg.Models, view)
	if err := a.compareDensities(ctx, view); err != nil {
		return Verification{}, err
	}
	for {
		switch err := a.look(ctx, conn, view); {
		case err != nil && conn.IsClosed():
			return Verification{}, away(ctx, err)
		case err != nil && !passing(conn, err) && !errors.Is(err, errPromoted):
			return Verification{}, err
		}
		if a.looks == maxLooks || a.left.empty() {
			return a.verification(view), nil
		}
		if view, err = c.askedAfter(ctx, a.began); err != nil {
			return Verification{}, err
		}
	}
}

// dial opens a connection for reading alone.
func (c *City) dial(ctx context.Context) (*pgx.Conn, error) {
	cfg := c.cfg.Pool.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = "wangge check"
	return pgx.ConnectConfig(ctx, cfg)
}

// away says ErrAway of an error, unless it is the context's.
func away(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

// askedAfter waits for a view for which the record was asked after a moment.
func (c *City) askedAfter(ctx context.Context, moment time.Time) (*View, error) {
	timeout := time.NewTimer(followPatience)
	defer timeout.Stop()
	for {
		c.mu.Lock()
		v, news := c.view.Load(), c.news
		c.mu.Unlock()
		if v.appliedAt.After(moment) {
			return v, nil
		}
		select {
		case <-news:
		case <-timeout.C:
			return nil, ErrAdrift
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// audit is a verification under way.
type audit struct {
	models map[string]Model
	looks  int
	began  time.Time // when the transaction of the last look saw the record
	left   remains
	found  findingsOf
}

// remains are what is still to be compared.
type remains struct {
	tables map[string][]int64 // ids by table, ascending; nil for all of the table
	others map[string]bool    // settings and the like, and models by their keys
}

func (r remains) empty() bool { return len(r.tables)+len(r.others) == 0 }

func newAudit(models map[string]Model, v *View) *audit {
	a := &audit{models: models, found: findingsOf{tallies: map[string]Tally{}}}
	a.left = remains{tables: map[string][]int64{}, others: others(models)}
	for _, s := range sources(v.Layers()) {
		a.left.tables[s.table] = nil
	}
	return a
}

// look compares what is left with a view, in one transaction.
func (a *audit) look(ctx context.Context, conn *pgx.Conn, v *View) error {
	a.looks++
	return readTx(ctx, conn, loadLimit, func(ctx context.Context, tx pgx.Tx) error {
		f, err := findChanges(ctx, tx, v.horizon)
		a.began = time.Now()
		if err != nil {
			return err
		}
		for _, s := range sources(v.Layers()) {
			ids, left := a.left.tables[s.table]
			changed, busy := f.changed[s.table]
			if !left || busy && changed == nil { // emptied just now
				continue
			}
			l := newLedger(v, s, ids, changed, a.looks == 1)
			if err := l.compare(ctx, tx); err != nil {
				return fmt.Errorf("table %s: %w", s.table, err)
			}
			if err := refuseRewritten(ctx, tx, s.table); err != nil {
				return err
			}
			a.enter(s.table, l)
		}
		a.forget(v)
		return a.lookAtOthers(ctx, tx, v, f)
	})
}

// enter takes in what a ledger settled. One with too much left has settled nothing: its table is read again.
func (a *audit) enter(table string, l *ledger) {
	if l.overflows() {
		a.left.tables[table] = nil
		return
	}
	a.found.merge(l.found)
	if delete(a.left.tables, table); len(l.left) > 0 {
		slices.Sort(l.left)
		a.left.tables[table] = slices.Compact(l.left)
	}
}

// forget drops what is left of tables that a view has no layers of any more.
func (a *audit) forget(v *View) {
	all := sources(v.Layers())
	for table := range a.left.tables {
		if !slices.ContainsFunc(all, func(s *source) bool { return s.table == table }) {
			delete(a.left.tables, table)
		}
	}
}

func (a *audit) verification(v *View) Verification {
	out := Verification{
		Revision: v.revision, Layers: a.found.tallies, Differences: a.found.differences, Listed: a.found.sorted(), Looks: a.looks,
		Unsettled: int64(len(a.left.others)),
	}
	for _, s := range sources(v.Layers()) {
		switch ids, left := a.left.tables[s.table]; {
		case left && ids == nil:
			out.Unsettled += int64(max(1, v.rowsOf(s)))
		case left:
			out.Unsettled += int64(len(ids))
		}
	}
	return out
}
