package v1

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/param"
	"wangge/geo"
	"wangge/grid"
	"wangge/grid/lattice"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// integrityRoutes are those that hold nets against what they should be.
func (h *Handler) integrityRoutes() []Route {
	params := []Param{paramScheme(), paramRegion(), {Name: "kind", Title: "问题类别", TitleE: "kind of findings"},
		{Name: "limit", Title: "最多列出的条数，缺省 1000，最多 5000", TitleE: "findings listed, 1000 by default, 5000 at most"}}
	return []Route{
		{Path: "/integrity", Reads: true, Params: params, Title: "网格完整性", TitleE: "What is wrong with a net", Reply: integrityJSON{}, Serve: h.integrity},
		{Method: http.MethodPost, Path: "/integrity/repairs", Needs: rights.EditGrid, Reads: true, Params: []Param{{Name: "dry_run", Title: "true 为只算不改", TitleE: "true: nothing stays"}}, Title: "采纳修复建议", TitleE: "Accept a proposed repair", Body: repairBody{}, Reply: editedJSON{}, Serve: h.repair},
	}
}

type integrityJSON struct {
	Scheme   string         `json:"scheme"`
	Revision string         `json:"revision"`
	Checked  int            `json:"checked" doc:"查了多少网格"`
	TookMS   int64          `json:"took_ms"`
	Findings []findingJSON  `json:"findings"`
	Totals   map[string]int `json:"totals" doc:"各类问题数，含未列出的"`
}

type findingJSON struct {
	ID        string           `json:"id"`
	Kind      lattice.Kind     `json:"kind"`
	Base      lattice.Kind     `json:"base,omitempty" doc:"碎缝是 gap 还是 overlap"`
	Severity  grid.Severity    `json:"severity"`
	AreaM2    float64          `json:"area_m2"`
	WidthM    float64          `json:"width_m" doc:"最宽处"`
	Grids     []string         `json:"grids"`
	Message   string           `json:"message"`
	MessageEn string           `json:"message_en"`
	Geometry  geojson.Geometry `json:"geometry"`
	Repair    *repairJSON      `json:"repair"`
}

type repairJSON struct {
	Shapes []repairedJSON `json:"shapes"`
	Note   string         `json:"note"`
	NoteEn string         `json:"note_en"`
}

type repairedJSON struct {
	Code     string           `json:"code"`
	Geometry geojson.Geometry `json:"geometry"`
}

type repairBody struct {
	Scheme  string `json:"scheme"`
	Finding string `json:"finding" doc:"问题的 id"`
	Note    string `json:"note,omitempty"`
}

// How many findings are listed, and for how many of them repairs are proposed.
const (
	findingLimit    = 1000
	maxFindingLimit = 5000
	repairsProposed = 500
)

func (h *Handler) integrity(w http.ResponseWriter, r *http.Request) error {
	began := time.Now()
	q := h.Query(r)
	words := []string{""}
	for _, k := range grid.FindingKinds() {
		words = append(words, string(k))
	}
	region, kind, limit := q.Text("region", codeRunes), q.OneOf("kind", words...), q.Int("limit", findingLimit, 1, maxFindingLimit)
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	scheme, err := h.schemeAsked(r, n)
	if err != nil {
		return err
	}
	if region != "" && n.Region(region) == nil {
		return param.InQuery("region", "没有这个区域", "there is no such region")
	}
	report, err := n.Integrity(r.Context(), scheme)
	if err != nil {
		return err
	}
	answer := integrityJSON{Scheme: scheme, Revision: fmt.Sprint(view.Revision()), Checked: report.Checked, Findings: []findingJSON{}, Totals: map[string]int{}}
	for _, f := range report.Findings {
		if kind != "" && string(f.Kind) != kind || region != "" && !n.Lies(f, region) {
			continue
		}
		if answer.Totals[string(f.Kind)]++; len(answer.Findings) == limit {
			continue
		}
		j := describeFinding(f)
		if len(answer.Findings) < repairsProposed {
			j.Repair = proposeRepair(n, report, f)
		}
		answer.Findings = append(answer.Findings, j)
	}
	answer.TookMS = time.Since(began).Milliseconds()
	return h.json(w, r, answer)
}

// repair accepts what is proposed for a finding.
func (h *Handler) repair(w http.ResponseWriter, r *http.Request) error {
	var body repairBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	return h.edit(w, r, body, body.Note, func(ctx context.Context, t *postgres.Tx) (postgres.Edited, error) {
		return t.RepairGrids(ctx, body.Scheme, body.Finding, body.Note)
	})
}

func describeFinding(f grid.Finding) findingJSON {
	j := findingJSON{
		ID: f.ID, Kind: f.Kind, Base: f.Base, Severity: f.Severity, AreaM2: math.Round(f.AreaM2*1e4) / 1e4, WidthM: math.Round(f.WidthM*1e4) / 1e4,
		Grids: nonNil(f.Grids), Geometry: geometryOf(f.Shape),
	}
	j.Message, j.MessageEn = f.Say()
	return j
}

// proposeRepair is what would mend a finding, or nil.
func proposeRepair(n *grid.Net, report *grid.Report, f grid.Finding) *repairJSON {
	change, ok := report.Repair(f)
	if !ok {
		return nil
	}
	j := &repairJSON{Shapes: []repairedJSON{}, Note: "按建议调整 " + string(f.Kind), NoteEn: "as proposed for the " + string(f.Kind)}
	var codes []string
	for id, shape := range change.Shapes {
		if g := n.GridByID(id); g != nil {
			j.Shapes = append(j.Shapes, repairedJSON{g.Code, geometryOf(shape)})
			if !change.Touched[id] {
				codes = append(codes, g.Code)
			}
		}
	}
	slices.Sort(codes)
	slices.SortFunc(j.Shapes, func(a, b repairedJSON) int { return strings.Compare(a.Code, b.Code) })
	of, ofEn := strings.Join(codes, "、"), strings.Join(codes, ", ")
	switch base := f.Kind; {
	case base == lattice.Gap, f.Base == lattice.Gap:
		j.Note, j.NoteEn = "空白划入 "+of, "the gap goes to "+ofEn
	case base == lattice.Overlap, f.Base == lattice.Overlap:
		j.Note, j.NoteEn = "重叠部分从 "+of+" 划出", "the overlap is cut off "+ofEn
	case base == lattice.Outside:
		j.Note, j.NoteEn = "越界部分从 "+of+" 划出", "what lies outside is cut off "+ofEn
	}
	return j
}

// checkGeometry tells what is wrong with a shape, in the words of package geo.
func checkGeometry(shape orb.Geometry, pointer string) error {
	var fault *geo.Fault
	if err := geo.Check(shape); errors.As(err, &fault) {
		return param.InBody(pointer+"/coordinates"+fault.Path, fault.Code.Title(), fault.Code.TitleEn())
	}
	return nil
}
