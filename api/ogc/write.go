package ogc

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/commit"
	"wangge/api/draft"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/api/selection"
	"wangge/geo/datum"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

// mergePatchType is the media type of RFC 7396.
const mergePatchType = "application/merge-patch+json"

// WriteParams are the query parameters of writes.
func WriteParams() []string { return []string{"dry_run", "accept"} }

// writeAsk is a request to write a feature.
type writeAsk struct {
	*draft.Terms
	view     *city.View
	layer    *layers.Layer
	id       int64
	match    int64
	matches  []int64 // where If-Match is a list of several revisions
	refusal  error   // what If-Match is refused for
	internal bool
	caller   gridpg.Caller
	request  draft.Request
	document draft.Document
	status   int // of the answer, where writing decides it; 0 for the usual one
}

// Create makes a feature of what is sent. POST …/items.
func (h *Handler) Create(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.readWrite(w, r, draft.Create)
	if err != nil {
		return err
	}
	return h.commit(w, r, ask, http.StatusCreated, func(ctx context.Context, t *gridpg.Tx, may postgres.Authorize) (postgres.Written, error) {
		d, err := ask.draft(nil)
		if err != nil {
			return postgres.Written{}, err
		}
		return postgres.Insert(ctx, t, ask.layer, d, may)
	})
}

// Replace makes a feature anew under its id. PUT …/items/{featureId}.
func (h *Handler) Replace(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, draft.Replace, postgres.Replace)
}

// Update changes what a merge patch names. PATCH …/items/{featureId}.
func (h *Handler) Update(w http.ResponseWriter, r *http.Request) error {
	return h.change(w, r, draft.Patch, postgres.Update)
}

func (h *Handler) change(w http.ResponseWriter, r *http.Request, kind draft.Kind, do postgres.Change) error {
	ask, err := h.readWrite(w, r, kind)
	if err != nil {
		return err
	}
	return h.commit(w, r, ask, http.StatusOK, func(ctx context.Context, t *gridpg.Tx, may postgres.Authorize) (postgres.Written, error) {
		if err := ask.seen(ctx, t); err != nil {
			return postgres.Written{}, err
		}
		now, err := h.shownNow(ctx, r, t, ask)
		if err != nil {
			return postgres.Written{}, err
		}
		d, err := ask.draft(now)
		if err != nil {
			return postgres.Written{}, err
		}
		return do(ctx, t, ask.layer, ask.id, ask.match, d, may)
	})
}

// Delete takes a feature away. DELETE …/items/{featureId}.
func (h *Handler) Delete(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askWrite(w, r, true)
	if err != nil {
		return err
	}
	if ask.caller, err = commit.Caller(r, h.Who(r), h.Call(r), nil); err != nil {
		return err
	}
	answer, err := h.Store.Write(r.Context(), ask.caller, func(ctx context.Context, t *gridpg.Tx) (gridpg.Answer, error) {
		if err := ask.seen(ctx, t); err != nil {
			return gridpg.Answer{}, err
		}
		_, err := postgres.Delete(ctx, t, ask.layer, ask.id, ask.match, draft.Authorize(ask.caller.Actor))
		return gridpg.Answer{Status: http.StatusNoContent, DryRun: ask.DryRun}, err
	})
	if err != nil {
		return err
	}
	return commit.Send(w, answer)
}

// askWrite reads what all writes have: collection, id, If-Match, how to handle doubts.
func (h *Handler) askWrite(w http.ResponseWriter, r *http.Request, matched bool) (*writeAsk, error) {
	view, l, err := h.find(r)
	if err != nil {
		return nil, err
	}
	if !postgres.Writable(l) {
		w.Header().Set("Allow", ReadOnly)
		return nil, fmt.Errorf("%s: %w", l.ID, postgres.ErrFixed)
	}
	ask := &writeAsk{view: view, layer: l, internal: h.Who(r).Might(rights.ReadInternal) == nil}
	if text, ok := mux.Vars(r)["featureId"]; ok {
		if ask.id, err = parseID(text); err != nil {
			return nil, err
		}
	}
	if ask.Terms, err = draft.ReadTerms(w, r, h.Query(r)); err != nil {
		return nil, err
	}
	if matched {
		ask.readMatch(r)
	}
	return ask, nil
}

// readMatch reads If-Match. Of several revisions the transaction chooses.
func (a *writeAsk) readMatch(r *http.Request) {
	a.matches, a.refusal = commit.Revisions(r)
	if len(a.matches) > 0 {
		a.match = a.matches[0]
	}
}

// seen refuses a request without If-Match, or with one that never was a tag of ours, and chooses of several revisions the one that the feature is at.
// What does not exist is not found all the same.
func (a *writeAsk) seen(ctx context.Context, t *gridpg.Tx) error {
	if a.refusal == nil && len(a.matches) < 2 {
		return nil
	}
	row, err := postgres.FeatureIn(ctx, t, a.layer, a.id, false)
	if err != nil {
		return err
	}
	if slices.Contains(a.matches, row.Revision) {
		a.match = row.Revision
	}
	return a.refusal
}

