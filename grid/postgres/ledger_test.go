package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wangge/grid/ledger"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/sheet"
)

// sheetOf makes a workbook of rows and reads it.
func sheetOf(t *testing.T, rows ...[]any) ledger.Ledger {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Read(t.Context(), book)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (o *office) load(t *testing.T, who rights.Actor, l ledger.Ledger, scheme string) postgres.LedgerResult {
	t.Helper()
	var done postgres.LedgerResult
	if err := o.as(t, who, func(ctx context.Context, x *postgres.Tx) (err error) {
		done, err = x.ImportLedger(ctx, l, scheme)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return done
}

// notes tells of rows in short: - for rejected ones.
func notes(r postgres.LedgerResult) (out []string) {
	for _, n := range r.Rows {
		mark := "+"
		if n.Rejected {
			mark = "-"
		}
		out = append(out, fmt.Sprint(mark, n.Row, " ", n.Reason))
	}
	return out
}

// state is all of people and duties, to see that nothing changed.
func (o *office) state(t *testing.T) string {
	return o.text(t, `SELECT md5(coalesce((SELECT string_agg(h::text, E'\n' ORDER BY id) FROM holder h), '') || coalesce((SELECT string_agg(d::text, E'\n' ORDER BY id) FROM duty d), ''))`)
}

func TestLedgerImport(t *testing.T) {
	o := newOffice(t)
	l := sheetOf(t,
		[]any{"阜安街道网格人员台账"},
		[]any{"姓名", "电话", "职务", "单位", "责任网格", "道路", "角色", "开始日期", "结束日期", "时段"},
		[]any{"王 小明", "13812345678", "科长", "阜安街道办事处", "1号网格", "", "网格长", "2026年1月1日", "", "8:00-18:00"},
		[]any{"王小明", "13812345678", "", "", "", "扬州路", "街长", "2026年1月1日"},
		[]any{"新人", "13911112222", "干部", "JZ001", "A2", "", "网格员", "2026.2.1", "长期"},
		[]any{"新人", "13911112222", "", "", "A1", "", "网格员", "2026.2.1"},
		[]any{"李娜", "13900000000", "", "阜安街道办事处（示例）", "第02网格", "", "网格长", "2026-03-01"},
		[]any{"甲、乙", "", "", "某村", "第03网格", "", "网格员", "2026-03-01"},
		[]any{"坏一", "", "", "", "第99网格", "", "网格员", "2026-03-01"},
		[]any{"坏二", "", "", "", "A1", "", "国王", "2026-03-01"},
		[]any{"坏三", "", "", "", "A1", "", "街长", "2026-03-01"},
		[]any{"坏四", "", "", "", "旧网格", "", "网格员", "2026-03-01"},
		[]any{"周平", "13912121212", "", "JZ001", "A1", "", "网格员", "2026-03-01"},
	)
	first := o.load(t, bureau(), l, "duty")
	want := postgres.LedgerResult{Read: 11, Inserted: 4, Updated: 2, Rejected: 4, Duties: postgres.LedgerCounts{Inserted: 9}, Rows: first.Rows}
	if d := cmp.Diff(want, first); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	wantNotes := []string{"+8 一格有 2 个姓名，已拆为 2 人", "+8 部门表中没有“某村”，未填部门", "+8 部门表中没有“某村”，未填部门",
		"-9 没有这个网格：第99网格", "-10 没有这个角色：国王", "-11 这个角色不用于此类对象，只用于 road", "-12 没有这个网格：旧网格"}
	if d := cmp.Diff(wantNotes, notes(first)); d != "" {
		t.Errorf("notes (-want +got):\n%s", d)
	}
	if got := o.text(t, `SELECT string_agg(h.name || ' ' || coalesce(h.phone, '') || ' ' || coalesce(h.title, '') || ' ' || d.role || d.target_kind || d.target_id || coalesce(d.hours, ''), '; ' ORDER BY d.id) FROM duty d JOIN holder h ON h.id = d.holder_id WHERE h.name IN ('王小明', '李娜')`); got !=
		"王小明 13812345678 科长 grid_headgrid108:00-18:00; 王小明 13812345678 科长 street_headroad1; 王小明 13812345678 科长 street_headroad2; 李娜 13900000000  grid_headgrid2" {
		t.Error(got)
	}
	before := o.state(t)
	second := o.load(t, bureau(), l, "duty")
	if second.Inserted+second.Updated+second.Duties.Inserted+second.Duties.Updated != 0 || second.Unchanged != 6 || second.Duties.Unchanged != 9 || o.state(t) != before {
		t.Errorf("a second time: %+v", second)
	}
	moved := sheetOf(t, []any{"姓名", "电话", "网格", "角色", "止"}, []any{"新人", "13911112222", "A1", "网格员", "2026-12-31"})
	if third := o.load(t, bureau(), moved, ""); third.Duties.Updated != 1 || third.Unchanged != 1 {
		t.Errorf("another end: %+v", third)
	}
}

// A street's ledger is taken where its rights reach; other rows are set aside.
func TestLedgerWithinRights(t *testing.T) {
	o := newOffice(t)
	l := sheetOf(t, []any{"姓名", "电话", "单位", "网格", "角色"},
		[]any{"本街新人", "13911110001", "JZ001", "B1", "网格员"},
		[]any{"村里人", "13911110002", "", "A1", "网格员"},
		[]any{"外街新人", "13911110003", "JZ002", "B1", "网格员"},
		[]any{"赵强", "13911110004", "JZ002", "A1", "网格员"},
		[]any{"赵强", "13911110004", "JZ002", "B1", "网格员"},
		[]any{"无事人", "13911110005", "", "", ""},
	)
	done := o.load(t, staffOf("370281001", "JZ001"), l, "")
	wantNotes := []string{"-4 无权为此人或此对象定人", "+5 无权修改此人资料，只处理职责", "-6 无权为此人或此对象定人", "-7 无权为此人或此对象定人"}
	if d := cmp.Diff(wantNotes, notes(done)); d != "" || done.Inserted != 2 || done.Duties.Inserted != 3 {
		t.Errorf("%s %+v", d, done)
	}
	if got := o.text(t, `SELECT count(*)::text FROM holder WHERE phone = '13911110004'`); got != "0" {
		t.Error("somebody of another office was changed")
	}
	err := o.as(t, rights.Actor{Account: 9, Role: rights.Officer, Holder: 1}, func(ctx context.Context, x *postgres.Tx) error { _, err := x.ImportLedger(ctx, l, ""); return err })
	if !errors.Is(err, rights.ErrForbidden) {
		t.Errorf("an officer: %v", err)
	}
	err = o.as(t, bureau(), func(ctx context.Context, x *postgres.Tx) error { _, err := x.ImportLedger(ctx, l, "zz"); return err })
	if !errors.Is(err, postgres.ErrNoScheme) {
		t.Errorf("no scheme: %v", err)
	}
}

// A row goes in whole or not at all: neither its person nor its first duty stays where the second one cannot.
func TestLedgerRowsAreWhole(t *testing.T) {
	o := newOffice(t)
	before := o.state(t)
	l := sheetOf(t, []any{"姓名", "电话", "网格", "角色", "起", "止"},
		[]any{"新人", "13911112222", "A1", "网格员、街长", "2026-01-01"},
		[]any{"王小明", "13812345678", "A1、A9", "网格员", "2026-01-01"},
		[]any{"王小明", "13812345678", "A1", "网格员", "2019-01-01"},
		[]any{"王小明", "13812345678", "A1", "网格员", "", "2020-01-01"})
	done := o.load(t, bureau(), l, "")
	if done.Rejected != 4 || done.Inserted+done.Duties.Inserted != 0 || o.state(t) != before {
		t.Errorf("%+v %v", done, notes(done))
	}
}

func TestLedgerOfManyRows(t *testing.T) {
	o := newOffice(t)
	rows := [][]any{{"姓名", "电话", "网格", "角色", "起"}}
	for i := range 2000 {
		rows = append(rows, []any{fmt.Sprintf("员%d", i), fmt.Sprintf("138%08d", i), []string{"A1", "A2", "B1"}[i%3], "网格员", "2026-01-01"})
	}
	l := sheetOf(t, rows...)
	if done := o.load(t, bureau(), l, "duty"); done.Inserted != 2000 || done.Duties.Inserted != 2000 || done.Rejected != 0 {
		t.Errorf("%+v", done)
	}
	if done := o.load(t, bureau(), l, "duty"); done.Unchanged != 2000 || done.Duties.Unchanged != 2000 {
		t.Errorf("%+v", done)
	}
}
