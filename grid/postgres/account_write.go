package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"wangge/grid/rights"
)

// ErrLastAdmin says: without this administrator there would be none left. HTTP 409.
var ErrLastAdmin = errors.New("the last administrator")

// AccountFault says which field of an account is wrong, in both languages.
type AccountFault struct{ Field, Detail, DetailEn string }

// Error is the fault in English.
func (f *AccountFault) Error() string { return f.Field + " " + f.DetailEn }

// AccountPlan is what an account is to be.
type AccountPlan struct {
	Title  string
	Role   rights.Role
	Region string // code of a division; "" for none
	Dept   string // code; "" for none
	Holder string // code; "" for none
	Sample bool   // a demo's; only when it is made
}

const (
	divisionSQL = `SELECT count(*) > 0 FROM region r JOIN region_kind k ON k.id = r.kind AND k.is_division WHERE r.code = $1 AND r.valid_to IS NULL`
	deptSQL     = `SELECT count(*) > 0 FROM department WHERE code = $1`
	personSQL   = `SELECT id FROM holder WHERE code = $1 AND kind = 'person'`
)

// check holds a plan against the rules of package rights and the record, and finds the person behind the account.
func (t *Tx) check(ctx context.Context, p AccountPlan) (holder *int64, err error) {
	if missing := p.Role.Lacks(p.Region != "", p.Dept != "", p.Holder != ""); missing != "" {
		return nil, &AccountFault{missing, "这个角色须有这一项", "is required for this role"}
	}
	for _, c := range []struct{ field, code, sql string }{{"region", p.Region, divisionSQL}, {"dept", p.Dept, deptSQL}} {
		known := c.code == ""
		if !known {
			if err := t.tx.QueryRow(ctx, c.sql, c.code).Scan(&known); err != nil {
				return nil, err
			}
		}
		if !known {
			return nil, &AccountFault{c.field, "没有这个代码", "is no code of the record"}
		}
	}
	if p.Holder == "" {
		return nil, nil
	}
	var id int64
	err = t.tx.QueryRow(ctx, personSQL, p.Holder).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, &AccountFault{"holder", "没有这个人", "is no person of the record"}
	}
	return &id, err
}

const makeAccountSQL = `
INSERT INTO account (name, title, role, region_code, dept_code, holder_id, is_sample, password_hash, password_at, must_change)
VALUES ($1, $2, $3, nullif($4, ''), nullif($5, ''), $6, $7, nullif($8, ''), CASE WHEN $8 <> '' THEN now() END, $9)
ON CONFLICT (name) DO NOTHING RETURNING id`

// MakeAccount makes an account with the hash of its password; "" for one that signs in by the identity provider only. Its errors are ErrNameTaken and
// *AccountFault besides those of package rights.
func (t *Tx) MakeAccount(ctx context.Context, name string, p AccountPlan, hash string, mustChange bool) (Account, error) {
	if err := t.Caller.Actor.Might(rights.ManageAccounts); err != nil {
		return Account{}, err
	}
	if !IsAccountName(name) {
		return Account{}, &AccountFault{"name", "须为 1 到 64 个小写字母、数字、点、横线和下划线", "takes 1 to 64 small letters, digits, dots, dashes and underscores"}
	}
	holder, err := t.check(ctx, p)
	if err != nil {
		return Account{}, err
	}
	var id int64
	err = t.tx.QueryRow(ctx, makeAccountSQL, name, p.Title, p.Role, p.Region, p.Dept, holder, p.Sample, hash, mustChange).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return Account{}, ErrNameTaken
	}
	if err != nil {
		return Account{}, err
	}
	return accountNamed(ctx, t.tx, name)
}

const (
	// holdAdminsSQL holds all administrators, in one order: two who leave office at once do so one after the other.
	holdAdminsSQL  = `SELECT id FROM account WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`
	countAdminsSQL = `SELECT count(*) FROM account WHERE role = 'admin' AND disabled_at IS NULL`

	changeAccountSQL = `
UPDATE account SET title = $2, role = $3, region_code = nullif($4, ''), dept_code = nullif($5, ''), holder_id = $6,
       disabled_at = CASE WHEN $7 THEN coalesce(disabled_at, now()) END
WHERE id = $1`

	endTokensSQL = `DELETE FROM api_token WHERE account_id = $1`
)

