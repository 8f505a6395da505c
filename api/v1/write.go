package v1

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid/postgres"
)

// maxKey bounds an Idempotency-Key, in bytes.
const maxKey = 128

// caller is on whose behalf a request writes. body is what the request's body was read into: two requests with one key must agree in it.
func (h *Handler) caller(r *http.Request, body any) (postgres.Caller, error) {
	call := h.Call(r)
	c := postgres.Caller{Actor: h.Who(r), RequestID: call.ID, Remote: call.Remote}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return c, nil
	}
	if len(key) > maxKey || strings.IndexFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0 {
		return c, param.Faults{{In: "header", Name: "Idempotency-Key", Detail: "1 到 128 个可见的 ASCII 字符", DetailEn: "1 to 128 visible ASCII characters"}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return c, err
	}
	sum := sha256.Sum256([]byte(r.Method + "\x00" + r.URL.Path + "\x00" + r.URL.RawQuery + "\x00" + r.Header.Get("If-Match") + "\x00" + string(text)))
	c.Key, c.Fingerprint = key, sum[:]
	return c, nil
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

// send answers with what a write ended with.
func send(w http.ResponseWriter, a postgres.Answer) error {
	h := w.Header()
	h.Set("Cache-Control", reply.NoStore)
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	if !a.DryRun {
		h.Set("Wangge-Revision", strconv.FormatUint(a.Revision, 10))
	}
	if a.Replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if a.Body != nil {
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, err := w.Write(a.Body)
	return err
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

// match is the revision that If-Match names: what the caller read. ErrNoMatch without one. A * matches anything and is 0.
func match(r *http.Request) (int64, error) {
	tag := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	if tag == "" {
		return 0, ErrNoMatch
	}
	if tag == "*" {
		return 0, nil
	}
	inner, ok := strings.CutPrefix(strings.TrimSuffix(tag, `"`), `"`)
	n, whole := param.Natural(inner)
	if !ok || !whole || n == 0 || n > 1<<62 {
		return 0, postgres.ErrStale // a tag of another kind never matched
	}
	return int64(n), nil
}
