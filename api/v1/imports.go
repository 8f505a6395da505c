package v1

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/commit"
	"wangge/api/param"
	gridpg "wangge/grid/postgres"
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

// importable refuses a layer that files are not brought into this way: grids are edited as nets, regions and ground by the command.
func importable(layer string) error {
	if l := layers.ByID(layer); layer == "" || l != nil && postgres.Writable(l) {
		return nil
	}
	return param.InBody("/layer", "没有这个可导入的图层", "there is no such layer to import into")
}

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
	return h.importReply(w, r, job, http.StatusCreated)
}

// otherwise is the problem of a file that other options may read; nil for any other error.
func otherwise(err error) *postgres.JobProblem {
	var fault *ingest.Fault
	if errors.As(err, &fault) && (errors.Is(err, ingest.ErrUsage) || errors.Is(err, ingest.ErrNoHeader) || errors.Is(err, ingest.ErrCharset)) {
		return &postgres.JobProblem{Title: fault.Zh, TitleEn: fault.En}
	}
	return nil
}

func (h *Handler) importReply(w http.ResponseWriter, r *http.Request, job postgres.ImportJob, status int) error {
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

// ErrNoImport: there is no such import, or it is another's. HTTP 404.
var ErrNoImport = errors.New("no such import")

func noImport(err error) error {
	if errors.Is(err, postgres.ErrNotFound) {
		return ErrNoImport
	}
	return err
}

// importPatch changes what it names. An empty text takes an option away; of maps, sets and units what is named is changed, and null takes one away.
type importPatch struct {
	Layer     *string            `json:"layer,omitempty"`
	Sheet     *string            `json:"sheet,omitempty"`
	HeaderRow *int               `json:"header_row,omitempty" doc:"从 1 起；0 为自动"`
	Charset   *string            `json:"charset,omitempty"`
	Datum     *string            `json:"datum,omitempty" doc:"wgs84、cgcs2000、gcj02、bd09、EPSG:4549 等"`
	Axes      *string            `json:"axes,omitempty" doc:"en 东（经）在前，ne 北（纬）在前"`
	Lon       *string            `json:"lon,omitempty"`
	Lat       *string            `json:"lat,omitempty"`
	WKT       *string            `json:"wkt,omitempty"`
	Maps      map[string]*string `json:"maps,omitempty" doc:"表头对应的字段；空为不导入，null 为撤销对应"`
	Sets      map[string]*string `json:"sets,omitempty" doc:"统一赋值"`
	Units     map[string]*string `json:"units,omitempty" doc:"各列的单位"`
	NewArea   *bool              `json:"new_area,omitempty"`
	Key       *string            `json:"key,omitempty" doc:"以哪个字段或列识别同一对象"`
}

// check bounds the texts of a patch.
func (p *importPatch) check() error {
	texts := map[string]*string{"layer": p.Layer, "sheet": p.Sheet, "charset": p.Charset, "datum": p.Datum, "axes": p.Axes, "lon": p.Lon, "lat": p.Lat, "wkt": p.WKT, "key": p.Key}
	for name, text := range texts {
		if text != nil && len(*text) > maxOption {
			return param.InBody("/"+name, "过长", "is too long")
		}
	}
	for name, m := range map[string]map[string]*string{"maps": p.Maps, "sets": p.Sets, "units": p.Units} {
		if len(m) > maxMapped {
			return param.InBody("/"+name, "过多", "has too many members")
		}
		for key, text := range m {
			if len(key) > 2*maxOption || text != nil && len(*text) > 2*maxOption {
				return param.InBody("/"+name, "过长", "is too long")
			}
		}
	}
	if p.HeaderRow != nil && (*p.HeaderRow < 0 || *p.HeaderRow > ingest.MaxTableRows) {
		return param.InBody("/header_row", "超出范围", "is out of range")
	}
	if p.Layer != nil {
		return importable(*p.Layer)
	}
	return nil
}

// apply changes options. A field or column that maps speak of changes with the layer, so another layer forgets them; another sheet its row of headings.
func (p *importPatch) apply(o postgres.JobOptions) postgres.JobOptions {
	if p.Layer != nil && *p.Layer != o.Layer {
		o.Maps, o.Sets, o.Units, o.Key = nil, nil, nil, ""
	}
	if p.Sheet != nil && *p.Sheet != o.Sheet {
		o.HeaderRow, o.Lon, o.Lat, o.WKT = 0, "", "", ""
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&o.Layer, p.Layer)
	set(&o.Sheet, p.Sheet)
	set(&o.Charset, p.Charset)
	if p.Datum != nil && *p.Datum != o.Datum {
		o.Axes = ""
	}
	set(&o.Datum, p.Datum)
	set(&o.Axes, p.Axes)
	set(&o.Lon, p.Lon)
	set(&o.Lat, p.Lat)
	set(&o.WKT, p.WKT)
	set(&o.Key, p.Key)
	if p.HeaderRow != nil {
		o.HeaderRow = *p.HeaderRow
	}
	if p.NewArea != nil {
		o.NewArea = *p.NewArea
	}
	o.Maps, o.Sets, o.Units = patched(o.Maps, p.Maps), patched(o.Sets, p.Sets), patched(o.Units, p.Units)
	return o
}

// patched is a map with some members changed, and those that are null taken away.
func patched(of map[string]string, by map[string]*string) map[string]string {
	of = maps.Clone(of)
	for key, text := range by {
		if text == nil {
			delete(of, key)
			continue
		}
		if of == nil {
			of = map[string]string{}
		}
		of[key] = *text
	}
	return of
}

func (h *Handler) changeImport(w http.ResponseWriter, r *http.Request) error {
	var body importPatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	seen, err := match(r)
	if err != nil {
		return err
	}
	by := mine(h.Who(r))
	job, err := h.Imports.One(r.Context(), importID(r), by)
	switch {
	case err != nil:
		return noImport(err)
	case seen != 0 && job.Revision != seen:
		return gridpg.ErrStale
	}
	options := body.apply(job.Options)
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	in, err := h.lookAgain(ctx, &job, &options)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *gridpg.Tx) (result, error) {
		job, err := postgres.ChangeImport(ctx, t, job.ID, by, job.Revision, options, in, nil)
		return importResult(job, http.StatusOK), noImport(err)
	})
}

// lookAgain looks at the file of an import by other options.
func (h *Handler) lookAgain(ctx context.Context, job *postgres.ImportJob, o *postgres.JobOptions) (*ingest.Inspection, error) {
	folder, err := os.MkdirTemp("", "wangge-look-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // a temporary folder
	path, err := h.Imports.FetchInto(ctx, job, folder)
	if err != nil {
		return nil, err
	}
	return h.Imports.Look(ctx, path, o)
}

func importResult(job postgres.ImportJob, status int) result {
	return result{status: status, value: importOf(job), etag: strconv.FormatInt(job.Revision, 10)}
}

// asked is on whose behalf a trial or an import runs.
func (h *Handler) asked(r *http.Request) postgres.Asked {
	who := h.Who(r)
	return postgres.Asked{Actor: who.Name, RequestID: h.Call(r).ID, Reach: reachOf(who)}
}

// matchIfAny is the revision that If-Match names, or 0 for any where there is none.
func matchIfAny(r *http.Request) (int64, error) {
	if r.Header.Get("If-Match") == "" {
		return 0, nil
	}
	return match(r)
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
