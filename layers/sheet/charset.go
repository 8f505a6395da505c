package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The charsets of csv files, by their IANA names in small letters. GBK is read as GB18030, which has all of it.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
)

// Charsets lists what a caller may name.
func Charsets() []string { return []string{UTF8, GB18030, UTF16LE, UTF16BE} }

func encodingOf(charset string) (encoding.Encoding, bool) {
	switch charset {
	case UTF8:
		return unicode.UTF8, true
	case GB18030, "gbk", "gb2312", "cp936":
		return simplifiedchinese.GB18030, true
	case UTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), true
	case UTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), true
	}
	return nil, false
}

// byteOrderMark tells the charset of a file that begins with one, and how long the mark is.
func byteOrderMark(head []byte) (charset string, length int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return UTF16BE, 2
	case bytes.HasPrefix(head, []byte("\x84\x31\x95\x33")):
		return GB18030, 4
	}
	return "", 0
}

// findCharset tells what a file without a mark is, most likely first: the whole of it must be it. UTF-16 without a mark shows by its zero bytes.
func findCharset(ctx context.Context, r io.Reader) ([]string, error) {
	var even, odd, all int64
	utf := &validUTF8{ok: true}
	gb := &validGB{ok: true}
	buf := make([]byte, 256<<10)
	for {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n, err := io.ReadFull(r, buf)
		for i, c := range buf[:n] {
			if c == 0 && (all+int64(i))%2 == 0 {
				even++
			} else if c == 0 {
				odd++
			}
		}
		all += int64(n)
		utf.add(buf[:n])
		gb.add(buf[:n])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case all%2 == 0 && odd > all/20 && even < odd/4:
		return []string{UTF16LE}, nil
	case all%2 == 0 && even > all/20 && odd < even/4:
		return []string{UTF16BE}, nil
	case even+odd > 0:
		return nil, broken("it has zero bytes: no text")
	}
	var fits []string
	if utf.ended() {
		fits = append(fits, UTF8)
	}
	if gb.ended() {
		fits = append(fits, GB18030)
	}
	if len(fits) == 0 {
		return nil, fmt.Errorf("%w: neither UTF-8 nor GB18030", ErrCharset)
	}
	return fits, nil
}

// validUTF8 checks a stream.
type validUTF8 struct {
	ok   bool
	rest []byte // a character cut by the end of a piece
}

func (v *validUTF8) add(b []byte) {
	if !v.ok {
		return
	}
	for len(v.rest) > 0 && len(b) > 0 && !utf8.FullRune(v.rest) {
		v.rest, b = append(v.rest, b[0]), b[1:]
	}
	if len(v.rest) > 0 {
		if !utf8.FullRune(v.rest) {
			return
		}
		v.ok = utf8.Valid(v.rest)
		v.rest = v.rest[:0]
	}
	cut := len(b)
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				cut = len(b) - back
			}
			break
		}
	}
	v.ok = v.ok && utf8.Valid(b[:cut])
	v.rest = append(v.rest, b[cut:]...)
}

func (v *validUTF8) ended() bool { return v.ok && len(v.rest) == 0 }

// validGB checks a stream of GB18030: its characters have one, two or four bytes.
type validGB struct {
	ok bool
	at int // bytes of the character so far
}

func (v *validGB) add(b []byte) {
	for _, c := range b {
		if !v.ok {
			return
		}
		digit := c >= '0' && c <= '9'
		lead := c >= 0x81 && c <= 0xFE
		switch v.at {
		case 0:
			if lead {
				v.at = 1
			} else {
				v.ok = c < 0x80
			}
		case 1:
			switch {
			case digit:
				v.at = 2
			case c >= 0x40 && c <= 0xFE && c != 0x7F:
				v.at = 0
			default:
				v.ok = false
			}
		case 2:
			v.at, v.ok = 3, lead
		default:
			v.at, v.ok = 0, digit
		}
	}
}

func (v *validGB) ended() bool { return v.ok && v.at == 0 }

// decoded reads a charset as UTF-8; what it has not becomes U+FFFD.
func decoded(r io.Reader, charset string) io.Reader {
	e, _ := encodingOf(charset)
	return transform.NewReader(r, e.NewDecoder())
}
