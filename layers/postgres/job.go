package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers"
	"wangge/layers/ingest"
)

// Why nothing can be done with an import.
var (
	// ErrImportState: not in the state that it is in. HTTP 409.
	ErrImportState = errors.New("the import is in another state")
	// ErrManyImports: as many wait as there may be. HTTP 429.
	ErrManyImports = errors.New("too many imports")
	// ErrFileGone: the file of an import is not kept any more. HTTP 410.
	ErrFileGone = errors.New("the file is not kept any more")
)

// JobState is how far an import has come.
type JobState string

// The states.
const (
	JobUploaded   JobState = "uploaded"
	JobChecking   JobState = "checking"
	JobChecked    JobState = "checked"
	JobCommitting JobState = "committing"
	JobDone       JobState = "done"
	JobFailed     JobState = "failed"
	JobCancelled  JobState = "cancelled"
)

// JobOptions say how an uploaded file is to be read, as people choose it.
type JobOptions struct {
	Layer     string            `json:"layer,omitempty"`
	Sheet     string            `json:"sheet,omitempty"`
	HeaderRow int               `json:"header_row,omitempty"`
	Charset   string            `json:"charset,omitempty"`
	Datum     string            `json:"datum,omitempty"`
	Axes      string            `json:"axes,omitempty"`
	Lon       string            `json:"lon,omitempty"`
	Lat       string            `json:"lat,omitempty"`
	WKT       string            `json:"wkt,omitempty"`
	Maps      map[string]string `json:"maps,omitempty"` // heading -> field, "" for nowhere
	Sets      map[string]string `json:"sets,omitempty"`
	Units     map[string]string `json:"units,omitempty"`
	NewArea   bool              `json:"new_area,omitempty"`
	Key       string            `json:"key,omitempty"`
}

// Reading gives the options as the reader of files takes them.
func (o *JobOptions) Reading() ingest.Options {
	r := ingest.Options{Layer: layers.ByID(o.Layer), Datum: o.Datum, Charset: o.Charset, Sheet: o.Sheet, HeaderRow: o.HeaderRow, Lon: o.Lon, Lat: o.Lat, WKT: o.WKT,
		Axes: o.Axes, Units: o.Units, Key: o.Key}
	for heading, field := range o.Maps {
		r.Maps = append(r.Maps, ingest.Assign{Field: field, Value: heading})
	}
	for field, value := range o.Sets {
		r.Sets = append(r.Sets, ingest.Assign{Field: field, Value: value})
	}
	return r
}

// Asked is on whose behalf an import runs.
type Asked struct {
	Actor     string `json:"actor"`
	RequestID string `json:"request_id,omitempty"`
	Reach     *Reach `json:"reach,omitempty"`
}

// JobProgress tells how far a running import has come.
type JobProgress struct {
	Stage string `json:"stage"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"` // 0 for unknown
}

// JobResult is what a trial or an import ended with.
type JobResult struct {
	Counts
	NewArea  int64       `json:"new_area"`
	Revision *string     `json:"revision,omitempty"` // of an import that was done
	ByCode   []CodeCount `json:"by_code"`
}

// CodeCount is how many rows, or values, something was said of.
type CodeCount struct {
	Code  string `json:"code"`
	Zh    string `json:"zh"`
	En    string `json:"en"`
	Count int64  `json:"count"`
}

// JobProblem is why an import failed, or its file could not be understood.
type JobProblem struct {
	Title   string `json:"title"`
	TitleEn string `json:"title_en"`
}

// ImportJob is a file on its way into the record.
type ImportJob struct {
	ID         int64
	Name       string
	SizeBytes  int64
	State      JobState
	Revision   int64
	CreatedAt  time.Time
	CreatedBy  string
	Options    JobOptions
	Inspection *ingest.Inspection
	Progress   *JobProgress
	Result     *JobResult
	Problem    *JobProblem
	Asked      Asked
}

// Imports keeps the files that are on their way into the record. It is safe for concurrent use.
type Imports struct {
	pool *pgxpool.Pool
	wake chan struct{} // the runner looks at once
}

// NewImports makes the store of imports.
func NewImports(pool *pgxpool.Pool) *Imports {
	return &Imports{pool: pool, wake: make(chan struct{}, 1)}
}

// Wake tells the runner of this server that there is something to do.
func (s *Imports) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// What is kept of uploaded files.
const (
	MaxUploadBytes = 128 << 20
	chunkBytes     = 1 << 20
	mostOpen       = 50 // imports of one account that are not over
	mostWaiting    = 20 // that wait for their turn
)

const jobColumns = `id, name, size_bytes, state, revision, created_at, created_by, options, inspection, progress, result, problem, asked`

const (
	jobSQL  = `SELECT ` + jobColumns + ` FROM import_job WHERE id = $1 AND ($2 = '' OR created_by = $2)`
	jobsSQL = `SELECT ` + jobColumns + ` FROM import_job WHERE ($1 = '' OR created_by = $1) AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3`

	countJobsSQL = `SELECT count(*) FROM import_job WHERE $1 = '' OR created_by = $1`
	openJobsSQL  = `SELECT count(*) FROM import_job WHERE created_by = $1 AND state NOT IN ('done')`
	newJobSQL    = `INSERT INTO import_job (name, size_bytes, layer, state, options, inspection, problem, created_by) VALUES ($1, $2, $3, 'uploaded', $4, $5, $6, $7) RETURNING ` + jobColumns
	newChunkSQL  = `INSERT INTO import_chunk (import_id, ordinal, data) VALUES ($1, $2, $3)`
)

