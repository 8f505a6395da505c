package ingest

import (
	"errors"
	"fmt"

	"wangge/layers/sheet"
)

// The kinds of fault that a whole file may have. They are sentinels for errors.Is; the error itself is a *Fault.
var (
	ErrEmpty     = errors.New("empty file")
	ErrTruncated = errors.New("truncated file")
	ErrSyntax    = errors.New("unparsable file")
	ErrTooLarge  = errors.New("a feature too large")
	ErrFormat    = errors.New("unknown format")
	ErrCRS       = errors.New("another coordinate system")
	ErrEncrypted = errors.New("an encrypted workbook")
	ErrMacros    = errors.New("a workbook with macros")
	ErrLinks     = errors.New("a workbook with links to elsewhere")
	ErrCharset   = errors.New("unknown charset")
	ErrNoHeader  = errors.New("no row of headings")
	ErrBomb      = errors.New("unpacks to too much")
	ErrTime      = errors.New("takes too long")
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
	return &Fault{ErrFormat, name + " 不是可以导入的文件：支持 GeoJSON、xlsx、csv、Shapefile（zip）、GeoPackage、KML、KMZ、DXF、MapInfo、GML、FlatGeobuf、OpenStreetMap",
		name + " is no file that can be imported: GeoJSON, xlsx, csv, Shapefile (zip), GeoPackage, KML, KMZ, DXF, MapInfo, GML, FlatGeobuf, OpenStreetMap"}
}

func noHeader() error {
	return &Fault{ErrNoHeader, "没有找到表头：请用 --header-row 指明", "no row of headings was found: say which with --header-row"}
}

func tooManyRows() error {
	return &Fault{ErrTooLarge, fmt.Sprintf("行数超过 %d，没有写入任何数据", MaxTableRows), fmt.Sprintf("more than %d rows; nothing was written", MaxTableRows)}
}

// sheetFault says in our words why package sheet refused a file; other errors stay what they are.
func sheetFault(err error) error {
	var fault *Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	for _, one := range []struct {
		of, kind error
		zh, en   string
	}{
		{sheet.ErrEncrypted, ErrEncrypted, "工作簿有密码或是旧的 xls 格式：请另存为不加密的 xlsx", "the workbook has a password or is an old xls: save it as plain xlsx"},
		{sheet.ErrMacros, ErrMacros, "工作簿含有宏：请另存为不含宏的 xlsx", "the workbook has macros: save it as xlsx without"},
		{sheet.ErrLinks, ErrLinks, "工作簿引用了外部数据或嵌入了其他文件", "the workbook has external links or embedded objects"},
		{sheet.ErrTooLarge, ErrTooLarge, "文件过大", "the file is too large"},
		{sheet.ErrCharset, ErrCharset, "无法判断文件的字符集：请用 --charset 指明", "the charset of the file cannot be told: say it with --charset"},
		{sheet.ErrFile, ErrSyntax, "文件无法解析，没有写入任何数据", "the file cannot be parsed; nothing was written"},
	} {
		if errors.Is(err, one.of) {
			return &Fault{one.kind, one.zh, one.en + " (" + shorten(err.Error()) + ")"}
		}
	}
	return err
}
