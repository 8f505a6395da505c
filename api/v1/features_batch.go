package v1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"wangge/api/commit"
	"wangge/api/draft"
	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// ErrBatch says that operations of a batch cannot be done, so that none was. The error itself is a *BatchError. HTTP 422.
var ErrBatch = errors.New("the batch was not done")

// Bounds of a batch.
const (
	maxOperations = 1000
	maxBatchBytes = 8 << 20
)

func (h *Handler) batchRoutes() []Route {
	return []Route{{
		Method: http.MethodPost, Path: "/features/batch", Needs: rights.EditInventory, MaxBytes: maxBatchBytes,
		Params: []Param{{Name: "dry_run", Title: "true 为只检查不写入", TitleE: "true: everything is checked, nothing stays"},
			{Name: "accept", Title: "仍然接受的疑点：shift、new-area", TitleE: "doubts that are taken all the same: shift, new-area"}},
		Title: "批量新增、替换、修改、删除对象，全部成功或全部不做", TitleE: "Make, replace, change and delete features, all or nothing",
		Body: batchBody{}, Reply: batchReply{}, Serve: h.writeBatch,
	}}
}

type batchBody struct {
	Operations []batchOperation `json:"operations" doc:"至多 1000 项，依次执行"`
}

type batchOperation struct {
	Op      string          `json:"op" doc:"create、replace、update（合并补丁）或 delete"`
	Layer   string          `json:"layer"`
	ID      int64           `json:"id,omitempty"`
	Match   string          `json:"match,omitempty" doc:"所依据的版本，* 为任意；新增以外必填"`
	Feature json.RawMessage `json:"feature,omitempty" doc:"GeoJSON 的 geometry 与 properties"`
}

type batchReply struct {
	Results []BatchResult `json:"results"`
}

// BatchResult is what became of an operation, or why it cannot be done.
type BatchResult struct {
	Op       string       `json:"op"`
	Layer    string       `json:"layer"`
	ID       int64        `json:"id,omitempty"`
	Revision int64        `json:"revision,omitempty"`
	Status   string       `json:"status" doc:"ok、fault、stale、forbidden、not_found"`
	Errors   []BatchFault `json:"errors,omitempty"`
}

// BatchFault is one thing wrong with an operation, at a JSON pointer into the body of the request.
type BatchFault struct {
	Pointer  string `json:"pointer"`
	Type     string `json:"type,omitempty" doc:"疑点的类别：suspicious-shift、outside-regions、code-taken"`
	Detail   string `json:"detail"`
	DetailEn string `json:"detail_en"`
}

// BatchError is why a batch was not done, operation by operation. It is an ErrBatch.
type BatchError struct{ Results []BatchResult }

// Error counts them.
func (e *BatchError) Error() string { return fmt.Sprintf("%v: %d operations", ErrBatch, e.Refused()) }

// Unwrap gives the sentinel.
func (e *BatchError) Unwrap() error { return ErrBatch }

// Refused is how many operations cannot be done.
func (e *BatchError) Refused() (n int) {
	for _, r := range e.Results {
		if r.Status != "ok" {
			n++
		}
	}
	return n
}

// batch is a batch on its way.
type batch struct {
	tx    *gridpg.Tx
	terms *draft.Terms
	may   postgres.Authorize
	tally map[string]*layers.ShiftTally // by layer
}

func (h *Handler) writeBatch(w http.ResponseWriter, r *http.Request) error {
	terms, err := draft.ReadTerms(w, r, h.Query(r))
	if err != nil {
		return err
	}
	var body batchBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if n := len(body.Operations); n == 0 || n > maxOperations {
		return param.InBody("/operations", "须有 1 到 1000 项", "must have 1 to 1000 operations")
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		b := &batch{tx: t, terms: terms, may: draft.Authorize(t.Caller.Actor), tally: map[string]*layers.ShiftTally{}}
		reply, err := b.run(ctx, body.Operations)
		return result{value: reply, dryRun: terms.DryRun}, err
	})
}