func scanJob(row pgx.CollectableRow) (ImportJob, error) {
	var j ImportJob
	err := row.Scan(&j.ID, &j.Name, &j.SizeBytes, &j.State, &j.Revision, &j.CreatedAt, &j.CreatedBy, &j.Options, &j.Inspection, &j.Progress, &j.Result, &j.Problem, &j.Asked)
	return j, err
}

func oneJob(ctx context.Context, q querier, sql string, args ...any) (ImportJob, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return ImportJob{}, interpret(err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, scanJob)
	return j, interpret(err)
}

// Create keeps a file that was uploaded, with what it was found to be, or why it could not be understood.
func (s *Imports) Create(ctx context.Context, actor, name string, size int64, file io.Reader, o JobOptions, in *ingest.Inspection, problem *JobProblem) (j ImportJob, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var open int
		if err := tx.QueryRow(ctx, openJobsSQL, actor).Scan(&open); err != nil {
			return err
		}
		if open >= mostOpen {
			return ErrManyImports
		}
		if j, err = oneJob(ctx, tx, newJobSQL, name, size, textOrNull(o.Layer), o, in, problem, actor); err != nil {
			return err
		}
		buf := make([]byte, chunkBytes)
		for n := 0; ; n++ {
			got, err := io.ReadFull(file, buf)
			if got > 0 {
				if _, err := tx.Exec(ctx, newChunkSQL, j.ID, n, buf[:got]); err != nil {
					return err
				}
			}
			switch {
			case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
				return nil
			case err != nil:
				return err
			}
		}
	})
	return j, interpret(err)
}

// One reads an import; by is who must have made it, or "" for anybody. Its error is ErrNotFound where there is none.
func (s *Imports) One(ctx context.Context, id int64, by string) (ImportJob, error) {
	return oneJob(ctx, s.pool, jobSQL, id, by)
}

// List reads imports, the newest first: those behind an id (0 for from the beginning), and how many there are in all.
func (s *Imports) List(ctx context.Context, by string, behind int64, limit int) (jobs []ImportJob, total int, err error) {
	if err := s.pool.QueryRow(ctx, countJobsSQL, by).Scan(&total); err != nil {
		return nil, 0, interpret(err)
	}
	rows, err := s.pool.Query(ctx, jobsSQL, by, behind, limit)
	if err != nil {
		return nil, 0, interpret(err)
	}
	jobs, err = pgx.CollectRows(rows, scanJob)
	return jobs, total, interpret(err)
}

const chunksSQL = `SELECT data FROM import_chunk WHERE import_id = $1 AND ordinal = $2`

// Fetch writes the file of an import. Its error is ErrFileGone where it is not kept any more.
func (s *Imports) Fetch(ctx context.Context, j *ImportJob, to io.Writer) error {
	written := int64(0)
	for n := 0; written < j.SizeBytes; n++ {
		var data []byte
		switch err := s.pool.QueryRow(ctx, chunksSQL, j.ID, n).Scan(&data); {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrFileGone
		case err != nil:
			return interpret(err)
		}
		if _, err := to.Write(data); err != nil {
			return err
		}
		written += int64(len(data))
	}
	return nil
}

// The statements that change what is known of an import. Each raises its revision, so that who is late is told so.
const (
	changeJobSQL = `UPDATE import_job SET state = 'uploaded', layer = $4, options = $5, inspection = $6, problem = $7, result = NULL, progress = NULL,
    revision = revision + 1, updated_at = now() WHERE id = $1 AND ($2 = '' OR created_by = $2) AND ($3 = 0 OR revision = $3)
    AND state IN ('uploaded', 'checked', 'failed', 'cancelled') RETURNING ` + jobColumns
	checkJobSQL = `UPDATE import_job SET state = 'checking', asked = $4, heard_at = NULL, progress = NULL, problem = NULL, result = NULL,
    revision = revision + 1, updated_at = now() WHERE id = $1 AND ($2 = '' OR created_by = $2) AND ($3 = 0 OR revision = $3)
    AND state IN ('uploaded', 'checked', 'failed', 'cancelled') RETURNING ` + jobColumns
	commitJobSQL = `UPDATE import_job SET state = 'committing', asked = $4, heard_at = NULL, progress = NULL, problem = NULL,
    revision = revision + 1, updated_at = now() WHERE id = $1 AND ($2 = '' OR created_by = $2) AND ($3 = 0 OR revision = $3)
    AND state IN ('checked', 'failed', 'cancelled') AND result IS NOT NULL RETURNING ` + jobColumns
	cancelJobSQL = `UPDATE import_job SET state = 'cancelled', progress = NULL, revision = revision + 1, updated_at = now()
    WHERE id = $1 AND ($2 = '' OR created_by = $2) AND ($3 = 0 OR revision = $3) AND state IN ('checking', 'committing') RETURNING ` + jobColumns
	deleteJobSQL = `DELETE FROM import_job WHERE id = $1 AND ($2 = '' OR created_by = $2) AND ($3 = 0 OR revision = $3) AND state NOT IN ('checking', 'committing') RETURNING ` + jobColumns
	waitingSQL   = `SELECT count(*) FROM import_job WHERE state IN ('checking', 'committing')`
)

