package patrol

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Checklist is one edition of a list of what to look at. Older editions stay valid for checks that were made with them. 检查清单。
type Checklist struct {
	Code           string
	Title, TitleEn string
	SubjectKind    string
	Edition        string   // whose items these are
	Editions       []string // all, the latest last: an edition is later if its text is greater
	Items          []Item   // in order
}

// Item is one thing to look at.
type Item struct {
	Code           string
	Title, TitleEn string
	Standard       string
	Verified       bool // compared with the text of the standard
	Effects        map[Answer][]Effect
	PhotoOnFail    bool
	ProblemClass   string // suggested for a report when it fails
}

// What a checklist may be.
const (
	MaxItems    = 60
	MaxEffects  = 8
	maxStandard = 200
)

// editionForm has one order, whatever the database sorts texts by.
var editionForm = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}){0,2}$`)

// Check tells whether answers are of this edition: ErrUnknown with a *Fault for an item that it does not have, a *Fault for an answer or result that is
// none. Items may be left out. A result is normal only if no item failed.
func (c *Checklist) Check(answers map[string]Answer, result Result) error {
	if result != Normal && result != Abnormal {
		return &Fault{"/result", "须为 normal 或 abnormal", "is normal or abnormal"}
	}
	for _, code := range slices.Sorted(maps.Keys(answers)) {
		answer := answers[code]
		switch {
		case c.item(code) == nil:
			return unknown("/answers/"+pointerText(code), fmt.Sprintf("清单 %s（%s）没有这一项", c.Code, c.Edition), fmt.Sprintf("edition %s of checklist %s has no such item", c.Edition, c.Code))
		case answer != Pass && answer != Fail && answer != Empty:
			return &Fault{"/answers/" + pointerText(code), "须为 pass、fail、na 之一", "is one of pass, fail, na"}
		case answer == Fail && result == Normal:
			return &Fault{"/result", "有不合格项，结果须为异常", "is abnormal where an item fails"}
		}
	}
	return nil
}

// unknown is an ErrUnknown that says where.
func unknown(pointer, zh, en string) error {
	return fmt.Errorf("%w: %w", ErrUnknown, &Fault{pointer, zh, en})
}

// pointerText is a short text as a part of a JSON pointer.
func pointerText(s string) string {
	if len(s) > maxTitle {
		s = strings.ToValidUTF8(s[:maxTitle], "")
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
}

func (c *Checklist) item(code string) *Item {
	if i := slices.IndexFunc(c.Items, func(x Item) bool { return x.Code == code }); i >= 0 {
		return &c.Items[i]
	}
	return nil
}

// Effects are what answers do to the subject, in the order of the items. Of two on one field the later counts; those with conditions (Effect.When) are
// still to be held against what the field has now.
func (c *Checklist) Effects(answers map[string]Answer) []Effect {
	var out []Effect
	for _, item := range c.Items {
		for _, e := range item.Effects[answers[item.Code]] {
			out = slices.DeleteFunc(out, func(x Effect) bool { return x.Field == e.Field && len(e.When) == 0 })
			out = append(out, e)
		}
	}
	return out
}

// CheckEdition tells what is wrong with a new edition: faults. fields tells whether a field of the subject's layer may be the target of an effect.
func (c *Checklist) CheckEdition(fields func(field string) bool) error {
	var bad faults
	bad.add(!editionForm.MatchString(c.Edition), "/edition", "须为年份或日期，如 2026、2026-03", "is a year, month or day such as 2026 or 2026-03")
	for _, e := range c.Editions {
		if c.Edition <= e {
			bad.add(true, "/edition", fmt.Sprintf("须大于已有的版本 %s", e), fmt.Sprintf("must be greater than edition %s", e))
			break
		}
	}
	bad.add(len(c.Items) == 0 || len(c.Items) > MaxItems, "/items", "须有 1 到 60 项", "takes 1 to 60 items")
	seen := map[string]bool{}
	for i, item := range c.Items {
		at := fmt.Sprintf("/items/%d", i)
		bad.code(at+"/code", item.Code)
		bad.add(seen[item.Code], at+"/code", "与前面的一项重复", "repeats one before")
		seen[item.Code] = true
		item.check(at, &bad, fields)
	}
	return errors.Join(bad...)
}

func (item *Item) check(at string, bad *faults, fields func(field string) bool) {
	bad.title(at+"/title", item.Title)
	bad.title(at+"/title_en", item.TitleEn)
	bad.add(utf8.RuneCountInString(item.Standard) > maxStandard || !isLine(item.Standard), at+"/standard", "至多 200 字", "takes 200 characters at most")
	bad.add(len(item.ProblemClass) > maxApplies || !isLine(item.ProblemClass), at+"/problem_class", "太长", "is too long")
	for _, answer := range slices.Sorted(maps.Keys(item.Effects)) {
		where := at + "/effects/" + pointerText(string(answer))
		bad.add(answer != Pass && answer != Fail, where, "只有 pass、fail 有影响", "only pass and fail have effects")
		bad.add(len(item.Effects[answer]) > MaxEffects, where, "至多 8 个影响", "takes 8 at most")
		for k, e := range item.Effects[answer] {
			bad.add(!fields(e.Field), fmt.Sprintf("%s/%d/field", where, k), "检查不能改这个字段", "is no field that a check may change")
			bad.add(!isScalar(e.Value), fmt.Sprintf("%s/%d/value", where, k), "须为文字、数字或真假", "is a text, a number or a truth value")
			bad.add(len(e.When) > MaxEffects || slices.ContainsFunc(e.When, func(v any) bool { return !isScalar(v) }), fmt.Sprintf("%s/%d/when", where, k), "须为至多 8 个值", "takes 8 values at most")
		}
	}
}

// isScalar tells whether a value of JSON is one that a field can have.
func isScalar(v any) bool {
	switch v := v.(type) {
	case string:
		return utf8.RuneCountInString(v) <= maxTitle && isLine(v)
	case bool, float64, nil:
		return true
	}
	return false
}
