package city

import (
	"slices"
	"sync"
	"time"
)

// maxPastTables bounds how many tables of other times are kept.
const maxPastTables = 64

// moments are the first and the last of the times of some changes.
type moments struct{ first, last time.Time }

func (m moments) with(at time.Time) moments {
	if m.first.IsZero() || at.Before(m.first) {
		m.first = at
	}
	if at.After(m.last) {
		m.last = at
	}
	return m
}

// pastTable is a table as it was from one change of it until the next.
type pastTable struct {
	table    string
	from, to time.Time         // from is zero before the first change; to is zero where the table is still so
	stacks   map[string]*stack // by layer; nil where the table is still so
	bytes    int64
}

// holds tells whether the table was so at an instant, with all layers of a source.
func (p *pastTable) holds(at time.Time, s *source) bool {
	if p.table != s.table || at.Before(p.from) || !p.to.IsZero() && !at.Before(p.to) {
		return false
	}
	for _, l := range s.layers {
		if p.stacks != nil && p.stacks[l.ID] == nil {
			return false
		}
	}
	return true
}

// hear is what is left of a table when changes in its time come to light: nil for nothing.
func (p *pastTable) hear(m moments) *pastTable {
	q := *p
	switch {
	case p.to.IsZero(): // the live table has the changes: it is as it was from the last of them on
		if m.last.After(p.from) {
			q.from = m.last
		}
	case !m.first.Before(p.to):
	case m.first.After(p.from):
		q.to = m.first
	default:
		return nil
	}
	return &q
}

// archive keeps tables of other times, the one used last at the end.
type archive struct {
	mu     sync.Mutex
	tables []*pastTable
	flight *flight // the load that goes on
}

// flight is a load that several may wait for.
type flight struct {
	at      time.Time
	sources []*source
	done    chan struct{} // closed when there is an answer
	tables  []*pastTable
	err     error
	heard   map[string]moments // while it went on
	stale   bool               // everything was forgotten meanwhile
}

// carries tells whether the answer will have tables of an instant.
func (f *flight) carries(at time.Time, wanted []*source) bool {
	return f.at.Equal(at) && !slices.ContainsFunc(wanted, func(w *source) bool {
		return !slices.ContainsFunc(f.sources, func(s *source) bool { return s.table == w.table })
	})
}

// find gives what is kept of an instant, and what is not.
func (a *archive) find(at time.Time, wanted []*source) (kept []*pastTable, missing []*source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range wanted {
		i := slices.IndexFunc(a.tables, func(p *pastTable) bool { return p.holds(at, s) })
		if i < 0 {
			missing = append(missing, s)
			continue
		}
		p := a.tables[i]
		a.tables = append(slices.Delete(a.tables, i, i+1), p)
		kept = append(kept, p)
	}
	return kept, missing
}

// board joins the load that goes on, or begins one.
func (a *archive) board(at time.Time, wanted []*source) (f *flight, own bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.flight != nil {
		return a.flight, false
	}
	a.flight = &flight{at: at, sources: wanted, done: make(chan struct{}), heard: map[string]moments{}}
	return a.flight, true
}

// land keeps what a load brought and lets those who wait for it go on.
func (a *archive) land(f *flight, most int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flight = nil
	close(f.done)
	if f.err != nil || f.stale {
		return
	}
	for _, p := range f.tables {
		if m, heard := f.heard[p.table]; heard {
			if p = p.hear(m); p == nil {
				continue
			}
		}
		a.tables = append(a.tables, p)
	}
	bytes := int64(0)
	for _, p := range a.tables {
		bytes += p.bytes
	}
	for len(a.tables) > len(f.tables) && (bytes > most || len(a.tables) > maxPastTables) {
		bytes -= a.tables[0].bytes
		a.tables = slices.Delete(a.tables, 0, 1)
	}
}

// hear is told of changes that came to light.
func (a *archive) hear(all map[string]moments) {
	if len(all) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.flight != nil {
		for table, m := range all {
			a.flight.heard[table] = a.flight.heard[table].with(m.first).with(m.last)
		}
	}
	left := a.tables[:0:0]
	for _, p := range a.tables {
		if m, changed := all[p.table]; changed {
			p = p.hear(m)
		}
		if p != nil {
			left = append(left, p)
		}
	}
	a.tables = left
}

// forget begins anew.
func (a *archive) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tables = nil
	if a.flight != nil {
		a.flight.stale = true
	}
}
