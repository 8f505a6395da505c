package ingest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// What one feature may ask for.
const (
	maxFeatureBytes = 64 << 20
	maxDepth        = 64
)

// scanner frames JSON values in a stream without understanding them: it knows strings, brackets and where a value ends.
// budget is what may still be kept in memory for the feature at hand.
type scanner struct {
	r      *bufio.Reader
	offset int64
	limit  int // of budget, for each feature
	budget int
	stack  []byte // the brackets that are open within a value
	spare  []byte // for values that are looked at and forgotten
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 1<<16), limit: maxFeatureBytes, budget: maxFeatureBytes}
}

// fault places a fault of syntax, or of the reading, in the file.
func (s *scanner) fault(err error, what string) error {
	if err != nil {
		return readFault(err, fmt.Sprintf("JSON, byte %d", s.offset))
	}
	return syntax(fmt.Sprintf("JSON, byte %d: %s", s.offset, what))
}

func (s *scanner) next() (byte, error) {
	c, err := s.r.ReadByte()
	if err == nil {
		s.offset++
	}
	return c, err
}

func (s *scanner) back() {
	if s.r.UnreadByte() == nil {
		s.offset--
	}
}

// token gives the next byte that is not white space. Between texts the record separator of RFC 8142 is white space too.
func (s *scanner) token(between bool) (byte, error) {
	for {
		c, err := s.next()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', '\n':
		case 0x1e:
			if !between {
				return c, nil
			}
		default:
			return c, nil
		}
	}
}

// members calls do for each member of an object whose opening brace is read. do must take the value.
func (s *scanner) members(do func(key string) error) error {
	c, err := s.token(false)
	if err == nil && c == '}' {
		return nil
	}
	for {
		if err != nil {
			return s.fault(err, "")
		}
		if c != '"' {
			return s.fault(nil, "a name in quotes is missing")
		}
		key, err := s.key()
		if err != nil {
			return err
		}
		if c, err = s.token(false); err != nil || c != ':' {
			return s.fault(err, "a colon is missing")
		}
		if err := do(key); err != nil {
			return err
		}
		if c, err = s.token(false); err != nil {
			return s.fault(err, "")
		}
		if c == '}' {
			return nil
		}
		if c != ',' {
			return s.fault(nil, "a comma is missing")
		}
		if c, err = s.token(false); err != nil {
			return s.fault(err, "")
		}
	}
}

// key reads the rest of a member's name. Escapes in names are left as they are: no name of GeoJSON has any.
func (s *scanner) key() (string, error) {
	var key []byte
	for {
		c, err := s.next()
		switch {
		case err != nil:
			return "", s.fault(err, "")
		case c == '"':
			return string(key), nil
		case c == '\\':
			key = append(key, c)
			if c, err = s.next(); err != nil {
				return "", s.fault(err, "")
			}
		}
		if key = append(key, c); len(key) > 4096 {
			return "", s.fault(nil, "a name without end")
		}
	}
}

// elements calls do at the beginning of each element of an array whose opening bracket is read. do must take the element.
func (s *scanner) elements(do func() error) error {
	c, err := s.token(false)
	if err == nil && c == ']' {
		return nil
	}
	for {
		if err != nil {
			return s.fault(err, "")
		}
		s.back()
		if err := do(); err != nil {
			return err
		}
		if c, err = s.token(false); err != nil {
			return s.fault(err, "")
		}
		if c == ']' {
			return nil
		}
		if c != ',' {
			return s.fault(nil, "a comma is missing")
		}
		_, err = s.token(false)
	}
}

// value reads one value and appends it to dst, unless keep is false.
func (s *scanner) value(dst []byte, keep bool) ([]byte, error) {
	c, err := s.token(false)
	if err != nil {
		return dst, s.fault(err, "")
	}
	s.stack = s.stack[:0]
	for {
		if keep {
			if s.budget--; s.budget < 0 {
				return dst, tooLarge(fmt.Sprintf("> %d MB, byte %d", s.limit>>20, s.offset))
			}
			dst = append(dst, c)
		}
		switch c {
		case '"':
			if dst, err = s.text(dst, keep); err != nil {
				return dst, err
			}
		case '{', '[':
			if s.stack = append(s.stack, c); len(s.stack) > maxDepth {
				return dst, s.fault(nil, fmt.Sprintf("nested more than %d deep", maxDepth))
			}
		case '}', ']':
			if n := len(s.stack); n == 0 || s.stack[n-1] != c-2 {
				return dst, s.fault(nil, "brackets do not match")
			}
			s.stack = s.stack[:len(s.stack)-1]
		case ',', ':':
			if len(s.stack) == 0 {
				return dst, s.fault(nil, "a value is missing")
			}
		default:
			if dst, err = s.scalar(dst, keep); err != nil {
				return dst, err
			}
		}
		if len(s.stack) == 0 {
			return dst, nil
		}
		if c, err = s.token(false); err != nil {
			return dst, s.fault(err, "")
		}
	}
}

// text reads the rest of a string.
func (s *scanner) text(dst []byte, keep bool) ([]byte, error) {
	for escaped := false; ; {
		c, err := s.next()
		if err != nil {
			return dst, s.fault(err, "")
		}
		if keep {
			if s.budget--; s.budget < 0 {
				return dst, tooLarge(fmt.Sprintf("> %d MB, byte %d", s.limit>>20, s.offset))
			}
			dst = append(dst, c)
		}
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			return dst, nil
		}
	}
}

// scalar reads the rest of a number or a word. At the end of the file it ends too.
func (s *scanner) scalar(dst []byte, keep bool) ([]byte, error) {
	for {
		c, err := s.next()
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return dst, s.fault(err, "")
		}
		switch c {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\t', '\r', '\n', 0x1e:
			s.back()
			return dst, nil
		}
		if keep {
			if s.budget--; s.budget < 0 {
				return dst, tooLarge(fmt.Sprintf("> %d MB, byte %d", s.limit>>20, s.offset))
			}
			dst = append(dst, c)
		}
	}
}
