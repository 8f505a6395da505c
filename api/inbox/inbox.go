package inbox

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
)

// ErrGap says that a device has too many commands waiting for others that never came. HTTP 409.
var ErrGap = errors.New("too many commands wait for earlier ones")

// Bounds of a batch.
const (
	MaxCommands = 200
	MaxBody     = 64 << 10 // bytes of one command
	maxParked   = 5000
)

// Words are what an error is called: its problem.
type Words struct {
	Type, Title, TitleEn, Detail, DetailEn string
	Known                                  bool // foreseen; others are faults of ours
}

// Inbox applies commands. All fields are required.
type Inbox struct {
	Store *gridpg.Store
	Words func(error) Words
	Log   *slog.Logger
	Now   func() time.Time
}

// Batch is what a device sends at once.
type Batch struct {
	Device, Title string
	SentAt        time.Time
	Floor         int64 // the lowest number that the device still holds; 0 for not told
	Commands      []patrol.Command
}

// Reply is what a device is told.
type Reply struct {
	ReceivedAt time.Time        `json:"received_at"`
	SkewMS     int64            `json:"skew_ms" doc:"服务器时钟减终端时钟"`
	NextSeq    int64            `json:"next_seq" doc:"下一条应为几号"`
	Revision   uint64           `json:"revision" doc:"含有这些改动的城市修订号"`
	Outcomes   []patrol.Outcome `json:"outcomes"`
}

// Take applies a batch on behalf of a caller, whose Idempotency-Key plays no part: commands have keys of their own. An error means that the rest
// should be sent again.
func (b *Inbox) Take(ctx context.Context, caller gridpg.Caller, batch Batch) (Reply, error) {
	caller.Key = ""
	now := b.Now()
	r := Reply{ReceivedAt: now, SkewMS: now.Sub(batch.SentAt).Milliseconds(), Outcomes: []patrol.Outcome{}}
	if batch.Floor > 1 {
		if err := b.giveUp(ctx, caller, batch, &r); err != nil {
			return r, err
		}
	}
	slices.SortStableFunc(batch.Commands, func(x, y patrol.Command) int { return cmp.Compare(x.Seq, y.Seq) })
	for _, c := range batch.Commands {
		c.Body, c.Kind = keepable(c.Body), kindOf(c.Kind)
		kept := &gridpg.KeptCommand{Command: c, Device: batch.Device, SentAt: batch.SentAt, Came: now}
		if err := b.one(ctx, caller, batch, kept, &r); err != nil {
			return r, err
		}
	}
	if len(batch.Commands) == 0 && batch.Floor <= 1 {
		return r, b.look(ctx, caller, batch, &r)
	}
	return r, nil
}

// kindOf keeps the word for a kind to what can be kept.
func kindOf(kind string) string {
	if len(kind) > 40 {
		kind = kind[:40]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(kind, "\x00", ""), "")
}

// within runs part of the work in a transaction with the device locked.
func (b *Inbox) within(ctx context.Context, caller gridpg.Caller, batch Batch, r *Reply, do func(ctx context.Context, w *work) error) error {
	var w *work
	skew := time.Duration(r.SkewMS) * time.Millisecond
	answer, err := b.Store.Write(ctx, caller, func(ctx context.Context, t *gridpg.Tx) (gridpg.Answer, error) {
		device, err := t.OpenDevice(ctx, batch.Device, batch.Title, skew)
		if err != nil {
			return gridpg.Answer{}, err
		}
		w = &work{Inbox: b, t: t, device: device}
		return gridpg.Answer{}, do(ctx, w)
	})
	if err != nil {
		return err
	}
	r.NextSeq = w.device.LastSeq + 1
	for _, o := range w.outcomes {
		if o.Status == patrol.Done || o.Status == patrol.Conflict {
			r.Revision = max(r.Revision, answer.Revision)
		}
		r.put(o)
	}
	return nil
}

// put adds an outcome, or replaces what was told of the same command before.
func (r *Reply) put(o patrol.Outcome) {
	if i := slices.IndexFunc(r.Outcomes, func(x patrol.Outcome) bool { return x.Key == o.Key }); i >= 0 {
		r.Outcomes[i] = o
		return
	}
	r.Outcomes = append(r.Outcomes, o)
}

// look only opens the device: it has nothing to send.
func (b *Inbox) look(ctx context.Context, caller gridpg.Caller, batch Batch, r *Reply) error {
	return b.within(ctx, caller, batch, r, func(context.Context, *work) error { return nil })
}

// giveUp closes the gap below what the device still holds: what waits there is applied, the rest is lost.
func (b *Inbox) giveUp(ctx context.Context, caller gridpg.Caller, batch Batch, r *Reply) error {
	for more := true; more; {
		err := b.within(ctx, caller, batch, r, func(ctx context.Context, w *work) error {
			if w.device.LastSeq >= batch.Floor-1 {
				more = false
				return nil
			}
			c, err := w.t.Parked(ctx, w.device, batch.Floor-1)
			if err != nil {
				return err
			}
			if c == nil {
				more = false
				return w.t.Advance(ctx, &w.device, batch.Floor-1, batch.Floor-1-w.device.LastSeq)
			}
			return w.release(ctx, c)
		})
		if err != nil {
			return err
		}
	}
	return b.drain(ctx, caller, batch, r)
}

