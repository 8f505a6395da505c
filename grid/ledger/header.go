package ledger

import (
	"strings"

	"wangge/grid"
)

// field is what a column holds.
type field int

const (
	fieldName field = iota
	fieldCode
	fieldPhone
	fieldTitle
	fieldDept
	fieldScheme
	fieldGrid
	fieldRoad
	fieldAlley
	fieldPlace
	fieldRegion
	fieldRole
	fieldRank
	fieldHours
	fieldFrom
	fieldTo
	fields // how many
)

// labels are the headers that bureaus write, for each field.
func labels() [fields][]string {
	return [fields][]string{
		fieldName:   {"姓名", "名字", "人员", "人员姓名", "网格员姓名", "网格长姓名", "责任人", "责任人姓名", "name"},
		fieldCode:   {"工号", "代号", "人员编号", "编码", "code"},
		fieldPhone:  {"电话", "手机", "手机号", "手机号码", "联系方式", "联系电话", "电话号码", "phone"},
		fieldTitle:  {"职务", "职位", "title"},
		fieldDept:   {"单位", "部门", "所属单位", "所属部门", "工作单位", "责任单位", "dept"},
		fieldScheme: {"网格方案", "方案", "scheme"},
		fieldGrid:   {"网格", "网格编号", "网格编码", "网格代码", "网格名称", "责任网格", "所属网格", "grid"},
		fieldRoad:   {"道路", "路段", "责任道路", "责任路段", "道路名称", "街路", "road"},
		fieldAlley:  {"背街小巷", "巷", "小巷", "街巷", "巷名", "责任街巷", "alley"},
		fieldPlace:  {"点位", "责任点位", "包保点位", "place"},
		fieldRegion: {"区域", "街道", "社区", "片区", "责任区域", "责任社区", "责任街道", "region"},
		fieldRole:   {"角色", "岗位", "职责", "岗位名称", "role"},
		fieldRank:   {"主次", "主副", "rank"},
		fieldHours:  {"时段", "值守时段", "值守时间", "工作时间", "上岗时间段", "hours"},
		fieldFrom:   {"起", "自", "开始", "起始", "开始日期", "起始日期", "起始时间", "开始时间", "到岗日期", "上岗日期", "valid_from"},
		fieldTo:     {"止", "至", "结束", "终止", "结束日期", "截止日期", "终止日期", "结束时间", "截止时间", "valid_to"},
	}
}

// columns says in which column each field is; -1 for none.
type columns [fields]int

// headerRows is how far down a sheet its headers are looked for: titles, units and dates stand above them.
const headerRows = 20

// findHeader finds the row of headers: the first that has a column of names and one more. Headers of two rows, merged over both where they are one, are
// taken together. rest is where the data begin.
func findHeader(s tab) (c columns, rest int, ok bool) {
	for i := range min(len(s.rows), headerRows) {
		c, known := readHeader(s.rows[i])
		if c[fieldName] < 0 || known < 2 {
			continue
		}
		rest = i + 1
		if rest < len(s.rows) {
			if below, _ := readHeader(s.rows[rest]); below[fieldName] == c[fieldName] {
				for f, at := range below {
					if at >= 0 {
						c[f] = at
					}
				}
				rest++
			}
		}
		return c, rest, true
	}
	return c, 0, false
}

func readHeader(r row) (c columns, known int) {
	for f := range c {
		c[f] = -1
	}
	for at, text := range r.cells {
		f, ok := fieldOf(text)
		if ok && c[f] < 0 { // of two columns with one header the first counts
			c[f] = at
			known++
		}
	}
	return c, known
}

// fieldOf knows a header by its label, whatever stands around it: spaces, stars, remarks in brackets.
func fieldOf(text string) (field, bool) {
	text = strings.ToLower(strings.ReplaceAll(grid.Plain(text), " ", ""))
	if i := strings.IndexAny(text, "(（[【"); i > 0 {
		text = text[:i]
	}
	text = strings.Trim(text, "*:：★")
	for f, names := range labels() {
		for _, name := range names {
			if text == name {
				return field(f), true
			}
		}
	}
	return 0, false
}
