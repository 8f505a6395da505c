package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wangge/grid"
)

// Ledger is what a workbook says.
type Ledger struct {
	Read    int // rows with data
	Entries []Entry
	Notes   []Note
}

// Entry is one person of one row.
type Entry struct {
	Sheet string
	Row   int
	// Code is the staff number; it and the others but Name may be empty. Dept is as the ledger has it, a code or a name.
	Name, Code, Phone, Title, Dept string
	Wants                          []Want
}

// Want is a duty that a row speaks of.
type Want struct {
	Role   string // as the ledger has it
	Kind   grid.TargetKind
	Target string // as the ledger has it
	Scheme string // of a grid, as the ledger has it; "" where it does not say
	Rank   grid.Rank
	Hours  string
	From   grid.Day // 0: the ledger does not say
	To     grid.Day
}

// Note says what is to be said of a row, in both languages. Rejected rows are not taken.
type Note struct {
	Sheet    string `json:"sheet" doc:"工作表"`
	Row      int    `json:"row" doc:"行号，0 为整个工作表"`
	Reason   string `json:"reason"`
	ReasonEn string `json:"reason_en"`
	Rejected bool   `json:"rejected" doc:"该行是否未导入"`
}

// Read reads a workbook. Its errors are those of a workbook that is not read at all, its own and the book's; what is wrong with rows is in the notes.
func Read(ctx context.Context, b Book) (Ledger, error) {
	var l Ledger
	sheets, err := readSheets(ctx, b)
	if err != nil {
		return l, err
	}
	found := false
	for _, s := range sheets {
		c, rest, ok := findHeader(s)
		if !ok {
			if len(s.rows) > 0 {
				l.Notes = append(l.Notes, Note{Sheet: s.name, Reason: "没有含“姓名”的表头，未读取", ReasonEn: "not read: no row of headers with 姓名"})
			}
			continue
		}
		found = true
		for _, r := range s.rows[rest:] {
			(&reader{ledger: &l, sheet: s.name, row: r, columns: c, date1904: b.Date1904()}).read()
		}
	}
	if !found {
		return l, ErrNoHeader
	}
	return l, nil
}

// reader reads one row.
type reader struct {
	ledger   *Ledger
	sheet    string
	row      row
	columns  columns
	date1904 bool
	failed   bool
}

func (r *reader) text(f field) string { return r.row.cell(r.columns[f]) }

func (r *reader) note(rejected bool, reason, reasonEn string) {
	r.ledger.Notes = append(r.ledger.Notes, Note{r.sheet, r.row.number, reason, reasonEn, rejected})
}

func (r *reader) reject(reason, reasonEn string) {
	if !r.failed { // the first reason is enough
		r.note(true, reason, reasonEn)
	}
	r.failed = true
}

// footers are what stands below a table in the column of names.
var footers = []string{"合计", "总计", "小计", "共计", "备注", "说明", "注", "填表人", "制表人", "审核人"}

func (r *reader) read() {
	empty := true
	for f := range fields {
		empty = empty && r.text(f) == "" && !r.row.made(r.columns[f])
	}
	name, _, _ := strings.Cut(strings.ReplaceAll(r.text(fieldName), ":", "："), "：")
	if known, _ := readHeader(r.row); empty || slices.Contains(footers, strings.ReplaceAll(name, " ", "")) || known[fieldName] == r.columns[fieldName] {
		return // nothing, a sum, or the headers again on the next page
	}
	r.ledger.Read++
	for f := range fields {
		if r.row.made(r.columns[f]) {
			r.reject("含有公式，其结果不可信", "has a formula, whose result is not trusted")
			return
		}
	}
	people := r.people()
	wants := r.wants()
	if r.failed {
		return
	}
	for _, e := range people {
		e.Wants = wants
		r.ledger.Entries = append(r.ledger.Entries, e)
	}
}

