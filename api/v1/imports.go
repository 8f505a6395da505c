package v1

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/commit"
	"wangge/api/param"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// Bounds of what a request about an import takes.
const (
	uploadTime   = 20 * time.Minute // over a slow line
	lookTime     = 5 * time.Minute
	maxNameRunes = 200
	maxMapped    = 600 // headings, fields or units in one request
	maxOption    = 500 // bytes of one of them
)

// importRoutes are those that bring files into the inventory. Whoever may write somewhere may bring a file; what of it lies elsewhere is rejected row by row.
func (h *Handler) importRoutes() []Route {
	id := "/imports/{id}"
	post := func(path, title, titleE string, serve func(http.ResponseWriter, *http.Request) error) Route {
		return Route{Method: http.MethodPost, Path: id + path, Needs: rights.EditInventory, Title: title, TitleE: titleE, Reply: importJSON{}, Status: http.StatusAccepted, Serve: serve}
	}
	commit := post("/commit", "入库", "Write what was tried into the inventory", h.commitImport)
	commit.Match = true
	cancel := post("/cancel", "中止试算或入库", "End a trial or an import; nothing of it stays", h.cancelImport)
	cancel.Status = 0
	outcome := Param{Name: "outcome", Title: "insert、update、unchanged、rejected、aside 或 duplicate，缺省为全部", TitleE: "one of the outcomes, all by default"}
	return []Route{
		{Method: http.MethodPost, Path: "/imports", Needs: rights.EditInventory, Stream: true, MaxBytes: postgres.MaxUploadBytes, Title: "上传要导入的文件", TitleE: "Upload a file to import, 128 MiB at most",
			Params: []Param{{Name: "name", Title: "文件名，扩展名用于识别格式", TitleE: "its name, whose ending helps to tell the format", Required: true}, {Name: "layer", Title: "图层", TitleE: "the layer"}},
			Body:   uploadBody{}, BodyType: "application/octet-stream", Reply: importJSON{}, Status: http.StatusCreated, Serve: h.upload},
		{Path: "/imports", Needs: rights.EditInventory, Params: pagingParams(), Title: "导入任务，新的在前", TitleE: "Imports, the newest first", Reply: page[importJSON]{}, Serve: h.imports},
		{Path: id, Needs: rights.EditInventory, Title: "一个导入任务", TitleE: "One import", Reply: importJSON{}, Serve: h.oneImport},
		{Method: http.MethodPatch, Path: id, Needs: rights.EditInventory, Match: true, Stream: true, Title: "更改读取方式并重新识别", TitleE: "Read the file by other options and look again", Body: importPatch{}, Reply: importJSON{}, Serve: h.changeImport},
		post("/check", "试算：完整执行后撤销", "Try it: everything is done and undone", h.checkImport),
		commit,
		cancel,
		{Method: http.MethodDelete, Path: id, Needs: rights.EditInventory, Title: "删除任务、文件与报告；已入库的数据不受影响", TitleE: "Forget an import, its file and its report; what it wrote stays", Status: http.StatusNoContent, Serve: h.deleteImport},
		{Path: id + "/rows", Needs: rights.EditInventory, Params: pagingParams(outcome), Title: "逐行结果，每种至多保留 20000 行", TitleE: "Rows by outcome, 20,000 kept of each", Reply: page[importRowJSON]{}, Serve: h.importRows},
		{Path: id + "/report.csv", Needs: rights.EditInventory, Stream: true, Title: "报告（csv）：未入库与需处理的行", TitleE: "Report as csv: rows that were not taken or need somebody", ReplyType: "text/csv", Serve: h.reportCSV},
		{Path: id + "/report.xlsx", Needs: rights.EditInventory, Stream: true, Title: "报告（xlsx）", TitleE: "Report as xlsx", ReplyType: xlsxType, Serve: h.reportXLSX},
	}
}

// uploadBody stands for the file in the API document.
type uploadBody struct{}

type importJSON struct {
	ID         int64                 `json:"id"`
	Name       string                `json:"name"`
	SizeBytes  int64                 `json:"size_bytes"`
	Layer      *string               `json:"layer"`
	State      postgres.JobState     `json:"state" doc:"uploaded 已上传、checking 试算中、checked 已试算、committing 入库中、done 已入库、failed 失败、cancelled 已取消"`
	Revision   int64                 `json:"revision"`
	CreatedAt  time.Time             `json:"created_at"`
	CreatedBy  string                `json:"created_by"`
	Inspection *ingest.Inspection    `json:"inspection"`
	Options    postgres.JobOptions   `json:"options"`
	Progress   *postgres.JobProgress `json:"progress"`
	Result     *postgres.JobResult   `json:"result"`
	Problem    *postgres.JobProblem  `json:"problem"`
}

