package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/api/inbox"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// handset is a phone that sends commands.
type handset struct {
	w      *town
	device string
	who    []string
}

// uuid makes a UUID of two numbers.
func uuid(kind, n int) string { return fmt.Sprintf("%08d-0000-4000-8000-%012d", kind, n) }

func newHandset(t testing.TB, w *town, role rights.Role, n int) *handset {
	return &handset{w: w, device: uuid(1, n), who: append(w.as(t, role), "Content-Type", "application/json")}
}

// sent is one command on its way.
type sent struct {
	Seq    int64           `json:"seq"`
	Key    string          `json:"key"`
	Kind   string          `json:"kind"`
	MadeAt string          `json:"made_at"`
	Body   json.RawMessage `json:"body"`
}

func command(seq int64, kind, body string) sent {
	return sent{seq, uuid(2, int(seq)), kind, time.Now().UTC().Format(time.RFC3339Nano), json.RawMessage(body)}
}

// send sends commands and reads what became of them.
func (h *handset) send(t testing.TB, floor int64, commands ...sent) (r inbox.Reply) {
	t.Helper()
	return h.sendAt(t, time.Now(), floor, commands...)
}

// sendAt does so with a clock of its own.
func (h *handset) sendAt(t testing.TB, clock time.Time, floor int64, commands ...sent) (r inbox.Reply) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"device": map[string]any{"id": h.device}, "sent_at": clock.UTC(), "floor": floor, "commands": append([]sent{}, commands...)})
	if err != nil {
		t.Fatal(err)
	}
	a := h.w.send(t, http.MethodPost, "/api/v1/patrol/commands", strings.NewReader(string(body)), h.who...)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if err := json.Unmarshal(a.body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func statusesOf(r inbox.Reply) (out []string) {
	for _, o := range r.Outcomes {
		out = append(out, fmt.Sprintf("%d %s", o.Seq, o.Status))
	}
	return out
}

func expect(t testing.TB, r inbox.Reply, next int64, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, statusesOf(r)); d != "" || r.NextSeq != next {
		t.Errorf("next %d, want %d\n%s\n%+v", r.NextSeq, next, d, r.Outcomes)
	}
}

// litter is the report of a problem.
func litter(n int) string {
	return fmt.Sprintf(`{"id": %q, "class": "litter", "note": "第 %d 处", "fix": {"lon": 120.0001, "lat": 36.2701, "accuracy_m": 8},
		"photos": [{"id": %q, "sha256": "%064x", "bytes": 1000, "kind": "before"}]}`, uuid(7, n), n, uuid(8, n), n)
}

func TestCommandsComeInAnyOrder(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	first := h.send(t, 1, command(1, "problem", litter(1)))
	expect(t, first, 2, "1 done")
	if first.Outcomes[0].Number == "" || first.Outcomes[0].ID != uuid(7, 1) || first.Revision == 0 {
		t.Errorf("a problem without a number: %+v", first)
	}
	expect(t, h.send(t, 1, command(4, "problem", litter(4)), command(3, "problem", litter(3))), 2, "3 waiting", "4 waiting")
	if n := w.count(t, `SELECT count(*) FROM problem`); n != 1 {
		t.Errorf("%d problems before the second came", n)
	}
	expect(t, h.send(t, 1, command(2, "problem", litter(2))), 5, "2 done", "3 done", "4 done")
	again := h.send(t, 1, command(1, "problem", litter(1)), command(4, "problem", litter(4)))
	expect(t, again, 5, "1 done", "4 done")
	first.Outcomes[0].Revision, again.Outcomes[0].Revision = 0, 0
	if d := cmp.Diff(first.Outcomes[0], again.Outcomes[0]); d != "" {
		t.Errorf("the outcome differs when it is asked for again: %s", d)
	}
	if n := w.count(t, `SELECT count(*) FROM problem`); n != 4 {
		t.Errorf("%d problems", n)
	}
	var list struct {
		Items []patrol.Outcome
		Next  int64
	}
	a := w.get(t, "/api/v1/patrol/commands?device="+h.device+"&after_seq=2", h.who[:2]...)
	if err := json.Unmarshal(a.body, &list); err != nil || len(list.Items) != 2 || list.Next != 4 {
		t.Errorf("%v %s", err, a.body)
	}
}

func TestGapsAreGivenUpByTheDeviceAlone(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	expect(t, h.send(t, 0, command(5, "problem", litter(5))), 1, "5 waiting")
	expect(t, h.send(t, 3, command(7, "problem", litter(7))), 3, "7 waiting")
	expect(t, h.send(t, 6, command(6, "problem", litter(6))), 8, "5 done", "6 done", "7 done")
	if n := w.count(t, `SELECT lost::int FROM patrol_device`); n != 4 {
		t.Errorf("%d lost", n)
	}
	expect(t, h.send(t, 0, command(2, "problem", litter(2))), 8, "2 done") // it was not lost after all
	expect(t, h.send(t, 20), 20)
}

