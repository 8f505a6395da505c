package ingest

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// Charset is the encoding of a file's texts, by the name that GDAL has for it.
type Charset string

// The charsets that are known. Auto looks at the texts: what a DBF file says of itself is often missing or wrong.
const (
	CharsetAuto Charset = "auto"
	CharsetUTF8 Charset = "UTF-8"
	CharsetGBK  Charset = "CP936"
)

// Bounds of what is looked at, and the sizes that the format has.
const (
	dbfLooked     = 16 << 20
	dbfHeader     = 32
	dbfField      = 32
	dbfFieldEnd   = 0x0d
	dbfFieldKind  = 11
	dbfFieldWidth = 16
)

// dbfCharset tells from the texts of a DBF file how they are encoded, whatever it declares: UTF-8 if all that is not ASCII can be read as that, else
// GBK. Texts may be cut in the middle of a character, as they are where a field was too short. A file of ASCII, or one that is no DBF, is UTF-8.
func dbfCharset(r io.Reader) (Charset, error) {
	data, err := io.ReadAll(io.LimitReader(r, dbfLooked))
	if err != nil {
		return "", err
	}
	utf, gbk := 0, 0
	for _, text := range dbfTexts(data) {
		switch {
		case isASCII(text):
		case isUTF8(text):
			utf++
		default:
			gbk++
		}
	}
	if gbk > utf {
		return CharsetGBK, nil
	}
	return CharsetUTF8, nil
}

// dbfTexts are the names and the character fields of a DBF file.
func dbfTexts(data []byte) (texts [][]byte) {
	if len(data) < dbfHeader {
		return nil
	}
	first, width := int(binary.LittleEndian.Uint16(data[8:])), int(binary.LittleEndian.Uint16(data[10:]))
	type span struct{ from, to int }
	var spans []span
	at := 1 // the mark of deleted rows
	for p := dbfHeader; p+dbfField <= min(first, len(data)) && data[p] != dbfFieldEnd; p += dbfField {
		name, _, _ := bytes.Cut(data[p:p+dbfFieldKind], []byte{0})
		texts = append(texts, name)
		n := int(data[p+dbfFieldWidth])
		if data[p+dbfFieldKind] == 'C' {
			spans = append(spans, span{at, at + n})
		}
		at += n
	}
	if width == 0 || first == 0 {
		return texts
	}
	for p := first; p+width <= len(data); p += width {
		for _, s := range spans {
			if s.to <= width {
				texts = append(texts, bytes.TrimRight(data[p+s.from:p+s.to], " \x00"))
			}
		}
	}
	return texts
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// isUTF8 tells whether a text can be read as UTF-8, but for a last character that was cut.
func isUTF8(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return len(b) < utf8.UTFMax && utf8.RuneStart(b[0]) && b[0] >= 0xc2 && !utf8.FullRune(b)
		}
		b = b[n:]
	}
	return true
}
