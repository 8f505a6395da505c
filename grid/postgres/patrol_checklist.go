package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

const (
	checklistsSQL = `
SELECT c.code, c.title, c.title_en, c.subject_kind, (SELECT array_agg(DISTINCT i.edition COLLATE "C" ORDER BY i.edition COLLATE "C") FROM checklist_item i WHERE i.checklist = c.code)
FROM checklist c`
	checklistsInOrderSQL = checklistsSQL + ` ORDER BY c.code`
	checklistSQL         = checklistsSQL + ` WHERE c.code = $1`
	holdChecklistSQL     = `SELECT code FROM checklist WHERE code = $1 FOR UPDATE`

	itemsSQL = `
SELECT checklist, edition, code, title, title_en, coalesce(standard, ''), verified, effects, photo_on_fail, coalesce(problem_class, '')
FROM checklist_item WHERE ($1 = '' OR checklist = $1) ORDER BY checklist, ordinal, code`

	addItemSQL = `
INSERT INTO checklist_item (checklist, edition, code, ordinal, title, title_en, standard, verified, effects, photo_on_fail, problem_class)
VALUES ($1, $2, $3, $4, $5, $6, nullif($7, ''), $8, $9, $10, nullif($11, ''))`

	// effectFieldsSQL are the columns of a layer that a check may change: not what other rules keep.
	effectFieldsSQL = `
SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 AND data_type <> 'USER-DEFINED'
  AND $1 IN (SELECT name FROM layer_table)
  AND column_name NOT IN ('id', 'code', 'code_scheme', 'region_code', 'competent_dept', 'owner_dept', 'maintainer_dept', 'source', 'source_key', 'extra',
                          'revision', 'created_at', 'updated_at', 'updated_by', 'measures')
UNION SELECT 'measures.' || code FROM unnest($2::text[]) code WHERE $1 = 'construction_site'`
)

type itemRow struct {
	checklist, edition string
	patrol.Item
}

func readItem(row pgx.CollectableRow) (i itemRow, err error) {
	err = row.Scan(&i.checklist, &i.edition, &i.Code, &i.Title, &i.TitleEn, &i.Standard, &i.Verified, &i.Effects, &i.PhotoOnFail, &i.ProblemClass)
	return i, err
}

func readChecklist(row pgx.CollectableRow) (c patrol.Checklist, err error) {
	if err = row.Scan(&c.Code, &c.Title, &c.TitleEn, &c.SubjectKind, &c.Editions); err == nil && len(c.Editions) > 0 {
		c.Edition = c.Editions[len(c.Editions)-1]
	}
	return c, err
}

// Checklists lists the latest editions by code. One without items, which no check can be made with, is not among them.
func (s *Store) Checklists(ctx context.Context) ([]patrol.Checklist, error) {
	list, err := collect(ctx, s, checklistsInOrderSQL, nil, readChecklist)
	if err != nil {
		return nil, err
	}
	items, err := collect(ctx, s, itemsSQL, []any{""}, readItem)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Items = itemsOf(items, list[i].Code, list[i].Edition)
	}
	return slices.DeleteFunc(list, func(c patrol.Checklist) bool { return len(c.Items) == 0 }), nil
}

// itemsOf are the items of one edition, in order.
func itemsOf(rows []itemRow, checklist, edition string) []patrol.Item {
	var out []patrol.Item
	for _, r := range rows {
		if r.checklist == checklist && r.edition == edition {
			out = append(out, r.Item)
		}
	}
	return out
}

// edition reads one edition of a checklist; false where there is none.
func (t *Tx) edition(ctx context.Context, code, edition string) (patrol.Checklist, bool, error) {
	c, err := one(ctx, t.tx, checklistSQL, []any{code}, readChecklist)
	if errors.Is(err, ErrNotFound) || err == nil && !slices.Contains(c.Editions, edition) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	items, err := query(ctx, t.tx, itemsSQL, []any{code}, readItem)
	c.Edition, c.Items = edition, itemsOf(items, code, edition)
	return c, true, err
}

// AddEdition adds an edition of a checklist, which is the one for new checks from now on. Errors: rights', faults, ErrNotFound for the checklist.
func (t *Tx) AddEdition(ctx context.Context, code, edition string, items []patrol.Item) (patrol.Checklist, error) {
	if err := t.Caller.Actor.May(rights.EditPatrol, rights.Place{}); err != nil {
		return patrol.Checklist{}, err
	}
	if !patrol.IsCode(code) {
		return patrol.Checklist{}, ErrNotFound
	}
	if _, err := one(ctx, t.tx, holdChecklistSQL, []any{code}, pgx.RowTo[string]); err != nil {
		return patrol.Checklist{}, err
	}
	c, err := one(ctx, t.tx, checklistSQL, []any{code}, readChecklist)
	if err != nil {
		return c, err
	}
	c.Edition, c.Items = edition, items
	codes := []string{}
	for _, item := range items {
		if patrol.IsCode(item.Code) {
			codes = append(codes, item.Code)
		}
	}
	fields, err := query(ctx, t.tx, effectFieldsSQL, []any{c.SubjectKind, codes}, pgx.RowTo[string])
	if err != nil {
		return c, err
	}
	if err := c.CheckEdition(func(f string) bool { return slices.Contains(fields, f) }); err != nil {
		return c, err
	}
	for i, item := range items {
		effects := item.Effects
		if effects == nil {
			effects = map[patrol.Answer][]patrol.Effect{}
		}
		if _, err := t.tx.Exec(ctx, addItemSQL, code, edition, item.Code, i+1, item.Title, item.TitleEn, strings.TrimSpace(item.Standard), item.Verified, effects, item.PhotoOnFail, item.ProblemClass); err != nil {
			return c, err
		}
	}
	c.Editions = append(c.Editions, edition)
	return c, nil
}