func TestAKeyIsOneCommand(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	expect(t, h.send(t, 0, command(1, "problem", litter(1))), 2, "1 done")
	other := command(1, "problem", litter(2))
	r := h.send(t, 0, other)
	expect(t, r, 2, "1 refused")
	if r.Outcomes[0].Type != "idempotency-key-reused" {
		t.Errorf("%+v", r.Outcomes[0])
	}
	other.Key = uuid(3, 1)
	r = h.send(t, 0, other)
	if expect(t, r, 2, "1 refused"); r.Outcomes[0].Type != "sequence-reused" {
		t.Errorf("%+v", r.Outcomes[0])
	}
	fresh := *h
	fresh.device = uuid(1, 99) // as a phone that was restored from a backup does
	expect(t, fresh.send(t, 0, other), 2, "1 done")
}

// A phone that goes on under another id sends again what it has, by the same keys: what was done is done, what waited under the old id waits no longer.
func TestAPhoneGoesOnAsAnotherDevice(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	expect(t, h.send(t, 1, command(1, "problem", litter(1)), command(3, "problem", litter(3)), command(4, "problem", litter(4))), 2, "1 done", "3 waiting", "4 waiting")
	fresh := *h
	fresh.device = uuid(1, 99)
	expect(t, fresh.send(t, 1, command(1, "problem", litter(1)), command(2, "problem", litter(2)), command(3, "problem", litter(3))), 4, "1 done", "2 done", "3 done")
	expect(t, fresh.send(t, 4, command(4, "problem", litter(4))), 5, "4 done")
	expect(t, h.send(t, 1, command(4, "problem", litter(4)), command(2, "problem", litter(2))), 3, "2 done", "4 done") // the old phone was not lost
	if n := w.count(t, `SELECT count(*) FROM problem`); n != 4 {
		t.Errorf("%d problems of 4", n)
	}
	if n := w.count(t, `SELECT count(*) FROM patrol_command WHERE status = 'waiting'`); n != 0 {
		t.Errorf("%d still wait", n)
	}
}

