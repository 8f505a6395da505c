package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"wangge/layers/postgres"
)

// CheckCmd holds what is derived or kept in memory against the record. Without a word it checks what is derived.
type CheckCmd struct {
	Record      checkRecordCmd      `cmd:"" default:"withargs" help:"Hold regions and grids of all features against their geometry. 核对派生数据"`
	Grid        checkGridCmd        `cmd:"" help:"Hold a net of grids against what it should be: gaps, overlaps, codes. 核对网格"`
	Memory      checkMemoryCmd      `cmd:"" help:"Hold the memory of a running server against the record. 核对内存与数据库"`
	Certificate checkCertificateCmd `cmd:"" help:"Compute a certificate again from the record. 重算证明"`
}

// checkRecordCmd holds the regions and grids of all features against their geometry.
type checkRecordCmd struct {
	recordFlags
	JSON bool `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
}

// errDiffers ends a check that found something.
var errDiffers = errors.New("the record differs from its rules 派生数据与规则不符")

// shownDifferences bounds what a check prints.
const shownDifferences = 100

// Run checks, prints the differences, and fails where there are any.
func (c *checkRecordCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	var result struct {
		Checked     int64                 `json:"checked"`
		Differences int64                 `json:"differences"`
		First       []postgres.Difference `json:"first"`
	}
	result.First = []postgres.Difference{}
	bar := newProgress(console.err)
	result.Checked, err = postgres.NewChecker(r.pool).Check(ctx, func(d postgres.Difference) error {
		if result.Differences++; len(result.First) < shownDifferences {
			result.First = append(result.First, d)
		}
		return nil
	}, bar.Report)
	bar.End()
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(console.out).Encode(result)
	} else {
		var text strings.Builder
		for _, d := range result.First {
			fmt.Fprintf(&text, "%s %d %s: recorded 记录 %q, computed 应为 %q\n", d.Layer, d.ID, d.What, d.Recorded, d.Computed)
		}
		fmt.Fprintf(&text, "checked 已核对 %d, differences 差异 %d\n", result.Checked, result.Differences)
		_, err = io.WriteString(console.out, text.String())
	}
	if err == nil && result.Differences > 0 {
		err = errDiffers
	}
	return err
}
