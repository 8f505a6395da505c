package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers/ingest"
)

// Runner runs the imports that wait, one at a time on each server. 导入任务的执行者。
//
// A job is taken by raising its revision. Whoever runs it reports every second; a job that nobody has reported on for a minute is called failed, by whichever
// server sees it, which raises the revision too. The import's own transaction ends by calling the job done under the revision that it was taken with: when that
// is another by then (cancelled, called failed, taken again), the whole import is undone. So what is called done has happened, once, and what is not has not.
type Runner struct {
	jobs *Imports
	pool *pgxpool.Pool
	log  *slog.Logger
}

// NewRunner makes the runner of a server's imports.
func NewRunner(jobs *Imports, log *slog.Logger) *Runner {
	return &Runner{jobs: jobs, pool: jobs.pool, log: log}
}

// How often is looked and reported, and when somebody is taken for dead.
const (
	lookEvery   = 2 * time.Second
	reportEvery = time.Second
	tidyEvery   = 10 * time.Minute
	runTime     = 30 * time.Minute // of one trial or import
)

const (
	// A minute without a report is longer than a server that lives ever keeps silent.
	callDeadSQL = `UPDATE import_job SET state = 'failed', progress = NULL, revision = revision + 1, updated_at = now(),
    problem = jsonb_build_object('title', '执行导入的服务器中断，没有写入任何数据，可以重试', 'title_en', 'the server that ran the import went away; nothing was written, try again')
    WHERE state IN ('checking', 'committing') AND heard_at < now() - interval '1 minute'`
	takeJobSQL = `UPDATE import_job SET heard_at = now(), revision = revision + 1
    WHERE id = (SELECT id FROM import_job WHERE state IN ('checking', 'committing') AND heard_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING ` + jobColumns
	reportJobSQL = `UPDATE import_job SET heard_at = now(), progress = $3 WHERE id = $1 AND revision = $2 AND state IN ('checking', 'committing')`
	endJobSQL    = `UPDATE import_job SET state = $3, result = coalesce($4, result), problem = $5, progress = NULL, heard_at = NULL, revision = revision + 1, updated_at = now()
    WHERE id = $1 AND revision = $2 AND state IN ('checking', 'committing')`
	giveBackSQL = `UPDATE import_job SET heard_at = NULL, progress = NULL WHERE id = $1 AND revision = $2`
	dropFileSQL = `DELETE FROM import_chunk WHERE import_id = $1`
	tidyJobsSQL = `DELETE FROM import_job WHERE updated_at < now() - interval '30 days' AND state NOT IN ('checking', 'committing')`
	newestIsSQL = `SELECT pg_current_xact_id()::text`
)

// Run runs imports until ctx ends. An import that is under way then is undone, and waits for the next server.
func (r *Runner) Run(ctx context.Context) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	tidied := time.Time{}
	for {
		if time.Since(tidied) > tidyEvery {
			if _, err := r.pool.Exec(ctx, tidyJobsSQL); err != nil && ctx.Err() == nil {
				r.log.WarnContext(ctx, "old imports were not removed", "error", err)
			}
			tidied = time.Now()
		}
		for r.next(ctx) {
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.jobs.wake:
		case <-look.C:
		}
	}
}

// next takes the next job and runs it; false where there is none.
func (r *Runner) next(ctx context.Context) bool {
	if _, err := r.pool.Exec(ctx, callDeadSQL); err != nil {
		return false // the database is away: it will be looked again
	}
	job, err := oneJob(ctx, r.pool, takeJobSQL)
	if err != nil {
		if !errors.Is(err, ErrNotFound) && ctx.Err() == nil {
			r.log.WarnContext(ctx, "no import could be taken", "error", err)
		}
		return false
	}
	r.run(ctx, job)
	return ctx.Err() == nil
}

// Why a run ends besides its own faults.
var (
	errLost    = errors.New("the import was taken away from this server")
	errTooLong = errors.New("the import takes too long")
)

// run runs a job and notes what came of it.
func (r *Runner) run(server context.Context, job ImportJob) {
	ctx, cancel := context.WithCancelCause(server)
	defer cancel(nil)
	limited, stop := context.WithTimeoutCause(ctx, runTime, errTooLong)
	defer stop()
	beat := &heart{r: r, job: job}
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		beat.run(limited, done, cancel)
	}()
	result, err := r.work(limited, job, beat)
	close(done)
	group.Wait()
	switch {
	case err == nil:
		if job.State == JobChecking {
			r.end(server, job, JobChecked, &result, nil)
		}
	case errors.Is(context.Cause(limited), errLost): // whoever took it has noted why
	case server.Err() != nil:
		late, stop := context.WithTimeout(context.WithoutCancel(server), reportEvery*5)
		defer stop()
		if _, err := r.pool.Exec(late, giveBackSQL, job.ID, job.Revision); err != nil {
			r.log.WarnContext(late, "an import was not given back", "id", job.ID, "error", err)
		}
	default:
		r.end(server, job, JobFailed, nil, r.problem(limited, job, err))
	}
}

