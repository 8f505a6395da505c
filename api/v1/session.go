package v1

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"wangge/api/auth"
	"wangge/api/commit"
	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// Nothing that has a secret in it is kept with an Idempotency-Key, which would write the secret down: names are unique, so a retry does no harm.

func (h *Handler) sessionRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/session", Needs: rights.SignIn, Alike: true, Title: "登录", TitleE: "Sign in: answers with a session cookie", Body: signInBody{}, Reply: sessionJSON{}, Serve: h.signIn},
		{Path: "/session", Needs: rights.OwnAccount, Title: "当前用户", TitleE: "Who is signed in, and what that account may do", Reply: sessionJSON{}, Serve: h.session},
		{Method: http.MethodDelete, Path: "/session", Needs: rights.OwnAccount, Title: "退出", TitleE: "Sign out", Status: http.StatusNoContent, Serve: h.signOut},
		{Method: http.MethodPost, Path: "/session/password", Needs: rights.OwnPassword, Title: "修改口令", TitleE: "Change the own password; all other sessions end", Body: newPasswordBody{}, Reply: sessionJSON{}, Serve: h.changePassword},
	}
}

type signInBody struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

type newPasswordBody struct {
	Old string `json:"old" doc:"现在的口令"`
	New string `json:"new" doc:"新口令，至少 10 个字符"`
}

// sessionJSON is who is signed in.
type sessionJSON struct {
	Account   ownAccountJSON  `json:"account"`
	May       []rights.Action `json:"may" doc:"可做的事（至少在某处）"`
	OwnGrids  []ownGridJSON   `json:"own_grids" doc:"今天负责的网格"`
	ExpiresAt *time.Time      `json:"expires_at" doc:"不再使用时何时到期"`
}

type ownAccountJSON struct {
	Name       string      `json:"name"`
	Title      string      `json:"title"`
	Role       rights.Role `json:"role"`
	Region     *regionRef  `json:"region"`
	Dept       *deptRef    `json:"dept"`
	Holder     *holderRef  `json:"holder"`
	MustChange bool        `json:"must_change" doc:"须先修改口令"`
	Sample     bool        `json:"sample"`
}

type ownGridJSON struct {
	Scheme string     `json:"scheme"`
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	Center [2]float64 `json:"center"`
	BBox   [4]float64 `json:"bbox"`
}

// unkept is on whose behalf a request writes whose answer is not to be kept.
func (h *Handler) unkept(r *http.Request) postgres.Caller {
	call := h.Call(r)
	return postgres.Caller{Actor: h.Who(r), RequestID: call.ID, Remote: call.Remote}
}

// secure tells whether the caller came by https.
func (h *Handler) secure(r *http.Request) bool { return strings.HasPrefix(h.Base(r), "https://") }

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) error {
	var body signInBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	secret, err := h.Auth.SignIn(r, h.unkept(r), body.Name, body.Password)
	if err != nil {
		return err
	}
	return h.begun(w, r, secret)
}

// begun gives the browser a new session and answers who it is.
func (h *Handler) begun(w http.ResponseWriter, r *http.Request, secret string) error {
	id, err := h.Auth.Opened(r.Context(), secret)
	if err != nil {
		return err
	}
	h.Auth.SetCookies(w, secret, h.secure(r))
	return h.tellSession(w, r, id.Actor, id.Ends)
}

func (h *Handler) session(w http.ResponseWriter, r *http.Request) error {
	ends, err := h.Auth.Ends(r)
	if err != nil {
		return err
	}
	return h.tellSession(w, r, h.Who(r), ends)
}

func (h *Handler) tellSession(w http.ResponseWriter, r *http.Request, who rights.Actor, ends time.Time) error {
	a, err := h.Store.Account(r.Context(), who.Name)
	if err != nil {
		return err
	}
	out := sessionJSON{Account: ownAccountOf(a, who), May: who.Allowed(), OwnGrids: []ownGridJSON{}}
	if !ends.IsZero() {
		ends = ends.UTC()
		out.ExpiresAt = &ends
	}
	if who.Holder != 0 && !who.MustChange {
		grids, err := h.Store.OwnGrids(r.Context(), who.Holder)
		if err != nil {
			return err
		}
		for _, g := range grids {
			out.OwnGrids = append(out.OwnGrids, ownGridJSON(g))
		}
	}
	return h.json(w, r, out)
}

// ownAccountOf tells an account to a caller, who may be its owner.
func ownAccountOf(a postgres.Account, who rights.Actor) ownAccountJSON {
	return ownAccountJSON{
		Name: a.Name, Title: a.Title, Role: a.Role, Region: accountRegion(a), Dept: namedDept(a.Dept), Holder: accountHolder(a, who),
		MustChange: a.MustChange, Sample: a.Sample,
	}
}

func accountRegion(a postgres.Account) *regionRef {
	if a.Region.Code == "" {
		return nil
	}
	return &regionRef{a.Region.Code, a.Region.Name, a.RegionKind}
}

func namedDept(d postgres.Named) *deptRef {
	if d.Code == "" {
		return nil
	}
	return &deptRef{d.Code, d.Name}
}

// accountHolder tells of the person behind an account, in full to that person only.
func accountHolder(a postgres.Account, who rights.Actor) *holderRef {
	p := a.Holder
	if p == nil {
		return nil
	}
	full := who.May(rights.ReadPersonal, rights.Place{Dept: p.Dept, Own: who.Holder == p.ID}) == nil
	ref := holderRef{Code: p.Code, Kind: p.Kind, Masked: !full, Dept: namedDept(postgres.Named{Code: p.Dept, Name: a.HolderDept}), Title: p.Title, Sample: p.Sample}
	ref.Name, ref.Phone = grid.Shown(p, full)
	return &ref
}

func (h *Handler) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.Auth.SignOut(r, h.unkept(r)); err != nil {
		return err
	}
	h.Auth.ClearCookies(w, r, h.secure(r))
	return commit.Send(w, postgres.Answer{Status: http.StatusNoContent, DryRun: true})
}

func (h *Handler) changePassword(w http.ResponseWriter, r *http.Request) error {
	var body newPasswordBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	secret, err := h.Auth.ChangePassword(r, h.unkept(r), body.Old, body.New)
	if err != nil {
		return weakness("/new", err)
	}
	return h.begun(w, r, secret)
}

// weakness names the place of a password that will not do.
func weakness(pointer string, err error) error {
	var weak *auth.WeakError
	if errors.As(err, &weak) {
		return param.InBody(pointer, weak.Detail, weak.DetailEn)
	}
	return err
}