// people are the persons of the row: as many as there are names in its cell.
func (r *reader) people() (people []Entry) {
	names := Split(r.text(fieldName))
	for i, n := range names {
		clean, ok := grid.CleanName(n)
		if !ok {
			r.reject("姓名有误", "that is no name") // not repeated: reports are kept
		}
		names[i] = clean
	}
	if len(names) == 0 {
		r.reject("缺少姓名", "the name is missing")
		return nil
	}
	phones, ok := SplitPhones(r.text(fieldPhone))
	if !ok {
		r.reject("电话不是内地手机或固定电话号码", "the phone is no mobile or landline number of the mainland")
	}
	code := ReadCode(r.text(fieldCode))
	switch {
	case code != "" && !grid.IsHolderCode(code):
		r.reject("工号有误："+code, "no staff number: "+code)
	case len(names) > 1 && (code != "" || len(phones) > 0 && len(phones) != len(names)):
		r.reject(fmt.Sprintf("一格有 %d 个姓名、%d 个电话，无法对应", len(names), len(phones)), fmt.Sprintf("%d names and %d phones in one row do not match", len(names), len(phones)))
	case len(names) > 1:
		r.note(false, fmt.Sprintf("一格有 %d 个姓名，已拆为 %d 人", len(names), len(names)), fmt.Sprintf("%d names in one cell: taken as %d people", len(names), len(names)))
	case len(phones) > 1:
		r.note(false, fmt.Sprintf("一格有 %d 个电话，取第一个", len(phones)), fmt.Sprintf("%d phones in one cell: the first is taken", len(phones)))
	}
	for i, name := range names {
		e := Entry{Sheet: r.sheet, Row: r.row.number, Name: name, Code: code, Title: r.text(fieldTitle), Dept: r.text(fieldDept)}
		if len(phones) > i {
			e.Phone = phones[i]
		}
		people = append(people, e)
	}
	return people
}

// targetFields are the columns that name what somebody is responsible for.
func targetFields() map[field]grid.TargetKind {
	return map[field]grid.TargetKind{fieldGrid: grid.TargetGrid, fieldRoad: grid.TargetRoad, fieldAlley: grid.TargetAlley, fieldPlace: grid.TargetPlace, fieldRegion: grid.TargetRegion}
}

// wants are the duties of the row: each role at each target.
func (r *reader) wants() (wants []Want) {
	roles := Split(r.text(fieldRole))
	base := Want{Rank: r.rank(), From: r.day(fieldFrom, "开始日期", "first day"), To: r.day(fieldTo, "结束日期", "last day")}
	var ok bool
	if base.Hours, ok = grid.CleanHours(r.text(fieldHours)); !ok {
		r.reject("时段有误", "no hours of duty")
	}
	if base.From != 0 && base.To != 0 && base.To < base.From {
		r.reject(fmt.Sprintf("结束（%s）早于开始（%s）", base.To, base.From), fmt.Sprintf("ends on %s, before it starts on %s", base.To, base.From))
	}
	kinds := targetFields()
	for f := range fields {
		kind, is := kinds[f]
		if !is {
			continue
		}
		for _, target := range Split(r.text(f)) {
			w := base
			w.Kind, w.Target = kind, target
			if kind == grid.TargetGrid {
				w.Scheme = r.text(fieldScheme)
			}
			wants = append(wants, w)
		}
	}
	if len(roles) == 0 && len(wants) > 0 {
		roles = []string{r.text(fieldTitle)} // many ledgers have 网格员 there; whoever knows the roles says whether it is one
		if roles[0] == "" {
			r.reject("有责任对象而没有角色", "a target without a role")
		}
	}
	if len(roles) > 0 && len(wants) == 0 && r.text(fieldRole) != "" {
		r.reject("有角色而没有责任对象（网格、道路等）", "a role without a target")
	}
	return times(wants, roles)
}

// times gives every duty every role.
func times(wants []Want, roles []string) (out []Want) {
	for _, w := range wants {
		for _, role := range roles {
			w.Role = role
			out = append(out, w)
		}
	}
	return out
}

func (r *reader) rank() grid.Rank {
	switch text := strings.ToLower(r.text(fieldRank)); text {
	case "", "主", "主责", "正", "primary":
		return grid.Primary
	case "副", "次", "协同", "deputy":
		return grid.Deputy
	default:
		r.reject("主次有误："+text, "no rank: "+text)
		return ""
	}
}

func (r *reader) day(f field, what, whatEn string) grid.Day {
	day, _, ok := ReadDay(r.text(f), r.date1904)
	if !ok {
		r.reject(what+"有误："+r.text(f), "no "+whatEn+": "+r.text(f))
	}
	return day
}
