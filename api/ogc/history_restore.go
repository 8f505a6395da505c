package ogc

import (
	"context"
	"net/http"

	"wangge/api/commit"
	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/layers/postgres"
)

// restoration is the body of a request to restore a version.
type restoration struct {
	Version int64 `json:"version"`
}

// Restore makes a feature what a version of it was: 200 with the feature, or 201 where it was deleted, which wants If-Match: *.
// POST …/items/{featureId}/restore.
func (h *Handler) Restore(w http.ResponseWriter, r *http.Request) error {
	ask, err := h.askWrite(w, r, true)
	if err == nil {
		err = ask.refusal
	}
	if err != nil {
		return err
	}
	var body restoration
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if body.Version < 1 {
		return param.InBody("/version", "必须是版本号", "must be the number of a version")
	}
	if ask.caller, err = commit.Caller(r, h.Who(r), h.Call(r), body); err != nil {
		return err
	}
	return h.commit(w, r, ask, http.StatusOK, func(ctx context.Context, t *gridpg.Tx, may postgres.Authorize) (postgres.Written, error) {
		out, revived, err := postgres.Restore(ctx, t, ask.layer, ask.id, ask.match, body.Version, may)
		if ask.status = 0; revived { // this may run again
			ask.status = http.StatusCreated
		}
		return out, err
	})
}
