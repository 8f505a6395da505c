package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

const (
	classesSQL = `
SELECT code, coalesce(parent, ''), title, title_en, subject_kinds, photo_before, photo_after, handle_hours, coalesce(responsible_dept, ''), duplicate_m, duplicate_hours,
       standard, verified, enabled, ordinal, revision
FROM problem_class c`
	allClassesSQL = classesSQL + ` ORDER BY ordinal, code`
	oneClassSQL   = classesSQL + ` WHERE code = $1`
	holdClassSQL  = oneClassSQL + ` FOR UPDATE`
	keepClassSQL  = oneClassSQL + ` FOR SHARE`

	putClassSQL = `
INSERT INTO problem_class AS c (code, parent, title, title_en, subject_kinds, photo_before, photo_after, handle_hours, responsible_dept, duplicate_m, duplicate_hours, standard,
       verified, enabled, ordinal)
VALUES ($1, nullif($2, ''), $3, $4, $5, $6, $7, $8, nullif($9, ''), $10, $11, $12, $13, $14, $15)
ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, title = excluded.title, title_en = excluded.title_en, subject_kinds = excluded.subject_kinds,
       photo_before = excluded.photo_before, photo_after = excluded.photo_after, handle_hours = excluded.handle_hours, responsible_dept = excluded.responsible_dept,
       duplicate_m = excluded.duplicate_m, duplicate_hours = excluded.duplicate_hours, standard = excluded.standard, verified = excluded.verified,
       enabled = excluded.enabled, ordinal = excluded.ordinal
RETURNING revision`
	countClassesSQL = `SELECT count(*) FROM problem_class`
	classUsesSQL    = `SELECT EXISTS (SELECT FROM problem WHERE class = $1), EXISTS (SELECT FROM problem_class WHERE parent = $1)`
)

// MaxClasses is how many classes of problems there may be.
const MaxClasses = 1000

// Classes are all classes of problems, in the order in which they are shown.
func (s *Store) Classes(ctx context.Context) ([]patrol.Class, error) {
	return collect(ctx, s, allClassesSQL, nil, readClass)
}

func readClass(row pgx.CollectableRow) (c patrol.Class, err error) {
	return c, row.Scan(&c.Code, &c.Parent, &c.Title, &c.TitleEn, &c.SubjectKinds, &c.PhotoBefore, &c.PhotoAfter, &c.HandleHours, &c.Dept, &c.DuplicateM, &c.DuplicateHours,
		&c.Standard, &c.Verified, &c.Enabled, &c.Ordinal, &c.Revision)
}

// class finds the class of a problem and keeps it until the transaction ends. patrol.ErrUnknown.
func (t *Tx) class(ctx context.Context, code string) (patrol.Class, error) {
	c, err := one(ctx, t.tx, keepClassSQL, []any{code}, readClass)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%w: class %.40q", patrol.ErrUnknown, code)
	}
	return c, err
}

// AnyRevision is that of a row that is there, whatever it is.
const AnyRevision = -1

// PutClass makes a class of problems, or changes one of a revision; 0 is a class that is not there yet. Errors: rights', *patrol.Fault, ErrStale,
// ErrTooMany, ErrNotFound for AnyRevision of none.
func (t *Tx) PutClass(ctx context.Context, c patrol.Class, revision int64) (patrol.Class, error) {
	if err := t.Caller.Actor.May(rights.EditPatrol, rights.Place{}); err != nil {
		return c, err
	}
	if err := c.Check(); err != nil {
		return c, err
	}
	now, err := one(ctx, t.tx, holdClassSQL, []any{c.Code}, readClass)
	switch {
	case errors.Is(err, ErrNotFound) && revision != 0:
		return c, err
	case err != nil && !errors.Is(err, ErrNotFound):
		return c, err
	case revision != AnyRevision && now.Revision != revision:
		return c, fmt.Errorf("%w: class %s", ErrStale, c.Code)
	}
	if err := t.fitsClass(ctx, &c, revision); err != nil {
		return c, err
	}
	if c.SubjectKinds == nil {
		c.SubjectKinds = []string{}
	}
	err = t.tx.QueryRow(ctx, putClassSQL, c.Code, c.Parent, c.Title, c.TitleEn, c.SubjectKinds, c.PhotoBefore, c.PhotoAfter, c.HandleHours, c.Dept, c.DuplicateM,
		c.DuplicateHours, c.Standard, c.Verified, c.Enabled, c.Ordinal).Scan(&c.Revision)
	return c, classFault(err)
}

// fitsClass holds a class against the others: classes have two levels, and one with problems has a parent.
func (t *Tx) fitsClass(ctx context.Context, c *patrol.Class, revision int64) error {
	if revision == 0 {
		var there int
		if err := t.tx.QueryRow(ctx, countClassesSQL).Scan(&there); err != nil {
			return err
		}
		if there >= MaxClasses {
			return ErrTooMany
		}
	}
	var problems, children bool
	if err := t.tx.QueryRow(ctx, classUsesSQL, c.Code).Scan(&problems, &children); err != nil {
		return err
	}
	switch {
	case c.Parent == "" && problems:
		return &patrol.Fault{Pointer: "/parent", Zh: "已有问题的小类不能改为大类", En: "a class with problems keeps a parent"}
	case c.Parent != "" && children:
		return &patrol.Fault{Pointer: "/parent", Zh: "有小类的大类不能归入别的大类", En: "a class that others are below has no parent"}
	case c.Parent == "":
		return nil
	}
	parent, err := t.class(ctx, c.Parent)
	if errors.Is(err, patrol.ErrUnknown) || err == nil && parent.Parent != "" {
		return &patrol.Fault{Pointer: "/parent", Zh: "没有这个大类", En: "there is no such class at the top"}
	}
	return err
}

// foreignKeyViolation is PostgreSQL's name for a row that refers to none.
const foreignKeyViolation = "23503"

func classFault(err error) error {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg):
		return err
	case pg.Code == foreignKeyViolation:
		return &patrol.Fault{Pointer: "/responsible_dept", Zh: "没有这个部门", En: "there is no such department"}
	}
	return err
}
