package v1

import (
	"net/http"
	"strconv"

	"wangge/api/commit"
	"wangge/api/reply"
	"wangge/grid/postgres"
)

// caller is on whose behalf a request writes. body is what the request's body was read into.
func (h *Handler) caller(r *http.Request, body any) (postgres.Caller, error) {
	return commit.Caller(r, h.Who(r), h.Call(r), body)
}

// answerOf writes down what a use case ended with.
func (h *Handler) answerOf(res result) (postgres.Answer, error) {
	a := postgres.Answer{Status: res.status, DryRun: res.dryRun, Headers: map[string]string{}}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	if res.etag != "" {
		a.Headers["ETag"] = `"` + res.etag + `"`
	}
	if res.location != "" {
		a.Headers["Location"] = "/api/v1" + res.location
	}
	if res.value == nil {
		return a, nil
	}
	var err error
	a.Body, err = reply.Marshal(res.value)
	return a, err
}

// json answers with what is true now and for this caller alone: nobody keeps it.
func (h *Handler) json(w http.ResponseWriter, r *http.Request, value any) error {
	w.Header().Add("Vary", "Authorization, Cookie")
	return h.Reply.Fresh(w, r, value)
}

// row is json of one row of the record, whose revision is the ETag that a write wants in If-Match.
func (h *Handler) row(w http.ResponseWriter, r *http.Request, revision int64, value any) error {
	w.Header().Set("ETag", strconv.Quote(strconv.FormatInt(revision, 10)))
	return h.json(w, r, value)
}

// match is the revision that If-Match names: what the caller read.
func match(r *http.Request) (int64, error) { return commit.Match(r) }
