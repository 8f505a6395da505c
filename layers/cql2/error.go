package cql2

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wangge/layers"
)

// The kinds of errors. An *Error is one of them.
var (
	ErrSyntax      = errors.New("not a CQL2 filter")
	ErrField       = errors.New("no such field to filter by")
	ErrType        = errors.New("values that do not go together")
	ErrUnsupported = errors.New("not supported in this filter")
	ErrTooLong     = errors.New("filter too long")
	ErrTooDeep     = errors.New("filter too deeply nested")
)

// Error says what is wrong with a filter and where.
type Error struct {
	At      int    // the character, counted from 1; one more than there are for the end
	Pointer string // of the part of a filter in JSON (RFC 6901); empty for the whole, and for filters in text
	Zh, En  string // for the user
	kind    error
}

func (e *Error) Error() string {
	if e.Pointer != "" {
		return fmt.Sprintf("filter, %s: %s", e.Pointer, e.En)
	}
	return fmt.Sprintf("filter, character %d: %s", e.At, e.En)
}

// Unwrap gives the kind.
func (e *Error) Unwrap() error { return e.kind }

// newError makes an error at a byte of the text.
func newError(text string, kind error, at int, what layers.Text) *Error {
	return &Error{At: utf8.RuneCountInString(text[:at]) + 1, Zh: what.Zh, En: what.En, kind: kind}
}

// newJSONError makes an error at a byte of JSON that can be read.
func newJSONError(text string, kind error, at int, what layers.Text) *Error {
	e := newError(text, kind, at, what)
	e.Pointer = pointerAt(text, at)
	return e
}

// shown cuts what a message repeats of the user's text.
func shown(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// textf fills both languages of a message with the same values.
func textf(zh, en string, values ...any) layers.Text {
	return layers.Text{Zh: fmt.Sprintf(zh, values...), En: fmt.Sprintf(en, values...)}
}

// here says what should be at a place.
func here(want layers.Text) layers.Text {
	return layers.Text{Zh: "此处应为" + want.Zh, En: "expected " + want.En + " here"}
}

// expected says what should stand where something else does.
func expected(want layers.Text, found token) layers.Text {
	zh, en := "文末", "the end of the filter"
	if found.kind != tokEnd {
		text := strings.TrimSpace(shown(found.raw))
		zh, en = "“"+text+"”", "“"+text+"”"
	}
	return layers.Text{Zh: "此处应为" + want.Zh + "，而不是" + zh, En: "expected " + want.En + ", found " + en}
}