// A key that two devices bring at once is one command; who comes too late is asked to come again.
func TestTwoDevicesBringOneKey(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	body, err := json.Marshal([]sent{command(1, "problem", litter(1))})
	if err != nil {
		t.Fatal(err)
	}
	statuses := make(chan int)
	for n := range 8 {
		go func() {
			text := fmt.Sprintf(`{"device": {"id": %q}, "sent_at": %q, "commands": %s}`, uuid(1, 10+n), time.Now().Format(time.RFC3339), body)
			statuses <- h.w.send(t, http.MethodPost, "/api/v1/patrol/commands", strings.NewReader(text), h.who...).StatusCode
		}()
	}
	for range 8 {
		if status := <-statuses; status != http.StatusOK && status != http.StatusServiceUnavailable {
			t.Errorf("status %d", status)
		}
	}
	if n := w.count(t, `SELECT count(*) FROM problem`) + w.count(t, `SELECT count(*) FROM patrol_command`); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestBadCommandsKeepNothingBack(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	bad := []string{`{}`, `{"id": "x"}`, `{"id": 5}`, `{"unknown": 1}`, strings.Replace(litter(1), "litter", "no_such_class", 1),
		strings.Replace(litter(1), "120.0001", `"east"`, 1), strings.Replace(litter(1), "第 1 处", strings.Repeat("长", 2001), 1)}
	var commands []sent
	var want []string
	for i, body := range bad {
		commands, want = append(commands, command(int64(i+1), "problem", body)), append(want, fmt.Sprintf("%d refused", i+1))
	}
	n := int64(len(bad))
	commands = append(commands, command(n+1, "dance", `{}`), command(n+2, "problem", `[]`), command(n+3, "problem", strings.Replace(litter(50), "第", `\u0000`, 1)), command(n+4, "problem", litter(60)))
	commands[len(commands)-1].MadeAt = "the day after tomorrow"
	want = append(want, fmt.Sprintf("%d refused", n+1), fmt.Sprintf("%d refused", n+2), fmt.Sprintf("%d done", n+3), fmt.Sprintf("%d done", n+4))
	r := h.send(t, 0, commands...)
	expect(t, r, n+5, want...)
	for _, o := range r.Outcomes {
		if o.Status == patrol.Refused && (o.Title == "" || o.TitleE == "" || o.Type == "") {
			t.Errorf("refused without a reason: %+v", o)
		}
		if strings.HasSuffix(o.Type, ":internal") {
			t.Errorf("%d was a fault of ours: %v", o.Seq, w.log.lines(t, "a command was not applied"))
		}
	}
	if last := r.Outcomes[len(r.Outcomes)-1]; !slices.Contains(last.Flags, patrol.FlagClock) {
		t.Errorf("a time that is none has no flag: %+v", last)
	}
	if kept := w.count(t, `SELECT count(*) FROM patrol_command WHERE status = 'refused'`); kept != len(bad)+2 {
		t.Errorf("%d refused ones are kept", kept)
	}
}

// Times that no calendar of ours has, and numbers that the record has no place for, are the sender's: nobody else's list fails by them, and the commands
// that follow are not kept back.
func TestOddTimesAndNumbersHarmNobody(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	h := newHandset(t, w, rights.Officer, 1)
	h.send(t, 0)
	odd := []string{"9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00+12:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2150-01-01T00:00:00Z"}
	var commands []sent
	for i, at := range odd {
		c := command(int64(i+1), "problem", strings.Replace(litter(i+1), `"bytes"`, fmt.Sprintf(`"taken_at": %q, "bytes"`, at), 1))
		c.MadeAt = at
		commands = append(commands, c)
	}
	for _, number := range []string{"1e999999", "1e-999999", "-1E+400", strings.Repeat("9", 400), "5e-324"} {
		commands = append(commands, command(int64(len(commands)+1), "problem", `{"x": [{"y": `+number+`}]}`))
	}
	commands = append(commands, command(int64(len(commands)+1), "step", `{"id": "`+uuid(9, 1)+`", "problem": "x", "kind": "comment", "note": "x"}`))
	commands = append(commands, command(int64(len(commands)+1), "check", checked(1, "public_toilet", 7, 1, `{"open": "pass"}`)))
	commands[len(commands)-1].MadeAt = odd[0]
	r := h.send(t, 0, commands...)
	if r.NextSeq != int64(len(commands)+1) {
		t.Fatalf("next %d\n%+v", r.NextSeq, r.Outcomes)
	}
	for i, o := range r.Outcomes {
		if want := map[bool]patrol.Status{true: patrol.Done, false: patrol.Refused}[i < len(odd) || i == len(commands)-1]; o.Status != want || strings.HasSuffix(o.Type, ":internal") {
			t.Errorf("%d: %+v", o.Seq, o)
		}
	}
	for _, path := range []string{"/problems", "/problems/" + uuid(7, 1), "/problems?f=csv", "/pack", "/checks"} {
		if a := w.get(t, "/api/v1/patrol"+path, w.as(t, rights.Officer)...); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	if n := w.count(t, `SELECT count(*) FROM patrol_photo WHERE taken_at IS NOT NULL`); n != 1 {
		t.Errorf("%d photos say when they were taken, want that of 2150", n)
	}
	named := `{"device": {"id": "` + uuid(1, 5) + `", "title": "a\u0000b"}, "sent_at": "2026-01-01T00:00:00Z", "commands": []}`
	far := strings.Replace(named, "2026-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", 1)
	for _, body := range []string{named, far, strings.Replace(named, `"commands"`, `"floor": 9007199254740993, "commands"`, 1)} {
		if a := w.send(t, http.MethodPost, "/api/v1/patrol/commands", strings.NewReader(body), h.who...); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
}

func TestClocksAndPositionsOfPhones(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	clock := time.Now().AddDate(4, 0, 0)
	c := command(1, "problem", litter(1))
	c.MadeAt = clock.Add(-time.Hour).UTC().Format(time.RFC3339)
	zero := command(2, "problem", strings.Replace(strings.Replace(litter(2), "120.0001", "0", 1), "36.2701", "0", 1))
	gcj := command(3, "problem", strings.Replace(litter(3), `"accuracy_m": 8`, `"accuracy_m": 300, "datum": "gcj02"`, 1))
	r := h.sendAt(t, clock, 0, c, zero, gcj)
	expect(t, r, 4, "1 done", "2 done", "3 done")
	for i, want := range [][]patrol.Flag{{patrol.FlagClock}, {patrol.FlagZero}, {patrol.FlagInaccurate}} {
		for _, f := range want {
			if !slices.Contains(r.Outcomes[i].Flags, f) {
				t.Errorf("%d has flags %v, wants %s", i+1, r.Outcomes[i].Flags, f)
			}
		}
	}
	var at time.Time
	if err := w.pool.QueryRow(t.Context(), `SELECT at FROM problem WHERE id = $1`, uuid(7, 1)).Scan(&at); err != nil || time.Since(at) < 59*time.Minute || time.Since(at) > 61*time.Minute {
		t.Errorf("made an hour ago by a clock in 2030: %v %v", at, err)
	}
	var off float64
	if err := w.pool.QueryRow(t.Context(), `SELECT ST_Distance(a.geom::geography, b.geom::geography) FROM problem a, problem b WHERE a.id = $1 AND b.id = $2`, uuid(7, 1), uuid(7, 3)).Scan(&off); err != nil || off < 400 || off > 600 {
		t.Errorf("GCJ-02 was moved by %.0f m %v", off, err)
	}
}

func TestADeviceIsOneAccounts(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	h.send(t, 0, command(1, "problem", litter(1)))
	other := newHandset(t, w, rights.Street, 1)
	body := `{"device": {"id": "` + h.device + `"}, "sent_at": "2026-01-01T00:00:00Z", "commands": []}`
	if a := w.send(t, http.MethodPost, "/api/v1/patrol/commands", strings.NewReader(body), other.who...); a.StatusCode != http.StatusConflict {
		t.Errorf("another account's device: %d %s", a.StatusCode, a.body)
	}
	a := w.get(t, "/api/v1/patrol/commands?device="+h.device, other.who[:2]...)
	if a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), `"items":[]`) {
		t.Errorf("another account's outcomes: %d %s", a.StatusCode, a.body)
	}
}
