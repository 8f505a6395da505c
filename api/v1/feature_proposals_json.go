package v1

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/draft"
	"wangge/grid"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/city"
	"wangge/layers/postgres"
)

type view = *city.View

// featureProposalJSON is what somebody found out about a feature.
type featureProposalJSON struct {
	ID          string               `json:"id"`
	Layer       string               `json:"layer"`
	LayerTitle  string               `json:"layer_title"`
	LayerEn     string               `json:"layer_title_en"`
	Feature     *proposalFeatureJSON `json:"feature" doc:"对象；新增为 null"`
	Finding     layers.Finding       `json:"finding" doc:"exists 有、missing 无、differs 不符、new 新增"`
	State       layers.ProposalState `json:"state" doc:"recorded 已记录、open 待处理、accepted 已采纳、partly 部分采纳、rejected 未采纳、withdrawn 已撤回"`
	Fields      []string             `json:"fields" doc:"涉及的字段"`
	Moves       bool                 `json:"moves" doc:"是否涉及位置"`
	Note        string               `json:"note"`
	At          time.Time            `json:"at"`
	ReceivedAt  time.Time            `json:"received_at"`
	By          finderJSON           `json:"by"`
	Own         bool                 `json:"own" doc:"是否本人的"`
	Lon         *float64             `json:"lon" doc:"核对人所在位置"`
	Lat         *float64             `json:"lat"`
	AccuracyM   *float64             `json:"accuracy_m"`
	Region      *regionRef           `json:"region"`
	Grid        *gridCodeJSON        `json:"grid" doc:"责任网格"`
	Flags       []string             `json:"flags"`
	Decision    *decisionJSON        `json:"decision" doc:"处理结果；未处理为 null"`
	Photos      []proposalPhotoJSON  `json:"photos"`
	Revision    int64                `json:"revision"`
	BaseVersion int64                `json:"base_revision" doc:"核对人所见的对象版本"`
}

// featureProposalDetail is a proposal held against what was seen and what is.
type featureProposalDetail struct {
	featureProposalJSON
	NowVersion *int64          `json:"now_revision" doc:"对象现在的版本；没有对象为 null"`
	Comparison []comparedField `json:"comparison"`
	Geometry   *comparedShape  `json:"geometry" doc:"不涉及位置为 null"`
	Near       []neighbourJSON `json:"near" doc:"新增：附近可能是同一个的对象"`
	Others     []string        `json:"others" doc:"同一对象（或附近新增）的其他待处理建议"`
	Can        []string        `json:"can" doc:"当前用户可做：decide、withdraw"`
}

type proposalFeatureJSON struct {
	ID   int64   `json:"id"`
	Code *string `json:"code"`
	Name *string `json:"name"`
	Gone bool    `json:"gone" doc:"已删除"`
}

type finderJSON struct {
	Holder  *string `json:"holder" doc:"责任主体代号"`
	Name    string  `json:"name" doc:"已遮掩"`
	Account string  `json:"account" doc:"本人可见"`
}

type gridCodeJSON struct {
	Scheme string `json:"scheme"`
	Code   string `json:"code"`
	Name   string `json:"name"`
}

type decisionJSON struct {
	By       string          `json:"by" doc:"处理人账号；网格员所见为遮掩"`
	At       time.Time       `json:"at"`
	Reason   string          `json:"reason"`
	Fields   map[string]bool `json:"fields"`
	Geometry bool            `json:"geometry"`
	Values   map[string]any  `json:"values" doc:"更正的值"`
	Feature  *int64          `json:"feature" doc:"形成或修改的对象编号"`
	Revision *int64          `json:"revision" doc:"对象随之成为的版本"`
}

