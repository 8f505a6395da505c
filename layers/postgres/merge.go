package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/geo/pgeom"
	"wangge/layers/ingest"
)

// merge writes what is staged.
func (r *run) merge(ctx context.Context, m *ingest.Mapper) error {
	if err := r.lock(ctx); err != nil {
		return err
	}
	for _, s := range r.stages {
		if !s.created {
			continue
		}
		r.job.Progress("合并 merging "+s.layer.ID, 0, 0)
		s.given = m.Given(s.layer.ID)
		if err := r.mergeLayer(ctx, s, s.writes(s.given)); err != nil {
			return fmt.Errorf("merging %s: %w", s.layer.ID, err)
		}
		r.add(s.counts)
		if err := r.tell(ctx, s); err != nil {
			return fmt.Errorf("rows of %s: %w", s.layer.ID, err)
		}
	}
	if err := r.mergeAside(ctx); err != nil {
		return fmt.Errorf("what is set aside: %w", err)
	}
	return r.credit(ctx)
}

// add adds what merging did with a layer's rows to the sum; rejects are in it already.
func (r *run) add(c *Counts) {
	c.Unchanged = c.Read - c.Inserted - c.Updated - c.Rejected - c.Aside
	r.result.Inserted += c.Inserted
	r.result.Updated += c.Updated
	r.result.Unchanged += c.Unchanged
}

// lock keeps other writers from the tables that are written, and from grids and regions, until the end. The order of names is
// the same in all imports, so that none waits for another in a ring.
func (r *run) lock(ctx context.Context) error {
	written := []string{}
	for _, s := range r.stages {
		written = append(written, s.layer.Table)
	}
	names := append([]string{"grid", "region"}, written...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		mode := "SHARE"
		if slices.Contains(written, name) {
			mode = "SHARE ROW EXCLUSIVE"
		}
		if _, err := r.tx.Exec(ctx, "LOCK TABLE "+quoted(name)+" IN "+mode+" MODE"); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) mergeLayer(ctx context.Context, s *staged, columns []string) error {
	if err := s.ask(ctx, r.tx); err != nil {
		return err
	}
	if err := r.sift(ctx, s); err != nil {
		return err
	}
	if err := r.exec(ctx, s.createPlan(columns), "CREATE INDEX ON "+s.plan()+" (id)", "ANALYZE "+s.plan()); err != nil {
		return err
	}
	if s.layer.ID != "region" {
		if err := r.place(ctx, s); err != nil {
			return err
		}
	}
	if err := r.confine(ctx, s); err != nil {
		return err
	}
	if err := r.write(ctx, s, columns); err != nil {
		return err
	}
	return r.findDuplicates(ctx, s)
}

// sift sets aside what cannot be merged.
func (r *run) sift(ctx context.Context, s *staged) error {
	type step struct {
		sql  string
		code ingest.Code
	}
	steps := []step{{s.dropUnfit(), ingest.Constraint}, {s.dropRepeatedKeys(), ingest.DuplicateKey}}
	if s.has("code") {
		steps = append(steps, step{s.dropRepeatedCodes(), ingest.DuplicateCode})
	}
	for _, one := range steps {
		if err := r.setAside(ctx, s, one.sql, one.code); err != nil {
			return err
		}
	}
	if err := r.exec(ctx, "ANALYZE "+s.stage(), s.createKeys(), "ANALYZE "+s.keys()); err != nil {
		return err
	}
	steps = []step{{s.dropConflicts(), ingest.KeyConflict}, {s.dropSameRow(), ingest.DuplicateKey}, {s.dropTakenCodes(), ingest.CodeTaken}}
	if !s.has("code") {
		return nil
	}
	for _, one := range steps {
		if one.code == ingest.CodeTaken && !s.layer.Collection {
			continue // codes of regions are not registered
		}
		if err := r.setAside(ctx, s, one.sql, one.code); err != nil {
			return err
		}
	}
	return nil
}

// setAside runs a statement that deletes staged rows, and reports them in the order of the file. No statement, no rows.
func (r *run) setAside(ctx context.Context, s *staged, sql string, code ingest.Code) error {
	if sql == "" {
		return nil
	}
	rows, err := r.tx.Query(ctx, inOrder(sql))
	if err != nil {
		return fmt.Errorf("%s: %w", code, err)
	}
	var row int64
	var key, detail string
	var props map[string]any
	var geom []byte
	_, err = pgx.ForEachRow(rows, []any{&row, &key, &detail, &props, &geom}, func() error {
		s.counts.Rejected++
		r.result.Rejected++
		reject := ingest.Rejected(row, key, s.layer.ID, code, detail)
		reject.Props = maps.Clone(props)
		var err error
		if reject.Geometry, err = pgeom.Decode(geom); err != nil {
			return err
		}
		return r.job.Report(reject)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", code, err)
	}
	return nil
}

// place finds the regions of what is planned. What lies outside all of them is set aside, or counted where new areas are taken.
func (r *run) place(ctx context.Context, s *staged) error {
	if err := r.exec(ctx, s.createPlaced()...); err != nil {
		return err
	}
	rows, err := r.tx.Query(ctx, levelsSQL)
	if err != nil {
		return err
	}
	levels, err := pgx.CollectRows(rows, pgx.RowTo[int16])
	if err != nil {
		return err
	}
	rest := s.plan()
	for i, level := range levels {
		if i > 0 {
			var sql string
			rest, sql = s.createRest(rest, level)
			tag, err := r.tx.Exec(ctx, sql)
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				break
			}
		}
		if _, err := r.tx.Exec(ctx, s.placeLevel(rest), level); err != nil {
			return err
		}
	}
	if err := r.exec(ctx, "ANALYZE "+s.placed(), s.createOutside(rest)); err != nil {
		return err
	}
	if !r.job.NewArea {
		if err := r.setAside(ctx, s, s.dropOutside(), ingest.OutsideRegions); err != nil {
			return err
		}
		return r.exec(ctx, s.forgetOutside())
	}
	var outside int64
	if err := r.tx.QueryRow(ctx, "SELECT count(*) FROM "+s.outside()).Scan(&outside); err != nil {
		return err
	}
	if outside > 0 {
		r.result.NewArea += outside
		return r.job.Report(ingest.Rejected(0, "", s.layer.ID, ingest.NewArea, fmt.Sprint(outside)))
	}
	return nil
}

// write writes the plan, its grids, and parents of regions.
func (r *run) write(ctx context.Context, s *staged, columns []string) error {
	if s.inGrids() {
		if err := r.exec(ctx, s.clearGrids()); err != nil {
			return err
		}
	}
	tag, err := r.tx.Exec(ctx, s.insert(columns))
	if err != nil {
		return err
	}
	s.counts.Inserted += tag.RowsAffected()
	for _, sql := range []string{s.updateMoved(columns), s.updateOther(columns)} {
		if sql == "" {
			continue
		}
		if tag, err = r.tx.Exec(ctx, sql); err != nil {
			return err
		}
		s.counts.Updated += tag.RowsAffected()
	}
	switch {
	case s.inGrids():
		return r.exec(ctx, s.placeGrids()...)
	case s.layer.ID == "region":
		return r.exec(ctx, adoptSQL)
	}
	return nil
}

func (r *run) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := r.tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%w in %.60s", err, strings.Join(strings.Fields(sql), " "))
		}
	}
	return nil
}
