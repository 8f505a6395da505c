package sheet

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// box is a merged range: columns from 0, rows from 1, all inside.
type box struct{ left, top, right, bottom int }

// maxBoxes bounds how many ranges of a sheet may be merged.
const maxBoxes = 500_000

// merges finds the merged ranges of a sheet, which stand behind its rows, from the top down.
func (b *Book) merges(ctx context.Context, part string) (boxes []box, err error) {
	found := false
	err = b.parts.read(ctx, part, func(r io.Reader) error {
		found, err = contains(r, "mergeCell")
		return err
	})
	if err != nil || !found {
		return nil, err
	}
	err = b.parts.read(ctx, part, func(r io.Reader) error {
		s := newScanner(r)
		for {
			kind, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if kind != startTag || string(s.name) != "mergeCell" {
				continue
			}
			if m, ok := parseBox(s.attr("ref")); ok && m.left < b.lim.Columns {
				m.right = min(m.right, b.lim.Columns-1)
				if boxes = append(boxes, m); len(boxes) > maxBoxes {
					return tooLarge("more than %d merged ranges", maxBoxes)
				}
			}
		}
	})
	slices.SortFunc(boxes, func(a, b box) int { return cmp.Or(a.top-b.top, a.left-b.left) })
	return boxes, err
}

// contains looks for a word in a stream.
func contains(r io.Reader, word string) (bool, error) {
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		seen := buf[:kept+n]
		if bytes.Contains(seen, []byte(word)) {
			return true, nil
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return false, err
		}
		kept = copy(buf, seen[max(0, len(seen)-len(word)):])
	}
}

func parseBox(ref string) (box, bool) {
	from, to, ok := strings.Cut(ref, ":")
	left, top, okFrom := parseRef(from)
	right, bottom, okTo := parseRef(to)
	if !ok || !okFrom || !okTo || right < left || bottom < top {
		return box{}, false
	}
	return box{left, top, right, bottom}, true
}

// parseRef reads the name of a cell, AB12: the column from 0, the row from 1.
func parseRef(ref string) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		column = column*26 + int(c-'a') + 1
	}
	letters := i
	for ; i < len(ref) && i < letters+8; i++ {
		if ref[i] < '0' || ref[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int(ref[i]-'0')
	}
	ok = letters > 0 && letters < 4 && i > letters && i == len(ref) && column <= 16384 && row >= 1 && row <= maxRow
	return column - 1, row, ok
}

// filler fills merged cells while rows go by.
type filler struct {
	boxes  []box // still to come
	active []filled
	left   int // cells that may still be filled
}

type filled struct {
	box
	value Cell
}

// fill fills the cells of a row; its cells as they came are own.
func (f *filler) fill(number int, cells []Cell, most int) ([]Cell, error) {
	for len(f.boxes) > 0 && f.boxes[0].top <= number {
		m := f.boxes[0]
		f.boxes = f.boxes[1:]
		if m.top < number || m.left >= len(cells) || cells[m.left].Blank() { // its first row has nothing in it
			continue
		}
		value := cells[m.left]
		value.Merged = true
		f.active = append(f.active, filled{m, value})
	}
	kept := f.active[:0]
	for _, m := range f.active {
		if m.bottom < number {
			continue
		}
		kept = append(kept, m)
		for c := m.left; c <= m.right && c < most; c++ {
			if f.left--; f.left < 0 {
				return nil, tooLarge("merged cells")
			}
			for len(cells) <= c {
				cells = append(cells, Cell{})
			}
			if c != m.left || number != m.top {
				cells[c] = m.value
			}
		}
	}
	f.active = kept
	return cells, nil
}
