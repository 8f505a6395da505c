package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"wangge/api/auth"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// userCmd looks after accounts. Whoever has the record in hand may: the change log calls it "wangge user".
type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Make an account. 新建账号"`
	List    userListCmd    `cmd:"" help:"List accounts. 列出账号"`
	Passwd  userPasswdCmd  `cmd:"" help:"Set a password. 设置口令"`
	Role    userRoleCmd    `cmd:"" help:"Give an account another role and scope. 修改角色"`
	Disable userDisableCmd `cmd:"" help:"Take an account out of use: its sessions and tokens end. 停用账号"`
	Enable  userEnableCmd  `cmd:"" help:"Take it back into use. 恢复账号"`
	Unlock  userUnlockCmd  `cmd:"" help:"Let it try again after too many failures. 解除锁定"`
	Token   userTokenCmd   `cmd:"" help:"Make an API token, or list those there are. 接口令牌"`
	Revoke  userRevokeCmd  `cmd:"" help:"Revoke an API token. 撤销令牌"`
}

// userFlags name the record and the account.
type userFlags struct {
	recordFlags
	Name string `arg:"" help:"Name of the account. 登录名"`
}

// scopeFlags say what an account is for.
type scopeFlags struct {
	Role   string `help:"admin, auditor, bureau, street, department, planner, officer or viewer. 角色" required:"" enum:"admin,auditor,bureau,street,department,planner,officer,viewer" placeholder:"ROLE"`
	Region string `help:"Code of the division that a street's rights reach. 区划代码" placeholder:"CODE"`
	Dept   string `help:"Code of the department that a department's rights reach. 部门代码" placeholder:"CODE"`
	Holder string `help:"Code of the person behind the account. 人员代号" placeholder:"CODE"`
}

func (f scopeFlags) plan(title string) postgres.AccountPlan {
	return postgres.AccountPlan{Title: title, Role: rights.Role(f.Role), Region: f.Region, Dept: f.Dept, Holder: f.Holder}
}

// operate runs one use case of the accounts on the record.
func (f recordFlags) operate(ctx context.Context, do func(ctx context.Context, t *postgres.Tx) error) error {
	r, err := f.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	return said(operate(ctx, postgres.NewStore(r.pool), "wangge user", do))
}

func operate(ctx context.Context, store *postgres.Store, as string, do func(ctx context.Context, t *postgres.Tx) error) error {
	_, err := store.Write(ctx, postgres.Caller{Actor: rights.Operator(as)}, func(ctx context.Context, t *postgres.Tx) (postgres.Answer, error) {
		return postgres.Answer{}, do(ctx, t)
	})
	return err
}

// said puts into a sentence what can be wrong with an account.
func said(err error) error {
	var fault *postgres.AccountFault
	switch {
	case errors.As(err, &fault):
		return usageError("--%s %s %s", fault.Field, fault.DetailEn, fault.Detail)
	case errors.Is(err, postgres.ErrNotFound):
		return errors.New("there is no such account or token 没有这个账号或令牌")
	case errors.Is(err, postgres.ErrNameTaken):
		return errors.New("the name is taken 名称已被使用")
	case errors.Is(err, postgres.ErrLastAdmin):
		return errors.New("there has to be an administrator in use 不能没有管理员")
	case errors.Is(err, postgres.ErrTooMany):
		return errors.New("the account has as many tokens as it may have 令牌数量已达上限")
	}
	return err
}

// readPassword asks for a password twice on a terminal, and reads a line elsewhere. It never comes from the command line, which others can read.
func readPassword(c *console, name string) (string, error) {
	file, ok := c.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(c.in, maxSecretBytes)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"password of " + name + " 口令: ", "once more 再输一次: "} {
		fmt.Fprint(c.err, prompt)
		b, err := term.ReadPassword(int(file.Fd()))
		fmt.Fprintln(c.err)
		if err != nil {
			return "", err
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the two are not the same 两次输入不一致")
	}
	return typed[0], nil
}

// passwordFlags say where a password comes from.
type passwordFlags struct {
	Generate   bool `help:"Make a password and print it; otherwise it is asked for, or read from the standard input. 生成口令并显示"`
	MustChange bool `help:"It has to be changed at the first sign-in. 首次登录须修改" name:"must-change"`
}

// hash gives the hash of a password, and the password where it was made here.
func (f passwordFlags) hash(ctx context.Context, c *console, name string) (hash, made string, err error) {
	password := auth.NewPassword()
	if f.Generate {
		made = password
	} else if password, err = readPassword(c, name); err != nil {
		return "", "", err
	}
	if err := auth.CheckPassword(name, password); err != nil {
		var weak *auth.WeakError
		if errors.As(err, &weak) {
			err = usageError("%s %s", weak, weak.Detail)
		}
		return "", "", err
	}
	hash, err = auth.NewHasher().Hash(ctx, password)
	return hash, made, err
}

type userAddCmd struct {
	userFlags
	scopeFlags
	passwordFlags
	Title string `help:"What the account is called. 显示名称"`
}

// Run makes the account and prints its password where it was made here.
func (c *userAddCmd) Run(ctx context.Context, console *console) error {
	hash, made, err := c.hash(ctx, console, c.Name)
	if err != nil {
		return err
	}
	if err := c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		_, err := t.MakeAccount(ctx, c.Name, c.plan(c.Title), hash, c.MustChange)
		return err
	}); err != nil {
		return err
	}
	return tellMade(console, made)
}