type proposalPhotoJSON struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	State  string `json:"state" doc:"awaited 未到、stored 已存、refused 未采纳"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// comparedField is a field in three versions.
type comparedField struct {
	Field        string        `json:"field"`
	Title        string        `json:"title"`
	TitleEn      string        `json:"title_en"`
	Type         layers.Type   `json:"type"`
	Unit         string        `json:"unit"`
	Options      []fieldOption `json:"options" doc:"可取的值"`
	Base         any           `json:"base" doc:"核对人所见"`
	Now          any           `json:"now" doc:"现状"`
	Proposed     any           `json:"proposed" doc:"建议"`
	ChangedSince bool          `json:"changed_since" doc:"核对之后他人改过"`
	Same         bool          `json:"same" doc:"现状已与建议一致"`
}

type fieldOption struct {
	Code    string `json:"code"`
	Label   string `json:"label"`
	LabelEn string `json:"label_en"`
}

type comparedShape struct {
	Base         *geojson.Geometry `json:"base"`
	Now          *geojson.Geometry `json:"now"`
	Proposed     *geojson.Geometry `json:"proposed"`
	MovedM       *float64          `json:"moved_m" doc:"由现状到建议移动的米数"`
	ChangedSince bool              `json:"changed_since"`
}

type neighbourJSON struct {
	ID        int64   `json:"id"`
	Code      *string `json:"code"`
	Name      *string `json:"name"`
	DistanceM float64 `json:"distance_m"`
	Likeness  float64 `json:"likeness" doc:"名称相似度，0 到 1"`
}

type confirmationsReply struct {
	Items []confirmationJSON `json:"items"`
}

type confirmationJSON struct {
	Feature int64     `json:"feature"`
	At      time.Time `json:"at"`
}

// proposalTeller tells of proposals to one caller.
type proposalTeller struct {
	net    *grid.Net
	roster *grid.Roster
	who    rights.Actor
	photos map[string][]gridpg.Photo
	names  map[string]map[int64]postgres.Called
}

// proposalTeller reads what is told with some proposals: their photos, and what their features are called.
func (h *Handler) proposalTeller(r *http.Request, view view, list ...layers.Proposal) (*proposalTeller, error) {
	t := &proposalTeller{net: netOf(view), roster: rosterOf(view), who: h.Who(r)}
	owners, ids := make([]string, len(list)), map[string][]int64{}
	for i, p := range list {
		owners[i] = p.ID
		if p.Feature != 0 {
			ids[p.Layer] = append(ids[p.Layer], p.Feature)
		}
	}
	var err error
	if t.photos, err = h.Store.PhotosOf(r.Context(), gridpg.PhotoOfProposal, owners); err != nil {
		return t, err
	}
	t.names, err = h.Features.Called(r.Context(), ids)
	return t, err
}

func (t *proposalTeller) proposal(p layers.Proposal) featureProposalJSON {
	j := featureProposalJSON{
		ID: p.ID, Layer: p.Layer, LayerTitle: p.Layer, LayerEn: p.Layer, Finding: p.Finding, State: p.State, Fields: slices.AppendSeq([]string{}, maps.Keys(p.Values)), Moves: p.Geometry != nil,
		Note: p.Note, At: p.At.UTC(), ReceivedAt: p.Received.UTC(), By: t.finder(p), Own: p.By(t.who.Holder, t.who.Name), AccuracyM: orNull(p.Accuracy), Region: refOfRegion(t.net, p.Region),
		Flags: p.Flags, Decision: t.decision(p), Photos: []proposalPhotoJSON{}, Revision: p.Revision, BaseVersion: p.Base,
	}
	if l := layers.ByID(p.Layer); l != nil {
		j.LayerTitle, j.LayerEn = l.Title.Zh, l.Title.En
	}
	if p.Feature != 0 {
		called, there := t.names[p.Layer][p.Feature]
		j.Feature = &proposalFeatureJSON{ID: p.Feature, Code: called.Code, Name: called.Name, Gone: !there}
	}
	if p.Spot != nil {
		lon, lat := degrees(p.Spot[0]), degrees(p.Spot[1])
		j.Lon, j.Lat = &lon, &lat
	}
	slices.Sort(j.Fields)
	if g := t.net.Ever(p.Grid); g != nil {
		j.Grid = &gridCodeJSON{g.Scheme, g.Code, g.Name}
	}
	for _, x := range t.photos[p.ID] {
		j.Photos = append(j.Photos, proposalPhotoJSON{x.ID, x.Kind, string(x.State), x.Width, x.Height})
	}
	return j
}

// finder is who found it, masked; the account is told to its owner only.
func (t *proposalTeller) finder(p layers.Proposal) (f finderJSON) {
	if x := t.roster.Holder(p.Holder); x != nil {
		f.Holder = &x.Code
		f.Name, _ = grid.Shown(x, false)
	}
	if p.By(t.who.Holder, t.who.Name) {
		f.Account = p.Account
	}
	return f
}

func (t *proposalTeller) decision(p layers.Proposal) *decisionJSON {
	if p.DecidedAt.IsZero() {
		return nil
	}
	j := &decisionJSON{Fields: map[string]bool{}, Values: map[string]any{}}
	_ = json.Unmarshal(p.Decisions, j) // it is ours
	internal := t.who.Might(rights.ReadInternal) == nil
	if j.By = p.DecidedBy; !internal && j.By != t.who.Name {
		j.By = grid.MaskName(j.By)
	}
	j.At, j.Reason, j.Feature, j.Revision = p.DecidedAt.UTC(), p.Reason, orNull(p.ResultID), orNull(p.ResultRevision)
	if l := layers.ByID(p.Layer); l != nil && !internal {
		for name := range j.Values {
			if f := l.Field(name); f == nil || f.Access == layers.Internal {
				delete(j.Values, name)
			}
		}
	}
	if j.Fields == nil {
		j.Fields = map[string]bool{}
	}
	if j.Values == nil {
		j.Values = map[string]any{}
	}
	return j
}

// compared tells of a proposal against what is, and what the caller can do about it.
func (t *proposalTeller) compared(c postgres.Compared, who rights.Actor) featureProposalDetail {
	j := featureProposalDetail{featureProposalJSON: t.proposal(c.Proposal), NowVersion: orNull(c.Now), Comparison: []comparedField{}, Near: []neighbourJSON{}, Others: c.Others, Can: []string{}}
	if j.Others == nil {
		j.Others = []string{}
	}
	for _, p := range c.Parts {
		j.Comparison = append(j.Comparison, comparedOf(p))
	}
	if m := c.Geometry; m != nil {
		j.Geometry = &comparedShape{Base: shapeJSON(m.Base), Now: shapeJSON(m.Now), Proposed: shapeJSON(m.Proposed), ChangedSince: m.Changed}
		if m.MovedM >= 0 {
			j.Geometry.MovedM = &m.MovedM
		}
	}
	for _, n := range c.Near {
		j.Near = append(j.Near, neighbourJSON{n.ID, n.Code, n.Name, math.Round(n.DistanceM*10) / 10, math.Round(n.Likeness*100) / 100})
	}
	if c.State == layers.ProposalOpen {
		if draft.Authorize(who)(postgres.Place{Region: c.Region, Depts: c.Depts}) == nil {
			j.Can = append(j.Can, "decide")
		}
		if j.Own {
			j.Can = append(j.Can, "withdraw")
		}
	}
	return j
}

func comparedOf(p layers.Part) comparedField {
	f := p.Field
	j := comparedField{Field: f.Name, Title: f.Title.Zh, TitleEn: f.Title.En, Type: f.Type, Unit: f.Unit, Options: []fieldOption{},
		Base: f.Plain(p.Base), Now: f.Plain(p.Now), Proposed: f.Plain(p.Proposed), ChangedSince: p.Changed, Same: p.Same}
	for _, v := range f.Values {
		j.Options = append(j.Options, fieldOption{v.Code, v.Label.Zh, v.Label.En})
	}
	return j
}

// shapeJSON is a geometry as GeoJSON, nil for none.
func shapeJSON(g orb.Geometry) *geojson.Geometry {
	if g == nil {
		return nil
	}
	return geojson.NewGeometry(g)
}
