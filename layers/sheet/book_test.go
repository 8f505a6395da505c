package sheet

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// A workbook of several sheets is read by others as it was written; names that are alike are told apart.
func TestWriteBook(t *testing.T) {
	var out bytes.Buffer
	must(t, WriteBook(&out, []Sheet{
		{Name: "指标", Columns: []Column{{Heading: "代码"}, {Heading: "面积"}}, Rows: [][]any{{"370281", 12.5}, {"=1+1", nil}}},
		{Name: "口径", Columns: []Column{{Heading: "项"}}},
		{Name: "指标", Columns: []Column{{Heading: "n"}}, Rows: [][]any{{int64(7)}}},
	}))
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	must(t, err)
	if diff := cmp.Diff([]string{"指标", "口径", "指标3"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string][][]string{
		"指标": {{"代码", "面积"}, {"370281", "12.5"}, {"=1+1"}}, "口径": {{"项"}}, "指标3": {{"n"}, {"7"}},
	} {
		rows, err := f.GetRows(name)
		must(t, err)
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if err := WriteBook(&out, []Sheet{{Name: "a", Columns: []Column{{Heading: "a"}}, Rows: [][]any{{string(make([]byte, 40_000))}}}}); err == nil {
		t.Error("a text that no cell holds was written")
	}
}
