package v1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/auth"
	"wangge/api/param"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) userRoutes() []Route {
	return []Route{
		{Path: "/users", Needs: rights.ReadAccounts, Params: pagingParams(), Title: "账号列表", TitleE: "All accounts, by name", Reply: page[userJSON]{}, Serve: h.users},
		{Method: http.MethodPost, Path: "/users", Needs: rights.ManageAccounts, Title: "新建账号", TitleE: "Make an account; without a password it gets one, told this once", Status: http.StatusCreated, Body: newUserBody{}, Reply: newUserJSON{}, Serve: h.makeUser},
		{Path: "/users/{name}", Needs: rights.ReadAccounts, Title: "一个账号", TitleE: "One account", Reply: userJSON{}, Serve: h.user},
		{Method: http.MethodPatch, Path: "/users/{name}", Needs: rights.ManageAccounts, Match: true, Title: "修改账号", TitleE: "Another title, role or scope; out of use and back. Its sessions end", Body: userPatch{}, Reply: userJSON{}, Serve: h.changeUser},
		{Method: http.MethodPost, Path: "/users/{name}/password", Needs: rights.SetPasswords, Title: "重置口令", TitleE: "Set a password; without one a new one is made and told this once", Body: passwordBody{}, Reply: newUserJSON{}, Serve: h.setPassword},
		{Method: http.MethodPost, Path: "/users/{name}/unlock", Needs: rights.ManageAccounts, Title: "解除锁定", TitleE: "Let an account try again at once", Reply: userJSON{}, Serve: h.unlock},
	}
}

type userJSON struct {
	Name        string      `json:"name"`
	Title       string      `json:"title"`
	Role        rights.Role `json:"role"`
	Region      *regionRef  `json:"region"`
	Dept        *deptRef    `json:"dept"`
	Holder      *holderRef  `json:"holder"`
	HasPassword bool        `json:"password_set" doc:"可用口令登录"`
	OIDC        bool        `json:"oidc" doc:"已与统一身份认证绑定"`
	MustChange  bool        `json:"must_change"`
	Disabled    bool        `json:"disabled"`
	LockedUntil *time.Time  `json:"locked_until"`
	Sample      bool        `json:"sample"`
	CreatedAt   time.Time   `json:"created_at"`
	Revision    int64       `json:"revision"`
}

type newUserJSON struct {
	userJSON
	Password string `json:"password,omitempty" doc:"生成的口令，只显示这一次"`
}

func userOf(a postgres.Account, who rights.Actor) userJSON {
	j := userJSON{
		Name: a.Name, Title: a.Title, Role: a.Role, Region: accountRegion(a), Dept: namedDept(a.Dept), Holder: accountHolder(a, who), HasPassword: a.Password,
		OIDC: a.OIDC, MustChange: a.MustChange, Disabled: !a.DisabledAt.IsZero(), Sample: a.Sample, CreatedAt: a.CreatedAt.UTC(), Revision: a.Revision,
	}
	if !a.LockedUntil.IsZero() {
		at := a.LockedUntil.UTC()
		j.LockedUntil = &at
	}
	return j
}

func (h *Handler) users(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	win := windowOf(q)
	if err := q.Err(); err != nil {
		return err
	}
	list, total, err := h.Store.Accounts(r.Context(), win.after, win.limit+1)
	if err != nil {
		return err
	}
	p := page[userJSON]{Items: []userJSON{}, Total: total}
	for i, a := range list {
		if i == win.limit {
			next := param.Cursor(list[i-1].Name)
			p.Next = &next
			break
		}
		p.Items = append(p.Items, userOf(a, h.Who(r)))
	}
	return h.json(w, r, p)
}

func (h *Handler) user(w http.ResponseWriter, r *http.Request) error {
	a, err := h.Store.Account(r.Context(), mux.Vars(r)["name"])
	if err != nil {
		return err
	}
	return h.row(w, r, a.Revision, userOf(a, h.Who(r)))
}

type newUserBody struct {
	Name       string      `json:"name" doc:"小写字母、数字、点、横线和下划线"`
	Title      string      `json:"title,omitempty"`
	Role       rights.Role `json:"role"`
	Region     *string     `json:"region,omitempty" doc:"区划代码"`
	Dept       *string     `json:"dept,omitempty" doc:"部门代码"`
	Holder     *string     `json:"holder,omitempty" doc:"人员代号"`
	Password   *string     `json:"password,omitempty" doc:"不给则生成"`
	MustChange *bool       `json:"must_change,omitempty" doc:"须先修改口令；缺省为是"`
}

// maxAccountTitle bounds what an account is called, in characters.
const maxAccountTitle = 100

func checkAccountTitle(title string) error {
	if title != "" && !isLine(title, maxAccountTitle) {
		return param.InBody("/title", "最多 100 个字符", "takes 100 characters at most")
	}
	return nil
}

