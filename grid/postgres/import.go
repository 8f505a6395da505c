package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/rights"
)

// ImportOrder is what somebody wants the grids of a file proposed for.
type ImportOrder struct {
	Scheme, Note string
	File         string // its name, for the record
	ToleranceM   float64
	Drawn        []grid.Drawn
}

// ImportReport tells what a file holds, against the record too.
type ImportReport struct {
	grid.MendReport
	New       int             `json:"new" doc:"新增的网格数"`
	Redrawn   int             `json:"redrawn" doc:"代码已有、范围不同的网格数"`
	Unchanged int             `json:"unchanged" doc:"代码与范围都已有的网格数"`
	Outside   int             `json:"outside" doc:"越出编码所属区划的网格数，照收"`
	Worst     []importFinding `json:"worst" doc:"仍然存在的问题，最大的在前"`
}

// importFinding is something wrong with the grids of a file.
type importFinding struct {
	Kind   lattice.Kind `json:"kind"`
	Rows   []int64      `json:"rows"`
	AreaM2 float64      `json:"area_m2"`
	WidthM float64      `json:"width_m"`
	At     [2]float64   `json:"at"`
}

// worstShown bounds the findings of a report.
const worstShown = 200

const (
	// knownSQL finds the grids of a scheme that have one of some codes, or had it.
	knownSQL = ` WHERE g.scheme = $1 AND g.code = ANY ($2)`

	// givenSQL finds codes that were given to what is no grid any more.
	givenSQL = `
SELECT r.code FROM code_registry r WHERE r.entity = 'grid' AND r.code_scheme = $1 AND r.code = ANY ($2)
  AND NOT EXISTS (SELECT FROM grid g WHERE g.scheme = $1 AND g.code = r.code)`

	// onOthersSQL finds which of some shapes have ground of grids other than those named, more than a border's width, and of which.
	onOthersSQL = `
SELECT x.nth, min(g.code) FROM unnest($2::bytea[]) WITH ORDINALITY x (shape, nth), LATERAL (SELECT ST_GeomFromEWKB(x.shape) AS geom) s
JOIN grid g ON g.scheme = $1 AND g.valid_to IS NULL AND g.id <> ALL ($3) AND ST_Intersects(g.geom, s.geom)
WHERE ST_Area(ST_CollectionExtract(ST_Intersection(g.geom, s.geom), 3)::geography) > 1 GROUP BY x.nth`
)

// ProposeImport mends the grids of a file, holds them against the record, and keeps those that can be used as a proposal. Those whose code and
// ground are there already are left out; a proposal without grids is none: its number is 0. Errors: rights', ErrNoScheme, and those of grid.Mend.
func (t *Tx) ProposeImport(ctx context.Context, o ImportOrder) (Proposal, []grid.DrawnReject, error) {
	if err := t.Caller.Actor.May(rights.EditGrid, rights.Place{}); err != nil {
		return Proposal{}, nil, err
	}
	d, err := t.open(ctx, o.Scheme)
	if err != nil {
		return Proposal{}, nil, err
	}
	m, err := grid.Mend(ctx, filled(o.Drawn, d.scheme.Pattern), o.ToleranceM)
	if err != nil {
		return Proposal{}, nil, err
	}
	g := &gate{desk: d, report: ImportReport{MendReport: m.Report, Worst: worst(m)}, refused: m.Refused}
	if err := g.hold(ctx, m.Cells); err != nil {
		return Proposal{}, nil, err
	}
	slices.SortStableFunc(g.refused, func(a, b grid.DrawnReject) int { return int(a.Row - b.Row) })
	g.report.Cells = len(g.cells)
	p := Proposal{Scheme: o.Scheme, Kind: grid.EditImport, State: ProposalOpen, Note: o.Note}
	if p.Report, err = json.Marshal(g.report); err != nil {
		return Proposal{}, nil, err
	}
	if p.Options, err = json.Marshal(map[string]any{"file": o.File, "tolerance_m": o.ToleranceM}); err != nil {
		return Proposal{}, nil, err
	}
	if len(g.cells) > 0 {
		p, err = t.keepProposal(ctx, p, g.cells)
	}
	return p, g.refused, err
}

// filled gives codes back the zeros that they began with and that a spreadsheet took for nothing, where codes are running numbers.
func filled(drawn []grid.Drawn, p grid.CodePattern) []grid.Drawn {
	if p.Validate() != nil || p.RegionDigits() > 0 {
		return drawn
	}
	out := slices.Clone(drawn)
	for i := range out {
		if code := out[i].Code; code != "" && strings.Trim(code, "0123456789") == "" {
			out[i].Code = strings.Repeat("0", max(0, p.Digits()-len(code))) + code
		}
	}
	return out
}

