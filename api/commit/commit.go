// Package commit is what all writes over HTTP have in common: on whose behalf they are, the key by which a retry is known (Idempotency-Key), the
// revision that the caller has read (If-Match), and the answer, which is kept with the key. 写请求的共同部分：幂等键、If-Match、回应。
//
// Decisions:
//
//   - The revision of a row is what stands in its ETag before the first dot; what follows (a hash, the encoding) may change without the row, so
//     it is not looked at. A tag that was made weak on the way never matches, as the standard wants.
//   - If-Match may be a list, of which any tag may match. Who can look the row up chooses (Revisions); elsewhere a list counts where its
//     tags are of one revision (Match).
//   - A retry is the same if method, address, body and the headers that change what a write does are.
package commit

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// ErrNoMatch says that a write that changes a row came without If-Match. HTTP 428.
var ErrNoMatch = errors.New("If-Match is required")

// Call is what the server knows about a request besides the request itself.
type Call struct {
	ID     string // of the request
	Remote string // the caller's address
}

// maxKey bounds an Idempotency-Key, in bytes.
const maxKey = 128

// Caller is on whose behalf a request writes. body is what the request's body was read into: two requests with one key must agree in it.
func Caller(r *http.Request, who rights.Actor, call Call, body any) (postgres.Caller, error) {
	c := postgres.Caller{Actor: who, RequestID: call.ID, Remote: call.Remote}
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
	parts := []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match"), string(text)}
	for _, name := range []string{"Content-Crs", "Prefer"} {
		if v := r.Header.Values(name); len(v) > 0 {
			parts = append(parts, name+": "+strings.Join(v, ", "))
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	c.Key, c.Fingerprint = key, sum[:]
	return c, nil
}

// Match is the revision that If-Match names: what the caller read. ErrNoMatch without one. A * matches anything and is 0.
func Match(r *http.Request) (int64, error) {
	list, err := Revisions(r)
	if err != nil || list == nil {
		return 0, err
	}
	if list[0] != list[len(list)-1] {
		return 0, postgres.ErrStale
	}
	return list[0], nil
}

// Revisions are those that the tags of If-Match name, in ascending order, each of which may be the newest; nil where anything matches. ErrNoMatch
// without a tag, postgres.ErrStale where none can be one of ours.
func Revisions(r *http.Request) (list []int64, err error) {
	text := strings.TrimSpace(strings.Join(r.Header.Values("If-Match"), ","))
	switch text {
	case "":
		return nil, ErrNoMatch
	case "*":
		return nil, nil
	}
	for text != "" {
		weak := strings.HasPrefix(text, "W/")
		inner, quoted := strings.CutPrefix(strings.TrimPrefix(text, "W/"), `"`)
		tag, rest, ended := strings.Cut(inner, `"`)
		if !quoted || !ended {
			return nil, postgres.ErrStale // a tag of another kind never matched
		}
		if n, err := Revision(tag, false); err == nil && !weak {
			list = append(list, n)
		}
		text = strings.TrimLeft(rest, ", \t")
	}
	if list == nil {
		return nil, postgres.ErrStale
	}
	slices.Sort(list)
	return list, nil
}

// Revision is the revision in a tag without quotes, or 0 for any.
func Revision(tag string, whatever bool) (int64, error) {
	if whatever {
		return 0, nil
	}
	number, _, _ := strings.Cut(tag, ".")
	n, ok := param.Natural(number)
	if !ok || n == 0 || n > 1<<62 {
		return 0, postgres.ErrStale
	}
	return int64(n), nil
}

// Send answers with what a write ended with. The body is JSON unless the answer's headers say otherwise.
func Send(w http.ResponseWriter, a postgres.Answer) error {
	h := w.Header()
	h.Set("Cache-Control", reply.NoStore)
	if a.Body != nil {
		h.Set("Content-Type", "application/json")
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	if !a.DryRun {
		h.Set("Wangge-Revision", strconv.FormatUint(a.Revision, 10))
	}
	if a.Replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	w.WriteHeader(a.Status)
	_, err := w.Write(a.Body)
	return err
}
