package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/geo"
	"wangge/grid"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/ingest"
)

type gridCmd struct {
	Make   gridMakeCmd   `cmd:"" help:"Propose grids along streets over an area that has none. 沿街划格，提出方案"`
	Import gridImportCmd `cmd:"" help:"Propose the grids of a file: GeoJSON, Shapefile, GeoPackage. 导入已有网格，提出方案"`
	List   gridListCmd   `cmd:"" help:"List proposals. 列出方案"`
	Accept gridAcceptCmd `cmd:"" help:"Make the grids of a proposal. 采纳方案"`
	Reject gridRejectCmd `cmd:"" help:"Put a proposal aside. 否决方案"`
}

type gridMakeCmd struct {
	recordFlags
	proposeFlags
	Area      string  `help:"GeoJSON file of the area's polygons. 范围文件" type:"existingfile" placeholder:"FILE" xor:"area" required:""`
	Region    string  `help:"Code of the region that is the area: a community, or a region whose communities are laid one by one. 范围区域代码" placeholder:"CODE" xor:"area" required:""`
	Datum     string  `help:"Datum of the file: wgs84 (EPSG:4326, EPSG:4490). 坐标基准" placeholder:"DATUM"`
	Community string  `help:"Code of the community that an area lies in. 社区代码" placeholder:"CODE"`
	Scheme    string  `help:"The net. 网格方案" default:"unit"`
	TargetM2  float64 `help:"Size of a grid in square metres. 目标面积" default:"10000" name:"target-m2"`
}