// worst lists the largest findings.
func worst(m grid.Mended) []importFinding {
	all := slices.SortedStableFunc(slices.Values(m.Findings), func(a, b lattice.Finding) int {
		switch {
		case a.AreaM2 > b.AreaM2:
			return -1
		case a.AreaM2 < b.AreaM2:
			return 1
		}
		return 0
	})
	out := []importFinding{}
	for _, f := range all[:min(len(all), worstShown)] {
		x := importFinding{Kind: f.Kind, AreaM2: f.AreaM2, WidthM: f.WidthM, At: f.Shape.Bound().Center()}
		for _, id := range f.Cells {
			x.Rows = append(x.Rows, m.Cells[id].Row)
		}
		out = append(out, x)
	}
	return out
}

// gate lets those grids of a file through that can stand beside the record's.
type gate struct {
	*desk
	report  ImportReport
	refused []grid.DrawnReject
	cells   []ProposedCell
}

func (g *gate) refuse(c grid.MendedCell, reason, zh, en, detail string) {
	g.refused = append(g.refused, grid.DrawnReject{Row: c.Row, Key: c.Code, Reason: reason, Zh: zh, En: en, Detail: detail})
	g.report.Refused[reason]++
}

// hold looks at every grid of a file.
func (g *gate) hold(ctx context.Context, cells []grid.MendedCell) error {
	known, given, err := g.known(ctx, cells)
	if err != nil {
		return err
	}
	lies, err := g.where(ctx, cells)
	if err != nil {
		return err
	}
	var but []int64 // grids that the file has too: they are redrawn, or agree
	for _, k := range known {
		but = append(but, k.ID)
	}
	on, err := g.onOthers(ctx, cells, but)
	if err != nil {
		return err
	}
	for i, c := range cells {
		k, there := known[c.Code]
		switch reason, zh, en, detail := g.fault(c, lies[i]); {
		case reason != "":
			g.refuse(c, reason, zh, en, detail)
			continue
		case there && k.Term.To != 0:
			g.refuse(c, "code_retired", "代码属于已停用的网格", "the code is that of a grid which is no more", "")
			continue
		case given[c.Code]:
			g.refuse(c, "code_taken", "代码已给过别的网格，不得再用", "the code was given before", "")
			continue
		case there && sameGround(k.Shape, c.Shape):
			g.report.Unchanged++
			continue
		case on[i] != "":
			g.refuse(c, "ground_taken", "该处已有文件以外的网格", "grids that the file does not have lie there", on[i])
			continue
		case there:
			g.report.Redrawn++
		default:
			g.report.New++
		}
		if lies[i].outsideM2 > outsideM2 {
			g.report.Outside++
			c.Remark = strings.TrimPrefix(c.Remark+fmt.Sprintf("；越出区划 outside its division: %.0f m²", lies[i].outsideM2), "；")
		}
		g.cells = append(g.cells, ProposedCell{Ordinal: len(g.cells) + 1, Code: c.Code, Name: c.Name, Remark: c.Remark, AreaM2: geo.AreaMultiM2(c.Shape), Shape: c.Shape})
	}
	return nil
}

// fault is what is wrong with a grid's code where the pattern makes codes; "" for nothing.
func (g *gate) fault(c grid.MendedCell, l lie) (reason, zh, en, detail string) {
	p := g.scheme.Pattern
	switch {
	case p.Validate() != nil && c.Code == "":
		return "no_code", "没有代码，方案也没有编码规则", "no code, and the scheme's pattern makes none", ""
	case p.Validate() != nil:
		return "", "", "", ""
	case c.Code == "" && p.RegionKind() != "" && l.home == "":
		return "no_division", "此处没有可供编码的区划", "no division lies there to give a code in", ""
	case c.Code == "":
		return "", "", "", ""
	}
	code, err := p.Parse(c.Code)
	switch {
	case err != nil:
		return "not_a_code", "不是本方案的代码", "not a code of this scheme", err.Error()
	case p.RegionKind() != "" && code.Region != l.home:
		return "misnamed", "代码与所在区划不符", "the code names another place", fmt.Sprintf("%s, %s", code.Region, l.home)
	}
	return "", "", "", ""
}

// where asks where cells lie.
func (g *gate) where(ctx context.Context, cells []grid.MendedCell) ([]lie, error) {
	digits := 0
	if g.scheme.Pattern.Validate() == nil {
		digits = g.scheme.Pattern.RegionDigits()
	}
	if digits == 0 {
		return make([]lie, len(cells)), nil
	}
	shapes, named := shapesOf(cells), make([]string, len(cells))
	return g.lies(ctx, shapes, named, digits)
}

func shapesOf(cells []grid.MendedCell) []orb.MultiPolygon {
	shapes := make([]orb.MultiPolygon, len(cells))
	for i := range cells {
		shapes[i] = cells[i].Shape
	}
	return shapes
}

