package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

const (
	plansSQL = `
SELECT code, title, title_en, subject_kind, applies_to, checklist, role, period, times, windows, weekdays, enabled, valid_from, valid_to, revision
FROM patrol_plan`
	plansInOrderSQL = plansSQL + ` ORDER BY code`
	holdPlanSQL     = plansSQL + ` WHERE code = $1 FOR UPDATE`

	setPlanSQL = `
INSERT INTO patrol_plan (code, title, title_en, subject_kind, applies_to, checklist, role, period, times, windows, weekdays, enabled, valid_from, valid_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (code) DO UPDATE SET title = excluded.title, title_en = excluded.title_en, subject_kind = excluded.subject_kind, applies_to = excluded.applies_to,
    checklist = excluded.checklist, role = excluded.role, period = excluded.period, times = excluded.times, windows = excluded.windows,
    weekdays = excluded.weekdays, enabled = excluded.enabled, valid_from = excluded.valid_from, valid_to = excluded.valid_to
RETURNING revision`
	dropPlanSQL = `DELETE FROM patrol_plan WHERE code = $1`

	// planNamesSQL looks up what a plan names: its list's kind of subjects, its role, whether its kind of subjects is one, and what it applies to.
	planNamesSQL = `
SELECT coalesce((SELECT subject_kind FROM checklist WHERE code = $1), ''), EXISTS (SELECT FROM role WHERE code = $2),
       $3 IN ('place', 'grid') OR EXISTS (SELECT FROM layer_table WHERE name = $3),
       CASE WHEN $4 = '' THEN true WHEN $3 = 'grid' THEN EXISTS (SELECT FROM grid_scheme WHERE code = $4)
            WHEN $3 = 'place' THEN EXISTS (SELECT FROM place_kind WHERE code = $4) ELSE true END,
       coalesce((SELECT layer FROM place_kind WHERE $3 = 'place' AND code = $4), '')`

	placeKindsSQL    = `SELECT code, title, title_en, coalesce(layer, ''), ordinal, revision FROM place_kind ORDER BY ordinal, code`
	placeKindsTagSQL = `SELECT coalesce(sum(revision * 1009 + id), 0)::bigint FROM place_kind`
	lockPlaceKindSQL = `LOCK TABLE place_kind IN SHARE ROW EXCLUSIVE MODE`
	setPlaceKindSQL  = `
INSERT INTO place_kind (code, title, title_en, layer, ordinal) VALUES ($1, $2, $3, nullif($4, ''), $5)
ON CONFLICT (code) DO UPDATE SET title = excluded.title, title_en = excluded.title_en, layer = excluded.layer, ordinal = excluded.ordinal
WHERE (place_kind.title, place_kind.title_en, coalesce(place_kind.layer, ''), place_kind.ordinal)
    IS DISTINCT FROM (excluded.title, excluded.title_en, coalesce(excluded.layer, ''), excluded.ordinal)`
	usedKindsSQL = `
SELECT code FROM place_kind k WHERE code <> ALL ($1)
    AND (EXISTS (SELECT FROM place WHERE kind = k.code) OR EXISTS (SELECT FROM patrol_plan WHERE subject_kind = 'place' AND applies_to = k.code)) ORDER BY code LIMIT 1`
	dropKindsSQL     = `DELETE FROM place_kind WHERE code <> ALL ($1)`
	inventoryNameSQL = `SELECT name FROM layer_table ORDER BY name`
)

// Plans lists the check plans by code.
func (s *Store) Plans(ctx context.Context) ([]patrol.Plan, error) {
	return collect(ctx, s, plansInOrderSQL, nil, readPlan)
}

func readPlan(row pgx.CollectableRow) (p patrol.Plan, err error) {
	var windows []string
	var from, to *time.Time
	if err = row.Scan(&p.Code, &p.Title, &p.TitleEn, &p.SubjectKind, &p.Applies, &p.Checklist, &p.Role, &p.Period, &p.Times, &windows, &p.Weekdays, &p.Enabled, &from, &to, &p.Revision); err != nil {
		return p, err
	}
	p.Term = termOf(from, to)
	for _, text := range windows {
		w, err := patrol.ParseWindow(text)
		if err != nil {
			return p, err
		}
		p.Windows = append(p.Windows, w)
	}
	return p, nil
}

// windowsText is how windows are kept.
func windowsText(list []patrol.Window) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, w.String())
	}
	return out
}

// OnlyNew is the revision of what must not be there yet.
const OnlyNew = -1

// SetPlan makes a plan what it is to be, a new one where there is none of its code. revision is the one that the caller read; 0 for any, OnlyNew for none.
// Errors: rights', faults, patrol.ErrUnknown for what it names, ErrStale.
func (t *Tx) SetPlan(ctx context.Context, revision int64, p patrol.Plan) (now patrol.Plan, isNew bool, err error) {
	if !patrol.IsCode(p.Code) {
		return p, false, errors.Join(t.Caller.Actor.May(rights.EditPatrol, rights.Place{}), p.Check())
	}
	old, err := t.holdPlan(ctx, p.Code, revision)
	isNew = errors.Is(err, ErrNotFound)
	if err != nil && !isNew || isNew && revision > 0 {
		return p, false, err
	}
	if isNew && p.Term.From == 0 {
		p.Term.From = t.Day
	} else if p.Term.From == 0 {
		p.Term.From = old.Term.From
	}
	if err := p.Check(); err != nil {
		return p, false, err
	}
	if err := t.checkPlanNames(ctx, p); err != nil {
		return p, false, err
	}
	err = t.tx.QueryRow(ctx, setPlanSQL, p.Code, p.Title, p.TitleEn, p.SubjectKind, p.Applies, p.Checklist, p.Role, p.Period, p.Times, windowsText(p.Windows),
		p.Weekdays, p.Enabled, p.Term.From.Time(), dateOrNull(p.Term.To)).Scan(&p.Revision)
	return p, isNew, err
}