// proposeFlags are what becomes of a proposal at once.
type proposeFlags struct {
	Accept bool   `help:"Make the grids at once. 立即采纳"`
	Out    string `help:"Write the proposed grids as GeoJSON, for a look. 方案输出文件" type:"path" placeholder:"FILE.geojson"`
	Note   string `help:"A note. 备注" placeholder:"TEXT"`
	JSON   bool   `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
}

// maxAreaBytes bounds the file of an area: a community has some thousand vertices.
const maxAreaBytes = 64 << 20

// Run proposes the grids, and makes them where that is asked for.
func (c *gridMakeCmd) Run(ctx context.Context, console *console) error {
	order := gridpg.LayOrder{Scheme: c.Scheme, Region: c.Region, TargetM2: c.TargetM2, Note: c.Note}
	if c.Community != "" {
		order.Region = c.Community
	}
	if order.Region == "" {
		return usageError("--area needs --community 须用 --community 指明社区")
	}
	if c.Area != "" {
		var err error
		if order.Area, err = readArea(c.Area, c.Datum); err != nil {
			return err
		}
	}
	return c.onRecord(ctx, func(pool *pgxpool.Pool) error {
		if c.Community != "" && c.Region != "" {
			var err error
			if order.Area, err = gridpg.Shape(ctx, pool, c.Region); err != nil {
				return layError(err)
			}
		}
		return c.propose(ctx, pool, console, func(ctx context.Context, t *gridpg.Tx) (gridpg.Proposal, error) {
			p, _, err := t.ProposeLay(ctx, order)
			return p, err
		})
	})
}

// onRecord opens the record for a command.
func (f recordFlags) onRecord(ctx context.Context, do func(pool *pgxpool.Pool) error) error {
	r, err := f.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	return do(r.pool)
}

// propose makes a proposal, writes it where that is asked for, accepts it in the same transaction if it is to be, and tells what came of it.
func (f proposeFlags) propose(ctx context.Context, pool *pgxpool.Pool, console *console, draft func(context.Context, *gridpg.Tx) (gridpg.Proposal, error)) error {
	var told proposalTold
	err := asOperator(ctx, pool, func(ctx context.Context, t *gridpg.Tx) error {
		p, err := draft(ctx, t)
		told = proposalTold{Proposal: p}
		if err != nil || !f.Accept {
			return err
		}
		told.Proposal, told.edited, err = t.AcceptProposal(ctx, p.ID, 0, "")
		return err
	})
	if err != nil {
		return layError(err)
	}
	if f.Out != "" {
		if err := writeProposal(ctx, pool, told.ID, f.Out); err != nil {
			return err
		}
	}
	return told.tell(console, f.JSON)
}

// asOperator runs a use case on behalf of who runs the command.
func asOperator(ctx context.Context, pool *pgxpool.Pool, do func(context.Context, *gridpg.Tx) error) error {
	_, err := gridpg.NewStore(pool).Write(ctx, gridpg.Caller{Actor: rights.Operator(actor())}, func(ctx context.Context, t *gridpg.Tx) (gridpg.Answer, error) {
		return gridpg.Answer{}, do(ctx, t)
	})
	return err
}

// layError says in Chinese too what the caller can mend.
func layError(err error) error {
	for _, k := range []struct {
		is error
		zh string
	}{
		{gridpg.ErrTaken, "该范围已有网格"}, {gridpg.ErrUnknownRegion, "区域不存在或没有范围"}, {gridpg.ErrNoScheme, "网格方案不存在"},
		{grid.ErrSequence, "社区内的网格序号已用完，可用 --target-m2 划大些"}, {gridpg.ErrDecided, "方案已经采纳或否决"}, {gridpg.ErrNotFound, "没有这个方案"},
		{grid.ErrTooLarge, "范围过大"}, {grid.ErrCode, "代码不符合编码规则"}, {grid.ErrPattern, "网格方案的编码规则有误"},
	} {
		if errors.Is(err, k.is) {
			return fmt.Errorf("%s: %w", k.zh, err)
		}
	}
	return err
}

// proposalTold is what a command tells of a proposal.
type proposalTold struct {
	gridpg.Proposal
	edited gridpg.Edited
}

func (p proposalTold) tell(console *console, asJSON bool) error {
	first, last := "", ""
	if n := len(p.edited.Made); n > 0 {
		first, last = p.edited.Made[0].Code, p.edited.Made[n-1].Code
	}
	if asJSON {
		return json.NewEncoder(console.out).Encode(map[string]any{
			"proposal": p.ID, "scheme": p.Scheme, "region": p.Region, "kind": p.Kind, "state": p.State, "grids": p.Cells, "area_m2": p.AreaM2, "report": p.Report,
			"edit": p.Edit, "made": len(p.edited.Made), "changed": len(p.edited.Changed), "first": first, "last": last})
	}
	var text strings.Builder
	if p.ID == 0 {
		text.WriteString("nothing was kept 未保存\n")
	} else {
		fmt.Fprintf(&text, "proposal 方案 %d: %d grids 网格, %.0f m², %s\n", p.ID, p.Cells, p.AreaM2, stateWords(p.State))
	}
	var report map[string]any
	if json.Unmarshal(p.Report, &report) == nil {
		tellReport(&text, report)
	}
	switch {
	case p.ID == 0:
	case p.State == gridpg.ProposalOpen:
		fmt.Fprintf(&text, "wangge grid accept %d 采纳, wangge grid reject %d 否决\n", p.ID, p.ID)
	case p.Edit != 0:
		fmt.Fprintf(&text, "edit 调整 %d: %d made 新增, %d redrawn 重画, %s to %s\n", p.Edit, len(p.edited.Made), len(p.edited.Changed), first, last)
	}
	_, err := io.WriteString(console.out, text.String())
	return err
}

func stateWords(state string) string {
	switch state {
	case gridpg.ProposalAccepted:
		return "accepted 已采纳"
	case gridpg.ProposalRejected:
		return "rejected 已否决"
	}
	return "open 待定"
}

// tellReport writes the figures of a report, one a line.
func tellReport(text *strings.Builder, report map[string]any) {
	for _, name := range sortedKeys(report) {
		value := report[name]
		if list, is := value.([]any); is && len(list) > shownOfList {
			value = fmt.Sprintf("%v … (%d)", list[:shownOfList], len(list))
		} else if is {
			value = fmt.Sprintf("%v (%d)", list, len(list))
		}
		if inner, is := value.(map[string]any); is {
			var parts []string
			for _, k := range sortedKeys(inner) {
				parts = append(parts, fmt.Sprintf("%s %v", k, rounded(inner[k])))
			}
			value = strings.Join(parts, ", ")
		}
		fmt.Fprintf(text, "  %-14s %v\n", name, rounded(value))
	}
}

// shownOfList bounds what of a list is told.
const shownOfList = 20

// rounded makes figures readable.
func rounded(v any) any {
	if x, is := v.(float64); is {
		if x == float64(int64(x)) || x > 1000 {
			return fmt.Sprintf("%.0f", x)
		}
		return fmt.Sprintf("%.3g", x)
	}
	return v
}

// readArea reads the polygons of a GeoJSON file, whether features or bare geometry.
func readArea(path, datum string) (orb.MultiPolygon, error) {
	if err := ingest.CheckDatum(datum); err != nil {
		return nil, usageError("%v", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, maxAreaBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxAreaBytes {
		return nil, fmt.Errorf("%s has more than %d MB 文件过大", path, maxAreaBytes>>20)
	}
	area, err := polygons(data)
	if err != nil {
		return nil, fmt.Errorf("%s: no area in it 文件中没有面: %w", path, err)
	}
	if err := geo.Check(area); err != nil {
		return nil, fmt.Errorf("%s: 范围无效: %w", path, err)
	}
	return area, nil
}

var errNoPolygon = errors.New("no polygon")

func polygons(data []byte) (orb.MultiPolygon, error) {
	var shapes []orb.Geometry
	if collection, err := geojson.UnmarshalFeatureCollection(data); err == nil {
		for _, f := range collection.Features {
			shapes = append(shapes, f.Geometry)
		}
	} else if feature, err := geojson.UnmarshalFeature(data); err == nil {
		shapes = append(shapes, feature.Geometry)
	} else if bare, err := geojson.UnmarshalGeometry(data); err == nil {
		shapes = append(shapes, bare.Geometry())
	} else {
		return nil, err
	}
	var area orb.MultiPolygon
	for _, shape := range shapes {
		switch shape := shape.(type) {
		case orb.Polygon:
			area = append(area, shape)
		case orb.MultiPolygon:
			area = append(area, shape...)
		}
	}
	if len(area) == 0 {
		return nil, errNoPolygon
	}
	return area, nil
}