// known finds the grids that have the codes of cells, and the codes that were given to something else.
func (g *gate) known(ctx context.Context, cells []grid.MendedCell) (map[string]grid.Grid, map[string]bool, error) {
	var codes []string
	for _, c := range cells {
		if c.Code != "" {
			codes = append(codes, c.Code)
		}
	}
	found, err := query(ctx, g.tx, gridsSQL+knownSQL, []any{g.scheme.Code, codes}, readGrid)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]grid.Grid{}
	for _, k := range found {
		known[k.Code] = k
	}
	list, err := query(ctx, g.tx, givenSQL, []any{g.scheme.Code, codes}, pgx.RowTo[string])
	given := map[string]bool{}
	for _, code := range list {
		given[code] = true
	}
	return known, given, err
}

// onOthers finds the cells of an exclusive scheme that have ground of other grids: by place, the code of one.
func (g *gate) onOthers(ctx context.Context, cells []grid.MendedCell, but []int64) (map[int]string, error) {
	on := map[int]string{}
	if !g.scheme.Exclusive {
		return on, nil
	}
	encoded, err := encodeAll(shapesOf(cells))
	if err != nil {
		return nil, err
	}
	rows, err := g.tx.Query(ctx, onOthersSQL, g.scheme.Code, encoded, append([]int64{}, but...))
	if err != nil {
		return nil, err
	}
	var nth int
	var code string
	_, err = pgx.ForEachRow(rows, []any{&nth, &code}, func() error {
		on[nth-1] = code
		return nil
	})
	return on, err
}

// sameGround tells whether two shapes differ by no more than rounding: their borders may have other vertices.
func sameGround(a, b orb.MultiPolygon) bool {
	if a.Equal(b) {
		return true
	}
	_, onlyA, onlyB := lattice.Overlay(a, b)
	m := 0.0
	for _, p := range b {
		for _, r := range p {
			m += geo.LengthM(orb.LineString(r))
		}
	}
	return geo.AreaMultiM2(onlyA)+geo.AreaMultiM2(onlyB) < 1e-3*m
}

// adoptRead makes grids of what a file holds: new ones, and those redrawn whose code is there already. What was told of when they were proposed (ground
// outside the division) is no reason to refuse them now.
func (d *desk) adoptRead(ctx context.Context, p *plan, held Proposal, cells []ProposedCell) (Edited, error) {
	var codes []string
	for _, c := range cells {
		codes = append(codes, c.Code)
	}
	known, err := query(ctx, d.tx, gridsSQL+byCodesSQL, []any{d.scheme.Code, codes}, readGrid)
	if err != nil {
		return Edited{}, err
	}
	ids := map[string]int64{}
	for _, k := range known {
		if k.Term.To != 0 {
			return Edited{}, fmt.Errorf("%w: %s", grid.ErrRetired, k.Code)
		}
		ids[k.Code] = k.ID
	}
	for _, c := range cells {
		if id, there := ids[c.Code]; there && c.Code != "" {
			p.shapes[id] = c.Shape
		} else {
			p.made = append(p.made, newGrid{shape: c.Shape, name: c.Name, code: c.Code})
		}
	}
	if d.scheme.Exclusive {
		if err := d.checkCovered(ctx, held.ID, slices.Sorted(maps.Keys(p.shapes))); err != nil {
			return Edited{}, err
		}
	}
	if err := d.neighbours(ctx, p); err != nil {
		return Edited{}, err
	}
	if err := d.numberRead(ctx, p); err != nil {
		return Edited{}, err
	}
	lenient := *d
	lenient.scheme.Pattern = nil // no rule for codes and divisions
	return lenient.apply(ctx, p)
}

// numberRead gives codes to those grids of a file that have none: the numbers after all that were ever given in the division, and after the file's own.
func (d *desk) numberRead(ctx context.Context, p *plan) error {
	var bare []int
	var shapes []orb.MultiPolygon
	for i, g := range p.made {
		if g.code == "" {
			bare, shapes = append(bare, i), append(shapes, g.shape)
		}
	}
	if len(bare) == 0 {
		return nil
	}
	pattern := d.scheme.Pattern
	if err := pattern.Validate(); err != nil {
		return fmt.Errorf("scheme %s: %w", d.scheme.Code, err)
	}
	lies, err := d.lies(ctx, shapes, make([]string, len(bare)), pattern.RegionDigits())
	if err != nil {
		return err
	}
	byRegion := map[string][]int{}
	for n, i := range bare {
		region, err := d.home(p.made[i], lies[n])
		if err != nil {
			return err
		}
		byRegion[region] = append(byRegion[region], i)
	}
	for _, region := range slices.Sorted(maps.Keys(byRegion)) {
		last, err := lastCode(ctx, d.tx, d.scheme.Code, region, pattern)
		if err != nil {
			return err
		}
		for _, g := range p.made {
			if len(g.code) == pattern.Digits() && strings.HasPrefix(g.code, region) {
				last = max(last, g.code)
			}
		}
		codes, err := pattern.After(region, last, len(byRegion[region]))
		if err != nil {
			return err
		}
		for n, i := range byRegion[region] {
			p.made[i].code = codes[n]
		}
	}
	return nil
}
