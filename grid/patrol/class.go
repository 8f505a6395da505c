package patrol

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Class is a class of problems, as data of the city. 问题类别。
type Class struct {
	Code           string
	Parent         string // "" at the top; only classes that have one take problems
	Title, TitleEn string
	SubjectKinds   []string // what problems of the class are about; empty for anything
	PhotoBefore    bool     // a photo of the problem is compulsory
	PhotoAfter     bool     // a photo of what was done is
	HandleHours    int      // hours from dispatch to deadline; 0 for no deadline
	Dept           string   // that is responsible by default
	DuplicateM     float64  // another report this near …
	DuplicateHours int      // … and within this many hours may be the same problem
	Standard       string
	Verified       bool // compared with the text of the standard
	Enabled        bool
	Ordinal        int
	Revision       int64
}

// Bounds of a class.
const (
	MaxHandleHours    = 24 * 366
	MaxDuplicateM     = 1000
	MaxDuplicateHours = 24 * 31
	MaxOrdinal        = 100_000
)

// KindAfter is the kind of a photo of what was done about a problem; KindReference of something to compare it with.
const (
	KindAfter     = "after"
	KindReference = "reference"
)

// wants tells whether a step has the photos that the class makes compulsory: ErrPhotos. Citizens who report, by telephone often, are not asked for any.
func (c *Class) wants(s *Step, source Source) error {
	var pointer string
	switch {
	case s.Kind == StepReport && c.PhotoBefore && source != FromCitizen && !slices.ContainsFunc(s.Photos, PhotoRef.before):
		pointer = "before"
	case (s.Kind == StepRectify || s.Kind == StepOnSpot) && c.PhotoAfter && !slices.ContainsFunc(s.Photos, PhotoRef.after):
		pointer = KindAfter
	default:
		return nil
	}
	return fmt.Errorf("%w: %s of class %s wants one of kind %s", ErrPhotos, s.Kind, c.Code, pointer)
}

// before tells whether a photo shows the problem.
func (r PhotoRef) before() bool { return r.Kind != KindAfter && r.Kind != KindReference }

// after tells whether a photo shows what was done about it.
func (r PhotoRef) after() bool { return r.Kind == KindAfter }

// Deadline of a problem of the class that is handed over at a moment; zero for none. Hours are hours of the clock: working hours come with a calendar.
func (c *Class) Deadline(at time.Time) time.Time {
	if c.HandleHours == 0 {
		return time.Time{}
	}
	return at.Add(time.Duration(c.HandleHours) * time.Hour)
}

var classCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// Check tells what is wrong with a class: faults, each an ErrBody.
func (c *Class) Check() error {
	var f faults
	f.add(!classCode.MatchString(c.Code), "/code", "须为小写字母开头的字母、数字、下划线，至多 31 位", "takes a-z, 0-9 and _, a letter first, 31 at most")
	f.add(strings.TrimSpace(c.Title) == "", "/title", "须有名称", "is missing")
	f.text("/title", c.Title, MaxTitleRunes, true)
	f.text("/title_en", c.TitleEn, MaxTitleRunes, true)
	f.text("/standard", c.Standard, MaxNoteRunes, false)
	f.add(c.HandleHours < 0 || c.HandleHours > MaxHandleHours, "/handle_hours", "须在 0 到 8784 之间", "0 to 8784")
	f.add(!(c.DuplicateM >= 0 && c.DuplicateM <= MaxDuplicateM), "/duplicate_m", "须在 0 到 1000 米之间", "0 to 1000 m")
	f.add(c.DuplicateHours < 0 || c.DuplicateHours > MaxDuplicateHours, "/duplicate_hours", "须在 0 到 744 之间", "0 to 744")
	f.add(len(c.SubjectKinds) > 20, "/subject_kinds", "至多 20 种", "20 kinds at most")
	f.text("/parent", c.Parent, maxCodeRunes, true)
	f.text("/responsible_dept", c.Dept, maxCodeRunes, true)
	for i, kind := range c.SubjectKinds {
		f.text(fmt.Sprintf("/subject_kinds/%d", i), kind, maxCodeRunes, true)
	}
	f.add(c.Ordinal < 0 || c.Ordinal > MaxOrdinal, "/ordinal", "须在 0 到 100000 之间", "0 to 100000")
	f.add(c.Parent == c.Code, "/parent", "不能是自己的上级", "is not its own parent")
	return f.err()
}