func tellMade(c *console, password string) error {
	if password == "" {
		return nil
	}
	_, err := fmt.Fprintln(c.out, password)
	return err
}

type userPasswdCmd struct {
	userFlags
	passwordFlags
}

// Run sets the password: all sessions of the account end.
func (c *userPasswdCmd) Run(ctx context.Context, console *console) error {
	hash, made, err := c.hash(ctx, console, c.Name)
	if err != nil {
		return err
	}
	if err := c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		_, err := t.SetPassword(ctx, c.Name, hash, c.MustChange)
		return err
	}); err != nil {
		return err
	}
	return tellMade(console, made)
}

type userRoleCmd struct {
	userFlags
	scopeFlags
}

// Run gives the account another role and scope.
func (c *userRoleCmd) Run(ctx context.Context) error {
	return c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		old, err := t.Account(ctx, c.Name)
		if err != nil {
			return err
		}
		_, err = t.ChangeAccount(ctx, c.Name, old.Revision, c.plan(old.Title), !old.DisabledAt.IsZero())
		return err
	})
}

// putInUse takes an account out of use, or back.
func (f userFlags) putInUse(ctx context.Context, inUse bool) error {
	return f.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		old, err := t.Account(ctx, f.Name)
		if err != nil {
			return err
		}
		_, err = t.ChangeAccount(ctx, f.Name, old.Revision, old.Plan(), !inUse)
		return err
	})
}

type userDisableCmd struct{ userFlags }

// Run takes the account out of use.
func (c *userDisableCmd) Run(ctx context.Context) error { return c.putInUse(ctx, false) }

type userEnableCmd struct{ userFlags }

// Run takes the account back into use.
func (c *userEnableCmd) Run(ctx context.Context) error { return c.putInUse(ctx, true) }

type userUnlockCmd struct{ userFlags }

// Run lets the account try again.
func (c *userUnlockCmd) Run(ctx context.Context) error {
	return c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		_, err := t.Unlock(ctx, c.Name)
		return err
	})
}

type userTokenCmd struct {
	userFlags
	For  string `help:"What the token is for. 用途" default:"wangge user" placeholder:"TEXT"`
	Days int    `help:"It ends after so many days; 0 for never. 有效天数" placeholder:"N"`
	List bool   `help:"List the tokens of the account. 列出令牌"`
}

const maxTokenDays = 3660

// Run prints a new token, the only time that it can be seen, or the list of those there are.
func (c *userTokenCmd) Run(ctx context.Context, console *console) error {
	if c.Days < 0 || c.Days > maxTokenDays {
		return usageError("--days takes 0 to %d 有效天数超出范围", maxTokenDays)
	}
	var made string
	var list []postgres.Token
	err := c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		a, err := t.Account(ctx, c.Name)
		if err != nil {
			return err
		}
		if c.List {
			list, err = t.Tokens(ctx, a.ID)
			return err
		}
		var expires time.Time
		if c.Days > 0 {
			expires = time.Now().AddDate(0, 0, c.Days)
		}
		token, sum := auth.NewToken()
		made = token
		_, err = t.MakeToken(ctx, a.ID, c.For, sum, expires)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.List:
		return printTokens(console.out, list)
	}
	_, err = fmt.Fprintln(console.out, made)
	return err
}

func printTokens(w io.Writer, list []postgres.Token) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "id 编号\tfor 用途\tmade 建立\tends 到期\tused 最近使用")
	for _, k := range list {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", k.ID, k.Name, dayText(k.CreatedAt), dayText(k.ExpiresAt), dayText(k.UsedOn))
	}
	return table.Flush()
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.DateOnly)
}

type userRevokeCmd struct {
	userFlags
	ID int64 `arg:"" help:"Id of the token, as 'wangge user token NAME --list' tells it. 令牌编号"`
}

// Run revokes a token.
func (c *userRevokeCmd) Run(ctx context.Context) error {
	return c.operate(ctx, func(ctx context.Context, t *postgres.Tx) error {
		a, err := t.Account(ctx, c.Name)
		if err != nil {
			return err
		}
		return t.RevokeToken(ctx, a.ID, c.ID)
	})
}

type userListCmd struct {
	recordFlags
}

// listedAtOnce is how many accounts are read at a time.
const listedAtOnce = 1000

// Run lists all accounts.
func (c *userListCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	store := postgres.NewStore(r.pool)
	table := tabwriter.NewWriter(console.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "name 账号\trole 角色\tregion 区域\tdept 部门\tholder 人员\tstate 状态")
	for after := ""; ; {
		list, _, err := store.Accounts(ctx, after, listedAtOnce)
		if err != nil {
			return err
		}
		for _, a := range list {
			p := a.Plan()
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", a.Name, a.Role, p.Region, p.Dept, p.Holder, stateOf(a))
			after = a.Name
		}
		if len(list) < listedAtOnce {
			return table.Flush()
		}
	}
}

func stateOf(a postgres.Account) string {
	switch {
	case !a.DisabledAt.IsZero():
		return "out of use 停用"
	case !a.LockedUntil.IsZero():
		return "locked 锁定"
	case a.MustChange:
		return "must change its password 须改口令"
	}
	return "in use 在用"
}
