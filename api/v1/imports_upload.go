package v1

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

func (h *Handler) upload(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	name, layer := q.Text("name", maxNameRunes), q.Text("layer", maxNameRunes)
	if name == "" && q.Err() == nil {
		q.Fault("name", "必填", "is required")
	}
	if importable(layer) != nil {
		q.Fault("layer", "没有这个可导入的图层", "there is no such layer to import into")
	}
	if err := q.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), uploadTime)
	defer cancel()
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	folder, err := os.MkdirTemp("", "wangge-upload-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	path, size, err := spool(folder, postgres.FileName(name), r.Body)
	if err != nil {
		return err
	}
	return h.keepUpload(ctx, w, r, path, size, name, postgres.JobOptions{Layer: layer})
}

// spool writes a body to a file.
func spool(folder, name string, body io.Reader) (path string, size int64, err error) {
	path = folder + "/" + name
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(file, body)
	return path, size, errors.Join(err, file.Close())
}

// keepUpload looks at a file and keeps it. What only other options can read is kept with the reason; what nothing can read is refused.
func (h *Handler) keepUpload(ctx context.Context, w http.ResponseWriter, r *http.Request, path string, size int64, name string, o postgres.JobOptions) error {
	limited, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	in, err := h.Imports.Look(limited, path, &o)
	problem := otherwise(err)
	if err != nil && problem == nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	job, err := h.Imports.Create(ctx, h.Who(r).Name, name, size, file, o, in, problem)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/imports/"+strconv.FormatInt(job.ID, 10))
	return h.importReply(w, job, http.StatusCreated)
}

// otherwise is the problem of a file that other options may read; nil for any other error.
func otherwise(err error) *postgres.JobProblem {
	var fault *ingest.Fault
	if errors.As(err, &fault) && (errors.Is(err, ingest.ErrUsage) || errors.Is(err, ingest.ErrNoHeader) || errors.Is(err, ingest.ErrCharset)) {
		return &postgres.JobProblem{Title: fault.Zh, TitleEn: fault.En}
	}
	return nil
}
