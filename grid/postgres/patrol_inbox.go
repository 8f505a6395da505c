package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// ErrDevice says that the device is another account's. HTTP 409.
var ErrDevice = errors.New("the device belongs to another account")

// Device is a phone with one account on it, locked for the transaction.
type Device struct {
	ID      string
	LastSeq int64 // all commands up to it were applied, or given up
}

// KeptCommand is a command as the record has it.
type KeptCommand struct {
	patrol.Command
	Device  string
	SentAt  time.Time
	Came    time.Time // first
	Outcome patrol.Outcome
}

const (
	openDeviceSQL = `INSERT INTO patrol_device AS d (id, account_id, title, skew_ms) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, skew_ms = excluded.skew_ms, seen_at = now() WHERE d.account_id = $2 RETURNING last_seq`
	advanceSQL = `UPDATE patrol_device SET last_seq = $2, lost = lost + $3 WHERE id = $1`

	commandColumns  = `device_id::text, seq, key::text, kind, made_at, sent_at, received_at, body, outcome`
	commandByKeySQL = `SELECT ` + commandColumns + ` FROM patrol_command WHERE account = $1 AND key = $2`
	commandBySeqSQL = `SELECT ` + commandColumns + ` FROM patrol_command WHERE device_id = $1 AND seq = $2`
	nextParkedSQL   = `SELECT ` + commandColumns + ` FROM patrol_command WHERE device_id = $1 AND status = 'waiting' AND seq <= $2 ORDER BY seq LIMIT 1`
	outcomesSQL     = `SELECT c.outcome FROM patrol_command c JOIN patrol_device d ON d.id = c.device_id WHERE d.account_id = $1 AND d.id = $2 AND c.seq > $3 ORDER BY c.seq LIMIT $4`
	keepCommandSQL  = `INSERT INTO patrol_command (device_id, seq, key, account, kind, made_at, sent_at, received_at, body, status, outcome, applied_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, CASE WHEN $10 <> 'waiting' THEN now() END) ON CONFLICT (account, key) DO NOTHING`
	settleCommandSQL = `UPDATE patrol_command SET status = $3, outcome = $4, body = $5, applied_at = now() WHERE device_id = $1 AND seq = $2`
	dropWaitingSQL   = `DELETE FROM patrol_command WHERE device_id = $1 AND seq = $2 AND status = 'waiting'`
	countParkedSQL   = `SELECT count(*) FROM patrol_command WHERE device_id = $1 AND status = 'waiting'`
)

const patrolLimitsSQL = `SELECT coalesce((SELECT value FROM setting WHERE key = 'patrol_position'), '{}')`

// PatrolLimits are what positions are held against.
func (t *Tx) PatrolLimits(ctx context.Context) (patrol.Limits, error) {
	limits := patrol.DefaultLimits()
	var text []byte
	if err := t.tx.QueryRow(ctx, patrolLimitsSQL).Scan(&text); err != nil {
		return limits, err
	}
	return limits, json.Unmarshal(text, &limits)
}

// OpenDevice finds or makes the caller's device and locks it, so that its commands are applied one after another whoever brings them.
func (t *Tx) OpenDevice(ctx context.Context, id, title string, skew time.Duration) (Device, error) {
	if err := t.Caller.Actor.Might(rights.Patrol); err != nil {
		return Device{}, err
	}
	d := Device{ID: id}
	err := t.tx.QueryRow(ctx, openDeviceSQL, id, t.Caller.Actor.Account, title, skew.Milliseconds()).Scan(&d.LastSeq)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrDevice
	}
	return d, err
}

// Command finds a command of the caller by its key; nil for none.
func (t *Tx) Command(ctx context.Context, key string) (*KeptCommand, error) {
	return t.command(ctx, commandByKeySQL, t.Caller.Actor.Name, key)
}

// CommandAt finds a command of a device by its number; nil for none.
func (t *Tx) CommandAt(ctx context.Context, d Device, seq int64) (*KeptCommand, error) {
	return t.command(ctx, commandBySeqSQL, d.ID, seq)
}

// Parked finds the first command of a device that waits and has a number up to last; nil for none.
func (t *Tx) Parked(ctx context.Context, d Device, last int64) (*KeptCommand, error) {
	return t.command(ctx, nextParkedSQL, d.ID, last)
}

