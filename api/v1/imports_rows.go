package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/paulmach/orb/geojson"

	"wangge/api/reply"
	"wangge/geo/pgeom"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
	"wangge/layers/sheet"
)

type importRowJSON struct {
	Ordinal    int64             `json:"ordinal"`
	Row        *int64            `json:"row"`
	Outcome    postgres.Outcome  `json:"outcome"`
	Code       *string           `json:"code"`
	Zh         string            `json:"zh"`
	En         string            `json:"en"`
	Detail     *string           `json:"detail"`
	Key        *string           `json:"key"`
	Properties json.RawMessage   `json:"properties"`
	Geometry   *geojson.Geometry `json:"geometry"`
}

func importRowOf(r postgres.ImportRow) (importRowJSON, error) {
	j := importRowJSON{Ordinal: r.Ordinal, Row: r.Row, Outcome: r.Outcome, Code: r.Code, Detail: r.Detail, Key: r.Key, Properties: r.Properties}
	if r.Code != nil {
		j.Zh, j.En = ingest.Code(*r.Code).Says()
	}
	if r.Geometry != nil {
		g, err := pgeom.Decode(r.Geometry)
		if err != nil {
			return j, err
		}
		j.Geometry = geojson.NewGeometry(g)
	}
	return j, nil
}

// outcomes are those that one can ask for.
func outcomes() []string {
	return []string{"", string(postgres.OutcomeInsert), string(postgres.OutcomeUpdate), string(postgres.OutcomeUnchanged), string(postgres.OutcomeRejected), string(postgres.OutcomeAside), string(postgres.OutcomeDuplicate)}
}

func (h *Handler) importRows(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	win, behind := idWindow(q)
	outcome := postgres.Outcome(q.OneOf("outcome", outcomes()...))
	if err := q.Err(); err != nil {
		return err
	}
	job, err := h.Imports.One(r.Context(), importID(r), mine(h.Who(r)))
	if err != nil {
		return noImport(err)
	}
	total, err := h.Imports.CountRows(r.Context(), job.ID, outcome)
	if err != nil {
		return err
	}
	var list []importRowJSON
	err = h.Imports.Rows(r.Context(), job.ID, outcome, behind, win.limit+1, func(row postgres.ImportRow) error {
		one, err := importRowOf(row)
		list = append(list, one)
		return err
	})
	if err != nil {
		return err
	}
	return h.json(w, r, pageOf(win, list, total, func(j importRowJSON) int64 { return j.Ordinal }, func(j importRowJSON) importRowJSON { return j }))
}

// reported are the outcomes that somebody has to look at.
func reported() []postgres.Outcome {
	return []postgres.Outcome{postgres.OutcomeRejected, postgres.OutcomeAside, postgres.OutcomeDuplicate}
}

// reportColumns are those of a report, before what the file itself says of a row.
func reportColumns() []sheet.Column {
	return []sheet.Column{{Heading: "行号"}, {Heading: "结果"}, {Heading: "原因代码"}, {Heading: "原因"}, {Heading: "Reason"}, {Heading: "说明"}, {Heading: "标识"}, {Heading: "内容"}}
}

func outcomeTitle(o postgres.Outcome) string {
	switch o {
	case postgres.OutcomeRejected:
		return "拒绝"
	case postgres.OutcomeAside:
		return "待定位"
	case postgres.OutcomeDuplicate:
		return "疑似重复"
	}
	return string(o)
}

func (h *Handler) reportCSV(w http.ResponseWriter, r *http.Request) error {
	return h.report(w, r, "csv", "text/csv; charset=utf-8", func(w http.ResponseWriter) (sheet.Rows, error) { return sheet.NewCSVWriter(w, reportColumns()) })
}

func (h *Handler) reportXLSX(w http.ResponseWriter, r *http.Request) error {
	return h.report(w, r, "xlsx", xlsxType, func(w http.ResponseWriter) (sheet.Rows, error) {
		return sheet.NewWriter(w, "导入报告", "", reportColumns(), nil)
	})
}

// report sends the rows that somebody has to look at as a table.
func (h *Handler) report(w http.ResponseWriter, r *http.Request, ending, mediaType string, begin func(http.ResponseWriter) (sheet.Rows, error)) error {
	job, err := h.Imports.One(r.Context(), importID(r), mine(h.Who(r)))
	if err != nil {
		return noImport(err)
	}
	header := w.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Cache-Control", reply.NoStore)
	header.Set("Content-Disposition", attachment(reportName(job.Name, ending)))
	table, err := begin(w)
	if err != nil {
		return err
	}
	for _, outcome := range reported() {
		if err := h.reportRows(r.Context(), job.ID, outcome, table); err != nil {
			return err
		}
	}
	return table.Close()
}

func (h *Handler) reportRows(ctx context.Context, job int64, outcome postgres.Outcome, table sheet.Rows) error {
	return h.Imports.Rows(ctx, job, outcome, 0, postgres.MaxRows, func(row postgres.ImportRow) error {
		one, err := importRowOf(row)
		if err != nil {
			return err
		}
		values := []any{nil, outcomeTitle(outcome), text(one.Code), one.Zh, one.En, text(one.Detail), text(one.Key), string(one.Properties)}
		if one.Row != nil {
			values[0] = *one.Row
		}
		for i, v := range values {
			if s, is := v.(string); is && !sheet.Fits(s) {
				values[i] = cutText(s)
			}
		}
		return table.Row(values)
	})
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// cutText makes a text fit into a cell.
func cutText(s string) string {
	const most = 8000
	runes := []rune(s)
	return string(runes[:min(len(runes), most)]) + "…"
}

// reportName is what a report is called: by the file that it is about.
func reportName(file, ending string) string {
	name := postgres.FileName(file)
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return fmt.Sprintf("%s-导入报告.%s", name, ending)
}

// attachment is the Content-Disposition of a file with a name in any script.
func attachment(name string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}
