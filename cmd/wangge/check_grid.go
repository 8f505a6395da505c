package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/paulmach/orb/geojson"

	"wangge/grid"
	gridpg "wangge/grid/postgres"
)

// checkGridCmd holds a net of grids against what it should be.
type checkGridCmd struct {
	recordFlags
	Scheme string `help:"The net. 网格方案" default:"unit"`
	Region string `help:"Only what lies in this region. 只查此区域" placeholder:"CODE"`
	JSON   bool   `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
	Report string `help:"File for all findings as GeoJSON. 问题清单文件" type:"path" placeholder:"FILE"`
}

// errFindings ends a check that found errors.
var errFindings = errors.New("the net has errors 网格有错误")

// gridFinding is what is told of a finding.
type gridFinding struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Severity string   `json:"severity"`
	AreaM2   float64  `json:"area_m2"`
	WidthM   float64  `json:"width_m"`
	Grids    []string `json:"grids"`
	zh, en   string
}

// Run checks, prints what was found, and fails where any of it is an error.
func (c *checkGridCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	net, err := gridpg.NewStore(r.pool).Net(ctx)
	if err != nil {
		return err
	}
	if c.Region != "" && net.Region(c.Region) == nil {
		return fmt.Errorf("there is no region %s 没有这个区域", c.Region)
	}
	began := time.Now()
	report, err := net.Integrity(ctx, c.Scheme)
	if err != nil {
		return err
	}
	if report == nil {
		return fmt.Errorf("there is no scheme %s 没有这个网格方案", c.Scheme)
	}
	took := time.Since(began)
	found := c.within(net, report)
	if c.Report != "" {
		if err := writeFindings(c.Report, found); err != nil {
			return err
		}
	}
	if err := c.print(console, report, found, took); err != nil {
		return err
	}
	for _, f := range found {
		if f.Severity == grid.SeverityError {
			return errFindings
		}
	}
	return nil
}

// within are the findings in the region.
func (c *checkGridCmd) within(net *grid.Net, report *grid.Report) []grid.Finding {
	found := []grid.Finding{}
	for _, f := range report.Findings {
		if net.Lies(f, c.Region) {
			found = append(found, f)
		}
	}
	return found
}

func (c *checkGridCmd) print(console *console, report *grid.Report, found []grid.Finding, took time.Duration) error {
	totals, listed := map[string]int{}, []gridFinding{}
	for _, f := range found {
		if totals[string(f.Kind)]++; len(listed) < shownDifferences {
			listed = append(listed, tellFinding(f))
		}
	}
	if c.JSON {
		return json.NewEncoder(console.out).Encode(map[string]any{
			"scheme": c.Scheme, "checked": report.Checked, "took_ms": took.Milliseconds(), "totals": totals, "findings": listed})
	}
	for _, f := range listed {
		fmt.Fprintf(console.out, "%s %s %s: %s, %s\n", f.Severity, f.Kind, f.ID, f.zh, f.en)
	}
	_, err := fmt.Fprintf(console.out, "checked 已核对 %d, findings 问题 %d, %.2f s\n", report.Checked, len(found), took.Seconds())
	return err
}

func tellFinding(f grid.Finding) gridFinding {
	out := gridFinding{ID: f.ID, Kind: string(f.Kind), Severity: string(f.Severity), AreaM2: f.AreaM2, WidthM: f.WidthM, Grids: append([]string{}, f.Grids...)}
	out.zh, out.en = f.Say()
	return out
}

// writeFindings writes all findings as features.
func writeFindings(path string, found []grid.Finding) error {
	all := geojson.NewFeatureCollection()
	for _, f := range found {
		feature := geojson.NewFeature(f.Shape)
		said := tellFinding(f)
		feature.Properties = geojson.Properties{
			"id": said.ID, "kind": said.Kind, "base": string(f.Base), "severity": said.Severity, "area_m2": f.AreaM2, "width_m": f.WidthM,
			"grids": said.Grids, "message": said.zh, "message_en": said.en,
		}
		all.Append(feature)
	}
	data, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644) //nolint:gosec // a report is for everybody
}
