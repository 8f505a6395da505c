package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/geojson"

	gridpg "wangge/grid/postgres"
)

type gridListCmd struct {
	recordFlags
	Scheme string `help:"Of one net only. 网格方案" placeholder:"SCHEME"`
	State  string `help:"open, accepted or rejected; all by default. 状态" enum:"open,accepted,rejected,all" default:"all"`
	JSON   bool   `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
}

// listedProposals bounds a list.
const listedProposals = 200

// Run lists proposals, the latest first.
func (c *gridListCmd) Run(ctx context.Context, console *console) error {
	return c.onRecord(ctx, func(pool *pgxpool.Pool) error {
		filter := gridpg.ProposalFilter{Scheme: c.Scheme, State: c.State, Limit: listedProposals}
		if filter.State == "all" {
			filter.State = ""
		}
		list, total, err := gridpg.NewStore(pool).Proposals(ctx, filter)
		if err != nil {
			return err
		}
		if c.JSON {
			items := []map[string]any{}
			for _, p := range list {
				items = append(items, map[string]any{"id": p.ID, "scheme": p.Scheme, "region": p.Region, "kind": p.Kind, "state": p.State, "grids": p.Cells, "area_m2": p.AreaM2, "made_at": p.MadeAt, "made_by": p.MadeBy})
			}
			return json.NewEncoder(console.out).Encode(map[string]any{"items": items, "total": total})
		}
		var text strings.Builder
		for _, p := range list {
			fmt.Fprintf(&text, "%6d  %-8s %-14s %-7s %5d grids 网格 %12.0f m²  %s  %s %s\n", p.ID, p.Scheme, p.Region, p.Kind, p.Cells, p.AreaM2, stateWords(p.State), p.MadeAt.Format("2006-01-02 15:04"), p.MadeBy)
		}
		fmt.Fprintf(&text, "total 合计 %d\n", total)
		_, err = io.WriteString(console.out, text.String())
		return err
	})
}

// decideFlags are those of commands that decide about a proposal.
type decideFlags struct {
	recordFlags
	Note string `help:"A note. 备注" placeholder:"TEXT"`
	JSON bool   `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
	ID   int64  `arg:"" help:"Number of the proposal. 方案编号"`
}

type gridAcceptCmd struct{ decideFlags }

type gridRejectCmd struct{ decideFlags }

// Run makes the grids of a proposal.
func (c *gridAcceptCmd) Run(ctx context.Context, console *console) error {
	return c.decide(ctx, console, func(ctx context.Context, t *gridpg.Tx, told *proposalTold) (err error) {
		told.Proposal, told.edited, err = t.AcceptProposal(ctx, c.ID, 0, c.Note)
		return err
	})
}

// Run puts a proposal aside.
func (c *gridRejectCmd) Run(ctx context.Context, console *console) error {
	return c.decide(ctx, console, func(ctx context.Context, t *gridpg.Tx, told *proposalTold) (err error) {
		told.Proposal, err = t.RejectProposal(ctx, c.ID, 0, c.Note)
		return err
	})
}

func (c *decideFlags) decide(ctx context.Context, console *console, do func(context.Context, *gridpg.Tx, *proposalTold) error) error {
	return c.onRecord(ctx, func(pool *pgxpool.Pool) error {
		var told proposalTold
		err := asOperator(ctx, pool, func(ctx context.Context, t *gridpg.Tx) error { return do(ctx, t, &told) })
		if err != nil {
			return layError(err)
		}
		return told.tell(console, c.JSON)
	})
}

// writeProposal writes the grids of a proposal as GeoJSON.
func writeProposal(ctx context.Context, pool *pgxpool.Pool, id int64, path string) error {
	_, cells, err := gridpg.NewStore(pool).Proposal(ctx, id)
	if err != nil {
		return err
	}
	collection := geojson.NewFeatureCollection()
	for _, c := range cells {
		f := geojson.NewFeature(c.Shape)
		f.ID = c.Ordinal
		f.Properties = geojson.Properties{"ordinal": c.Ordinal, "area_m2": c.AreaM2}
		for name, value := range map[string]string{"code": c.Code, "name": c.Name, "remark": c.Remark} {
			if value != "" {
				f.Properties[name] = value
			}
		}
		collection.Append(f)
	}
	text, err := json.Marshal(collection)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644) //nolint:gosec // a map for everybody to look at
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
