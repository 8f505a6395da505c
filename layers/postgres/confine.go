package postgres

import (
	"context"
	"fmt"

	"wangge/layers/ingest"
)

// confine sets aside what the importing account may not write: rows outside its division, or of another department, now or after the import.
func (r *run) confine(ctx context.Context, s *staged) error {
	reach := r.job.Reach
	switch {
	case reach == nil:
		return nil
	case !s.has("region_code"): // what lies in no division is nobody's of one
		if err := r.setAside(ctx, s, s.dropAll(), ingest.NotYours); err != nil {
			return err
		}
		return r.exec(ctx, "DELETE FROM "+s.plan())
	}
	if err := r.exec(ctx, s.createForeign(reach)); err != nil {
		return err
	}
	if err := r.setAside(ctx, s, s.dropForeign(), ingest.NotYours); err != nil {
		return err
	}
	return r.exec(ctx, fmt.Sprintf("DELETE FROM %s p USING %s u WHERE u.seq = p.seq", s.plan(), s.foreign()))
}

func (t *table) foreign() string { return quoted("foreign_" + t.layer.ID) }

// createForeign lists the planned rows that are out of reach: where they will be, and where they are.
func (t *table) createForeign(reach *Reach) string {
	within := func(row, region string) string {
		clause := "true"
		if reach.Region != "" {
			clause = fmt.Sprintf("coalesce(starts_with(%s, %s), false)", region, quoteText(reach.Region))
		}
		if reach.Dept != "" {
			clause += fmt.Sprintf(" AND %s IN (coalesce(%[2]s.competent_dept, ''), coalesce(%[2]s.owner_dept, ''), coalesce(%[2]s.maintainer_dept, ''))", quoteText(reach.Dept), row)
		}
		return clause
	}
	return fmt.Sprintf(`CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
SELECT p.seq FROM %s p JOIN %s s USING (seq) LEFT JOIN %s d ON d.id = p.id LEFT JOIN %s o ON o.id = p.id AND NOT p.is_new
WHERE NOT (%s) OR NOT p.is_new AND NOT (%s)`,
		t.foreign(), t.plan(), t.stage(), t.placed(), t.name(), within("s", "coalesce(d.region_code, o.region_code)"), within("o", "o.region_code"))
}

func (t *table) dropAll() string {
	return fmt.Sprintf("DELETE FROM %s s", t.stage()) + fmt.Sprintf(setAside, "''")
}

func (t *table) dropForeign() string {
	return fmt.Sprintf(`DELETE FROM %s s USING %s u WHERE u.seq = s.seq`, t.stage(), t.foreign()) + fmt.Sprintf(setAside, "''")
}
