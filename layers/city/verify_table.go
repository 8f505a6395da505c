package city

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// findingsOf are what was settled.
type findingsOf struct {
	tallies     map[string]Tally // by layer
	differences int64
	listed      []Difference
}

func (f *findingsOf) count(layer string, memory, record int64) {
	t := f.tallies[layer]
	f.tallies[layer] = Tally{t.Memory + memory, t.Record + record}
}

func (f *findingsOf) add(d Difference) {
	if f.differences++; len(f.listed) < maxListed {
		f.listed = append(f.listed, d)
	}
}

func (f *findingsOf) merge(o findingsOf) {
	for layer, t := range o.tallies {
		f.count(layer, t.Memory, t.Record)
	}
	f.differences += o.differences
	f.listed = append(f.listed, o.listed[:min(len(o.listed), maxListed-len(f.listed))]...)
}

func (f *findingsOf) sorted() []Difference {
	slices.SortStableFunc(f.listed, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Layer, y.Layer), cmp.Compare(x.ID, y.ID))
	})
	return f.listed
}

// ledger holds the layers of one table against its rows.
type ledger struct {
	view    *View
	source  *source
	only    []int64 // ids to look at, ascending; nil for all
	changed []int64 // ids that changed after the view, ascending
	first   bool    // the first look: what differs is left, not settled

	reader *reader
	met    map[*block][]uint64 // a bit for each row that the record has
	found  findingsOf
	left   []int64 // ids to look at again
}

func newLedger(v *View, s *source, only, changed []int64, first bool) *ledger {
	l := &ledger{view: v, source: s, only: only, changed: changed, first: first, met: map[*block][]uint64{}}
	l.found.tallies = map[string]Tally{}
	for _, layer := range s.layers {
		l.found.tallies[layer.ID] = Tally{}
		for _, seg := range v.stack(layer.ID).segs {
			l.met[seg.block] = make([]uint64, (seg.len()+63)/64)
		}
	}
	l.reader = s.reader(v.rules)
	return l
}

// overflows tells whether there is more left than should be kept.
func (l *ledger) overflows() bool { return len(l.left) > maxLeft }

// handful is how many rows are read before they are compared and dropped.
const handful = 1024

// compare reads the rows, by the rules of the view: rules are compared by themselves.
func (l *ledger) compare(ctx context.Context, tx pgx.Tx) error {
	n := 0
	row := func(fields [][]byte) error {
		if n++; n%handful == 0 {
			l.compareRows()
		}
		return l.reader.row(fields)
	}
	var err error
	if l.only == nil {
		err = copyOut(ctx, tx.Conn().PgConn(), "COPY ("+l.source.query(false)+") TO STDOUT (FORMAT binary)", row)
	} else {
		err = fetchRows(ctx, tx, l.source, l.only, row)
	}
	if err != nil {
		return err
	}
	l.compareRows()
	l.compareRest()
	return nil
}

// fetchRows calls row for the current rows with some ids.
func fetchRows(ctx context.Context, tx pgx.Tx, s *source, ids []int64, row func(fields [][]byte) error) error {
	rows, err := tx.Query(ctx, s.query(true), pgx.QueryResultFormats{pgx.BinaryFormatCode}, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.RawValues()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// compareRows compares the rows read so far, and drops them.
func (l *ledger) compareRows() {
	for _, layer := range l.source.layers {
		t, s := l.reader.tables[layer.ID], l.view.stack(layer.ID)
		for row, id := range t.ids {
			b, at, there := s.find(id)
			if !there {
				l.settle(layer.ID, id, 0, 1, Missing)
				continue
			}
			l.met[b][at/64] |= 1 << (at % 64)
			l.settle(layer.ID, id, 1, 1, b.differs(at, t, row))
		}
	}
	l.reader = l.source.reader(l.view.rules)
}

// compareRest finds the features in memory that the record does not have.
func (l *ledger) compareRest() {
	for _, layer := range l.source.layers {
		for _, seg := range l.view.stack(layer.ID).segs {
			met := l.met[seg.block]
			rest := func(row int) bool {
				if met[row/64]&(1<<(row%64)) == 0 {
					l.settle(layer.ID, seg.ids[row], 1, 0, Extra)
				}
				return true
			}
			if l.only == nil {
				seg.skip(0, seg.len(), rest)
				continue
			}
			for _, id := range l.only {
				if row, ok := seg.rowOf(id); ok {
					seg.skip(row, row+1, rest)
				}
			}
		}
	}
}

// settle counts a feature, with what differs, or leaves it for a later look.
func (l *ledger) settle(layer string, id, memory, record int64, what string) {
	_, changed := slices.BinarySearch(l.changed, id)
	if changed || what != "" && l.first {
		if !l.overflows() {
			l.left = append(l.left, id)
		}
		return
	}
	l.found.count(layer, memory, record)
	if what != "" {
		l.found.add(Difference{layer, id, what})
	}
}
