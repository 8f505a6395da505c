package sheet

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
)

// sharedTexts are the texts that cells name by number, one behind the other.
type sharedTexts struct {
	all  string
	ends []uint32
	cut  map[int]bool
}

func (t *sharedTexts) at(i int) (s string, cut, ok bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false, false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], t.cut[i], true
}

func readShared(ctx context.Context, parts pack, lim Limits) (t sharedTexts, err error) {
	t.cut = map[int]bool{}
	var all strings.Builder
	err = parts.read(ctx, sharedPart, func(r io.Reader) error {
		s := newScanner(r)
		for {
			kind, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if kind != startTag || string(s.name) != "si" {
				continue
			}
			text, err := richText(s, "si")
			if err != nil {
				return err
			}
			text, long := cut(text, lim.CellRunes)
			if long {
				t.cut[len(t.ends)] = true
			}
			all.WriteString(text)
			if int64(all.Len())+int64(len(t.ends))*4 > lim.Shared || all.Len() > math.MaxUint32-maxTextBytes {
				return tooLarge("its texts need more than %d bytes", lim.Shared)
			}
			t.ends = append(t.ends, uint32(all.Len())) //nolint:gosec // held against the limit above
		}
	})
	t.all = all.String()
	return t, err
}

// richText joins the runs of a text up to the end of the element it is in. How Chinese is read aloud (rPh) is left out.
func richText(s *scanner, until string) (string, error) {
	var all []byte
	phonetic, inText := 0, false
	for depth := 1; depth > 0; {
		kind, err := s.next()
		if errors.Is(err, io.EOF) {
			return "", broken("xml: %s never ends", until)
		}
		if err != nil {
			return "", err
		}
		switch kind {
		case startTag:
			depth++
			switch string(s.name) {
			case "rPh":
				phonetic = depth
			case "t":
				inText = phonetic == 0
			}
		case endTag:
			if depth == phonetic {
				phonetic = 0
			}
			inText = false
			depth--
		case text:
			if inText {
				if len(all)+len(s.text) > maxTextBytes {
					return "", tooLarge("a text of more than %d bytes", maxTextBytes)
				}
				all = append(all, s.text...)
			}
		}
	}
	return unescape(strings.ToValidUTF8(string(all), "\uFFFD")), nil
}
