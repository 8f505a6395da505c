package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"wangge/api/param"
	"wangge/api/reply"
)

// problemType begins the type of every problem; its code follows. Types are stable: programs may decide by them.
const problemType = "urn:wangge:problem:"

// kind is what all problems of one type share.
type kind struct {
	err         error // found by errors.Is; nil for what is found another way
	status      int
	code        string
	title       string
	titleEn     string
	retryAfterS int // 0 for no Retry-After
}

// invalid is the answer to faulty parameters, internal to what nobody foresaw.
var (
	invalid  = kind{status: http.StatusBadRequest, code: "invalid-request", title: "请求参数有误", titleEn: "Invalid request"}
	internal = kind{status: http.StatusInternalServerError, code: "internal", title: "服务器内部错误", titleEn: "Internal error"}
)

// problem is the document of RFC 9457 with our members.
type problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	TitleEn   string         `json:"title_en"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	DetailEn  string         `json:"detail_en,omitempty"`
	RequestID string         `json:"request_id"`
	Errors    []problemFault `json:"errors,omitempty"`
	Results   any            `json:"results,omitempty"` // of a batch, one by one
}

// problemFault names one parameter, where that is JSON also the place in it, or by a JSON pointer one place of the body.
type problemFault struct {
	In        string  `json:"in,omitempty"`
	Parameter string  `json:"parameter,omitempty"`
	Pointer   *string `json:"pointer,omitempty"` // "" is the whole body
	Detail    string  `json:"detail"`
	DetailEn  string  `json:"detail_en"`
}

// explained gives an error a detail that its caller may read, in both languages. Other errors' texts stay in the log.
type explained struct {
	err              error
	detail, detailEn string
}

func (e *explained) Error() string { return e.err.Error() + ": " + e.detailEn }
func (e *explained) Unwrap() error { return e.err }

func explain(err error, detail, detailEn string) error {
	return &explained{err, detail, detailEn}
}

// classify finds the kind of an error; known is false for what nobody foresaw.
func classify(err error) (k kind, known bool) {
	var faults param.Faults
	if errors.As(err, &faults) {
		return invalid, true
	}
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		err = errLongBody
	}
	for _, k := range problems() {
		if errors.Is(err, k.err) {
			return k, true
		}
	}
	return internal, false
}

// writeProblem answers with the problem that an error is. It replaces what headers a handler had begun to set.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	k, _ := classify(err)
	p := documentOf(k, err)
	p.RequestID = callOf(r).id
	h := w.Header()
	for _, name := range []string{"Etag", "Content-Encoding", "Content-Length", "Vary", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", reply.NoStore)
	if k.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="wangge"`)
	}
	if k.retryAfterS > 0 {
		h.Set("Retry-After", strconv.Itoa(k.retryAfterS))
	}
	body, err := reply.Marshal(p)
	if err != nil { // texts and a number always can be written
		panic(err)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(k.status)
	_, _ = w.Write(body)
}

// documentOf is the document that an error is, for whatever request.
func documentOf(k kind, err error) problem {
	p := problem{Type: problemType + k.code, Title: k.title, TitleEn: k.titleEn, Status: k.status}
	var e *explained
	if errors.As(err, &e) {
		p.Detail, p.DetailEn = e.detail, e.detailEn
	}
	var faults param.Faults
	if errors.As(err, &faults) {
		p.addFaults(faults)
	}
	p.addInventory(err)
	p.addImport(err)
	p.addCoverage(err)
	p.addPatrol(err)
	p.addPhoto(err)
	return p
}

// addFaults lists the faults, and repeats the first as the detail for readers that show one sentence.
func (p *problem) addFaults(faults param.Faults) {
	for _, f := range faults {
		fault := problemFault{In: f.In, Parameter: f.Name, Detail: f.Detail, DetailEn: f.DetailEn}
		if f.In == "body" {
			fault.Parameter, fault.Pointer = "", &f.Name
		} else if f.Pointer != "" {
			fault.Pointer = &f.Pointer
		}
		p.Errors = append(p.Errors, fault)
	}
	if len(faults) > 0 && p.Detail == "" {
		p.Detail = strings.TrimPrefix(faults[0].Name+"："+faults[0].Detail, "：")
		p.DetailEn = strings.TrimPrefix(faults[0].Name+": "+faults[0].DetailEn, ": ")
	}
}