// run does all operations, also those behind one that cannot be done, so that the caller hears of all faults at once. An error of the database ends it.
func (b *batch) run(ctx context.Context, operations []batchOperation) (batchReply, error) {
	results := make([]BatchResult, len(operations))
	refused := false
	for i, op := range operations {
		written, err := b.one(ctx, op)
		results[i] = BatchResult{Op: op.Op, Layer: op.Layer, ID: op.ID, Status: "ok"}
		if err == nil {
			results[i].ID, results[i].Revision = written.ID, written.Revision
			continue
		}
		refused = true
		if err := results[i].refuse(fmt.Sprintf("/operations/%d", i), err); err != nil {
			return batchReply{}, err
		}
	}
	if !refused && !b.terms.Shifted {
		refused = b.suspect(operations, results)
	}
	if refused {
		for i := range results {
			if results[i].Op == "create" {
				results[i].ID = 0 // there is none
			}
			results[i].Revision = 0
		}
		return batchReply{}, &BatchError{results}
	}
	return batchReply{results}, nil
}

// one does one operation.
func (b *batch) one(ctx context.Context, op batchOperation) (postgres.Written, error) {
	l := layers.ByID(op.Layer)
	if l == nil || !l.Collection {
		return postgres.Written{}, layers.Faults{{Pointer: "!/layer", Zh: "没有这个图层", En: "there is no such layer"}}
	}
	if !postgres.Writable(l) {
		return postgres.Written{}, postgres.ErrFixed
	}
	if op.Op == "create" {
		d, err := b.draft(op, l, draft.Create)
		if err != nil {
			return postgres.Written{}, err
		}
		return postgres.Insert(ctx, b.tx, l, d, b.may)
	}
	match, err := op.seen()
	if err != nil {
		return postgres.Written{}, err
	}
	switch op.Op {
	case "delete":
		return postgres.Delete(ctx, b.tx, l, op.ID, match, b.may)
	case "replace", "update":
		kind, do := draft.Patch, postgres.Change(postgres.Update)
		if op.Op == "replace" {
			kind, do = draft.Replace, postgres.Replace
		}
		d, err := b.draft(op, l, kind)
		if err != nil {
			return postgres.Written{}, err
		}
		return do(ctx, b.tx, l, op.ID, match, d, b.may)
	}
	return postgres.Written{}, layers.Faults{{Pointer: "!/op", Zh: "须为 create、replace、update 或 delete", En: "must be create, replace, update or delete"}}
}

// seen is the revision that an operation rests on; 0 for any.
func (op batchOperation) seen() (int64, error) {
	switch {
	case op.ID < 1:
		return 0, layers.Faults{{Pointer: "!/id", Zh: "须为对象编号", En: "must be the id of a feature"}}
	case op.Match == "":
		return 0, layers.Faults{{Pointer: "!/match", Zh: "须给出所依据的版本，或 *", En: "the revision that was read is wanted, or *"}}
	}
	match, err := commit.Revision(strings.Trim(op.Match, `"`), op.Match == "*")
	if err != nil {
		err = postgres.ErrStale
	}
	return match, err
}

// draft reads the feature of an operation, in degrees. It need not say that it is a Feature.
func (b *batch) draft(op batchOperation, l *layers.Layer, kind draft.Kind) (postgres.Draft, error) {
	q := draft.Request{Layer: l, Kind: kind, ID: op.ID, Untyped: true}
	if len(op.Feature) == 0 {
		return postgres.Draft{}, layers.Faults{{Zh: "缺少 feature", En: "feature is missing"}}
	}
	document, err := draft.Read(op.Feature, q)
	if err != nil {
		return postgres.Draft{}, err
	}
	d, err := document.Typed(q, nil)
	d.NewArea, d.Shifted = b.terms.NewArea, b.terms.Shifted
	if b.tally[l.ID] == nil {
		b.tally[l.ID] = &layers.ShiftTally{}
	}
	d.Tally = b.tally[l.ID]
	return d, err
}

// suspect finds layers whose features look shifted all together, and refuses those.
func (b *batch) suspect(operations []batchOperation, results []BatchResult) (found bool) {
	for id, tally := range b.tally {
		s := tally.Suspect()
		if s == nil {
			continue
		}
		for i, op := range operations {
			if op.Layer == id && op.Op != "delete" {
				found = true
				_ = results[i].refuse(fmt.Sprintf("/operations/%d", i), s)
			}
		}
	}
	return found
}
