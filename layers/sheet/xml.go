package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// What the scanner takes at most.
const (
	maxTagBytes  = 64 << 10
	maxTextBytes = 4 << 20 // of one text; more is a fault
	maxDepth     = 256     // of elements
)

// tokenKind is a kind of token.
type tokenKind int

const (
	startTag tokenKind = iota
	endTag
	text
)

// scanner reads the XML of workbooks: tags, attributes and text, in UTF-8, without document type definitions. It is lenient where nothing depends on it.
// Prefixes of names are left out.
type scanner struct {
	r       *bufio.Reader
	inTag   bool // the < before the next tag has been read
	pending bool // the end of an empty element comes next
	name    []byte
	tag     []byte // behind the name
	buf     []byte // the whole tag
	text    []byte // decoded
	depth   int
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 128<<10)}
}

// next reads a token. The error is io.EOF at the end. What name, attr and text give is good until the next call.
func (s *scanner) next() (tokenKind, error) {
	if s.pending {
		s.pending = false
		return endTag, nil
	}
	for {
		if !s.inTag {
			if err := s.readText(); err != nil {
				return 0, err
			}
			if s.inTag = true; len(s.text) > 0 {
				return text, nil
			}
		}
		s.inTag = false
		kind, skipped, err := s.readTag()
		if err != nil || !skipped {
			return kind, err
		}
	}
}

// until reads up to and with the end of a token into b, which is bounded.
func (s *scanner) until(b []byte, end byte, most int) ([]byte, error) {
	for {
		part, err := s.r.ReadSlice(end)
		if len(b)+len(part) > most {
			return nil, tooLarge("xml: more than %d bytes in one piece", most)
		}
		b = append(b, part...)
		switch {
		case err == nil:
			return b, nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return b, err
		}
	}
}

// readText reads the text before the next tag.
func (s *scanner) readText() (err error) {
	s.text, err = s.until(s.text[:0], '<', maxTextBytes)
	if err != nil {
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(s.text)) > 0 || errors.Is(err, io.EOF) && s.depth > 0 {
			return broken("xml: cut short")
		}
		return err
	}
	s.text, err = decodeEntities(s.text[:len(s.text)-1])
	return err
}

// readTag reads what stands between < and >. skipped is true for what is no element.
func (s *scanner) readTag() (kind tokenKind, skipped bool, err error) {
	if err := s.wholeTag(); err != nil {
		return 0, false, err
	}
	b := s.buf
	switch {
	case bytes.HasPrefix(b, []byte("![CDATA[")):
		if err := s.readPast([]byte("]]>")); err != nil {
			return 0, false, err
		}
		s.text = append(s.text[:0], s.buf[len("![CDATA["):len(s.buf)-len("]]>")]...)
		return text, false, nil
	case bytes.HasPrefix(b, []byte("!--")):
		return 0, true, s.readPast([]byte("-->"))
	case b[0] == '?':
		return 0, true, s.readPast([]byte("?>"))
	case b[0] == '!':
		return 0, false, broken("xml: a document type definition")
	}
	b = b[:len(b)-1]
	if len(b) > 0 && b[0] == '/' {
		s.depth--
		s.setName(b[1:])
		return endTag, false, nil
	}
	if len(b) > 0 && b[len(b)-1] == '/' {
		b, s.pending = b[:len(b)-1], true
	} else if s.depth++; s.depth > maxDepth {
		return 0, false, broken("xml: nested too deep")
	}
	s.setName(b)
	return startTag, false, nil
}

// wholeTag reads on to the > that is not inside the value of an attribute.
func (s *scanner) wholeTag() (err error) {
	var quote byte
	s.buf = s.buf[:0]
	for seen := 0; ; seen = len(s.buf) {
		s.buf, err = s.until(s.buf, '>', maxTagBytes)
		if errors.Is(err, io.EOF) {
			return broken("xml: cut short")
		}
		if err != nil || s.buf[0] == '!' || s.buf[0] == '?' {
			return err
		}
		for _, c := range s.buf[seen:] {
			switch {
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
			case c == quote:
				quote = 0
			}
		}
		if quote == 0 {
			return nil
		}
	}
}

// readPast reads on to the end of a comment and the like, of which the first > may not have been the last.
func (s *scanner) readPast(end []byte) (err error) {
	for !bytes.HasSuffix(s.buf, end) {
		s.buf, err = s.until(s.buf, '>', maxTextBytes)
		if errors.Is(err, io.EOF) {
			return broken("xml: cut short")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) setName(b []byte) {
	end := bytes.IndexAny(b, " \t\r\n")
	if end < 0 {
		end = len(b)
	}
	s.name, s.tag = b[:end], b[end:]
	if i := bytes.IndexByte(s.name, ':'); i >= 0 {
		s.name = s.name[i+1:]
	}
}

// attr is the value of an attribute of the start tag just read, "" where it has none.
func (s *scanner) attr(name string) string {
	b := s.tag
	for {
		b = bytes.TrimLeft(b, " \t\r\n")
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return ""
		}
		key := bytes.TrimRight(b[:eq], " \t\r\n")
		b = bytes.TrimLeft(b[eq+1:], " \t\r\n")
		if len(b) == 0 || b[0] != '"' && b[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return ""
		}
		value := b[1 : 1+end]
		b = b[end+2:]
		if i := bytes.IndexByte(key, ':'); i >= 0 {
			key = key[i+1:]
		}
		if string(key) == name {
			if bytes.IndexByte(value, '&') < 0 {
				return string(value)
			}
			decoded, err := decodeEntities(bytes.Clone(value))
			if err != nil {
				return ""
			}
			return string(decoded)
		}
	}
}

// decodeEntities decodes in place and makes line ends \n, as XML has it.
func decodeEntities(b []byte) ([]byte, error) {
	if bytes.IndexByte(b, '\r') >= 0 {
		b = bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	at := bytes.IndexByte(b, '&')
	if at < 0 {
		return b, nil
	}
	out := b[:at]
	for rest := b[at:]; len(rest) > 0; {
		if rest[0] != '&' {
			next := bytes.IndexByte(rest, '&')
			if next < 0 {
				next = len(rest)
			}
			out, rest = append(out, rest[:next]...), rest[next:]
			continue
		}
		end := bytes.IndexByte(rest[:min(len(rest), 12)], ';')
		if end < 0 {
			return nil, broken("xml: an & by itself")
		}
		r, ok := entity(string(rest[1:end]))
		if !ok {
			return nil, broken("xml: unknown entity %.12q", rest[:end+1])
		}
		rest = rest[end+1:]
		out = utf8.AppendRune(out, r) // never longer than the entity was
	}
	return out, nil
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	v, err := strconv.ParseUint(digits, base, 32)
	if err != nil || v > utf8.MaxRune || v == 0 {
		return 0, false
	}
	return rune(v), true
}
