package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	v1 "wangge/api/v1"
	"wangge/grid/ledger"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
)

// peopleCmd is for people and their duties.
type peopleCmd struct {
	Import peopleImportCmd `cmd:"" help:"Load people and duties from a ledger (xlsx). 导入人员台账"`
}

// peopleImportCmd loads a people ledger into the record.
type peopleImportCmd struct {
	recordFlags
	DryRun bool   `help:"Check everything, write nothing. 只核对、不写入" name:"dry-run"`
	Scheme string `help:"The net that the ledger's grids are of; any by default. 网格方案" placeholder:"SCHEME"`
	Report string `help:"Where what is to be said of rows is written as JSON lines; by default NAME.report.jsonl in the working folder, if there is anything. 报告文件" type:"path" placeholder:"PATH"`
	JSON   bool   `help:"End with the result as one line of JSON. 以 JSON 输出结果" name:"json"`
	File   string `arg:"" help:"An xlsx workbook." type:"path"`
}

// Run imports the ledger and tells what became of its rows.
func (c *peopleImportCmd) Run(ctx context.Context, console *console) error {
	data, err := readWorkbook(c.File)
	if err != nil {
		return err
	}
	book, err := v1.ReadLedger(ctx, data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	report := newReport(c.Report, c.File)
	defer report.drop()
	if report.named { // better now than after the import
		if err := report.open(); err != nil {
			return err
		}
	}
	result, err := c.write(ctx, gridpg.NewStore(r.pool), book)
	if errors.Is(err, gridpg.ErrNoScheme) {
		return usageError("there is no scheme %q 没有这个网格方案", c.Scheme)
	}
	if err != nil {
		return err
	}
	for _, n := range result.Rows {
		if err := report.line(n); err != nil {
			return err
		}
	}
	if err := report.keep(); err != nil {
		return fmt.Errorf("imported, but the report could not be written 已导入，但报告写入失败: %w", err)
	}
	if err := c.tell(console, result, report); err != nil {
		return err
	}
	if result.Read > 0 && result.Rejected == result.Read {
		return errAllRowsRejected
	}
	return nil
}

// errAllRowsRejected ends an import that took nothing.
var errAllRowsRejected = errors.New("every row was rejected 全部行都未导入")

// readWorkbook reads no more of a file than is taken.
func readWorkbook(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, ledger.MaxBytes+1))
	return data, errors.Join(err, file.Close())
}

func (c *peopleImportCmd) write(ctx context.Context, store *gridpg.Store, book ledger.Ledger) (result gridpg.LedgerResult, err error) {
	_, err = store.Write(ctx, gridpg.Caller{Actor: rights.Operator(actor())}, func(ctx context.Context, t *gridpg.Tx) (gridpg.Answer, error) {
		result, err = t.ImportLedger(ctx, book, c.Scheme)
		return gridpg.Answer{DryRun: c.DryRun}, err
	})
	return result, err
}

func (c *peopleImportCmd) tell(console *console, result gridpg.LedgerResult, report *report) error {
	if report.written {
		if _, err := fmt.Fprintf(console.err, "report 报告: %s\n", report.path); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(console.out).Encode(result)
	}
	var text strings.Builder
	if c.DryRun {
		text.WriteString("dry run, nothing was written 仅核对，未写入\n")
	}
	fmt.Fprintf(&text, "rows 行: read 读取 %d, rejected 未导入 %d\n", result.Read, result.Rejected)
	fmt.Fprintf(&text, "people 人员: inserted 新增 %d, updated 更新 %d, unchanged 未变 %d\n", result.Inserted, result.Updated, result.Unchanged)
	fmt.Fprintf(&text, "duties 职责: inserted 新增 %d, updated 更新 %d, unchanged 未变 %d\n", result.Duties.Inserted, result.Duties.Updated, result.Duties.Unchanged)
	_, err := io.WriteString(console.out, text.String())
	return err
}
