package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/patrol"
)

// AreaFilter says by which areas figures are wanted.
type AreaFilter struct {
	By     string // a kind of regions, or grid:<scheme>
	Scheme string // of By, where it is grids; "" else
	Within string // code of the region in which the areas lie; "" everywhere
}

const (
	// areaSQL are the areas that figures are wanted by ($1 kind of regions or scheme, $2 whether grids, $3 within), and the whole of them, which has no
	// code. An area lies within a division by its code, within a zone by a point of it.
	areaSQL = `
WITH inside AS (SELECT r.code, r.geom, k.is_division FROM region r JOIN region_kind k ON k.id = r.kind WHERE r.code = $3 AND r.valid_to IS NULL),
area AS MATERIALIZED (
    SELECT r.id, r.code, r.name, k.is_division, r.geom FROM region r JOIN region_kind k ON k.id = r.kind
    WHERE NOT $2 AND r.kind = $1 AND r.valid_to IS NULL
      AND ($3 = '' OR EXISTS (SELECT FROM inside i WHERE i.is_division AND k.is_division AND r.code LIKE i.code || '%' OR ST_Intersects(i.geom, ST_PointOnSurface(r.geom))))
    UNION ALL
    SELECT g.id, g.code, coalesce(g.name, ''), false, NULL FROM grid g
    WHERE $2 AND g.scheme = $1 AND g.valid_to IS NULL
      AND ($3 = '' OR EXISTS (SELECT FROM inside i WHERE i.is_division AND g.region_code LIKE i.code || '%' OR NOT i.is_division AND ST_Intersects(i.geom, ST_PointOnSurface(g.geom))))
    UNION ALL SELECT NULL, '', '', coalesce(i.is_division, true), i.geom FROM (SELECT) one LEFT JOIN inside i ON true WHERE $3 = '' OR i.code IS NOT NULL),
`
	// thingSQL is all that can be visited, each with its last visit since $4 and before $5. Duty grids are those of nets other than unit grids, of scheme $6.
	thingSQL = `
seen_grid AS (
    SELECT grid_id, max(at) AS last FROM (
        SELECT grid_id, at FROM patrol_check WHERE at >= $4 AND at < $5 AND grid_id IS NOT NULL
        UNION ALL SELECT subject_id, at FROM patrol_check WHERE at >= $4 AND at < $5 AND subject_kind = 'grid') c GROUP BY grid_id),
seen_line AS (
    SELECT subject_kind, subject_id, max(at) AS last FROM patrol_check WHERE at >= $4 AND at < $5 AND subject_kind IN ('back_alley', 'road') GROUP BY 1, 2),
thing AS MATERIALIZED (
    SELECT 'grid' AS what, g.id, g.region_code, g.area_m2 AS m, v.last, g.geom
    FROM grid g LEFT JOIN seen_grid v ON v.grid_id = g.id WHERE g.scheme = $6 AND g.valid_to IS NULL
    UNION ALL
    SELECT 'back_alley', f.id, f.region_code, ST_Length(f.geom::geography), v.last, f.geom
    FROM back_alley f LEFT JOIN seen_line v ON v.subject_kind = 'back_alley' AND v.subject_id = f.id WHERE f.status <> 'abandoned'
    UNION ALL
    SELECT 'road', f.id, f.region_code, ST_Length(f.geom::geography), v.last, f.geom
    FROM road f LEFT JOIN seen_line v ON v.subject_kind = 'road' AND v.subject_id = f.id WHERE f.status <> 'abandoned'),
`
	visitSumSQL = `
coalesce(sum(n) FILTER (WHERE what = 'grid'), 0), coalesce(sum(seen) FILTER (WHERE what = 'grid'), 0),
coalesce(sum(m) FILTER (WHERE what = 'grid'), 0), coalesce(sum(seen_m) FILTER (WHERE what = 'grid'), 0),
coalesce(sum(m) FILTER (WHERE what = 'back_alley'), 0), coalesce(sum(seen_m) FILTER (WHERE what = 'back_alley'), 0),
coalesce(sum(m) FILTER (WHERE what = 'road'), 0), coalesce(sum(seen_m) FILTER (WHERE what = 'road'), 0), max(last)`

	visitsSQL = areaSQL + thingSQL + `
by_region AS (
    SELECT what, region_code, count(*) AS n, count(last) AS seen, sum(m) AS m, sum(m) FILTER (WHERE last IS NOT NULL) AS seen_m, max(last) AS last
    FROM thing GROUP BY 1, 2),
part AS (
    SELECT a.code, a.name, t.what, t.n, t.seen, t.m, t.seen_m, t.last
    FROM area a JOIN by_region t ON a.is_division AND (a.id IS NULL AND $3 = '' OR t.region_code LIKE (CASE WHEN a.id IS NULL THEN $3 ELSE a.code END) || '%')
    UNION ALL
    SELECT a.code, a.name, t.what, 1, (t.last IS NOT NULL)::int, t.m, CASE WHEN t.last IS NOT NULL THEN t.m END, t.last
    FROM area a JOIN thing t ON NOT a.is_division AND t.geom && a.geom AND ST_Intersects(a.geom, ST_PointOnSurface(t.geom))
    UNION ALL
    SELECT a.code, a.name, 'grid', 1, (t.last IS NOT NULL)::int, t.m, CASE WHEN t.last IS NOT NULL THEN t.m END, t.last
    FROM area a JOIN thing t ON $2 AND a.id = t.id AND t.what = 'grid'
    UNION ALL
    SELECT a.code, a.name, t.what, 1, (t.last IS NOT NULL)::int, f.inside_m, CASE WHEN t.last IS NOT NULL THEN f.inside_m END, t.last
    FROM area a JOIN feature_grid f ON $2 AND f.grid_id = a.id JOIN thing t ON t.what = f.layer AND t.id = f.feature_id)
SELECT a.code, a.name, ` + visitSumSQL + `
FROM area a LEFT JOIN part p USING (code, name) GROUP BY a.code, a.name ORDER BY a.code`
)

