package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
)

// RateBy is what rates are told apart by.
type RateBy string

// The ways.
const (
	ByCounty    RateBy = "county"
	ByStreet    RateBy = "street"
	ByRegion    RateBy = "region" // the narrowest division
	ByClass     RateBy = "class"
	ByMajor     RateBy = "major" // the class above
	BySource    RateBy = "source"
	ByDept      RateBy = "dept"
	ByOfficer   RateBy = "officer"    // who reported
	ByPlaceKind RateBy = "place_kind" // of what they are about
)

// RatesBy are all of them; the first is the usual one.
func RatesBy() []RateBy {
	return []RateBy{ByStreet, ByRegion, ByCounty, ByClass, ByMajor, BySource, ByDept, ByOfficer, ByPlaceKind}
}

// ratesSQL counts the problems of a filter by one thing ($26). What has none of it is counted under ”. Void and merged ones are no problems of their own.
const ratesSQL = `
SELECT coalesce(CASE $26 WHEN 'county' THEN left(p.region_code, 6) WHEN 'street' THEN CASE WHEN length(p.region_code) >= 9 THEN left(p.region_code, 9) END WHEN 'region' THEN p.region_code
                         WHEN 'class' THEN p.class WHEN 'major' THEN c.parent WHEN 'source' THEN p.source WHEN 'dept' THEN p.dept WHEN 'officer' THEN p.reporter_holder::text
                         WHEN 'place_kind' THEN CASE p.subject_kind WHEN 'place' THEN (SELECT l.kind FROM place l WHERE l.id = p.subject_id)
                                                                    ELSE (SELECT min(k.code) FROM place_kind k WHERE k.layer = p.subject_kind) END END, ''),
       count(*), count(*) FILTER (WHERE p.state IN ('rectified', 'closed')), count(*) FILTER (WHERE p.state = 'closed'), count(*) FILTER (WHERE p.on_the_spot),
       count(*) FILTER (WHERE p.returns > 0), count(*) FILTER (WHERE p.reworks > 0), count(*) FILTER (WHERE p.state = 'suspended'),
       count(*) FILTER (WHERE p.rectified_at IS NOT NULL OR p.reworks > 0)
FROM problem p JOIN problem_class c ON c.code = p.class` + problemScopeSQL + ` AND p.state NOT IN ('void', 'merged') GROUP BY 1 ORDER BY 1`

// Rates counts the problems of a filter by one thing, those that the caller may see.
func (s *Store) Rates(ctx context.Context, f *ProblemFilter, by RateBy) (list []patrol.Rate, err error) {
	err = s.look(ctx, func(tx pgx.Tx) error {
		args, err := f.scope(ctx, tx)
		if err != nil {
			return err
		}
		list, err = query(ctx, tx, ratesSQL, append(args, string(by)), readRate)
		return err
	})
	return list, interpret(err)
}

func readRate(row pgx.CollectableRow) (r patrol.Rate, err error) {
	return r, row.Scan(&r.Code, &r.Found, &r.Rectified, &r.Closed, &r.OnTheSpot, &r.Returned, &r.Reworked, &r.Suspended, &r.Handled)
}
