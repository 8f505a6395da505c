package v1

import (
	"net/http"

	"wangge/api/auth"
	"wangge/api/reply"
	"wangge/grid/rights"
)

func (h *Handler) oidcRoutes() []Route {
	return []Route{
		{Path: "/oidc", Needs: rights.SignIn, Alike: true, Params: []Param{{Name: "to", Title: "登录后去哪一页（本站路径）", TitleE: "the page to go to in the end, a path of this server"}},
			Title: "用统一身份认证登录", TitleE: "Sign in with the bureau's identity provider: leads there", Status: http.StatusFound, Serve: h.leave},
		{Path: "/oidc/callback", Needs: rights.SignIn, Alike: true,
			Params: []Param{{Name: "state", Title: "状态", TitleE: "state"}, {Name: "code", Title: "授权码", TitleE: "code"}, {Name: "error", Title: "错误", TitleE: "why not"},
				{Name: "error_description", Title: "错误说明", TitleE: "and more about it"}, {Name: "error_uri", Title: "错误说明地址", TitleE: "where more is told"},
				{Name: "iss", Title: "签发者", TitleE: "issuer"}, {Name: "session_state", Title: "会话状态", TitleE: "of the provider"}, {Name: "scope", Title: "范围", TitleE: "scope"}},
			Title: "统一身份认证返回处", TitleE: "Where the identity provider sends browsers back to", Status: http.StatusFound, Serve: h.comeBack},
	}
}

// maxPage bounds the address of a page, in characters; maxCode what a provider sends along.
const maxPage, maxCode = 500, 4096

// callback is where the provider sends browsers back to. It is the same for both steps, and registered with the provider.
func (h *Handler) callback(r *http.Request) string { return h.Base(r) + "/api/v1/oidc/callback" }

func (h *Handler) leave(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	to := q.Text("to", maxPage)
	if err := q.Err(); err != nil {
		return err
	}
	p := h.Auth.Provider()
	if p == nil {
		return auth.ErrNoProvider
	}
	away, err := p.Begin(w, r, h.callback(r), to, h.secure(r))
	if err != nil {
		return err
	}
	return lead(w, away)
}

func (h *Handler) comeBack(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	state, code, refused := q.Text("state", maxCode), q.Text("code", maxCode), q.Text("error", maxCode)
	if err := q.Err(); err != nil {
		return err
	}
	if refused != "" {
		code = "" // the handshake is over in any case
	}
	secret, to, err := h.Auth.ComeBack(w, r, h.unkept(r), h.callback(r), state, code, h.secure(r))
	if err != nil {
		return err
	}
	h.Auth.SetCookies(w, secret, h.secure(r))
	return lead(w, to)
}

// lead sends a browser on.
func lead(w http.ResponseWriter, to string) error {
	header := w.Header()
	header.Set("Cache-Control", reply.NoStore)
	header.Set("Location", to)
	w.WriteHeader(http.StatusFound)
	return nil
}