func (t *Tx) checkPlanNames(ctx context.Context, p patrol.Plan) error {
	var of, layer string
	var role, kind, applies bool
	if err := t.tx.QueryRow(ctx, planNamesSQL, p.Checklist, p.Role, p.SubjectKind, p.Applies).Scan(&of, &role, &kind, &applies, &layer); err != nil {
		return err
	}
	switch {
	case !kind:
		return unknown("/subject_kind", "没有这类对象", "there is no such kind of subjects")
	case of == "":
		return unknown("/checklist", "没有这份清单", "there is no such checklist")
	case of != patrol.KindPlace && of != p.SubjectKind && of != layer:
		return &patrol.Fault{Pointer: "/checklist", Zh: "这份清单不是检查这类对象的", En: "is for another kind of subjects"}
	case !role:
		return unknown("/role", "没有这个角色", "there is no such role")
	case !applies:
		return unknown("/applies_to", "没有这个网格方案或点位类别", "there is no such scheme or kind of places")
	}
	return nil
}

// holdPlan finds a plan for a change.
func (t *Tx) holdPlan(ctx context.Context, code string, revision int64) (patrol.Plan, error) {
	if err := t.Caller.Actor.May(rights.EditPatrol, rights.Place{}); err != nil {
		return patrol.Plan{}, err
	}
	if !patrol.IsCode(code) {
		return patrol.Plan{}, ErrNotFound
	}
	p, err := one(ctx, t.tx, holdPlanSQL, []any{code}, readPlan)
	if err == nil && revision != 0 && revision != p.Revision {
		err = ErrStale
	}
	return p, err
}

// DropPlan forgets a plan; its checks stay. Errors: those of SetPlan and ErrNotFound.
func (t *Tx) DropPlan(ctx context.Context, code string, revision int64) error {
	if _, err := t.holdPlan(ctx, code, revision); err != nil {
		return err
	}
	_, err := t.tx.Exec(ctx, dropPlanSQL, code)
	return err
}

func readPlaceKind(row pgx.CollectableRow) (k patrol.PlaceKind, err error) {
	return k, row.Scan(&k.Code, &k.Title, &k.TitleEn, &k.Layer, &k.Ordinal, &k.Revision)
}

// PlaceKinds lists the kinds of places in the order of showing. tag is that of the whole table.
func (s *Store) PlaceKinds(ctx context.Context) (kinds []patrol.PlaceKind, tag int64, err error) {
	if kinds, err = collect(ctx, s, placeKindsSQL, nil, readPlaceKind); err != nil {
		return nil, 0, err
	}
	return kinds, tag, interpret(s.pool.QueryRow(ctx, placeKindsTagSQL).Scan(&tag))
}

// SetPlaceKinds makes the table of kinds what it is to be. A kind that places or plans have stays: a fault otherwise. tag is that of the table which the
// caller read, 0 for any.
func (t *Tx) SetPlaceKinds(ctx context.Context, tag int64, want []patrol.PlaceKind) (kinds []patrol.PlaceKind, now int64, err error) {
	if err := t.Caller.Actor.May(rights.EditPatrol, rights.Place{}); err != nil {
		return nil, 0, err
	}
	if _, err := t.tx.Exec(ctx, lockPlaceKindSQL); err != nil {
		return nil, 0, err
	}
	if err := t.tx.QueryRow(ctx, placeKindsTagSQL).Scan(&now); err != nil {
		return nil, 0, err
	}
	if tag != 0 && tag != now {
		return nil, 0, ErrStale
	}
	layers, err := query(ctx, t.tx, inventoryNameSQL, nil, pgx.RowTo[string])
	if err != nil {
		return nil, 0, err
	}
	if err := patrol.CheckPlaceKinds(want, layers); err != nil {
		return nil, 0, err
	}
	if err := t.writePlaceKinds(ctx, want); err != nil {
		return nil, 0, err
	}
	if kinds, err = query(ctx, t.tx, placeKindsSQL, nil, readPlaceKind); err != nil {
		return nil, 0, err
	}
	return kinds, now, t.tx.QueryRow(ctx, placeKindsTagSQL).Scan(&now)
}

func (t *Tx) writePlaceKinds(ctx context.Context, want []patrol.PlaceKind) error {
	codes := make([]string, len(want))
	for i, k := range want {
		codes[i] = k.Code
	}
	used, err := query(ctx, t.tx, usedKindsSQL, []any{codes}, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(used) > 0 {
		return &patrol.Fault{Pointer: "/items", Zh: "类别 " + used[0] + " 仍在使用，不能删除", En: "kind " + used[0] + " is in use and has to stay"}
	}
	if _, err := t.tx.Exec(ctx, dropKindsSQL, codes); err != nil {
		return err
	}
	for _, k := range want {
		if _, err := t.tx.Exec(ctx, setPlaceKindSQL, k.Code, k.Title, k.TitleEn, k.Layer, k.Ordinal); err != nil {
			return err
		}
	}
	return nil
}

// cityZone is the city's time zone where its setting names none.
func cityZone(zone *time.Location) *time.Location {
	if zone == nil {
		return grid.NewNet(nil, nil, nil, nil).Zone()
	}
	return zone
}
