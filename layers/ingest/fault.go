package ingest

import (
	"errors"
	"fmt"
)

// The kinds of fault that a whole file may have. They are sentinels for errors.Is; the error itself is a *Fault.
var (
	ErrEmpty     = errors.New("empty file")
	ErrTruncated = errors.New("truncated file")
	ErrSyntax    = errors.New("unparsable file")
	ErrTooLarge  = errors.New("a feature too large")
	ErrFormat    = errors.New("unknown format")
	ErrCRS       = errors.New("another coordinate system")
)

// ErrUsage says that the file cannot be read with these options: the command was wrong, not the file.
var ErrUsage = errors.New("usage")

// Fault says in both languages why a file, or the wish to read it, is refused as a whole.
type Fault struct {
	Kind   error // one of the sentinels
	Zh, En string
}

// Error says it in Chinese and English, as a terminal shows it.
func (f *Fault) Error() string { return f.Zh + " / " + f.En }

// Unwrap gives the sentinel.
func (f *Fault) Unwrap() error { return f.Kind }

func usage(zh, en string, args ...any) error {
	return &Fault{Kind: ErrUsage, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}
}

func truncated(where string) error {
	return &Fault{ErrTruncated, "文件不完整（" + where + "），没有写入任何数据", "the file is cut short (" + where + "); nothing was written"}
}

func syntax(detail string) error {
	return &Fault{ErrSyntax, "文件无法解析（" + detail + "），没有写入任何数据", "the file cannot be parsed (" + detail + "); nothing was written"}
}

func tooLarge(detail string) error {
	return &Fault{ErrTooLarge, "文件中有过大的要素（" + detail + "），没有写入任何数据", "the file has an oversized feature (" + detail + "); nothing was written"}
}

func empty() error {
	return &Fault{ErrEmpty, "文件是空的，没有写入任何数据", "the file is empty; nothing was written"}
}

func unknownFormat(name string) error {
	return &Fault{ErrFormat, name + " 不是 GeoJSON，也不是 OpenStreetMap 文件", name + " is neither GeoJSON nor OpenStreetMap"}
}