// ReadOnly are the methods of what is not written, as Allow has them.
const ReadOnly = "GET, HEAD, OPTIONS"

// readWrite reads a request with a body.
func (h *Handler) readWrite(w http.ResponseWriter, r *http.Request, kind draft.Kind) (*writeAsk, error) {
	ask, err := h.askWrite(w, r, kind != draft.Create)
	if err != nil {
		return nil, err
	}
	if err := mediaType(r, kind); err != nil {
		return nil, err
	}
	ask.request = draft.Request{Layer: ask.layer, Kind: kind, ID: ask.id}
	if err := ask.request.ReadSystem(r, selection.SystemsOf(r.Context(), h.Features).Find); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if ask.document, err = draft.Read(text, ask.request); err != nil {
		return nil, err
	}
	ask.caller, err = commit.Caller(r, h.Who(r), h.Call(r), string(text))
	return ask, err
}

// mediaType holds the Content-Type against what is taken.
func mediaType(r *http.Request, kind draft.Kind) error {
	if r.Header.Get("Content-Type") == "" {
		return param.Faults{{In: "header", Name: "Content-Type", Detail: "缺少", DetailEn: "is missing"}}
	}
	taken := []string{geoJSONType, jsonType}
	if kind == draft.Patch {
		taken = []string{mergePatchType, jsonType}
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(taken, media) {
		return fmt.Errorf("%w: %s is taken", param.ErrMediaType, strings.Join(taken, ", "))
	}
	return nil
}

// draft makes the draft of the document.
func (a *writeAsk) draft(now map[string]any) (postgres.Draft, error) {
	d, err := a.document.Typed(a.request, now)
	d.NewArea, d.Shifted = a.NewArea, a.Shifted
	return d, err
}

// shownNow is what the caller is shown of a feature, if the document repeats anything of what the record keeps; nil if not.
func (h *Handler) shownNow(ctx context.Context, r *http.Request, t *gridpg.Tx, ask *writeAsk) (map[string]any, error) {
	if !ask.document.Repeats(ask.layer) {
		return nil, nil //nolint:nilnil // nothing has to be known
	}
	f, err := h.featureIn(ctx, r, t, ask)
	if err != nil {
		return nil, err
	}
	now := map[string]any{}
	for i, name := range f.Properties.names {
		now[name] = f.Properties.values[i]
	}
	return now, nil
}

// commit writes in one transaction and answers with the feature as it is then.
func (h *Handler) commit(w http.ResponseWriter, r *http.Request, ask *writeAsk, status int, do func(context.Context, *gridpg.Tx, postgres.Authorize) (postgres.Written, error)) error {
	answer, err := h.Store.Write(r.Context(), ask.caller, func(ctx context.Context, t *gridpg.Tx) (gridpg.Answer, error) {
		written, err := do(ctx, t, draft.Authorize(ask.caller.Actor))
		if err != nil {
			return gridpg.Answer{}, err
		}
		ask.id = written.ID
		f, err := h.featureIn(ctx, r, t, ask)
		if err != nil {
			return gridpg.Answer{}, err
		}
		return answerOf(ask, f, status)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Vary", "Authorization, Cookie")
	return commit.Send(w, answer)
}

// featureIn is the feature as the transaction has it.
func (h *Handler) featureIn(ctx context.Context, r *http.Request, t *gridpg.Tx, ask *writeAsk) (feature, error) {
	row, err := postgres.FeatureIn(ctx, t, ask.layer, ask.id, ask.internal)
	if err != nil {
		return feature{}, err
	}
	return h.featureOf(r, ask.view, ask.layer, row, ask.internal, datum.System{})
}

// answerOf writes the answer down: the feature as GET has it, with its tag.
func answerOf(ask *writeAsk, f feature, status int) (gridpg.Answer, error) {
	body, err := reply.Marshal(f)
	if err != nil {
		return gridpg.Answer{}, err
	}
	if ask.status != 0 {
		status = ask.status
	}
	a := gridpg.Answer{Status: status, DryRun: ask.DryRun, Headers: map[string]string{}}
	if !ask.DryRun {
		a.Headers["ETag"] = reply.Identity.Quote(strconv.FormatInt(f.Revision, 10) + "." + reply.Hash(body))
		if status == http.StatusCreated {
			a.Headers["Location"] = f.Links[0].Href
		}
	}
	if ask.Minimal {
		if status == http.StatusOK {
			a.Status = http.StatusNoContent
		}
		return a, nil
	}
	a.Body, a.Headers["Content-Type"] = json.RawMessage(body), geoJSONType
	return a, nil
}
