package patrol

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxCodeRunes bounds codes of what a body names.
const maxCodeRunes = 64

// PhotoKinds are what photos show: near 近景, far 远景, reference 参照, before 整改前, after 整改后, other.
func PhotoKinds() []string {
	return []string{"near", "far", KindReference, "before", KindAfter, "other"}
}

// text bounds a text; line wants it without breaks.
func (f *faults) text(pointer, s string, most int, line bool) {
	f.add(utf8.RuneCountInString(s) > most, pointer, fmt.Sprintf("至多 %d 个字", most), fmt.Sprintf("at most %d characters", most))
	odd := func(r rune) bool { return unicode.IsControl(r) && (line || !strings.ContainsRune("\n\r\t", r)) }
	f.add(!utf8.ValidString(s) || strings.ContainsFunc(s, odd), pointer, "含有控制字符或不是 UTF-8", "has control characters or is not UTF-8")
}

func (f *faults) id(pointer, s string, optional bool) {
	f.add(!IsID(s) && (s != "" || !optional), pointer, "须为小写的 UUID", "must be a UUID in lower case")
}

func (f *faults) photos(refs []PhotoRef) {
	f.add(len(refs) > MaxPhotosOfRecord, "/photos", fmt.Sprintf("至多 %d 张", MaxPhotosOfRecord), fmt.Sprintf("at most %d photos", MaxPhotosOfRecord))
	seen := map[string]bool{}
	for i, r := range refs[:min(len(refs), MaxPhotosOfRecord)] {
		at := fmt.Sprintf("/photos/%d", i)
		f.id(at+"/id", r.ID, false)
		f.add(seen[r.ID], at+"/id", "编号重复", "is there twice")
		seen[r.ID] = true
		f.add(len(r.SHA256) != 64 || strings.Trim(r.SHA256, "0123456789abcdef") != "", at+"/sha256", "须为 64 位小写十六进制", "must be 64 hex digits in lower case")
		f.add(r.Bytes < 0, at+"/bytes", "不能为负", "cannot be negative") // one that is empty or too long is refused when it comes: the record stays
		f.add(!slices.Contains(PhotoKinds(), r.Kind), at+"/kind", "没有这种照片", "is no kind of photo")
	}
}

// err is all of them: an ErrBody; nil for none.
func (f faults) err() error { return errors.Join(f...) }

// Faults are all faults that an error has.
func Faults(err error) (list []*Fault) {
	switch e := any(err).(type) { // the tree is walked here: errors.As would stop at the first
	case nil:
	case *Fault:
		list = append(list, e)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			list = append(list, Faults(one)...)
		}
	case interface{ Unwrap() error }:
		list = Faults(e.Unwrap())
	}
	return list
}

// IsID tells whether a text is a UUID as devices choose them: lower case, with hyphens.
func IsID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		if hyphen != (s[i] == '-') || !hyphen && !strings.ContainsRune("0123456789abcdef", rune(s[i])) {
			return false
		}
	}
	return true
}

// Check tells what is wrong with the form of a report: faults, each an ErrBody.
func (r *Report) Check() error {
	var f faults
	f.id("/id", r.ID, false)
	f.id("/check", r.CheckID, true)
	f.id("/reopens", r.Reopens, true)
	f.add(r.Class == "" && r.Reopens == "", "/class", "须指明类别", "is missing")
	f.text("/class", r.Class, maxCodeRunes, true)
	zh, _ := r.Source.Title()
	f.add(r.Source != "" && zh == "", "/source", "没有这种来源", "is no source")
	f.text("/title", r.Title, MaxTitleRunes, true)
	f.text("/note", r.Note, MaxNoteRunes, false)
	f.add(r.Subject != nil && (r.Subject.ID <= 0 || r.Subject.Kind == ""), "/subject", "须有类别和编号", "wants kind and id")
	if r.Subject != nil {
		f.text("/subject/kind", r.Subject.Kind, maxCodeRunes, true)
	}
	f.photos(r.Photos)
	return f.err()
}

// Check tells what is wrong with the form of a step: faults, each an ErrBody. What its kind needs is asked by Next.
func (s *Step) Check() error {
	var f faults
	f.id("/id", s.ID, false)
	f.id("/other", s.Other, true)
	f.add(s.Kind == StepReport || !slices.Contains(Kinds(), s.Kind), "/kind", "没有这种操作", "is no kind of step")
	f.add(s.Seen < 0, "/seen", "不能为负", "cannot be negative")
	f.add(s.Assignee < 0, "/assignee", "没有这个责任主体", "is no holder")
	f.add(!s.Deadline.IsZero() && (s.Deadline.Year() < 2000 || s.Deadline.Year() > 2100), "/deadline", "须在 2000 到 2100 年之间", "must be a year from 2000 to 2100")
	f.text("/dept", s.Dept, maxCodeRunes, true)
	f.text("/note", s.Note, MaxNoteRunes, false)
	f.photos(s.Photos)
	return f.err()
}

// DerivedID is the id of what follows from something that has one: always the same for the same two.
func DerivedID(id, what string) string {
	h := sha256.Sum256([]byte(id + "/" + what))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8, the variant of RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
