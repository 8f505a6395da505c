package export

import (
	"fmt"
	"strings"
	"time"

	"wangge/layers"
)

// notesName is the name of the sheet, and of the text file, that says what a table is.
const notesName = "说明"

// notes say what a file holds, for whoever is handed it: 口径, when, what was asked for, in which system, what each field means.
func (t *Table) notes(lost *losses) [][2]string {
	zh, en := t.System.Title()
	notes := [][2]string{
		{"图层", t.Layer.Title.Zh + "（" + t.Layer.ID + "）"},
		{"口径", t.Layer.Provenance.Zh},
		{"数据时间", t.at().In(t.Zone).Format(time.DateTime)},
		{"导出时间", t.Now.In(t.Zone).Format(time.DateTime)},
		{"筛选", orAll(t.Filter)},
		{"坐标系", t.System.Code() + " " + zh + " / " + en + "；东（经度）在前"},
		{"对象数", fmt.Sprint(lost.rows)},
	}
	for _, l := range []struct {
		n    int64
		what string
	}{
		{lost.long, "个文本或图形超过单元格容量（32767 字符），未写入；请改用 GeoPackage 或 CSV"},
		{lost.cut, "个文本超过 dBase 字段长度（254 字节），已截断；完整内容请用 GeoPackage"},
		{lost.charset, "个文本含有 GBK 没有的字符，以 ? 代替；请改用 UTF-8"},
	} {
		if l.n > 0 {
			notes = append(notes, [2]string{"未能完整写入", fmt.Sprintf("%d %s", l.n, l.what)})
		}
	}
	for _, f := range t.Shown {
		notes = append(notes, [2]string{f.Title.Zh, describe(f)})
	}
	return notes
}

func orAll(filter string) string {
	if filter == "" {
		return "全部"
	}
	return filter
}

// describe says what a field is.
func describe(f *layers.Field) string {
	parts := []string{f.Name, string(f.Type)}
	if f.Unit != "" {
		parts = append(parts, "单位 "+f.Unit)
	}
	if len(f.Values) > 0 {
		var values []string
		for _, v := range f.Values {
			values = append(values, v.Label.Zh+" "+v.Code)
		}
		parts = append(parts, "取值："+strings.Join(values, "、"))
	}
	if !f.Writable() {
		parts = append(parts, "由系统维护，导入时忽略")
	}
	if f.Standard != "" {
		parts = append(parts, f.Standard)
	}
	return strings.Join(parts, "；")
}
