package patrol

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"wangge/grid"
)

// Period is how long a round of checks takes.
type Period string

// The periods. Weeks begin on Monday, quarters in January, April, July and October.
const (
	Daily     Period = "day"
	Weekly    Period = "week"
	Monthly   Period = "month"
	Quarterly Period = "quarter"
)

// Plan says what is checked how often, by whom and at which hours. What is due follows from it and the last checks. 检查计划。
//
// A period has Times slots, and each slot wants one check of every subject. Slots of a day are its hours, or equal parts of them; slots of a longer
// period are runs of its days, as equal as can be. Hours of such a plan say at which hours of those days a check counts.
type Plan struct {
	Code           string
	Title, TitleEn string
	// SubjectKind is a layer, KindPlace or KindGrid; Applies narrows it: the class of a road, the grade of a toilet, the kind of a ramp, parking, site
	// or place, the scheme of a grid. "" for all. A kind of place that stands for a layer (背街小巷) means the features of that layer.
	SubjectKind string
	Applies     string
	Checklist   string
	Role        string // whose duty it is
	Period      Period
	Times       int      // in a period
	Windows     []Window // in order; none for the whole day
	Weekdays    string   // of 1234567, Monday first
	Enabled     bool
	Term        grid.Term // Through
	Revision    int64
}

// What a plan may be.
const (
	MaxTimes   = 24
	MaxWindows = 6
	maxTitle   = 100
	maxApplies = 64
)

var (
	codeForm     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	weekdaysForm = regexp.MustCompile(`^1?2?3?4?5?6?7?$`)
)

// Check tells what is wrong with a plan: faults, each an ErrBody. What it names is looked up by whoever keeps it.
func (p *Plan) Check() error {
	var bad faults
	bad.code("/code", p.Code)
	bad.title("/title", p.Title)
	bad.title("/title_en", p.TitleEn)
	for _, name := range []struct{ pointer, text string }{{"/applies_to", p.Applies}, {"/subject_kind", p.SubjectKind}, {"/checklist", p.Checklist}, {"/role", p.Role}} {
		bad.add(utf8.RuneCountInString(name.text) > maxApplies || !isLine(name.text), name.pointer, "须为一行，至多 64 字", "takes one line of 64 characters at most")
	}
	bad.add(p.Period.days() == 0, "/period", "须为 day、week、month、quarter 之一", "is one of day, week, month, quarter")
	bad.add(p.Weekdays == "" || !weekdaysForm.MatchString(p.Weekdays), "/weekdays", "须为 1 到 7 中的若干个，由小到大", "is some of 1 to 7 in order")
	bad.add(p.Times < 1 || p.Times > MaxTimes, "/times", "须在 1 到 24 之间", "must be 1 to 24")
	bad.add(p.Term.To != 0 && p.Term.To < p.Term.From, "/valid_to", "早于开始", "is before valid_from")
	bad.add(p.Term.From == 0, "/valid_from", "缺少开始日期", "is missing")
	if len(bad) == 0 {
		p.checkSlots(&bad)
	}
	return errors.Join(bad...)
}

func (p *Plan) checkSlots(bad *faults) {
	bad.add(len(p.Windows) > MaxWindows, "/windows", "至多 6 段", "6 at most")
	for i, h := range p.Windows {
		after := p.Windows[(i+1)%len(p.Windows)].From
		if i == len(p.Windows)-1 {
			after += minutesPerDay
		}
		bad.add(h.To > after, fmt.Sprintf("/windows/%d", i), "时段须由早到晚、互不重叠", "hours must be in order and not overlap")
	}
	if p.Period == Daily {
		n := max(1, len(p.Windows))
		bad.add(p.Times%n != 0, "/times", "须为时段数的整数倍", "must be a multiple of the number of windows")
		for _, h := range p.hours() {
			bad.add((h.To-h.From)*n < p.Times*minSlotMinutes, "/times", "每次不足 10 分钟", "leaves less than 10 minutes for each")
		}
		return
	}
	if most := p.Period.days() * len(p.Weekdays) / 7; p.Times > most {
		bad.add(true, "/times", fmt.Sprintf("这样的周期至多 %d 次", most), fmt.Sprintf("is at most %d in such a period", most))
	}
}

const minSlotMinutes = 10

// days are those that a period has at least, in whole weeks; 0 for what is no period.
func (p Period) days() int {
	switch p {
	case Daily:
		return 1
	case Weekly:
		return 7
	case Monthly:
		return 28
	case Quarterly:
		return 84
	}
	return 0
}

// faults gather what is wrong with a body.
type faults []error

func (f *faults) add(bad bool, pointer, zh, en string) {
	if bad {
		*f = append(*f, &Fault{pointer, zh, en})
	}
}

// IsCode tells whether a text has the form of a code of a plan, checklist, item or kind of places.
func IsCode(s string) bool { return codeForm.MatchString(s) }

func (f *faults) code(pointer, s string) {
	f.add(!IsCode(s), pointer, "须为小写字母开头的 1 到 40 位字母、数字、下划线", "takes 1 to 40 of a-z, 0-9 and _, a letter first")
}

func (f *faults) title(pointer, s string) {
	f.add(s == "" || utf8.RuneCountInString(s) > maxTitle || !isLine(s), pointer, "须为 1 到 100 个字，在一行之内", "takes one line of 1 to 100 characters")
}

// isLine tells whether a text is proper and has no control characters.
func isLine(s string) bool {
	for _, c := range s {
		if c < ' ' || c == 0x7f || c == utf8.RuneError {
			return false
		}
	}
	return true
}

// PlaceKind is a kind of places, as data. Layer names the layer whose features are the places of the kind: an alley is both a feature and a place, and
// is checked as the one subject that it is. 点位类别。
type PlaceKind struct {
	Code           string
	Title, TitleEn string
	Layer          string // "" for places of the table of places
	Ordinal        int
	Revision       int64
}

// MaxPlaceKinds bounds the table.
const MaxPlaceKinds = 200

// CheckPlaceKinds tells what is wrong with a table of kinds: faults at /items/3/title.
func CheckPlaceKinds(kinds []PlaceKind, layers []string) error {
	var bad faults
	bad.add(len(kinds) > MaxPlaceKinds, "/items", "至多 200 类", "200 at most")
	seen := map[string]bool{}
	for i, k := range kinds {
		at := fmt.Sprintf("/items/%d", i)
		bad.code(at+"/code", k.Code)
		bad.title(at+"/title", k.Title)
		bad.title(at+"/title_en", k.TitleEn)
		bad.add(k.Ordinal < 0 || k.Ordinal > 1e6, at+"/ordinal", "须在 0 到 1000000 之间", "must be 0 to 1,000,000")
		bad.add(seen[k.Code], at+"/code", "与前面的一类重复", "repeats one before")
		known := k.Layer == ""
		for _, l := range layers {
			known = known || l == k.Layer
		}
		bad.add(!known, at+"/layer", "没有这个图层", "there is no such layer")
		seen[k.Code] = true
	}
	return errors.Join(bad...)
}
