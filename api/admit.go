package api

import (
	"net/http"

	v1 "wangge/api/v1"
	"wangge/grid/rights"
)

// admit finds out who is calling, and refuses roles that may never do what the route is for. Whether one may at the very place is asked where the
// place is known.
func (a *API) admit(rt route, r *http.Request) error {
	actor, err := a.cfg.Auth.Who(r)
	if err != nil {
		return err
	}
	callOf(r).actor = actor
	return actor.Might(rt.needs)
}

// whoOf is who is calling; nobody before admit.
func whoOf(r *http.Request) rights.Actor { return callOf(r).actor }

// aboutCall is what package v1 wants to know of a call.
func aboutCall(r *http.Request) v1.Call {
	c := callOf(r)
	return v1.Call{ID: c.id, Remote: c.remote}
}
