package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/api/auth"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// demoUser is one of those who can sign in to the demo.
type demoUser struct {
	Name     string      `json:"name"`
	Role     rights.Role `json:"role"`
	Password string      `json:"password"`
	Token    string      `json:"token"`
}

// demoUsersFile is where they are written, in the demo's data folder.
const demoUsersFile = "demo-users.json"

// demoTokenName is what the tokens of the demo are for.
const demoTokenName = "demo"

// demoStreet is the street whose office the demo has a user of; a city without it takes its first street.
const demoStreet = "370281001"

const (
	demoStreetSQL = `
SELECT r.code, coalesce((SELECT min(d.code) FROM department d WHERE d.kind = 'street' AND d.name LIKE r.name || '%'), '')
FROM region r WHERE r.kind = 'street' AND r.valid_to IS NULL ORDER BY r.code <> $1, r.code LIMIT 1`

	demoDeptSQL = `SELECT coalesce(min(code), '') FROM department WHERE kind = 'competent'`

	// An officer with some of the bureau's grids today, in the street where there is one, with a toilet and an alley to check where there are.
	demoOfficerSQL = `
SELECT h.code
FROM duty d JOIN grid g ON g.id = d.target_id AND g.scheme = 'duty' AND g.valid_to IS NULL JOIN holder h ON h.id = d.holder_id
WHERE d.target_kind = 'grid' AND d.role = 'grid_officer' AND h.is_sample AND h.kind = 'person' AND h.valid_to IS NULL
  AND city_day() BETWEEN d.valid_from AND coalesce(d.valid_to, city_day())
  AND NOT EXISTS (SELECT FROM absence a WHERE a.holder_id = h.id AND city_day() BETWEEN a.valid_from AND a.valid_to)
ORDER BY coalesce(g.region_code, '') NOT LIKE $1 || '%',
    (SELECT count(DISTINCT f.layer) FROM feature_grid f WHERE f.grid_id = g.id AND f.layer IN ('public_toilet', 'back_alley')) DESC, h.code LIMIT 1`
)

// demoAccounts are the accounts that a demo's city can have.
func demoAccounts(ctx context.Context, pool *pgxpool.Pool) (names []string, plans map[string]postgres.AccountPlan, err error) {
	var street, office, dept, officer string
	for _, q := range []struct {
		sql  string
		args []any
		into []any
	}{
		{demoStreetSQL, []any{demoStreet}, []any{&street, &office}},
		{demoDeptSQL, nil, []any{&dept}},
		{demoOfficerSQL, []any{demoStreet}, []any{&officer}},
	} {
		if err := pool.QueryRow(ctx, q.sql, q.args...).Scan(q.into...); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return nil, nil, err
		}
	}
	all := map[string]postgres.AccountPlan{
		"bureau":     {Title: "主管局（示例）", Role: rights.Bureau},
		"street":     {Title: "街道办（示例）", Role: rights.Street, Region: street, Dept: office},
		"department": {Title: "部门（示例）", Role: rights.Department, Dept: dept},
		"planner":    {Title: "规划（示例）", Role: rights.Planner},
		"officer":    {Title: "网格员（示例）", Role: rights.Officer, Holder: officer},
		"viewer":     {Title: "查看（示例）", Role: rights.Viewer},
		"auditor":    {Title: "审计（示例）", Role: rights.Auditor},
		"admin":      {Title: "管理员（示例）", Role: rights.Admin},
	}
	for _, name := range []string{"bureau", "street", "department", "planner", "officer", "viewer", "auditor", "admin"} {
		p := all[name]
		if p.Role.Lacks(p.Region != "", p.Dept != "", p.Holder != "") == "" {
			p.Sample = true
			all[name], names = p, append(names, name)
		}
	}
	return names, all, nil
}

