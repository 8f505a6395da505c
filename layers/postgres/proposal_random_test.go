package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers"
	"wangge/layers/postgres"
)

// story is what officers and staff do to one toilet, beside what the record should have of it.
type story struct {
	t      *testing.T
	pool   *pgxpool.Pool
	chance *rand.Rand
	id     int64
	past   []map[string]any // by revision, from 1
	made   []*layers.Proposal
	open   map[string]bool
}

func (s *story) now() map[string]any { return s.past[len(s.past)-1] }

// some are values of some of two fields.
func (s *story) some() map[string]any {
	values := map[string]any{}
	for _, name := range []string{"name", "opening_hours"} {
		if s.chance.IntN(3) > 0 {
			values[name] = fmt.Sprint("值", s.chance.IntN(3))
		}
	}
	return values
}

// write notes what a write should make of the toilet; nothing where it changes nothing.
func (s *story) write(values map[string]any) {
	next, changed := map[string]any{}, false
	for name, v := range s.now() {
		next[name] = v
	}
	for name, v := range values {
		changed = changed || next[name] != v
		next[name] = v
	}
	if changed {
		s.past = append(s.past, next)
	}
}

// find proposes something, on the ground of any version that there was. What differs from nothing is refused.
func (s *story) find() {
	p := finding(len(s.made)+1, layers.Differs, s.id, int64(1+s.chance.IntN(len(s.past))))
	p.Values = s.some()
	seen, differs := s.past[p.Base-1], false
	for name, v := range p.Values {
		differs = differs || seen[name] != v
	}
	isNew, err := postgres.Propose(s.t.Context(), s.pool, p)
	if isNew != differs || differs != (err == nil) {
		s.t.Fatalf("%v against %v: new %v, %v", p.Values, seen, isNew, err)
	}
	if isNew {
		s.made = append(s.made, p)
		s.open[p.ID] = true
	}
}

// edit is a write by staff.
func (s *story) edit() {
	values := s.some()
	if len(values) == 0 {
		return
	}
	change(s.t, s.pool, s.id, values)
	s.write(values)
}

// decide takes some fields of a proposal, having seen some version. What would write over a later change of a field is refused, and nothing else is.
func (s *story) decide() {
	if len(s.made) == 0 {
		return
	}
	p := s.made[s.chance.IntN(len(s.made))]
	d := layers.Decision{Fields: map[string]bool{}, Reason: "说明", Seen: int64(s.chance.IntN(len(s.past) + 1))}
	taken, stale := map[string]any{}, false
	for name, v := range p.Values {
		if d.Fields[name] = s.chance.IntN(2) == 0; d.Fields[name] {
			taken[name] = v
			stale = stale || d.Seen > 0 && s.past[d.Seen-1][name] != s.now()[name]
		}
	}
	out, err := postgres.Decide(s.t.Context(), s.pool, p.ID, 0, d, anywhere)
	switch {
	case !s.open[p.ID]:
		if !errors.Is(err, postgres.ErrDecided) {
			s.t.Fatalf("decided twice: %+v, %v", out, err)
		}
	case stale:
		if !errors.Is(err, postgres.ErrStale) {
			s.t.Fatalf("%v at %d over %v: %+v, %v", d.Fields, d.Seen, s.now(), out, err)
		}
	case err != nil:
		s.t.Fatalf("%+v: %v", d, err)
	default:
		s.write(taken)
		s.open[p.ID] = false
		if (out.State == layers.ProposalRejected) != (len(taken) == 0) || len(taken) > 0 && out.ResultRevision != int64(len(s.past)) {
			s.t.Fatalf("%+v of %v became %+v", d, p.Values, out)
		}
	}
}

// Whatever officers and staff do in whatever order, the record has what was decided and nothing else, and no finding is lost.
func TestProposalsAtRandom(t *testing.T) {
	steps := 120
	if n, err := strconv.Atoi(os.Getenv("WANGGE_STEPS")); err == nil {
		steps = n
	}
	pool := ground(t)
	made := toilet(t, pool, map[string]any{"name": "值0"})
	s := &story{t: t, pool: pool, chance: rand.New(rand.NewPCG(11, uint64(steps))), id: made.ID, past: []map[string]any{{"name": "值0", "opening_hours": nil}}, open: map[string]bool{}}
	for range steps {
		switch s.chance.IntN(5) {
		case 0, 1:
			s.find()
		case 2:
			s.edit()
		default:
			s.decide()
		}
		now := fieldsOf(t, pool, s.id)
		for name, want := range s.now() {
			if now[name] != want {
				t.Fatalf("%s is %v, should be %v", name, now[name], want)
			}
		}
		if now["revision"] != int64(len(s.past)) {
			t.Fatalf("revision %v after %d", now["revision"], len(s.past))
		}
	}
	list, total, err := postgres.NewReader(pool).Proposals(t.Context(), postgres.ProposalFilter{Everything: true, Limit: steps})
	if err != nil || total != len(s.made) {
		t.Fatalf("%d findings of %d, %v", total, len(s.made), err)
	}
	for _, p := range list {
		if (p.State == layers.ProposalOpen) != s.open[p.ID] {
			t.Errorf("%s is %s", p.ID, p.State)
		}
	}
}