func importOf(j postgres.ImportJob) importJSON {
	out := importJSON{ID: j.ID, Name: j.Name, SizeBytes: j.SizeBytes, Layer: orNull(j.Options.Layer), State: j.State, Revision: j.Revision, CreatedAt: j.CreatedAt,
		CreatedBy: j.CreatedBy, Inspection: j.Inspection, Options: j.Options, Progress: j.Progress, Result: j.Result, Problem: j.Problem}
	if j.State == postgres.JobChecking || j.State == postgres.JobCommitting {
		if out.Progress == nil {
			out.Progress = &postgres.JobProgress{Stage: "等待 waiting"}
		}
	}
	return out
}

// mine is whose imports a caller may see: everybody's for who writes everywhere, else the own ones.
func mine(who rights.Actor) string {
	if who.May(rights.EditInventory, rights.Place{}) == nil {
		return ""
	}
	return who.Name
}

// reachOf is how far an account's right goes; nil for everywhere.
func reachOf(who rights.Actor) *postgres.Reach {
	if mine(who) == "" {
		return nil
	}
	if who.Role == rights.Department {
		return &postgres.Reach{Dept: who.Dept}
	}
	return &postgres.Reach{Region: who.Region}
}

// importable refuses a layer that files are not brought into this way: grids are edited as nets, regions and ground by the command. Rows of references are
// set aside where the caller's right has an area.
func importable(layer string) error {
	if l := layers.ByID(layer); layer == "" || l != nil && (postgres.Writable(l) || l.Filed) {
		return nil
	}
	return param.InBody("/layer", "没有这个可导入的图层", "there is no such layer to import into")
}

func (h *Handler) importReply(w http.ResponseWriter, job postgres.ImportJob, status int) error {
	answer, err := h.answerOf(result{status: status, value: importOf(job), etag: strconv.FormatInt(job.Revision, 10), dryRun: true})
	if err != nil {
		return err
	}
	return commit.Send(w, answer)
}

func (h *Handler) imports(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	win, behind := idWindow(q)
	if err := q.Err(); err != nil {
		return err
	}
	jobs, total, err := h.Imports.List(r.Context(), mine(h.Who(r)), behind, win.limit+1)
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, jobs, total, func(j postgres.ImportJob) int64 { return j.ID }, importOf))
}

// idWindow reads limit and cursor of a list whose keys are numbers.
func idWindow(q *param.Query) (window, int64) {
	win := windowOf(q)
	if win.after == "" {
		return win, 0
	}
	behind, ok := param.Natural(win.after)
	if !ok || behind > 1<<62 {
		q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
	}
	return win, int64(behind)
}

// pageOf makes a page of a list that was read with one item more than the page has.
func pageOf[T, J any](win window, list []T, total int, key func(T) int64, tell func(T) J) page[J] {
	p := page[J]{Items: []J{}, Total: total}
	for i, one := range list {
		if i == win.limit {
			next := param.Cursor(strconv.FormatInt(key(list[i-1]), 10))
			p.Next = &next
			break
		}
		p.Items = append(p.Items, tell(one))
	}
	return p
}

// importID is the number of an import, or of anything else, in the address; 0, which nothing has, for what is no number.
func importID(r *http.Request) int64 {
	id, ok := param.Natural(mux.Vars(r)["id"])
	if !ok || id > 1<<62 {
		return 0
	}
	return int64(id)
}

func (h *Handler) oneImport(w http.ResponseWriter, r *http.Request) error {
	job, err := h.Imports.One(r.Context(), importID(r), mine(h.Who(r)))
	if err != nil {
		return noImport(err)
	}
	return h.row(w, r, job.Revision, importOf(job))
}

// ErrNoImport says that there is no such import, or that it is another's. HTTP 404.
var ErrNoImport = errors.New("no such import")

func noImport(err error) error {
	if errors.Is(err, postgres.ErrNotFound) {
		return ErrNoImport
	}
	return err
}

func importResult(job postgres.ImportJob, status int) result {
	return result{status: status, value: importOf(job), etag: strconv.FormatInt(job.Revision, 10)}
}

// matchIfAny is the revision that If-Match names, or 0 for any where there is none.
func matchIfAny(r *http.Request) (int64, error) {
	if r.Header.Get("If-Match") == "" {
		return 0, nil
	}
	return match(r)
}