// ParkedCount is how many commands of a device wait.
func (t *Tx) ParkedCount(ctx context.Context, d Device) (n int, err error) {
	err = t.tx.QueryRow(ctx, countParkedSQL, d.ID).Scan(&n)
	return n, err
}

func (t *Tx) command(ctx context.Context, sql string, args ...any) (*KeptCommand, error) {
	var c KeptCommand
	var outcome []byte
	err := t.tx.QueryRow(ctx, sql, args...).Scan(&c.Device, &c.Seq, &c.Key, &c.Kind, &c.MadeAt, &c.SentAt, &c.Came, &c.Body, &outcome)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(outcome, &c.Outcome)
	}
	return &c, err
}

// KeepCommand writes a command that came for the first time, with what became of it. ErrBusy where another device brings it at the same time.
func (t *Tx) KeepCommand(ctx context.Context, c *KeptCommand) error {
	done, err := t.tx.Exec(ctx, keepCommandSQL, c.Device, c.Seq, c.Key, t.Caller.Actor.Name, c.Kind, c.MadeAt, c.SentAt, c.Came, c.bodyToKeep(), c.Outcome.Status, c.Outcome)
	if err == nil && done.RowsAffected() == 0 {
		err = fmt.Errorf("command %s: %w", c.Key, ErrBusy)
	}
	return err
}

// SettleCommand writes what became of a command that waited.
func (t *Tx) SettleCommand(ctx context.Context, c *KeptCommand) error {
	_, err := t.tx.Exec(ctx, settleCommandSQL, c.Device, c.Seq, c.Outcome.Status, c.Outcome, c.bodyToKeep())
	return err
}

// DropWaiting forgets a command that waits; false where it waits no longer.
func (t *Tx) DropWaiting(ctx context.Context, c *KeptCommand) (bool, error) {
	done, err := t.tx.Exec(ctx, dropWaitingSQL, c.Device, c.Seq)
	return err == nil && done.RowsAffected() == 1, err
}

// bodyToKeep is the body as the record keeps it. Where somebody went is told by patrol_track alone, which is purged and has what was allowed to be kept:
// of a track that is settled, refused or not, a digest stays.
func (c *KeptCommand) bodyToKeep() json.RawMessage {
	if c.Kind != patrol.CommandTrack || c.Outcome.Status == patrol.Waiting {
		return c.Body
	}
	return digestOf(c.Body)
}

// Says tells whether a command that the record has came with a body: the same value of JSON.
func (c *KeptCommand) Says(body json.RawMessage) bool {
	return sameJSON(c.Body, body) || c.Kind == patrol.CommandTrack && sameJSON(c.Body, digestOf(body))
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// digestOf is by what a body is known again without being kept, however it is written.
func digestOf(body json.RawMessage) json.RawMessage {
	var value any
	if json.Unmarshal(body, &value) == nil {
		if text, err := json.Marshal(value); err == nil {
			body = text
		}
	}
	sum := sha256.Sum256(body)
	return json.RawMessage(`{"sha256": "` + hex.EncodeToString(sum[:]) + `"}`)
}

// Advance notes that all commands of a device up to seq are applied; lost of them never came and never will.
func (t *Tx) Advance(ctx context.Context, d *Device, seq, lost int64) error {
	d.LastSeq = seq
	_, err := t.tx.Exec(ctx, advanceSQL, d.ID, seq, lost)
	return err
}

// Sub runs part of a transaction so that it may fail alone: its changes stay, or none of them.
func (t *Tx) Sub(ctx context.Context, do func(ctx context.Context) error) error {
	outer := t.tx
	defer func() { t.tx = outer }()
	return pgx.BeginFunc(ctx, outer, func(tx pgx.Tx) error {
		t.tx = tx
		return do(ctx)
	})
}

// Outcomes are what became of the commands of an account's device after a number, in order, at most limit.
func (s *Store) Outcomes(ctx context.Context, account int64, device string, after int64, limit int) ([]patrol.Outcome, error) {
	rows, err := s.pool.Query(ctx, outcomesSQL, account, device, after, limit)
	if err != nil {
		return nil, fmt.Errorf("outcomes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[patrol.Outcome])
}
