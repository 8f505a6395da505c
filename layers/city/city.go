package city

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// What a reader may be told.
var (
	// ErrNotReady: the city has not been loaded yet.
	ErrNotReady = errors.New("the city is not loaded yet")
	// ErrBehind: the revision asked for did not become visible in time.
	ErrBehind = errors.New("the revision is not visible yet")
)

// Revision names a state of the record: the transaction id (xid8) of the newest write in it.
type Revision uint64

// Model is state that somebody else keeps in memory of tables in the record. It is loaded, changed and shown together with
// the layers. What Load and Apply return must not change afterwards. Both run in the follower's repeatable-read transaction.
type Model interface {
	// Entities are the tables whose changes the model wants to hear of.
	Entities() []string
	// Load reads the whole state.
	Load(ctx context.Context, tx pgx.Tx) (any, error)
	// Apply makes the new state from the old one. changed has the ids of rows inserted, updated or deleted, by table; a
	// nil list means all of the table.
	Apply(ctx context.Context, tx pgx.Tx, old any, changed map[string][]int64) (any, error)
}

// Config says what to follow.
type Config struct {
	Pool      *pgxpool.Pool    // the record, or a streaming standby of it; the follower opens a connection of its own
	Models    map[string]Model // by the key under which View.State answers; may be nil
	Log       *slog.Logger     // nil for the default
	Poll      time.Duration    // how often to look without being woken; 0 for two seconds
	PastBytes int64            // how much memory the city as it was at other times may hold, roughly; 0 for 512 MiB
	// Changed, if not nil, is called after every batch that changed anything, by the follower's goroutine.
	Changed func(Change)
}

// Change is what a batch changed.
type Change struct {
	View *View // the city with the change in it
	All  bool  // anything may have changed: the city was loaded again
	// Layers has, by tile layer, boxes in degrees around what was touched, as it was before and as it is now. An empty list
	// stands for all of the layer.
	Layers map[string][]orb.Bound
}

// City is the published city in memory. Safe for concurrent use.
type City struct {
	cfg       Config
	view      atomic.Pointer[View]
	connected atomic.Bool
	benches   sync.Pool // of *workbench

	mu      sync.Mutex    // held while a view is put in place of another
	news    chan struct{} // closed when the next view is there
	merging *stack        // the stack that is being merged in the background; nil for none
	merges  sync.WaitGroup
	archive archive
}

// New makes a city that is empty until Run has loaded it.
func New(cfg Config) *City {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Poll == 0 {
		cfg.Poll = 2 * time.Second
	}
	if cfg.PastBytes == 0 {
		cfg.PastBytes = 512 << 20
	}
	return &City{cfg: cfg, news: make(chan struct{})}
}

// View is the newest state, or ErrNotReady.
func (c *City) View() (*View, error) {
	if v := c.view.Load(); v != nil {
		return v, nil
	}
	return nil, ErrNotReady
}

// Ready waits until the city has been loaded. Its error is the context's.
func (c *City) Ready(ctx context.Context) error {
	for {
		c.mu.Lock()
		v, news := c.view.Load(), c.news
		c.mu.Unlock()
		if v != nil {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// patience is how long a reader waits for a revision.
const patience = 2 * time.Second

// At is the newest state once a revision is visible in it; it waits for that, two seconds at most. Revision 0 does not wait. Errors:
// ErrNotReady, ErrBehind, the context's.
func (c *City) At(ctx context.Context, least Revision) (*View, error) {
	v, err := c.View()
	if err != nil || least == 0 || v.Sees(least) {
		return v, err
	}
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		c.mu.Lock()
		v, news := c.view.Load(), c.news
		c.mu.Unlock()
		if v.Sees(least) {
			return v, nil
		}
		select {
		case <-news:
		case <-timeout.C:
			return nil, ErrBehind
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// WaitRevision waits until a revision is visible, as At does.
func (c *City) WaitRevision(ctx context.Context, least Revision) error {
	_, err := c.At(ctx, least)
	return err
}

// Status tells how the city in memory relates to the record.
type Status struct {
	Revision  Revision
	AppliedAt time.Time     // when the newest look at the record was taken; zero before the first load
	Age       time.Duration // since AppliedAt
	Connected bool          // to the database, and following
	Bytes     int64         // of memory, roughly
	Features  map[string]int64
}

// Status is that of now.
func (c *City) Status() Status {
	s := Status{Connected: c.connected.Load()}
	if v := c.view.Load(); v != nil {
		s.Revision, s.AppliedAt, s.Age = v.revision, v.appliedAt, time.Since(v.appliedAt)
		s.Bytes, s.Features = v.bytes(), v.Features()
	}
	return s
}

// publish shows a view that change makes of the one shown before, which is nil at first.
func (c *City) publish(change func(old *View) *View) *View {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := change(c.view.Load())
	v.benches = &c.benches
	c.view.Store(v)
	close(c.news)
	c.news = make(chan struct{})
	c.mergeNext(v)
	return v
}

// mergeNext starts to merge a stack that has grown, one at a time. The mutex is held.
func (c *City) mergeNext(v *View) {
	if c.merging != nil {
		return
	}
	for _, s := range v.stacks {
		if s.grown() {
			c.merging = s
			c.merges.Go(func() { c.merge(s) })
			return
		}
	}
}

// merge packs a stack anew and puts the result in place of it and its successors.
func (c *City) merge(from *stack) {
	b := from.merged()
	c.publish(func(old *View) *View {
		c.merging = nil
		v := *old
		v.stacks = make([]*stack, len(old.stacks))
		for i, s := range old.stacks {
			v.stacks[i] = s
			if s.layer.ID != from.layer.ID {
				continue
			}
			if rebased, ok := s.rebase(from, b); ok { // else the layer was loaded again meanwhile
				v.stacks[i] = rebased
			}
		}
		return &v
	})
}