// one applies a command, or finds what became of it before, and then what waited for it.
func (b *Inbox) one(ctx context.Context, caller gridpg.Caller, batch Batch, c *gridpg.KeptCommand, r *Reply) error {
	applied := false
	err := b.within(ctx, caller, batch, r, func(ctx context.Context, w *work) (err error) {
		applied, err = w.take(ctx, c)
		return err
	})
	if err != nil || !applied {
		return err
	}
	return b.drain(ctx, caller, batch, r)
}

// drain applies what waited for the last command, one by one.
func (b *Inbox) drain(ctx context.Context, caller gridpg.Caller, batch Batch, r *Reply) error {
	for more := true; more; {
		err := b.within(ctx, caller, batch, r, func(ctx context.Context, w *work) error {
			c, err := w.t.Parked(ctx, w.device, w.device.LastSeq+1)
			if err != nil || c == nil {
				more = false
				return err
			}
			return w.release(ctx, c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// work is a transaction in which commands of one device are applied.
type work struct {
	*Inbox
	t        *gridpg.Tx
	device   gridpg.Device
	outcomes []patrol.Outcome
}

// take decides what is to become of a command that came; applied tells whether the device got on.
func (w *work) take(ctx context.Context, c *gridpg.KeptCommand) (applied bool, err error) {
	before, err := w.before(ctx, c)
	switch {
	case err != nil:
		return false, err
	case before != nil && !before.Says(c.Body):
		w.tell(refusal(c, "idempotency-key-reused", "同一幂等键的内容不同", "the key came before with another body"))
		return false, nil
	case before != nil:
		return w.again(ctx, before, c)
	}
	if other, err := w.t.CommandAt(ctx, w.device, c.Seq); err != nil || other != nil {
		if err == nil {
			w.tell(refusal(c, "sequence-reused", "终端序号重复：请换用新的终端编号重新发送", "the number was used: send it again under a new device id"))
		}
		return false, err
	}
	if c.Seq > w.device.LastSeq+1 {
		return false, w.park(ctx, c)
	}
	if err := w.apply(ctx, c); err != nil {
		return false, err
	}
	if err := w.t.KeepCommand(ctx, c); err != nil {
		return false, err
	}
	w.tell(c.Outcome)
	return true, w.t.Advance(ctx, &w.device, max(c.Seq, w.device.LastSeq), 0)
}

// before is what the record has of a command that comes again; nil for none. What waits under another id of the phone waits no longer there: the phone goes
// on as this device.
func (w *work) before(ctx context.Context, c *gridpg.KeptCommand) (*gridpg.KeptCommand, error) {
	before, err := w.t.Command(ctx, c.Key)
	if err != nil || before == nil || before.Device == c.Device || before.Outcome.Status != patrol.Waiting || !before.Says(c.Body) {
		return before, err
	}
	if dropped, err := w.t.DropWaiting(ctx, before); err != nil || dropped {
		return nil, err
	}
	return w.t.Command(ctx, c.Key) // it was applied a moment ago
}

// again tells what became of a command that came before. By another device it stands for its number all the same.
func (w *work) again(ctx context.Context, before, c *gridpg.KeptCommand) (applied bool, err error) {
	o := before.Outcome
	if before.Device != c.Device {
		o.Seq = c.Seq
	}
	w.tell(o)
	if before.Device == c.Device || c.Seq != w.device.LastSeq+1 {
		return false, nil
	}
	return true, w.t.Advance(ctx, &w.device, c.Seq, 0)
}

// park keeps a command whose forerunner has not come.
func (w *work) park(ctx context.Context, c *gridpg.KeptCommand) error {
	n, err := w.t.ParkedCount(ctx, w.device)
	if err != nil {
		return err
	}
	if n >= maxParked {
		return ErrGap
	}
	c.Outcome = patrol.Outcome{Seq: c.Seq, Key: c.Key, Status: patrol.Waiting, Title: "等待前序指令", TitleE: "Waits for an earlier command"}
	if err := w.t.KeepCommand(ctx, c); err != nil {
		return err
	}
	w.tell(c.Outcome)
	return nil
}

// release applies a command that waited. Numbers before it that never came are lost.
func (w *work) release(ctx context.Context, c *gridpg.KeptCommand) error {
	if err := w.apply(ctx, c); err != nil {
		return err
	}
	if err := w.t.SettleCommand(ctx, c); err != nil {
		return err
	}
	w.tell(c.Outcome)
	return w.t.Advance(ctx, &w.device, c.Seq, c.Seq-1-w.device.LastSeq)
}

func (w *work) tell(o patrol.Outcome) { w.outcomes = append(w.outcomes, o) }
