package sheet

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// A table with pictures is read again as it was written: guarded texts, times, and pictures in their cells as large as fits; what is no JPEG is left out.
func TestPictured(t *testing.T) {
	var photo bytes.Buffer
	must(t, jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 640, 480)), nil))
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	book := Pictured{Name: "问题/台账", Columns: []Column{{Heading: "编号"}, {Heading: "时间"}, {Heading: "数"}}, Pictures: []string{"整改前", "整改后"}}
	rows := []struct {
		values   []any
		pictures [][]byte
	}{
		{[]any{"=1+1", at, 2.5}, [][]byte{photo.Bytes(), nil}},
		{[]any{"b", nil, int64(7)}, [][]byte{[]byte("GIF89a"), photo.Bytes()}},
		{[]any{"c", at}, nil},
	}
	var out bytes.Buffer
	must(t, book.Write(&out, len(rows), func(i int) ([]any, [][]byte, error) { return rows[i].values, rows[i].pictures, nil }))
	f, err := excelize.OpenReader(&out)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	name := Named(book.Name)
	cells, err := f.GetRows(name)
	must(t, err)
	if len(cells) != 4 || strings.Join(cells[0], ",") != "编号,时间,数,整改前,整改后" || cells[1][1] != "2026-03-04 05:06:07" || cells[2][2] != "7" {
		t.Errorf("%v", cells)
	}
	if formula, err := f.GetCellFormula(name, "A2"); err != nil || formula != "" {
		t.Errorf("a formula %q %v", formula, err)
	}
	for at, want := range map[string]int{"D2": 1, "E2": 0, "D3": 0, "E3": 1, "D4": 0, "E4": 0} {
		pics, err := f.GetPictures(name, at)
		must(t, err)
		if len(pics) != want {
			t.Errorf("%s has %d pictures", at, len(pics))
		}
	}
	long := Pictured{Name: "x", Columns: book.Columns}
	if err := long.Write(&out, 1, func(int) ([]any, [][]byte, error) { return []any{strings.Repeat("x", 40000)}, nil, nil }); !errors.Is(err, ErrCell) {
		t.Errorf("a long text: %v", err)
	}
	wrong := errors.New("no row")
	if err := long.Write(&out, 1, func(int) ([]any, [][]byte, error) { return nil, nil, wrong }); !errors.Is(err, wrong) {
		t.Errorf("%v", err)
	}
}
