package city

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"sync"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// newestSQL finds the newest writer there is; writersSQL those from a number on.
const (
	newestSQL  = `SELECT txid::text::int8 FROM change ORDER BY txid DESC LIMIT 1`
	writersSQL = `SELECT DISTINCT txid::text::int8 FROM change WHERE txid >= $1::text::xid8`
)

// load reads the whole city in one transaction.
func (c *City) load(ctx context.Context, tx pgx.Tx) (*View, error) {
	v := &View{states: map[string]any{}}
	batch := &pgx.Batch{}
	queueHorizon(batch, &v.horizon)
	v.rules = queueRules(batch)
	batch.Queue(newestSQL).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if len(found) > 0 {
			v.revision = Revision(found[0])
		}
		return err
	})
	queueSettings(batch, &v.settings)
	queueSchemes(batch, &v.schemes)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	if err := v.horizon.fill(ctx, tx); err != nil {
		return nil, err
	}
	all := tileLayers(v.schemes)
	stacks := map[string]*stack{}
	if err := c.loadSources(ctx, tx, sources(all), v.rules, stacks); err != nil {
		return nil, err
	}
	for _, l := range all {
		v.stacks = append(v.stacks, stacks[l.ID])
	}
	for key, m := range c.cfg.Models {
		state, err := m.Load(ctx, tx)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", key, err)
		}
		v.states[key] = state
	}
	return v, refuseRewritten(ctx, tx, c.tables(all)...)
}

// fill finds, on a standby, the writers that the horizon does not tell of.
func (h *horizon) fill(ctx context.Context, tx pgx.Tx) error {
	if !h.standby {
		return nil
	}
	rows, err := tx.Query(ctx, writersSQL, strconv.FormatUint(h.xmin, 10))
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	h.seen = map[uint64]struct{}{}
	for _, x := range found {
		h.seen[uint64(x)] = struct{}{}
	}
	return err
}

func queueSettings(batch *pgx.Batch, into *map[string]json.RawMessage) {
	batch.Queue(settingsSQL).Query(func(rows pgx.Rows) error {
		all := map[string]json.RawMessage{}
		var key, value string
		_, err := pgx.ForEachRow(rows, []any{&key, &value}, func() error {
			all[key] = json.RawMessage(value)
			return nil
		})
		*into = all
		return err
	})
}

func queueSchemes(batch *pgx.Batch, into *[]scheme) {
	batch.Queue(schemesSQL).Query(func(rows pgx.Rows) (err error) {
		*into, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (s scheme, err error) {
			return s, row.Scan(&s.code, &s.title, &s.titleEn, &s.firstZoom, &s.shown)
		})
		return err
	})
}

// loadSources reads tables one after the other, and packs one while the next is being read.
func (c *City) loadSources(ctx context.Context, tx pgx.Tx, all []*source, rules *layers.Rules, into map[string]*stack) error {
	var mu sync.Mutex
	var packing sync.WaitGroup
	defer packing.Wait()
	for _, s := range all {
		r := s.reader(rules)
		if err := copyOut(ctx, tx.Conn().PgConn(), "COPY ("+s.query(false)+") TO STDOUT (FORMAT binary)", r.row); err != nil {
			return fmt.Errorf("table %s: %w", s.table, err)
		}
		c.complain(r)
		for _, l := range s.layers {
			t := r.tables[l.ID]
			packing.Go(func() {
				packed := newStack(newLook(t.layer), t)
				mu.Lock()
				defer mu.Unlock()
				into[t.layer.ID] = packed
			})
		}
	}
	return nil
}

// complain says what of a table could not be read.
func (c *City) complain(r *reader) {
	if r.skipped > 0 {
		c.cfg.Log.Warn("rows with a geometry that no layer holds are not on the map", "table", r.table, "rows", r.skipped, "last_id", r.skippedID)
	}
}

// delta is what a look changes in a view.
type delta struct {
	empty    bool
	settings map[string]json.RawMessage // nil where they stay, as below
	schemes  []scheme
	layers   []*layers.Layer
	rules    *layers.Rules
	loaded   map[string]*stack  // layers that were loaded again
	touched  map[string][]int64 // layers, and what goes from them
	fresh    map[string]*table  // what comes into them
	states   map[string]any
}

// reloadRows is how many changed rows are always fetched by their ids; more, if they are half of the table, are not.
const reloadRows = 10_000

