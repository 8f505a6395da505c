package v1

import (
	"context"
	"net/http"

	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/layers/postgres"
)

// asked is on whose behalf a trial or an import runs.
func (h *Handler) asked(r *http.Request) postgres.Asked {
	who := h.Who(r)
	return postgres.Asked{Actor: who.Name, RequestID: h.Call(r).ID, Reach: reachOf(who)}
}

// ready refuses to run what cannot be read by what was said of it so far.
func ready(j postgres.ImportJob) error {
	if j.Options.Layer == "" {
		return param.InBody("/layer", "请先选择图层", "choose the layer first")
	}
	if in := j.Inspection; in != nil {
		switch {
		case in.Datum.Needed && j.Options.Datum == "":
			return param.InBody("/datum", "请先说明坐标基准，系统不会猜测", "say the datum first, it is never guessed")
		case in.Datum.AxesNeeded:
			return param.InBody("/axes", "请先说明坐标顺序：en 东坐标在前，ne 北坐标在前", "say first which coordinate comes first: en or ne")
		}
	}
	return nil
}

func (h *Handler) checkImport(w http.ResponseWriter, r *http.Request) error {
	return h.runImport(w, r, matchIfAny, func(ctx context.Context, t *gridpg.Tx, id int64, by string, seen int64, asked postgres.Asked) (postgres.ImportJob, error) {
		return postgres.CheckImport(ctx, t, id, by, seen, asked)
	})
}

func (h *Handler) commitImport(w http.ResponseWriter, r *http.Request) error {
	return h.runImport(w, r, match, func(ctx context.Context, t *gridpg.Tx, id int64, by string, seen int64, asked postgres.Asked) (postgres.ImportJob, error) {
		return postgres.CommitImport(ctx, t, id, by, seen, asked)
	})
}

// enqueueImport puts a trial or an import into the queue.
type enqueueImport func(ctx context.Context, t *gridpg.Tx, id int64, by string, seen int64, asked postgres.Asked) (postgres.ImportJob, error)

// runImport puts a trial or an import into the queue.
func (h *Handler) runImport(w http.ResponseWriter, r *http.Request, match func(*http.Request) (int64, error), enqueue enqueueImport) error {
	seen, err := match(r)
	if err != nil {
		return err
	}
	by, id := mine(h.Who(r)), importID(r)
	job, err := h.Imports.One(r.Context(), id, by)
	if err == nil {
		err = ready(job)
	}
	if err != nil {
		return noImport(err)
	}
	err = h.write(w, r, nil, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		job, err := enqueue(ctx, t, id, by, seen, h.asked(r))
		return importResult(job, http.StatusAccepted), noImport(err)
	})
	h.Imports.Wake()
	return err
}

func (h *Handler) cancelImport(w http.ResponseWriter, r *http.Request) error {
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	by := mine(h.Who(r))
	return h.write(w, r, nil, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		job, err := postgres.CancelImport(ctx, t, importID(r), by, seen)
		return importResult(job, http.StatusOK), noImport(err)
	})
}

func (h *Handler) deleteImport(w http.ResponseWriter, r *http.Request) error {
	seen, err := matchIfAny(r)
	if err != nil {
		return err
	}
	by := mine(h.Who(r))
	return h.write(w, r, nil, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		return result{status: http.StatusNoContent}, noImport(postgres.DeleteImport(ctx, t, importID(r), by, seen))
	})
}
