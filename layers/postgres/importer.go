package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers/ingest"
)

// querier is what reading needs: a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Job is one import of a file.
type Job struct {
	Options   ingest.Options
	NewArea   bool // take what lies outside every known region
	Actor     string
	RequestID string
	// Report gets the rejects and remarks, one at a time; nil drops them. An error ends the import.
	Report func(ingest.Reject) error
	// Progress, if any, is told how far a stage has come; a total of 0 is unknown.
	Progress func(stage string, done, total int64)

	DryRun bool   // everything is done, and undone
	Reach  *Reach // what the caller may write; nil for everything
	// Rows, if any, gets rows of every outcome but rejects once the import is done, up to MaxRows of each.
	Rows func(RowOutcome) error
	// Finish, if any, runs in the import's transaction when all is written: what it writes stays with the import, or not at all.
	Finish func(ctx context.Context, q querier, result Result) error
}

// Reach is how far somebody's right to write the inventory goes.
type Reach struct {
	Region string // only what lies in this division or below it; "" for everywhere
	Dept   string // only what belongs to this department; "" for any
}

// Counts say what became of features. Read is the sum of the others but Duplicates, which are proposals about features that were taken.
type Counts struct {
	Read       int64 `json:"read"`
	Inserted   int64 `json:"inserted"`
	Updated    int64 `json:"updated"`
	Unchanged  int64 `json:"unchanged"`
	Rejected   int64 `json:"rejected"`
	Aside      int64 `json:"aside"`      // put aside because nothing says where they are
	Duplicates int64 `json:"duplicates"` // pairs that may be one feature
}

// Result is what an import did. Revision is the newest that is visible, also where nothing changed; empty in a record that nobody has written.
type Result struct {
	Counts
	Revision string             `json:"revision"`
	Layers   map[string]*Counts `json:"layers"`
	NewArea  int64              `json:"new_area"` // features outside every known region that were taken
}

// Importer loads files into the record.
type Importer struct {
	pool *pgxpool.Pool
}

// NewImporter makes an importer.
func NewImporter(pool *pgxpool.Pool) *Importer { return &Importer{pool: pool} }

// errDry ends the transaction of a trial.
var errDry = errors.New("dry run")

// Import reads a file and merges it into the record, all of it or nothing. A *ingest.Fault is the file's or the options' own;
// other errors are the database's or the context's.
func (i *Importer) Import(ctx context.Context, f *ingest.File, job Job) (Result, error) {
	result := Result{Layers: map[string]*Counts{}}
	if job.Progress == nil {
		job.Progress = func(string, int64, int64) {}
	}
	if job.Report == nil {
		job.Report = func(ingest.Reject) error { return nil }
	}
	if f.Format == ingest.PBF || f.Format == ingest.OSM {
		job.NewArea = true // OpenStreetMap knows where it is
	}
	if err := i.Prepare(ctx, &job.Options); err != nil {
		return Result{}, err
	}
	err := pgx.BeginFunc(ctx, i.pool, func(tx pgx.Tx) error {
		r := &run{tx: tx, job: job, result: &result}
		if err := r.all(ctx, f); err != nil {
			return err
		}
		if job.DryRun {
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return Result{}, err
	}
	job.Progress("", 0, 0)
	if result.Revision, err = NewestRevision(ctx, i.pool); err != nil {
		return Result{}, fmt.Errorf("imported, but reading the revision failed: %w", err)
	}
	return result, nil
}

// all does the whole of an import within its transaction.
func (r *run) all(ctx context.Context, f *ingest.File) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	mapper, err := r.read(ctx, f)
	if err != nil {
		return err
	}
	for _, remark := range mapper.Remarks() {
		if err := r.job.Report(remark); err != nil {
			return err
		}
	}
	if err := r.suspect(ctx); err != nil {
		return err
	}
	if err := r.merge(ctx, mapper); err != nil {
		return err
	}
	if err := r.remember(ctx); err != nil {
		return err
	}
	if r.job.Finish != nil {
		return r.job.Finish(ctx, r.tx, *r.result)
	}
	return nil
}

const newestRevisionSQL = `SELECT coalesce((SELECT txid::text FROM change ORDER BY txid DESC LIMIT 1), '')`

// NewestRevision is the newest revision of the city that is visible now, or empty in a record that nobody has written.
func NewestRevision(ctx context.Context, q querier) (string, error) {
	var revision string
	err := q.QueryRow(ctx, newestRevisionSQL).Scan(&revision)
	return revision, err
}