// read reads everything that the changes make necessary.
func (c *City) read(ctx context.Context, tx pgx.Tx, old *View, f findings) (delta, error) {
	d := delta{loaded: map[string]*stack{}, touched: map[string][]int64{}, fresh: map[string]*table{}, layers: old.Layers()}
	again := map[string]bool{}
	if err := d.readSettings(ctx, tx, f, again); err != nil {
		return d, err
	}
	all := sources(d.layers)
	if !reflect.DeepEqual(f.rules, old.rules) {
		d.rules = f.rules
		for _, s := range all {
			again[s.table] = again[s.table] || s.derives
		}
	}
	var reload []*source
	for _, s := range all {
		ids, changed := f.changed[s.table]
		switch {
		case again[s.table], changed && (ids == nil || len(ids) > reloadRows && len(ids) > old.rowsOf(s)/2):
			reload = append(reload, s)
		case changed:
			if err := c.fetch(ctx, tx, s, f.rules, ids, &d); err != nil {
				return d, fmt.Errorf("table %s: %w", s.table, err)
			}
		}
	}
	if err := c.loadSources(ctx, tx, reload, f.rules, d.loaded); err != nil {
		return d, err
	}
	if err := c.readModels(ctx, tx, old, f, &d); err != nil {
		return d, err
	}
	d.empty = d.settings == nil && d.rules == nil && len(d.loaded) == 0 && len(d.touched) == 0 && d.states == nil
	return d, nil
}

// readSettings reads settings and schemes where they changed. A change of schemes makes new layers of the table grid.
func (d *delta) readSettings(ctx context.Context, tx pgx.Tx, f findings, again map[string]bool) error {
	batch := &pgx.Batch{}
	if _, changed := f.changed["setting"]; changed {
		queueSettings(batch, &d.settings)
	}
	_, schemes := f.changed["grid_scheme"]
	if schemes {
		queueSchemes(batch, &d.schemes)
	}
	if batch.Len() > 0 {
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
	}
	if schemes {
		d.layers = tileLayers(d.schemes)
		again["grid"] = true
	}
	return nil
}

func (v *View) rowsOf(s *source) (n int) {
	for _, l := range s.layers {
		if st := v.stack(l.ID); st != nil {
			n += st.len()
		}
	}
	return n
}

// fetch reads changed rows of a table. All its layers give up the ids; one of them gets the row, if it is still there.
func (c *City) fetch(ctx context.Context, tx pgx.Tx, s *source, rules *layers.Rules, ids []int64, d *delta) error {
	r := s.reader(rules)
	rows, err := tx.Query(ctx, s.query(true), pgx.QueryResultFormats{pgx.BinaryFormatCode}, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := r.row(rows.RawValues()); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.complain(r)
	for _, l := range s.layers {
		d.touched[l.ID], d.fresh[l.ID] = ids, r.tables[l.ID]
	}
	return nil
}

func (c *City) readModels(ctx context.Context, tx pgx.Tx, old *View, f findings, d *delta) error {
	for key, m := range c.cfg.Models {
		changed := map[string][]int64{}
		for _, entity := range m.Entities() {
			if ids, ok := f.changed[entity]; ok {
				changed[entity] = ids
			}
		}
		if len(changed) == 0 {
			continue
		}
		state, err := m.Apply(ctx, tx, old.states[key], changed)
		if err != nil {
			return fmt.Errorf("model %s: %w", key, err)
		}
		if d.states == nil {
			d.states = map[string]any{}
		}
		d.states[key] = state
	}
	return nil
}

// applyTo changes a copy of the view shown. merging is the stack being merged, whose blocks must stay; nil for none.
func (d *delta) applyTo(v *View, merging *stack) {
	if d.empty {
		return
	}
	v.version++
	if d.settings != nil {
		v.settings = d.settings
	}
	if d.schemes != nil {
		v.schemes = d.schemes
	}
	if d.rules != nil {
		v.rules = d.rules
	}
	if d.states != nil {
		states := map[string]any{}
		for key, s := range v.states {
			states[key] = s
		}
		for key, s := range d.states {
			states[key] = s
		}
		v.states = states
	}
	stacks := make([]*stack, 0, len(d.layers))
	for _, l := range d.layers {
		s := d.loaded[l.ID]
		if s == nil {
			s = v.stack(l.ID)
			if touched, ok := d.touched[l.ID]; ok {
				keep := 0
				if merging != nil && merging.layer.ID == l.ID {
					keep = len(merging.segs)
				}
				s = s.apply(touched, d.fresh[l.ID], keep)
			}
		}
		stacks = append(stacks, s)
	}
	v.stacks = stacks
}
