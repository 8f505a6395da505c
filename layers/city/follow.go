package city

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// How long the follower waits before it tries again after a failure, at first and at most.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
)

// Limits of one look at the record and of loading all of it: longer than any city takes, so a connection that hangs is noticed.
const (
	lookLimit = time.Minute
	loadLimit = 10 * time.Minute
)

// standbyPoll is how often a standby is asked: it cannot wake the follower.
const standbyPoll = 200 * time.Millisecond

// Run loads the city, follows the record until ctx ends, and returns when everything it started has ended. It survives the
// loss of the database: the view stays, and all is loaded again behind it. Its error is that of the context.
func (c *City) Run(ctx context.Context) error {
	defer c.merges.Wait()
	for pause := firstPause; ; {
		loaded, err := c.follow(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if loaded {
			pause = firstPause
		}
		c.cfg.Log.Warn("the city in memory lost the record", "error", err, "again_in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, lastPause)
	}
}

// follow is the life of one connection: load everything, then apply what changes. loaded tells whether it came so far.
func (c *City) follow(ctx context.Context) (loaded bool, err error) {
	conn, err := c.connect(ctx)
	if err != nil {
		return false, err
	}
	defer hangUp(ctx, conn)
	if err := c.reload(ctx, conn); err != nil {
		return false, err
	}
	c.connected.Store(true)
	defer c.connected.Store(false)
	for {
		if err := c.await(ctx, conn); err != nil {
			return true, err
		}
		if err := c.look(ctx, conn); err != nil && !passing(conn, err) {
			return true, err
		}
	}
}

// passing tells whether the same look can be taken again on the connection: a standby cancels readers that are in the way of
// what it replays, and a table may be rewritten under them.
func passing(conn *pgx.Conn, err error) bool {
	var pg *pgconn.PgError
	return !conn.IsClosed() && (errors.As(err, &pg) && pg.Code == "40001" || errors.Is(err, errRewritten))
}

// connect opens the follower's connection and asks to be woken before anything is read, so that no change falls between.
func (c *City) connect(ctx context.Context) (*pgx.Conn, error) {
	cfg := c.cfg.Pool.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = "wangge city"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, listenSQL); err != nil {
		hangUp(ctx, conn)
		return nil, err
	}
	return conn, nil
}

// hangUp ends a connection, whatever state it and the context are in.
func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	conn.Close(ctx) //nolint:errcheck // nothing is in doubt: the follower only reads
}

// listenSQL does nothing on a standby, which refuses LISTEN.
const listenSQL = `DO $$ BEGIN IF NOT pg_is_in_recovery() THEN LISTEN wangge_change; END IF; END $$`

// await waits for a wake-up or for the time of the next look.
func (c *City) await(ctx context.Context, conn *pgx.Conn) error {
	poll := c.cfg.Poll
	if c.view.Load().horizon.standby {
		poll = min(poll, standbyPoll)
	}
	ctx, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	_, err := conn.WaitForNotification(ctx)
	if err != nil && !conn.IsClosed() && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil
	}
	return err
}

// readTx runs do in a transaction that sees one state of the record.
func readTx(ctx context.Context, conn *pgx.Conn, limit time.Duration, do func(ctx context.Context, tx pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return do(ctx, tx)
	})
}

// reload reads the whole city and shows it.
func (c *City) reload(ctx context.Context, conn *pgx.Conn) error {
	began := time.Now()
	var v *View
	err := readTx(ctx, conn, loadLimit, func(ctx context.Context, tx pgx.Tx) (err error) {
		v, err = c.load(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("loading the city: %w", err)
	}
	v.appliedAt = began
	c.archive.forget()
	c.publish(func(old *View) *View {
		if old != nil {
			v.version = old.version
		}
		v.version++
		return v
	})
	if c.cfg.Changed != nil {
		c.cfg.Changed(Change{View: v, All: true})
	}
	c.cfg.Log.Info("the city is in memory", "revision", v.revision, "features", total(v.Features()), "bytes", v.bytes(), "took", time.Since(began))
	return nil
}

func total(counts map[string]int64) (n int64) {
	for _, k := range counts {
		n += k
	}
	return n
}

// errPromoted: the server is not of the kind it was.
var errPromoted = errors.New("the server became a primary or a standby")

// look reads what became visible since the view shown, applies it and shows the result. Only the follower changes anything in views but
// the packing of their stacks, so what is computed here from the view stays true until it is published.
func (c *City) look(ctx context.Context, conn *pgx.Conn) error {
	began := time.Now()
	old := c.view.Load()
	var f findings
	var d delta
	err := readTx(ctx, conn, lookLimit, func(ctx context.Context, tx pgx.Tx) (err error) {
		if f, err = findChanges(ctx, tx, old.horizon); err != nil {
			return err
		}
		if d, err = c.read(ctx, tx, old, f); err != nil || d.empty {
			return err
		}
		return refuseRewritten(ctx, tx, c.tables(d.layers)...)
	})
	if err != nil {
		return fmt.Errorf("reading changes: %w", err)
	}
	if d.rules != nil || d.schemes != nil {
		c.archive.forget()
	}
	c.archive.hear(f.moments)
	v := c.publish(func(shown *View) *View {
		v := *shown
		v.appliedAt = began
		v.revision = max(v.revision, f.revision)
		v.horizon = f.horizon
		d.applyTo(&v, c.merging)
		return &v
	})
	if c.cfg.Changed != nil && !d.empty {
		c.cfg.Changed(d.changeOf(old, v))
	}
	return nil
}