// Visits tells what of areas was visited from one time to another, by code; the first is all of them together, without a code. Grids are those of a scheme.
func (s *Store) Visits(ctx context.Context, f AreaFilter, scheme string, from, to time.Time) ([]patrol.Visits, error) {
	by := f.By
	if f.Scheme != "" {
		by, scheme = f.Scheme, f.Scheme
	}
	return collect(ctx, s, visitsSQL, []any{by, f.Scheme != "", f.Within, from, to, scheme}, func(r pgx.CollectableRow) (v patrol.Visits, err error) {
		var last *time.Time
		err = r.Scan(&v.Code, &v.Name, &v.Grids.Whole, &v.Grids.Part, &v.AreaM2.Whole, &v.AreaM2.Part, &v.AlleyM.Whole, &v.AlleyM.Part, &v.RoadM.Whole, &v.RoadM.Part, &last)
		if last != nil {
			v.Last = last.UTC()
		}
		return v, err
	})
}

const (
	// overdueSQL is how much of what is to be checked now is, by grid or holder. An object that two grids have is in the row of each.
	overdueSQL = beatSQL + `
own AS MATERIALIZED (
    SELECT d.holder_id, d.role, d.target_kind, d.target_id FROM duty d
    WHERE d.valid_from <= $10 AND (d.valid_to IS NULL OR d.valid_to >= $10) AND duty_standing(d.id, $10) = 'on'),
` + reachSQL + `
inside AS (SELECT r.code, r.geom, k.is_division FROM region r JOIN region_kind k ON k.id = r.kind WHERE r.code = $12 AND r.valid_to IS NULL),
kept AS MATERIALIZED (
    SELECT DISTINCT r.no, CASE WHEN $11 = 'grid' THEN r.grid_id ELSE r.holder_id END AS whose, r.id
    FROM reach r WHERE $11 = 'holder' OR r.grid_id IS NOT NULL),
stood AS (
    SELECT r.whose, k.counts, b.opened IS NOT NULL AS open,
           coalesce((c.at IS NULL OR c.at < b.missed) AND s.created_at <= b.missed, false) AS missed
    FROM kept r` + stoodSQL + `
    WHERE $12 = '' OR EXISTS (SELECT FROM inside i WHERE i.is_division AND s.region_code LIKE i.code || '%' OR NOT i.is_division AND ST_Intersects(i.geom, ST_PointOnSurface(s.geom))))
SELECT t.whose, coalesce(g.scheme || '/' || g.code, h.code, ''), coalesce(g.name, ''),
       count(*) FILTER (WHERE open AND NOT counts AND NOT missed), count(*) FILTER (WHERE missed AND NOT (open AND counts)), count(*) FILTER (WHERE open AND counts)
FROM stood t LEFT JOIN grid g ON $11 = 'grid' AND g.id = t.whose LEFT JOIN holder h ON $11 = 'holder' AND h.id = t.whose
GROUP BY 1, 2, 3 ORDER BY 2`
)

// The figures of what is due go by these.
const (
	ByGrid   = "grid"
	ByHolder = "holder"
)