// ChangeAccount gives an account another title, role or scope, or takes it out of use or back. revision is what the caller read, 0 for any. Where more
// than the title changes its sessions end; out of use it loses its tokens too. Its errors are ErrNotFound, ErrStale, ErrLastAdmin and *AccountFault
// besides those of package rights.
func (t *Tx) ChangeAccount(ctx context.Context, name string, revision int64, p AccountPlan, disabled bool) (Account, error) {
	if err := t.Caller.Actor.Might(rights.ManageAccounts); err != nil {
		return Account{}, err
	}
	if _, err := t.tx.Exec(ctx, holdAdminsSQL); err != nil {
		return Account{}, err
	}
	old, err := t.holdAccount(ctx, name, revision)
	if err != nil {
		return Account{}, err
	}
	holder, err := t.check(ctx, p)
	if err != nil {
		return Account{}, err
	}
	if _, err := t.tx.Exec(ctx, changeAccountSQL, old.ID, p.Title, p.Role, p.Region, p.Dept, holder, disabled); err != nil {
		return Account{}, err
	}
	if err := t.stillAdministered(ctx, old); err != nil {
		return Account{}, err
	}
	now, err := accountNamed(ctx, t.tx, name)
	if err != nil {
		return Account{}, err
	}
	return now, t.endWhatChanged(ctx, old, now)
}

// stillAdministered refuses to leave no administrator, where this one was one.
func (t *Tx) stillAdministered(ctx context.Context, old Account) error {
	if old.Role != rights.Admin || !old.DisabledAt.IsZero() {
		return nil
	}
	var left int
	if err := t.tx.QueryRow(ctx, countAdminsSQL).Scan(&left); err != nil {
		return err
	}
	if left == 0 {
		return ErrLastAdmin
	}
	return nil
}

// endWhatChanged ends the sessions of an account that is not what it was, and the tokens of one that is out of use.
func (t *Tx) endWhatChanged(ctx context.Context, old, now Account) error {
	disabled := !now.DisabledAt.IsZero()
	if !disabled && old.Role == now.Role && old.Region.Code == now.Region.Code && old.Dept.Code == now.Dept.Code && sameHolder(old, now) {
		return nil
	}
	if _, err := t.tx.Exec(ctx, endSessionsSQL, old.ID); err != nil || !disabled {
		return err
	}
	_, err := t.tx.Exec(ctx, endTokensSQL, old.ID)
	return err
}

func sameHolder(a, b Account) bool {
	return (a.Holder == nil) == (b.Holder == nil) && (a.Holder == nil || a.Holder.ID == b.Holder.ID)
}

const holdNamedSQL = `SELECT id FROM account WHERE name = $1 FOR UPDATE`

// holdAccount reads an account that nobody else changes until the transaction ends. ErrNotFound, ErrStale.
func (t *Tx) holdAccount(ctx context.Context, name string, revision int64) (Account, error) {
	var id int64
	if err := t.tx.QueryRow(ctx, holdNamedSQL, name).Scan(&id); err != nil {
		return Account{}, interpret(err)
	}
	a, err := accountNamed(ctx, t.tx, name)
	if err == nil && revision != 0 && revision != a.Revision {
		err = fmt.Errorf("%w: account %s", ErrStale, name)
	}
	return a, err
}

const setPasswordSQL = `
UPDATE account SET password_hash = $2, password_at = now(), must_change = $3, failures = 0, locked_until = NULL WHERE id = $1`

// SetPassword gives an account a password, by its hash: the caller's own, or that of another. All its sessions end. Its errors are
// ErrNotFound and those of package rights.
func (t *Tx) SetPassword(ctx context.Context, name, hash string, mustChange bool) (Account, error) {
	needs := rights.SetPasswords
	if name == t.Caller.Actor.Name && t.Caller.Actor.SignedIn() && !t.Caller.Actor.Operates() {
		needs = rights.OwnPassword
	}
	if err := t.Caller.Actor.Might(needs); err != nil {
		return Account{}, err
	}
	old, err := t.holdAccount(ctx, name, 0)
	if err != nil {
		return Account{}, err
	}
	if _, err := t.tx.Exec(ctx, setPasswordSQL, old.ID, hash, mustChange); err != nil {
		return Account{}, err
	}
	if _, err := t.tx.Exec(ctx, endSessionsSQL, old.ID); err != nil {
		return Account{}, err
	}
	if err := t.log(ctx, PasswordSet, old.ID, nil); err != nil {
		return Account{}, err
	}
	return accountNamed(ctx, t.tx, name)
}

// Unlock lets an account try again at once. Its errors are ErrNotFound and those of package rights.
func (t *Tx) Unlock(ctx context.Context, name string) (Account, error) {
	if err := t.Caller.Actor.Might(rights.ManageAccounts); err != nil {
		return Account{}, err
	}
	old, err := t.holdAccount(ctx, name, 0)
	if err != nil {
		return Account{}, err
	}
	if _, err := t.tx.Exec(ctx, forgiveSQL, old.ID); err != nil {
		return Account{}, err
	}
	return accountNamed(ctx, t.tx, name)
}
