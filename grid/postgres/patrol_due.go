package postgres

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/patrol"
)

const (
	duePlansSQL = `
SELECT p.code, p.title, p.title_en, p.subject_kind, p.applies_to, p.checklist, p.role, p.period, p.times, p.windows, p.weekdays, p.enabled, p.valid_from, p.valid_to, p.revision,
       coalesce((SELECT max(i.edition) FROM checklist_item i WHERE i.checklist = p.checklist), ''),
       coalesce((SELECT k.layer FROM place_kind k WHERE p.subject_kind = 'place' AND k.code = p.applies_to), '')
FROM patrol_plan p WHERE p.enabled AND p.valid_from <= $1 AND (p.valid_to IS NULL OR p.valid_to >= $1) ORDER BY p.code`

	// beatSQL has the plans as they stand now, each with a number: kind and sort of the subjects, when the open slot began (null where none is), and when the
	// last slot that has ended began (null where none has).
	beatSQL = `
WITH beat AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
        WITH ORDINALITY AS b (plan, kind, sort, checklist, role, windows, opened, missed, no)),
`
	// reachSQL is what people are to check by the plan of a number: what lies in their grids, and what they have by itself.
	// own has holder_id, role, target_kind and target_id of the duties that count.
	reachSQL = `
reach AS (
    SELECT b.no, o.holder_id, f.feature_id AS id, o.target_id AS grid_id
    FROM beat b JOIN own o ON o.role = b.role AND o.target_kind = 'grid' JOIN feature_grid f ON f.grid_id = o.target_id AND f.layer = b.kind
    UNION ALL
    SELECT b.no, o.holder_id, p.id, o.target_id
    FROM beat b JOIN own o ON b.kind = 'place' AND o.role = b.role AND o.target_kind = 'grid'
    JOIN grid g ON g.id = o.target_id AND g.valid_to IS NULL JOIN place p ON ST_Intersects(g.geom, p.geom)
    UNION ALL
    SELECT b.no, o.holder_id, o.target_id, CASE WHEN b.kind = 'grid' THEN o.target_id END
    FROM beat b JOIN own o ON o.role = b.role AND o.target_kind = b.kind),
`
	// stoodSQL is how each of them stands: its last check, and whether one counts in the slot that is open. OFFSET keeps the subject's query apart, so that
	// of the tables behind patrol_subject only the one of its kind is looked into.
	stoodSQL = `
    CROSS JOIN LATERAL (SELECT b.* FROM beat b WHERE b.no = r.no) b
    CROSS JOIN LATERAL (SELECT * FROM patrol_subject x WHERE x.kind = b.kind AND x.id = r.id AND x.status <> 'abandoned' AND (b.sort = '' OR x.sort = b.sort) OFFSET 0) s
    LEFT JOIN LATERAL (SELECT c.id, c.at, c.result FROM patrol_check c
        WHERE c.subject_kind = b.kind AND c.subject_id = r.id AND c.checklist = b.checklist ORDER BY c.at DESC LIMIT 1) c ON true
    CROSS JOIN LATERAL (SELECT CASE WHEN b.opened IS NULL OR c.at IS NULL OR c.at < b.opened THEN false WHEN b.windows = '' THEN true
        ELSE EXISTS (SELECT FROM patrol_check w WHERE w.subject_kind = b.kind AND w.subject_id = r.id AND w.checklist = b.checklist
            AND w.at >= b.opened AND in_hours(w.at, string_to_array(b.windows, ','), $9)) END AS counts) k`

	dueSQL = beatSQL + `
own AS MATERIALIZED (
    SELECT d.holder_id, d.role, d.target_kind, d.target_id FROM duty d
    WHERE d.holder_id = $10 AND d.valid_from <= $11 AND (d.valid_to IS NULL OR d.valid_to >= $11) AND duty_standing(d.id, $11) = 'on'),
` + reachSQL + `
once AS MATERIALIZED (SELECT no, id, min(grid_id) AS grid_id FROM reach GROUP BY no, id)
SELECT b.plan, b.kind, r.id, coalesce(s.code, ''), coalesce(s.name, ''), s.status, coalesce(r.grid_id, 0), ST_X(p.at), ST_Y(p.at), s.created_at,
       coalesce(c.id::text, ''), c.at, coalesce(c.result, ''), k.counts
FROM once r` + stoodSQL + `
CROSS JOIN LATERAL (SELECT CASE GeometryType(s.geom) WHEN 'POINT' THEN s.geom WHEN 'LINESTRING' THEN ST_LineInterpolatePoint(s.geom, 0.5)
    ELSE ST_PointOnSurface(s.geom) END AS at) p`

	ownGridRowsSQL = `
SELECT g.id, g.scheme, g.code, coalesce(g.name, '')
FROM grid g WHERE g.valid_to IS NULL AND g.id IN (
    SELECT d.target_id FROM duty d WHERE d.holder_id = $1 AND d.target_kind = 'grid' AND d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to >= $2)
        AND duty_standing(d.id, $2) = 'on')
ORDER BY g.scheme, g.code`
)

// duePlan is a plan with what stands beside it.
type duePlan struct {
	patrol.Plan
	edition string
	layer   string // of the features that stand for its kind of places
	beat    patrol.Beat
}

func readDuePlan(row pgx.CollectableRow) (p duePlan, err error) {
	p.Plan, err = readPlan(tail{row, []any{&p.edition, &p.layer}})
	return p, err
}

// tail is a row whose last columns are somebody else's.
type tail struct {
	pgx.CollectableRow
	into []any
}

