package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"wangge/api/auth"
	"wangge/api/commit"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
)

// admit finds out who is calling, and refuses roles that may never do what the route is for. Whether one may at the very place is asked where the
// place is known.
func (a *API) admit(rt route, w http.ResponseWriter, r *http.Request) error {
	token := auth.HasToken(r)
	if rt.local && !token && a.local(r) {
		return nil
	}
	if err := a.cfg.Auth.CheckOrigin(r); err != nil {
		return err
	}
	nobody := rights.Actor{}
	open := nobody.Might(rt.needs) == nil
	if open && rt.alike && !token {
		return nil
	}
	actor, err := a.cfg.Auth.Who(r)
	if open && !token {
		if errors.Is(err, gridpg.ErrUnavailable) {
			err = nil // what everybody may read comes from memory: without the record everybody is nobody
		}
		if actor.MustChange {
			actor = nobody
		}
	}
	if err != nil {
		return err
	}
	callOf(r).actor = actor
	if err := actor.Might(rt.needs); err != nil {
		if rt.needs == rights.EditInventory && actor.Might(rights.Propose) == nil {
			return explain(err, "网格员不直接修改台账：在手机上核对对象（有、无、不符、新增）即提出建议，由工作人员逐字段采纳", "officers do not write the inventory: what they find out about a feature (POST /api/v1/patrol/commands, kind ledger) is a proposal that staff accept field by field")
		}
		if errors.Is(err, rights.ErrSignIn) {
			a.cfg.Auth.ClearCookies(w, r, a.secure(r))
		}
		return err
	}
	return nil
}

// secure tells whether a caller came by https.
func (a *API) secure(r *http.Request) bool { return strings.HasPrefix(a.base(r), "https://") }

// whoOf is who is calling; nobody before admit.
func whoOf(r *http.Request) rights.Actor { return callOf(r).actor }

// aboutCall is what handlers want to know of a call.
func aboutCall(r *http.Request) commit.Call {
	c := callOf(r)
	return commit.Call{ID: c.id, Remote: c.remote}
}

// refusal is who wanted what in vain. One a minute is enough for the access log.
type refusal struct {
	account int64
	method  string
	route   string
}

// maxRefusals bounds how many are remembered.
const maxRefusals = 10_000

func newRefusals() *otter.Cache[refusal, struct{}] {
	return otter.Must(&otter.Options[refusal, struct{}]{MaximumSize: maxRefusals, ExpiryCalculator: otter.ExpiryCreating[refusal, struct{}](time.Minute)})
}

// noteRefusal writes into the access log that somebody who is signed in wanted what the rights do not give: each route once a minute.
func (a *API) noteRefusal(rt route, r *http.Request, err error) {
	who := whoOf(r)
	if !who.SignedIn() || !errors.Is(err, rights.ErrForbidden) {
		return
	}
	if _, first := a.refusals.SetIfAbsent(refusal{who.Account, r.Method, rt.path}, struct{}{}); !first {
		return
	}
	c := callOf(r)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), refusalTimeout)
	defer cancel()
	err = a.cfg.Store.LogAccess(ctx, gridpg.AccessEntry{
		Actor: who.Name, Action: gridpg.Refused, Detail: map[string]any{"method": r.Method, "route": rt.path, "needs": rt.needs}, Remote: c.remote, RequestID: c.id,
	})
	if err != nil {
		a.cfg.Log.ErrorContext(ctx, "the access log was not written", "id", c.id, "error", err)
	}
}

// refusalTimeout bounds the wait for that line: the caller has no answer before.
const refusalTimeout = 2 * time.Second