// Overdue tells how much of what is to be checked at a time is, by grid (code scheme/code) or holder, within a region or everywhere ("").
func (s *Store) Overdue(ctx context.Context, by, within string, at time.Time) ([]patrol.Load, error) {
	plans, zone, err := s.duePlans(ctx, at)
	if err != nil {
		return nil, err
	}
	args := append(beatArgs(plans, zone), grid.DayOf(at.In(zone)).Time(), by, within)
	return collect(ctx, s, overdueSQL, args, func(r pgx.CollectableRow) (l patrol.Load, err error) {
		var whose int64
		err = r.Scan(&whose, &l.Code, &l.Name, &l.Due, &l.Overdue, &l.Done)
		if by == ByHolder {
			l.Holder = whose
		}
		return l, err
	})
}

const (
	// siteMeasuresSQL is what the last check of every site says about each measure of the list's latest edition. $4 is the checklist.
	siteMeasuresSQL = areaSQL + `
item AS (SELECT code, ordinal FROM checklist_item WHERE checklist = $4 AND edition = (SELECT max(edition) FROM checklist_item WHERE checklist = $4)),
site AS MATERIALIZED (
    SELECT f.id, f.region_code, f.geom, c.answers
    FROM construction_site f
    LEFT JOIN LATERAL (SELECT c.answers FROM patrol_check c WHERE c.subject_kind = 'construction_site' AND c.subject_id = f.id AND c.checklist = $4
        ORDER BY c.at DESC, c.id DESC LIMIT 1) c ON true
    WHERE f.status <> 'abandoned'),
part AS (
    SELECT a.code, s.id, s.answers FROM area a JOIN site s ON a.is_division AND (a.id IS NULL AND $3 = '' OR s.region_code LIKE (CASE WHEN a.id IS NULL THEN $3 ELSE a.code END) || '%')
    UNION ALL SELECT a.code, s.id, s.answers FROM area a JOIN site s ON NOT a.is_division AND a.geom IS NOT NULL AND ST_Intersects(a.geom, ST_PointOnSurface(s.geom))
    UNION ALL SELECT a.code, s.id, s.answers FROM area a JOIN feature_grid f ON $2 AND f.grid_id = a.id AND f.layer = 'construction_site' JOIN site s ON s.id = f.feature_id),
met AS (
    SELECT p.code, p.id, p.answers IS NOT NULL AS checked,
           (SELECT bool_and(coalesce(p.answers ->> i.code, '') IN ('pass', 'na')) AND bool_or(coalesce(p.answers ->> i.code, '') = 'pass') FROM item i) AS whole, p.answers
    FROM part p)
SELECT a.code, a.name, count(m.id), count(m.id) FILTER (WHERE m.checked), count(m.id) FILTER (WHERE m.checked AND m.whole),
       coalesce((SELECT jsonb_object_agg(i.code, jsonb_build_array(
            (SELECT count(*) FROM met x WHERE x.code = a.code AND x.answers ->> i.code = 'pass'),
            (SELECT count(*) FROM met x WHERE x.code = a.code AND x.answers ->> i.code IN ('pass', 'fail')))) FROM item i), '{}')
FROM area a LEFT JOIN met m USING (code) GROUP BY a.code, a.name ORDER BY a.code`

	measureItemsSQL = `
SELECT code, title, title_en FROM checklist_item WHERE checklist = $1 AND edition = (SELECT max(edition) FROM checklist_item WHERE checklist = $1) ORDER BY ordinal, code`

	siteChecklist = "site_measures"
)

// SiteMeasures tells how sites of areas keep the measures of the checklist of sites, by their last checks; the first is all areas together.
func (s *Store) SiteMeasures(ctx context.Context, f AreaFilter) ([]patrol.SiteMeasures, error) {
	items, err := collect(ctx, s, measureItemsSQL, []any{siteChecklist}, func(r pgx.CollectableRow) (m patrol.MeasureShare, err error) {
		return m, r.Scan(&m.Code, &m.Title, &m.TitleEn)
	})
	if err != nil {
		return nil, err
	}
	by := f.By
	if f.Scheme != "" {
		by = f.Scheme
	}
	return collect(ctx, s, siteMeasuresSQL, []any{by, f.Scheme != "", f.Within, siteChecklist}, func(r pgx.CollectableRow) (m patrol.SiteMeasures, err error) {
		var all int64
		var shares map[string][2]int64
		if err = r.Scan(&m.Code, &m.Name, &m.Sites, &m.Checked, &all, &shares); err != nil {
			return m, err
		}
		m.All = patrol.ShareOf(all, int64(m.Checked))
		for _, item := range items {
			item.Sites = patrol.ShareOf(shares[item.Code][0], shares[item.Code][1])
			m.Measures = append(m.Measures, item)
		}
		return m, nil
	})
}