// given is a text that may be missing.
func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (h *Handler) makeUser(w http.ResponseWriter, r *http.Request) error {
	var body newUserBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := checkAccountTitle(body.Title); err != nil {
		return err
	}
	password, hash, err := h.passwordFor(r.Context(), body.Name, body.Password)
	if err != nil {
		return err
	}
	plan := postgres.AccountPlan{Title: body.Title, Role: body.Role, Region: given(body.Region), Dept: given(body.Dept), Holder: given(body.Holder)}
	return h.writeUnkept(w, r, func(ctx context.Context, t *postgres.Tx) (result, error) {
		a, err := t.MakeAccount(ctx, body.Name, plan, hash, body.MustChange == nil || *body.MustChange)
		if err != nil {
			return result{}, accountFault(err)
		}
		value := newUserJSON{userOf(a, t.Caller.Actor), password}
		return result{status: http.StatusCreated, value: value, etag: etagOf(a.Revision), location: "/users/" + a.Name}, nil
	})
}

// passwordFor hashes the password that was given, or one that is made now and told once.
func (h *Handler) passwordFor(ctx context.Context, name string, given *string) (told, hash string, err error) {
	password := auth.NewPassword()
	if given == nil {
		told = password
	} else {
		password = *given
		if err := auth.CheckPassword(name, password); err != nil {
			return "", "", weakness("/password", err)
		}
	}
	hash, err = h.Auth.Hasher().Hash(ctx, password)
	return told, hash, err
}

// accountFault names the place in the body that is wrong.
func accountFault(err error) error {
	var fault *postgres.AccountFault
	if errors.As(err, &fault) {
		return param.InBody("/"+fault.Field, fault.Detail, fault.DetailEn)
	}
	return err
}

// textChange is a text in a patch: left out it stays, null or empty it goes.
type textChange struct {
	given bool
	text  string
}

// UnmarshalJSON reads a text or null.
func (c *textChange) UnmarshalJSON(b []byte) error {
	c.given = true
	return json.Unmarshal(b, &c.text)
}

// MarshalJSON writes what was read, for what makes a request the same as another.
func (c textChange) MarshalJSON() ([]byte, error) { return json.Marshal(c.text) }

func (c textChange) put(to *string) {
	if c.given {
		*to = c.text
	}
}

type userPatch struct {
	Title    *string      `json:"title,omitempty"`
	Role     *rights.Role `json:"role,omitempty"`
	Region   textChange   `json:"region,omitzero" doc:"区划代码；null 为全市"`
	Dept     textChange   `json:"dept,omitzero" doc:"部门代码；null 为不限"`
	Holder   textChange   `json:"holder,omitzero" doc:"人员代号；null 为无"`
	Disabled *bool        `json:"disabled,omitempty" doc:"停用"`
}

func (h *Handler) changeUser(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if err != nil {
		return err
	}
	var body userPatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := checkAccountTitle(given(body.Title)); err != nil {
		return err
	}
	name := mux.Vars(r)["name"]
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		old, err := t.Account(ctx, name)
		if err != nil {
			return result{}, err
		}
		plan, disabled := body.plan(old)
		a, err := t.ChangeAccount(ctx, name, revision, plan, disabled)
		if err != nil {
			return result{}, accountFault(err)
		}
		return result{value: userOf(a, t.Caller.Actor), etag: etagOf(a.Revision)}, nil
	})
}

// plan is what an account is to be after the patch.
func (b userPatch) plan(old postgres.Account) (p postgres.AccountPlan, disabled bool) {
	p = old.Plan()
	put(&p.Title, b.Title)
	put(&p.Role, b.Role)
	b.Region.put(&p.Region)
	b.Dept.put(&p.Dept)
	b.Holder.put(&p.Holder)
	disabled = !old.DisabledAt.IsZero()
	put(&disabled, b.Disabled)
	return p, disabled
}

type passwordBody struct {
	Password   *string `json:"password,omitempty" doc:"不给则生成"`
	MustChange *bool   `json:"must_change,omitempty" doc:"须先修改口令；缺省为是"`
}

func (h *Handler) setPassword(w http.ResponseWriter, r *http.Request) error {
	var body passwordBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	name := mux.Vars(r)["name"]
	password, hash, err := h.passwordFor(r.Context(), name, body.Password)
	if err != nil {
		return err
	}
	return h.writeUnkept(w, r, func(ctx context.Context, t *postgres.Tx) (result, error) {
		if name == t.Caller.Actor.Name {
			return result{}, param.InPath("name", "自己的口令请在登录后修改", "is the caller's own: see /session/password")
		}
		a, err := t.SetPassword(ctx, name, hash, body.MustChange == nil || *body.MustChange)
		return result{value: newUserJSON{userOf(a, t.Caller.Actor), password}, etag: etagOf(a.Revision)}, err
	})
}

func (h *Handler) unlock(w http.ResponseWriter, r *http.Request) error {
	name := mux.Vars(r)["name"]
	return h.write(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
		a, err := t.Unlock(ctx, name)
		return result{value: userOf(a, t.Caller.Actor), etag: etagOf(a.Revision)}, err
	})
}
