package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"wangge/layers/city"
)

var errDraining = errors.New("the server is stopping")

// healthz tells that the process answers.
func (a *API) healthz(w http.ResponseWriter, r *http.Request) error {
	return a.reply.Fresh(w, r, map[string]string{"status": "ok", "version": a.cfg.Version})
}

type readiness struct {
	Status    string    `json:"status"`
	Revision  string    `json:"revision"`
	AppliedAt time.Time `json:"applied_at"`
	AgeMS     int64     `json:"age_ms"`
	Connected bool      `json:"connected"`
}

// readyz tells whether the city is served, be it an older one while the database is away; with write=1 whether the record
// takes writes.
func (a *API) readyz(w http.ResponseWriter, r *http.Request) error {
	q := query(r)
	write := q.OneOf("write", "0", "1") == "1"
	if err := q.Err(); err != nil {
		return err
	}
	s := a.cfg.City.Status()
	switch {
	case a.draining.Load():
		return errDraining
	case s.AppliedAt.IsZero():
		return city.ErrNotReady
	}
	if write {
		if err := a.cfg.Records.Ping(r.Context()); err != nil {
			return err
		}
	}
	return a.reply.Fresh(w, r, readiness{
		Status: "ready", Revision: revisionText(s.Revision), AppliedAt: s.AppliedAt.UTC(), AgeMS: s.Age.Milliseconds(), Connected: s.Connected,
	})
}

type statusJSON struct {
	Revision  string           `json:"revision"`
	AppliedAt time.Time        `json:"applied_at"`
	AgeMS     int64            `json:"age_ms"`
	Connected bool             `json:"connected"`
	Features  map[string]int64 `json:"features"`
	Sample    bool             `json:"sample"`
	SignIn    waysIn           `json:"sign_in"`
}

// waysIn are the ways to sign in.
type waysIn struct {
	Password bool   `json:"password"`
	OIDC     *wayIn `json:"oidc"` // the bureau's own identity provider
}

type wayIn struct {
	Title string `json:"title"`
}

func (a *API) waysIn() waysIn {
	if p := a.cfg.Auth.Provider(); p != nil {
		return waysIn{true, &wayIn{p.Title()}}
	}
	return waysIn{Password: true}
}

// status tells what city is served and how fresh it is.
func (a *API) status(w http.ResponseWriter, r *http.Request) error {
	view, err := a.view(r)
	if err != nil {
		return err
	}
	return a.reply.Fresh(w, r, statusJSON{
		Revision: revisionText(view.Revision()), AppliedAt: view.AppliedAt().UTC(), AgeMS: time.Since(view.AppliedAt()).Milliseconds(),
		Connected: a.cfg.City.Status().Connected,
		Features:  view.Features(), Sample: view.Place().Sample, SignIn: a.waysIn(),
	})
}

// revisionText is a revision as answers have it: text, for it may be beyond what a number in JavaScript holds.
func revisionText(r city.Revision) string { return strconv.FormatUint(uint64(r), 10) }