// move runs one of the statements above, and tells why it did nothing: no such import, another revision, another state.
func moveJob(ctx context.Context, q querier, sql string, id int64, by string, match int64, args ...any) (ImportJob, error) {
	j, err := oneJob(ctx, q, sql, append([]any{id, by, match}, args...)...)
	if !errors.Is(err, ErrNotFound) {
		return j, err
	}
	now, err := oneJob(ctx, q, jobSQL, id, by)
	switch {
	case err != nil:
		return ImportJob{}, err
	case match != 0 && now.Revision != match:
		return now, ErrStale
	}
	return now, fmt.Errorf("%w: %s", ErrImportState, now.State)
}

// ChangeImport gives an import other options, with what its file was found to be by them. by is as in One.
func ChangeImport(ctx context.Context, q querier, id int64, by string, match int64, o JobOptions, in *ingest.Inspection, problem *JobProblem) (ImportJob, error) {
	return moveJob(ctx, q, changeJobSQL, id, by, match, textOrNull(o.Layer), o, in, problem)
}

// CheckImport puts a trial into the queue.
func CheckImport(ctx context.Context, q querier, id int64, by string, match int64, asked Asked) (ImportJob, error) {
	return enqueue(ctx, q, checkJobSQL, id, by, match, asked)
}

// CommitImport puts the import itself into the queue, of a file that was tried.
func CommitImport(ctx context.Context, q querier, id int64, by string, match int64, asked Asked) (ImportJob, error) {
	return enqueue(ctx, q, commitJobSQL, id, by, match, asked)
}

func enqueue(ctx context.Context, q querier, sql string, id int64, by string, match int64, asked Asked) (ImportJob, error) {
	var waiting int
	if err := q.QueryRow(ctx, waitingSQL).Scan(&waiting); err != nil {
		return ImportJob{}, interpret(err)
	}
	if waiting >= mostWaiting {
		return ImportJob{}, ErrManyImports
	}
	return moveJob(ctx, q, sql, id, by, match, asked)
}

// CancelImport ends a trial or an import that is not done yet: nothing of it stays.
func CancelImport(ctx context.Context, q querier, id int64, by string, match int64) (ImportJob, error) {
	return moveJob(ctx, q, cancelJobSQL, id, by, match)
}

// DeleteImport forgets an import, its file and its report. What it wrote into the inventory stays.
func DeleteImport(ctx context.Context, q querier, id int64, by string, match int64) error {
	_, err := moveJob(ctx, q, deleteJobSQL, id, by, match)
	return err
}

// ImportRow is a kept row of a trial or an import.
type ImportRow struct {
	Ordinal    int64
	Row        *int64
	Outcome    Outcome
	Code       *string
	Detail     *string
	Key        *string
	Properties json.RawMessage
	Geometry   []byte // EWKB
}

const (
	rowsSQL = `SELECT ordinal, row_no, outcome, code, detail, source_key, properties, ST_AsEWKB(geom) FROM import_row
WHERE import_id = $1 AND ($2 = '' OR outcome = $2) AND ordinal > $3 ORDER BY ordinal LIMIT $4`
	countRowsSQL = `SELECT count(*) FROM import_row WHERE import_id = $1 AND ($2 = '' OR outcome = $2)`
)

// Rows hands on kept rows of an import, in their order, behind an ordinal.
func (s *Imports) Rows(ctx context.Context, id int64, outcome Outcome, behind int64, limit int, take func(ImportRow) error) error {
	rows, err := s.pool.Query(ctx, rowsSQL, id, outcome, behind, limit)
	if err != nil {
		return interpret(err)
	}
	var r ImportRow
	_, err = pgx.ForEachRow(rows, []any{&r.Ordinal, &r.Row, &r.Outcome, &r.Code, &r.Detail, &r.Key, &r.Properties, &r.Geometry}, func() error { return take(r) })
	return interpret(err)
}

// CountRows counts the kept rows of an import.
func (s *Imports) CountRows(ctx context.Context, id int64, outcome Outcome) (n int, err error) {
	err = s.pool.QueryRow(ctx, countRowsSQL, id, outcome).Scan(&n)
	return n, interpret(err)
}

// Look tells what a file is when it is read by some options. Its error is a *ingest.Fault where they or the file are to blame.
func (s *Imports) Look(ctx context.Context, path string, o *JobOptions) (*ingest.Inspection, error) {
	file, err := ingest.Open(path)
	if err != nil {
		return nil, err
	}
	reading := o.Reading()
	if err := prepare(ctx, s.pool, &reading); err != nil {
		return nil, interpret(err)
	}
	return ingest.Inspect(ctx, file, reading)
}
