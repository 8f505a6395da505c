package sheet

import (
	"context"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

const (
	bookPart   = "xl/workbook.xml"
	relsPart   = "xl/_rels/workbook.xml.rels"
	stylesPart = "xl/styles.xml"
	sharedPart = "xl/sharedstrings.xml"
)

// elements gives the start tags of a small part.
func (p pack) elements(ctx context.Context, name string, take func(s *scanner)) error {
	return p.read(ctx, name, func(r io.Reader) error {
		s := newScanner(io.LimitReader(r, maxSmallPart))
		for {
			kind, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if kind == startTag {
				take(s)
			}
		}
	})
}

// maxSmallPart bounds the parts that list sheets and styles.
const maxSmallPart = 16 << 20

// readWorkbook finds the sheets and the parts that they are in.
func (b *Book) readWorkbook(ctx context.Context) error {
	targets := map[string]string{}
	err := b.parts.elements(ctx, relsPart, func(s *scanner) {
		if string(s.name) != "Relationship" || !strings.HasSuffix(s.attr("Type"), "/worksheet") {
			return
		}
		target := s.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		targets[s.attr("Id")] = partName(target)
	})
	if err != nil {
		return err
	}
	err = b.parts.elements(ctx, bookPart, func(s *scanner) {
		switch string(s.name) {
		case "workbookPr":
			on := s.attr("date1904")
			b.date1904 = on == "1" || on == "true"
		case "sheet":
			part := targets[s.attr("id")]
			if b.parts[part] == nil {
				part = ""
			}
			state := s.attr("state")
			b.sheets = append(b.sheets, sheetPart{Info{unescape(s.attr("name")), state == "hidden" || state == "veryHidden"}, part})
		}
	})
	if err == nil && len(b.sheets) > b.lim.Sheets {
		err = tooLarge("%d sheets", len(b.sheets))
	}
	return err
}

// dateFormat says whether a format shows a number as a date.
type dateFormat byte

const (
	noDate   dateFormat = iota
	fullDate            // a day, with a time or without
	timeOnly
)

// readStyles finds which styles of cells are dates.
func (b *Book) readStyles(ctx context.Context) error {
	custom := map[string]dateFormat{}
	inCells := false
	return b.parts.elements(ctx, stylesPart, func(s *scanner) {
		switch string(s.name) {
		case "numFmt":
			custom[s.attr("numFmtId")] = readFormat(s.attr("formatCode"))
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "cellXfs":
			inCells = true
		case "xf":
			if inCells {
				id := s.attr("numFmtId")
				f, ok := custom[id]
				if !ok {
					f = builtIn(id)
				}
				b.formats = append(b.formats, f)
			}
		}
	})
}

// builtIn are the formats that files name by number only, those of Chinese versions included.
func builtIn(id string) dateFormat {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return noDate
	case n >= 14 && n <= 17, n == 22, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return fullDate
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return timeOnly
	}
	return noDate
}

// readFormat tells what a format of somebody's own shows: yyyy"年"m"月"d"日", [h]:mm, 0.00.
func readFormat(code string) dateFormat {
	code = strings.ToLower(code)
	f := noDate
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i += skipTo(code[i+1:], '"')
		case '[':
			if strings.HasPrefix(code[i:], "[h") || strings.HasPrefix(code[i:], "[m") && !strings.HasPrefix(code[i:], "[mag") || strings.HasPrefix(code[i:], "[s") {
				f = timeOnly
			}
			i += skipTo(code[i+1:], ']')
		case '\\', '_', '*':
			i++
		case ';':
			return f
		case 'y', 'd':
			return fullDate
		case 'h', 's':
			f = timeOnly
		}
	}
	return f
}

// skipTo is how far the end of something is.
func skipTo(s string, end byte) int {
	if i := strings.IndexByte(s, end); i >= 0 {
		return i + 1
	}
	return len(s)
}
