package v1

import (
	"fmt"
	"net/http"

	"wangge/api/reply"
	"wangge/grid/coverage"
	"wangge/layers/sheet"
)

// questionFile sends all figures of a question as a table: each column as numerator, denominator and ratio.
func (h *Handler) questionFile(w http.ResponseWriter, r *http.Request, format string, doc questionAnswerJSON, rows []questionRowJSON) error {
	columns := []sheet.Column{{Heading: "代码", Width: 16}, {Heading: "名称", Width: 20}, {Heading: "面积（平方米）"}}
	for _, c := range doc.Columns {
		columns = append(columns, sheet.Column{Heading: c.Title + "：分子（" + unitTitle(c.NumeratorUnit) + "）"}, sheet.Column{Heading: c.Title + "：分母（" + unitTitle(c.DenominatorUnit) + "）"},
			sheet.Column{Heading: c.Title + "（" + unitTitle(c.Unit) + "）"})
	}
	total := append([]questionRowJSON{doc.Total}, rows...)
	if doc.Rest != nil {
		total = append(total, *doc.Rest)
	}
	return sendTable(w, r, format, "coverage-"+doc.ID, doc.Title, columns, func() [][2]string { return questionNotes(doc) }, func(row func([]any) error) error {
		for i := range total {
			if err := row(total[i].cells()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (j *questionRowJSON) cells() []any {
	cells := []any{j.Code, j.Name, j.AreaM2}
	for _, v := range j.Values {
		cells = append(cells, v.Numerator, v.Denominator, shareCell(v.Share))
	}
	return cells
}

// unitTitle is how a unit is called in a table.
func unitTitle(unit string) string {
	switch unit {
	case "feature", "crossing":
		return "处"
	case "bay":
		return "泊位"
	case "grid":
		return "个网格"
	case "duty":
		return "项职责"
	case "person":
		return "人"
	case "m":
		return "米"
	case "m2":
		return "平方米"
	case coverage.UnitShare:
		return "比例"
	case coverage.UnitDensity:
		return "个/平方千米"
	case coverage.UnitRoad:
		return "千米/平方千米"
	case coverage.UnitRatio:
		return "倍数"
	}
	return unit
}

// questionNotes is the sheet of 口径: what is counted, by which thresholds, from which ledgers.
func questionNotes(doc questionAnswerJSON) [][2]string {
	notes := [][2]string{{"问题", doc.Title + " / " + doc.TitleEn}, {"数据修订", doc.Method.Revision}, {"区域类别", doc.By}, {"范围", doc.Within}}
	if doc.Method.At != nil {
		notes = append(notes, [2]string{"日期", doc.Method.At.String()}, [2]string{"网格方案", doc.Method.Scheme})
	}
	for _, c := range doc.Columns {
		notes = append(notes, [2]string{c.Title, "分子：" + c.Numerator + "；分母：" + c.Denominator}, [2]string{c.TitleEn, "numerator: " + c.NumeratorEn + "; denominator: " + c.DenominatorEn})
	}
	for _, t := range doc.Method.Thresholds {
		verified := "未核对原文"
		if t.Verified {
			verified = "已核对原文"
		}
		notes = append(notes, [2]string{"阈值", fmt.Sprintf("%s %s %s %s %g %s，%s %s %s，%s", t.Layer, t.Metric, t.AppliesTo, t.Comparator, t.Value, t.Unit, t.Standard, t.Edition, t.Clause, verified)})
	}
	return append(notes, [2]string{"数据口径", doc.Provenance}, [2]string{"Provenance", doc.ProvenanceEn})
}

// questionListFile sends a whole list as a table.
func (h *Handler) questionListFile(w http.ResponseWriter, r *http.Request, format string, q coverage.QuestionText, column int, items []coverage.ListedItem) error {
	c := q.Columns[column]
	columns := []sheet.Column{{Heading: "图层", Width: 16}, {Heading: "编号", Width: 10}, {Heading: "代码", Width: 18}, {Heading: "名称", Width: 20}, {Heading: "经度", Width: 12}, {Heading: "纬度", Width: 12},
		{Heading: "满足"}, {Heading: "计入分子（" + unitTitle(c.NumeratorUnit) + "）"}, {Heading: "计入分母（" + unitTitle(c.DenominatorUnit) + "）"}, {Heading: "说明", Width: 40}, {Heading: "Why", Width: 40}}
	provenance, provenanceEn := provenanceOf(q.Layers)
	notes := func() [][2]string {
		return [][2]string{{q.Title.Zh, c.Title.Zh}, {"分子", c.Numerator.Zh}, {"分母", c.Denominator.Zh}, {"数据口径", provenance}, {"Provenance", provenanceEn}}
	}
	return sendTable(w, r, format, "coverage-"+q.ID+"-"+c.ID, q.Title.Zh, columns, notes, func(row func([]any) error) error {
		for i := range items {
			j := itemJSON(&items[i])
			var id any
			if j.ID != nil {
				id = *j.ID
			}
			if err := row([]any{j.Layer, id, j.Code, j.Name, j.Lon, j.Lat, j.Met, j.Amount, j.Of, j.Why, j.WhyEn}); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendTable sends a table as csv or as a workbook with a sheet of notes.
func sendTable(w http.ResponseWriter, r *http.Request, format, name, title string, columns []sheet.Column, notes func() [][2]string, fill func(row func([]any) error) error) error {
	head := w.Header()
	head.Add("Vary", "Authorization, Cookie")
	head.Set("Cache-Control", reply.NoStore)
	head.Set("Content-Disposition", attachment(name+"."+format))
	head.Set("Content-Type", csvMedia)
	if format == "xlsx" {
		head.Set("Content-Type", xlsxMedia)
	}
	if r.Method == http.MethodHead {
		return nil
	}
	var rows sheet.Rows
	var err error
	if format == "xlsx" {
		rows, err = sheet.NewWriter(w, title, "口径", columns, notes)
	} else {
		rows, err = sheet.NewCSVWriter(w, columns)
	}
	if err != nil {
		return err
	}
	if err := fill(rows.Row); err != nil {
		return err
	}
	return rows.Close()
}
