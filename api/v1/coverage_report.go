package v1

import (
	"bytes"
	"net/http"
	"strconv"

	"wangge/grid/coverage"
	"wangge/layers/sheet"
)

// coverageReport answers with a workbook that can be handed on: figures, method, thresholds, facilities.
func (h *Handler) coverageReport(w http.ResponseWriter, r *http.Request) error {
	a, err := h.askService(r)
	if err != nil {
		return err
	}
	q := h.Query(r)
	a.readRadii(q)
	a.readAreas(q)
	t := &tableAsk{serviceAsk: a, order: readOrder(q, a.radii), ambiguous: true}
	if err := q.Err(); err != nil {
		return err
	}
	nameFile(w, "coverage_report_"+a.service.ID, "覆盖报告_"+a.service.Title, "xlsx")
	return h.answerCoverage(w, r, a, xlsxMedia, func() ([]byte, error) {
		table, err := h.tableOf(r.Context(), t)
		if err != nil {
			return nil, err
		}
		board, err := h.board(r.Context(), a)
		if err != nil {
			return nil, err
		}
		facilities, err := board.Facilities(r.Context(), a.question, a.radii[len(a.radii)-1])
		if err != nil {
			return nil, err
		}
		return written(func(b *bytes.Buffer) error {
			return sheet.WriteBook(b, []sheet.Sheet{figureSheet(table, a.service), methodSheet(table), thresholdSheet(table), facilitySheet(facilities, a)})
		})
	}, t.order.text())
}

func figureSheet(t *coverageTable, s coverage.Service) sheet.Sheet {
	out := sheet.Sheet{Name: "指标", Columns: t.columns(s)}
	for i := range t.Items {
		out.Rows = append(out.Rows, t.Items[i].cells())
	}
	out.Rows = append(out.Rows, t.Total.cells())
	return out
}

func methodSheet(t *coverageTable) sheet.Sheet {
	out := sheet.Sheet{Name: "口径", Columns: []sheet.Column{{Heading: "项目", Width: 22}, {Heading: "内容", Width: 90}}}
	for _, n := range t.Method.notes() {
		out.Rows = append(out.Rows, []any{n[0], n[1]})
	}
	return out
}

func thresholdSheet(t *coverageTable) sheet.Sheet {
	out := sheet.Sheet{Name: "阈值", Columns: []sheet.Column{
		{Heading: "指标", Width: 24}, {Heading: "适用", Width: 24}, {Heading: "比较"}, {Heading: "值"}, {Heading: "单位"}, {Heading: "标准", Width: 30}, {Heading: "版本"},
		{Heading: "条款"}, {Heading: "已核对原文"},
	}}
	for _, x := range t.Method.Thresholds {
		out.Rows = append(out.Rows, []any{x.Metric, x.AppliesTo, x.Comparator, x.Value, x.Unit, x.Standard, x.Edition, x.Clause, x.Verified})
	}
	return out
}

func facilitySheet(list []coverage.FacilityFigures, a *serviceAsk) sheet.Sheet {
	radius := strconv.Itoa(int(a.radii[len(a.radii)-1])) + " m 内"
	out := sheet.Sheet{Name: "设施", Columns: []sheet.Column{
		{Heading: "编号"}, {Heading: "名称", Width: 24}, {Heading: "经度", Width: 14}, {Heading: "纬度", Width: 14}, {Heading: "参与计算"}, {Heading: "在路网上"}, {Heading: "离路（m）"}, {Heading: "容量"},
		{Heading: radius + "最近于它的面积（m²）"}, {Heading: radius + "最近于它的人口（人）"}, {Heading: "情景"},
	}}
	for i := range list {
		f := &list[i]
		row := []any{f.ID, f.Name, degrees(f.At[0]), degrees(f.At[1]), f.Usable, f.OnNetwork, nil, f.Supply, f.AreaM2, nil, f.Change}
		if f.OnNetwork && a.question.Mode == coverage.Walk {
			row[6] = float64(f.Spot.PerpMM) / 1000
		}
		if f.Population != nil {
			row[9] = *f.Population
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
