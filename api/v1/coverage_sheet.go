package v1

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"wangge/grid/coverage"
	"wangge/layers/sheet"
)

// coverageColumns are the headings of a table of coverage.
func coverageColumns(radii []uint32, ambiguous bool, supply string) []sheet.Column {
	columns := []sheet.Column{{Heading: "名次"}, {Heading: "代码", Width: 20}, {Heading: "名称", Width: 24}, {Heading: "面积（m²）"}, {Heading: "无路网面积（m²）"}}
	each := func(headings ...string) {
		for _, m := range radii {
			for _, heading := range headings {
				columns = append(columns, sheet.Column{Heading: strconv.Itoa(int(m)) + heading})
			}
		}
	}
	each(" m 内面积（m²）", " m 内面积占比")
	if ambiguous {
		each(" m 结论不稳面积（m²）")
	}
	columns = append(columns, sheet.Column{Heading: "人口（人）"}, sheet.Column{Heading: "无路网人口（人）"})
	each(" m 内人口（人）", " m 内人口占比")
	columns = append(columns, sheet.Column{Heading: "道路长度（m）"})
	each(" m 内道路长度（m）", " m 内道路占比")
	return append(columns, sheet.Column{Heading: "设施数（处）"}, sheet.Column{Heading: supply})
}

// columns are the headings of a table of a service.
func (t *coverageTable) columns(s coverage.Service) []sheet.Column {
	supply := "容量（处）"
	if s.SupplyTitle != "" {
		supply = s.SupplyTitle
	}
	return coverageColumns(t.RadiiM, t.Total.AmbiguousM2 != nil, supply)
}

// cells are the values of a row below coverageColumns.
func (r *coverageRow) cells() []any {
	cells := []any{rankCell(r.Rank), r.Code, r.Name, r.AreaM2, r.NoNetworkM2}
	for i := range r.CoveredM2 {
		cells = append(cells, r.CoveredM2[i], shareCell(r.CoveredShare[i]))
	}
	for _, m2 := range r.AmbiguousM2 {
		cells = append(cells, m2)
	}
	if p := r.Population; p != nil {
		cells = append(cells, p.Total, p.NoNetwork)
		for i := range p.Covered {
			cells = append(cells, p.Covered[i], shareCell(p.Share[i]))
		}
	} else {
		cells = append(cells, make([]any, 2+2*len(r.CoveredM2))...)
	}
	cells = append(cells, r.RoadM.Total)
	for i := range r.RoadM.Covered {
		cells = append(cells, r.RoadM.Covered[i], shareCell(r.RoadM.Share[i]))
	}
	return append(cells, int64(r.Facilities), r.Supply)
}

func shareCell(share *float64) any {
	if share == nil {
		return nil
	}
	return *share
}

func rankCell(rank int) any {
	if rank == 0 {
		return nil
	}
	return int64(rank)
}

// coverageFile is a table as csv or as a workbook with its method beside it.
func coverageFile(format string, t *coverageTable, s coverage.Service) ([]byte, error) {
	columns := t.columns(s)
	return written(func(b *bytes.Buffer) error {
		var rows sheet.Rows
		var err error
		if format == "csv" {
			rows, err = sheet.NewCSVWriter(b, columns)
		} else {
			rows, err = sheet.NewWriter(b, "指标", "口径", columns, t.Method.notes)
		}
		if err != nil {
			return err
		}
		for i := range t.Items {
			if err := rows.Row(t.Items[i].cells()); err != nil {
				return err
			}
		}
		if err := rows.Row(t.Total.cells()); err != nil {
			return err
		}
		return rows.Close()
	})
}

// nameFile tells browsers what to call an answer: in Chinese for those who read RFC 6266, plainly for others.
func nameFile(w http.ResponseWriter, plain, chinese, extension string) {
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s`, plain, extension, url.PathEscape(chinese+"."+extension)))
}