// problem says why a run failed, to people; what is nobody's fault but ours goes to the log.
func (r *Runner) problem(ctx context.Context, job ImportJob, err error) *JobProblem {
	var fault *ingest.Fault
	switch {
	case errors.As(err, &fault):
		return &JobProblem{fault.Zh, fault.En}
	case errors.Is(context.Cause(ctx), errTooLong):
		return &JobProblem{"导入用时超过 30 分钟，没有写入任何数据", "the import took more than 30 minutes; nothing was written"}
	case errors.Is(err, ErrFileGone):
		return &JobProblem{"文件已不再保存，请重新上传", "the file is not kept any more: upload it again"}
	case errors.Is(interpret(err), ErrUnavailable):
		return &JobProblem{"数据库中断，没有写入任何数据，可以重试", "the database went away; nothing was written, try again"}
	}
	r.log.ErrorContext(ctx, "import failed", "id", job.ID, "error", err)
	return &JobProblem{"导入出错，没有写入任何数据", "the import failed; nothing was written"}
}

// end notes what came of a job. It goes on trying while the database is away.
func (r *Runner) end(ctx context.Context, job ImportJob, state JobState, result *JobResult, problem *JobProblem) {
	for {
		_, err := r.pool.Exec(ctx, endJobSQL, job.ID, job.Revision, state, result, problem)
		if err == nil || ctx.Err() != nil {
			return
		}
		r.log.WarnContext(ctx, "the end of an import was not noted", "id", job.ID, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

// work runs the trial, or the import, of a job.
func (r *Runner) work(ctx context.Context, job ImportJob, beat *heart) (JobResult, error) {
	folder, err := os.MkdirTemp("", "wangge-import-")
	if err != nil {
		return JobResult{}, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	path, err := r.jobs.FetchInto(ctx, &job, folder)
	if err != nil {
		return JobResult{}, err
	}
	file, err := ingest.Open(path)
	if err != nil {
		return JobResult{}, err
	}
	keeper := &rowKeeper{ctx: ctx, pool: r.pool, job: job.ID, kept: map[Outcome]int{}, counts: map[ingest.Code]int64{}}
	if err := keeper.begin(); err != nil {
		return JobResult{}, err
	}
	order := Job{
		Options: job.Options.Reading(), NewArea: job.Options.NewArea, Actor: job.Asked.Actor, RequestID: job.Asked.RequestID, Reach: job.Asked.Reach,
		DryRun: job.State == JobChecking, Report: keeper.reject, Rows: keeper.outcome, Progress: beat.progress,
	}
	if !order.DryRun {
		order.Finish = func(ctx context.Context, q querier, done Result) error { return finishJob(ctx, q, job, keeper, done) }
	}
	done, err := NewImporter(r.pool).Import(ctx, file, order)
	if err != nil {
		return JobResult{}, err
	}
	if err := keeper.flush(); err != nil {
		return JobResult{}, err
	}
	return keeper.result(done), nil
}

// finishJob calls an import done, in its own transaction.
func finishJob(ctx context.Context, q querier, job ImportJob, keeper *rowKeeper, done Result) error {
	if err := keeper.flush(); err != nil {
		return err
	}
	result := keeper.result(done)
	if done.Inserted+done.Updated > 0 {
		var revision string
		if err := q.QueryRow(ctx, newestIsSQL).Scan(&revision); err != nil {
			return err
		}
		result.Revision = &revision
	}
	tag, err := q.Exec(ctx, endJobSQL, job.ID, job.Revision, JobDone, &result, (*JobProblem)(nil))
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return errLost
	}
	_, err = q.Exec(ctx, dropFileSQL, job.ID)
	return err
}

// FetchInto writes the file of an import into a folder, under the name that it came with as far as a file can have it: formats and sources go by it.
func (s *Imports) FetchInto(ctx context.Context, j *ImportJob, folder string) (path string, err error) {
	path = filepath.Join(folder, FileName(j.Name))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	return path, errors.Join(s.Fetch(ctx, j, file), file.Close())
}

// maxFileName bounds a file's name, in bytes.
const maxFileName = 180

// FileName makes a name that somebody gave a file one that a file of ours can have: no folders, no signs that programs understand, not too long.
func FileName(name string) string {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimLeft(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name), ".-")
	ending := filepath.Ext(name)
	if len(ending) > 12 {
		ending = ""
	}
	stem := strings.TrimSuffix(name, ending)
	for len(stem)+len(ending) > maxFileName {
		runes := []rune(stem)
		stem = string(runes[:len(runes)-1])
	}
	if stem == "" {
		stem = "upload"
	}
	return stem + ending
}

// heart reports that a run lives, and ends it when somebody took it away.
type heart struct {
	r   *Runner
	job ImportJob
	mu  sync.Mutex
	at  JobProgress
}

func (h *heart) progress(stage string, done, total int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = JobProgress{stage, done, total}
}

// silence is how long a run may fail to report before it gives up: less than what others wait before they call it dead.
const silence = 40 * time.Second

func (h *heart) run(ctx context.Context, done <-chan struct{}, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	heard := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		at := h.at
		h.mu.Unlock()
		limited, stop := context.WithTimeout(ctx, reportEvery*10)
		tag, err := h.r.pool.Exec(limited, reportJobSQL, h.job.ID, h.job.Revision, at)
		stop()
		switch {
		case err == nil && tag.RowsAffected() == 0:
			cancel(errLost)
			return
		case err == nil:
			heard = time.Now()
		case time.Since(heard) > silence:
			cancel(fmt.Errorf("%w: nobody heard of it for %s: %w", errLost, silence, err))
			return
		}
	}
}