// Scan reads the columns before the last ones.
func (t tail) Scan(into ...any) error { return t.CollectableRow.Scan(append(into, t.into...)...) }

// kind and sort are those of the subjects as they are kept: features for a kind of places that stands for a layer.
func (p *duePlan) kind() (kind, sort string) {
	if p.layer != "" {
		return p.layer, ""
	}
	return p.SubjectKind, p.Applies
}

// duePlans are the plans in force with their beats.
func (s *Store) duePlans(ctx context.Context, at time.Time) ([]duePlan, *time.Location, error) {
	names, err := collect(ctx, s, zoneSQL, nil, pgx.RowTo[*string])
	if err != nil {
		return nil, nil, err
	}
	var zone *time.Location
	if len(names) > 0 && names[0] != nil {
		if zone, err = time.LoadLocation(*names[0]); err != nil {
			zone = nil
		}
	}
	zone = cityZone(zone)
	plans, err := collect(ctx, s, duePlansSQL, []any{grid.DayOf(at.In(zone)).Time()}, readDuePlan)
	for i := range plans {
		plans[i].beat = plans[i].Beat(at, zone)
	}
	return plans, zone, err
}

// beatArgs are the first eight parameters of the statements that begin with beatSQL, and the ninth, the zone.
func beatArgs(plans []duePlan, zone *time.Location) []any {
	var code, kind, sort, list, role, windows []string
	var opened, missed []*time.Time
	for i := range plans {
		p := &plans[i]
		k, of := p.kind()
		code, kind, sort, list, role = append(code, p.Code), append(kind, k), append(sort, of), append(list, p.Checklist), append(role, p.Role)
		hours := ""
		if p.Period != patrol.Daily { // the slots of a day are its hours
			hours = strings.Join(windowsText(p.Windows), ",")
		}
		windows = append(windows, hours)
		var o, m *time.Time
		if p.beat.Open {
			o = &p.beat.Slot.From
		}
		if len(p.beat.Missed) > 0 {
			m = &p.beat.Missed[0]
		}
		opened, missed = append(opened, o), append(missed, m)
	}
	return []any{code, kind, sort, list, role, windows, opened, missed, zone.String()}
}

// Due is what a holder is to check at a time: what the duties of that day reach, of roles that plans name. Every item is there, those that are done and
// those that come later too. Duties for regions and zones reach no subjects: whoever has a whole street has no round to go. It asks no rights: a caller's own
// list is the caller's.
func (s *Store) Due(ctx context.Context, holder int64, at time.Time) (patrol.Due, error) {
	due := patrol.Due{MadeAt: at, Holder: holder, Items: []patrol.DueItem{}}
	plans, zone, err := s.duePlans(ctx, at)
	if err != nil {
		return due, err
	}
	day := grid.DayOf(at.In(zone)).Time()
	type row struct {
		id int64
		patrol.DueGrid
	}
	rows, err := collect(ctx, s, ownGridRowsSQL, []any{holder, day}, func(r pgx.CollectableRow) (g row, err error) {
		return g, r.Scan(&g.id, &g.Scheme, &g.Code, &g.Name)
	})
	if err != nil {
		return due, err
	}
	grids := map[int64]*patrol.DueGrid{}
	for _, g := range rows {
		due.GridIDs, due.Grids = append(due.GridIDs, g.id), append(due.Grids, g.DueGrid)
		grids[g.id] = &patrol.DueGrid{Scheme: g.Scheme, Code: g.Code}
	}
	byCode := map[string]*duePlan{}
	for i := range plans {
		byCode[plans[i].Code] = &plans[i]
	}
	due.Items, err = collect(ctx, s, dueSQL, append(beatArgs(plans, zone), holder, day), func(r pgx.CollectableRow) (patrol.DueItem, error) {
		return readDue(r, byCode, grids)
	})
	for i := range due.Items {
		due.Counts.Add(due.Items[i].State)
	}
	slices.SortFunc(due.Items, byUrgency)
	return due, err
}

func readDue(r pgx.CollectableRow, plans map[string]*duePlan, grids map[int64]*patrol.DueGrid) (d patrol.DueItem, err error) {
	var in int64
	var since time.Time
	var at *time.Time
	var last patrol.DueLast
	var counts bool
	s := &d.Subject
	if err = r.Scan(&d.Plan, &s.Kind, &s.ID, &s.Code, &s.Name, &s.Status, &in, &s.Lon, &s.Lat, &since, &last.ID, &at, &last.Result, &counts); err != nil {
		return d, err
	}
	p := plans[d.Plan]
	d.Title, d.TitleEn, d.Checklist, d.Edition, d.Grid = p.Title, p.TitleEn, p.Checklist, p.edition, grids[in]
	if at != nil {
		last.At = at.UTC()
		d.Last = &last
	}
	d.Stand(p.beat, counts, since)
	return d, nil
}

// byUrgency puts what is overdue first, most missed slots first, then what is due by the end of its slot.
func byUrgency(a, b patrol.DueItem) int {
	return cmp.Or(cmp.Compare(a.State.Order(), b.State.Order()), -cmp.Compare(a.Missed, b.Missed), compareTimes(a.To, b.To), cmp.Compare(a.Plan, b.Plan),
		cmp.Compare(a.Subject.Kind, b.Subject.Kind), cmp.Compare(a.Subject.ID, b.Subject.ID))
}

// compareTimes puts none after all.
func compareTimes(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Compare(*b)
}
