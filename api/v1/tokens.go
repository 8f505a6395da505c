package v1

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/auth"
	"wangge/api/commit"
	"wangge/api/param"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) tokenRoutes() []Route {
	return []Route{
		{Path: "/tokens", Needs: rights.OwnTokens, Title: "自己的接口令牌", TitleE: "The own API tokens", Reply: page[tokenJSON]{}, Serve: h.tokens},
		{Method: http.MethodPost, Path: "/tokens", Needs: rights.OwnTokens, Title: "新建接口令牌", TitleE: "Make an API token: it is told this once", Status: http.StatusCreated, Body: tokenBody{}, Reply: newTokenJSON{}, Serve: h.makeToken},
		{Method: http.MethodDelete, Path: "/tokens/{id}", Needs: rights.OwnTokens, Title: "撤销接口令牌", TitleE: "Revoke an API token", Status: http.StatusNoContent, Serve: h.revokeToken},
	}
}

type tokenBody struct {
	Name      string     `json:"name" doc:"用途"`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"到期时间；空为长期"`
}

type tokenJSON struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	UsedOn    *string    `json:"used_on"`
}

type newTokenJSON struct {
	tokenJSON
	Token string `json:"token" doc:"只显示这一次"`
}

func tokenOf(k postgres.Token) tokenJSON {
	j := tokenJSON{ID: k.ID, Name: k.Name, CreatedAt: k.CreatedAt.UTC()}
	if !k.ExpiresAt.IsZero() {
		at := k.ExpiresAt.UTC()
		j.ExpiresAt = &at
	}
	if !k.UsedOn.IsZero() {
		day := k.UsedOn.Format(time.DateOnly)
		j.UsedOn = &day
	}
	return j
}

func (h *Handler) tokens(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Store.Tokens(r.Context(), h.Who(r).Account)
	if err != nil {
		return err
	}
	p := page[tokenJSON]{Items: []tokenJSON{}, Total: len(list)}
	for _, k := range list {
		p.Items = append(p.Items, tokenOf(k))
	}
	return h.json(w, r, p)
}

// maxTokenName bounds what a token is for, in characters.
const maxTokenName = 100

func (b tokenBody) check(now time.Time) error {
	var faults param.Faults
	if strings.TrimSpace(b.Name) == "" || !isLine(b.Name, maxTokenName) {
		faults = append(faults, param.InBody("/name", "须为 1 到 100 个字符", "takes 1 to 100 characters")...)
	}
	if b.ExpiresAt != nil && !b.ExpiresAt.After(now) {
		faults = append(faults, param.InBody("/expires_at", "必须晚于现在", "must be later than now")...)
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

func (h *Handler) makeToken(w http.ResponseWriter, r *http.Request) error {
	var body tokenBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := body.check(time.Now()); err != nil {
		return err
	}
	var expires time.Time
	if body.ExpiresAt != nil {
		expires = *body.ExpiresAt
	}
	return h.writeUnkept(w, r, func(ctx context.Context, t *postgres.Tx) (result, error) {
		token, sum := auth.NewToken()
		k, err := t.MakeToken(ctx, t.Caller.Actor.Account, body.Name, sum, expires)
		return result{status: http.StatusCreated, value: newTokenJSON{tokenOf(k), token}}, err
	})
}

func (h *Handler) revokeToken(w http.ResponseWriter, r *http.Request) error {
	id, ok := param.Natural(mux.Vars(r)["id"])
	if !ok || id > 1<<62 {
		return postgres.ErrNotFound
	}
	return h.write(w, r, nil, func(ctx context.Context, t *postgres.Tx) (result, error) {
		return result{status: http.StatusNoContent}, t.RevokeToken(ctx, t.Caller.Actor.Account, int64(id))
	})
}

// writeUnkept is write for answers that have a secret in them.
func (h *Handler) writeUnkept(w http.ResponseWriter, r *http.Request, do func(ctx context.Context, t *postgres.Tx) (result, error)) error {
	answer, err := h.Store.Write(r.Context(), h.unkept(r), func(ctx context.Context, t *postgres.Tx) (postgres.Answer, error) {
		res, err := do(ctx, t)
		if err != nil {
			return postgres.Answer{}, err
		}
		return h.answerOf(res)
	})
	if err != nil {
		return err
	}
	return commit.Send(w, answer)
}