// demoUsers sees to it that the demo's users can sign in, and that the file in its folder says how. Those of the file that still get in stay as they
// are; the others get new passwords and tokens.
func demoUsers(ctx context.Context, pool *pgxpool.Pool, dir string) ([]demoUser, error) {
	path := filepath.Join(dir, demoUsersFile)
	known, err := readDemoUsers(path)
	if err != nil {
		return nil, err
	}
	names, plans, err := demoAccounts(ctx, pool)
	if err != nil {
		return nil, err
	}
	d := demoDoor{store: postgres.NewStore(pool), hasher: auth.NewHasher()}
	users := make([]demoUser, 0, len(names))
	for _, name := range names {
		u := demoUser{Name: name, Role: plans[name].Role, Password: known[name].Password, Token: known[name].Token}
		opens, err := d.opens(ctx, u)
		if err != nil {
			return nil, err
		}
		if !opens {
			if u, err = d.renew(ctx, u, plans[name]); err != nil {
				return nil, err
			}
		}
		users = append(users, u)
	}
	return users, writeDemoUsers(path, users)
}

// readDemoUsers reads the file of a former run; one that is not there, or is no such file, is as good as none.
func readDemoUsers(path string) (map[string]demoUser, error) {
	text, err := os.ReadFile(path) //nolint:gosec // in the folder that the operator named
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var list []demoUser
	_ = json.Unmarshal(text, &list) // what cannot be read is made anew
	known := map[string]demoUser{}
	for _, u := range list {
		known[u.Name] = u
	}
	return known, nil
}

// writeDemoUsers writes the file so that it is whole at any time, for its owner alone.
func writeDemoUsers(path string, users []demoUser) error {
	text, err := json.MarshalIndent(users, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), demoUsersFile+".*") // 0600
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // it is of no use
	}
	return err
}

// demoDoor tries and changes the locks.
type demoDoor struct {
	store  *postgres.Store
	hasher *auth.Hasher
}

// opens tells whether password and token of a user get in.
func (d demoDoor) opens(ctx context.Context, u demoUser) (bool, error) {
	if u.Password == "" || u.Token == "" {
		return false, nil
	}
	on, err := d.store.Credentials(ctx, u.Name)
	if err == nil {
		var id postgres.Identity
		if id, err = d.store.TokenOf(ctx, auth.SumOf(u.Token)); err == nil && (id.Actor.Name != u.Name || id.Actor.Role != u.Role) {
			return false, nil
		}
	}
	if errors.Is(err, postgres.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return d.hasher.Matches(ctx, on.Hash, u.Password)
}

// renew makes the account where there is none, and gives it a new password and token.
func (d demoDoor) renew(ctx context.Context, u demoUser, plan postgres.AccountPlan) (demoUser, error) {
	u.Password = auth.NewPassword()
	token, sum := auth.NewToken()
	u.Token = token
	hash, err := d.hasher.Hash(ctx, u.Password)
	if err != nil {
		return u, err
	}
	return u, operate(ctx, d.store, "wangge demo", func(ctx context.Context, t *postgres.Tx) error {
		a, err := t.Account(ctx, u.Name)
		switch {
		case errors.Is(err, postgres.ErrNotFound):
			a, err = t.MakeAccount(ctx, u.Name, plan, hash, false)
		case err == nil:
			if a, err = t.ChangeAccount(ctx, u.Name, a.Revision, plan, false); err == nil {
				a, err = t.SetPassword(ctx, u.Name, hash, false)
			}
		}
		if err != nil {
			return err
		}
		tokens, err := t.Tokens(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, k := range tokens {
			if k.Name == demoTokenName {
				if err := t.RevokeToken(ctx, a.ID, k.ID); err != nil {
					return err
				}
			}
		}
		_, err = t.MakeToken(ctx, a.ID, demoTokenName, sum, time.Time{})
		return err
	})
}

// printDemoUsers prints them as a small table.
func printDemoUsers(w io.Writer, users []demoUser, path string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  user 账号\tpassword 口令\ttoken 令牌")
	for _, u := range users {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", u.Name, u.Password, u.Token)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "  %s\n\n", path)
	return err
}
