package v1

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// regionRef names a region.
type regionRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// refOfRegion names a region by its code; nil for one that the net does not have.
func refOfRegion(n *grid.Net, code string) *regionRef {
	if x := n.Region(code); x != nil {
		return &regionRef{x.Code, x.Name, x.Kind}
	}
	return nil
}

// deptRef names a department.
type deptRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// holderRef is a person or an organisation, with no more of its name and phone than the caller may know.
type holderRef struct {
	Code   string          `json:"code"`
	Kind   grid.HolderKind `json:"kind"`
	Name   string          `json:"name"`
	Phone  string          `json:"phone"`
	Masked bool            `json:"masked" doc:"姓名、电话是否已遮掩"`
	Dept   *deptRef        `json:"dept"`
	Title  string          `json:"title"`
	Sample bool            `json:"sample"`
}

// assignment is a duty at a target that the answer is about.
type assignment struct {
	Duty      int64     `json:"duty"`
	Role      string    `json:"role"`
	Title     string    `json:"title"`
	TitleEn   string    `json:"title_en"`
	Rank      grid.Rank `json:"rank"`
	Hours     *string   `json:"hours"`
	ValidFrom grid.Day  `json:"valid_from"`
	ValidTo   *grid.Day `json:"valid_to" doc:"最后一天"`
	StandsFor *int64    `json:"stands_for" doc:"代理哪一条职责"`
	Absent    bool      `json:"absent"`
	Holder    holderRef `json:"holder"`
}

// targetJSON is what a duty is for.
type targetJSON struct {
	Kind    grid.TargetKind `json:"kind"`
	ID      int64           `json:"id"`
	Code    string          `json:"code"`
	Name    string          `json:"name"`
	Scheme  string          `json:"scheme,omitempty"`
	Class   string          `json:"class,omitempty"`
	Region  *regionRef      `json:"region"`
	At      *[2]float64     `json:"at"`
	BBox    *[4]float64     `json:"bbox"`
	AreaM2  *float64        `json:"area_m2,omitempty"`
	LengthM *float64        `json:"length_m,omitempty"`
}

// failureJSON is one place at which 格中定人 is not true.
type failureJSON struct {
	Kind      grid.FailureKind `json:"kind"`
	Target    targetJSON       `json:"target"`
	Role      *string          `json:"role"`
	Title     string           `json:"title"`
	TitleEn   string           `json:"title_en"`
	Have      int              `json:"have"`
	AtLeast   *int             `json:"at_least"`
	AtMost    *int             `json:"at_most"`
	Since     *grid.Day        `json:"since"`
	Holder    *holderRef       `json:"holder"`
	Message   string           `json:"message"`
	MessageEn string           `json:"message_en"`
}

// teller tells of people on a day, as much as one caller may know, and remembers whose full data it told.
type teller struct {
	net    *grid.Net // of the day
	roster *grid.Roster
	day    grid.Day
	actor  rights.Actor
	full   map[int64]bool // by holder: what was decided
	told   map[int64]bool // whose full data were told
	known  map[grid.Target]targetJSON
}

// newTeller tells of a day. The net is that of the day.
func newTeller(n *grid.Net, r *grid.Roster, day grid.Day, actor rights.Actor) *teller {
	return &teller{net: n, roster: r, day: day, actor: actor, full: map[int64]bool{}, told: map[int64]bool{}, known: map[grid.Target]targetJSON{}}
}

// mayRead tells whether the caller may know a holder's name and phone in full: by the holder's department, as the holder, or because something that
// the holder is responsible for that day lies where the caller's rights reach.
func (t *teller) mayRead(h *grid.Holder) bool {
	may, known := t.full[h.ID]
	if !known {
		may = t.decide(h)
		t.full[h.ID] = may
	}
	return may
}

func (t *teller) decide(h *grid.Holder) bool {
	place := rights.Place{Dept: h.Dept, Own: t.actor.Holder != 0 && t.actor.Holder == h.ID}
	if t.actor.May(rights.ReadPersonal, place) == nil {
		return true
	}
	return slices.ContainsFunc(t.roster.DutiesOf(h.ID, t.day), func(d *grid.Duty) bool {
		place.Region = t.roster.RegionOf(t.net, d.Target)
		return place.Region != "" && t.actor.May(rights.ReadPersonal, place) == nil
	})
}

// holder tells of a holder.
func (t *teller) holder(h *grid.Holder) holderRef {
	full := t.mayRead(h)
	ref := holderRef{Code: h.Code, Kind: h.Kind, Masked: !full, Title: h.Title, Sample: h.Sample, Dept: t.dept(h.Dept)}
	ref.Name, ref.Phone = grid.Shown(h, full)
	if full {
		t.told[h.ID] = true
	}
	return ref
}

func (t *teller) dept(code string) *deptRef {
	if d := t.roster.Department(code); d != nil {
		return &deptRef{d.Code, d.Name}
	}
	return nil
}

// holderByID tells of a holder; nil for none.
func (t *teller) holderByID(id int64) *holderRef {
	h := t.roster.Holder(id)
	if h == nil {
		return nil
	}
	ref := t.holder(h)
	return &ref
}

// account is the name of an account; full where it is the caller's own, or the caller reads the audit anyway.
func (t *teller) account(name string) (shown string, full bool) {
	if name == t.actor.Name || t.actor.May(rights.ReadAudit, rights.Place{}) == nil {
		return name, true
	}
	return grid.MaskName(name), false
}

// assignments tells of the people of a target that day.
func (t *teller) assignments(target grid.Target) []assignment {
	list := []assignment{}
	for _, d := range t.roster.Duties(target, t.day) {
		list = append(list, t.assignment(d))
	}
	return list
}

func (t *teller) assignment(d *grid.Duty) assignment {
	a := assignment{
		Duty: d.ID, Role: d.Role, Rank: d.Rank, Hours: orNull(d.Hours), ValidFrom: d.Term.From, ValidTo: orNull(d.Term.To), StandsFor: orNull(d.Stands),
		Absent: t.roster.AbsentOn(d.Holder, t.day) != nil,
	}
	a.Title, a.TitleEn = t.role(d.Role)
	if h := t.holderByID(d.Holder); h != nil {
		a.Holder = *h
	}
	return a
}

// role is how a role is called.
func (t *teller) role(code string) (title, titleEn string) {
	if r := t.roster.Role(code); r != nil {
		return r.Title, r.TitleEn
	}
	return code, code
}

// target tells of a target; of a grid of another day what it is or was last, of others that are not there that day only the number.
func (t *teller) target(of grid.Target) targetJSON {
	j, known := t.known[of]
	if !known {
		j = t.targetAnew(of)
		t.known[of] = j
	}
	return j
}

func (t *teller) targetAnew(of grid.Target) targetJSON {
	s, there := t.roster.Subject(t.net, of, t.day)
	if !there && of.Kind == grid.TargetGrid {
		if g := t.net.Ever(of.ID); g != nil {
			s.Code, s.Name, s.Sort, s.Region, there = g.Code, g.Name, g.Scheme, g.Region, true
			s.Bound, s.AreaM2, s.At = g.Bound, g.AreaM2, g.Bound.Center()
		}
	}
	j := targetJSON{Kind: of.Kind, ID: of.ID, Code: s.Code, Name: s.Name, Region: refOfRegion(t.net, s.Region)}
	switch of.Kind {
	case grid.TargetGrid:
		j.Scheme = s.Sort
	case grid.TargetRoad:
		j.Class = s.Sort
	}
	if there && !s.Bound.IsEmpty() {
		j.At = &[2]float64{s.At[0], s.At[1]}
		j.BBox = &[4]float64{s.Bound.Min[0], s.Bound.Min[1], s.Bound.Max[0], s.Bound.Max[1]}
	}
	if s.AreaM2 > 0 {
		j.AreaM2 = &s.AreaM2
	}
	if s.LengthM > 0 {
		j.LengthM = &s.LengthM
	}
	return j
}

// failure tells of a failure, with a sentence.
func (t *teller) failure(f grid.Failure) failureJSON {
	j := failureJSON{
		Kind: f.Kind, Target: t.target(f.Target), Role: orNull(f.Role), Have: f.Have, AtLeast: orNull(f.AtLeast), AtMost: orNull(f.AtMost), Since: orNull(f.Since),
	}
	j.Title, j.TitleEn = t.role(f.Role)
	if f.Holder != 0 {
		j.Holder = t.holderByID(f.Holder)
	}
	j.Message, j.MessageEn = failureMessage(f, j)
	return j
}

func (t *teller) failures(list []grid.Failure) []failureJSON {
	out := []failureJSON{}
	for _, f := range list {
		out = append(out, t.failure(f))
	}
	return out
}

// orNull is nil for a zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// tell answers with a document in which people are told of. revision is that of the row that the document is of, 0 for a list.
func (h *Handler) tell(w http.ResponseWriter, r *http.Request, t *teller, revision int64, value any) error {
	if err := h.logRead(r, t); err != nil {
		return err
	}
	if revision != 0 {
		return h.row(w, r, revision, value)
	}
	return h.json(w, r, value)
}

// logRead writes one line of the access log with the holders whose full data were told: no line, no answer.
func (h *Handler) logRead(r *http.Request, t *teller) error { return h.logReadBy(r, t, h.Store) }

// accessLog is a store, or a transaction in which something is written besides.
type accessLog interface {
	LogAccess(ctx context.Context, e postgres.AccessEntry) error
}

// logReadBy does so with a store or a transaction.
func (h *Handler) logReadBy(r *http.Request, t *teller, log accessLog) error {
	if len(t.told) == 0 {
		return nil
	}
	call := h.Call(r)
	ids := slices.Sorted(maps.Keys(t.told))
	entry := postgres.AccessEntry{
		Actor: t.actor.Name, Action: postgres.ReadPerson, Entity: "holder", Detail: map[string]any{"ids": ids, "path": r.URL.Path},
		Remote: call.Remote, RequestID: call.ID,
	}
	if len(ids) == 1 {
		entry.EntityID = ids[0]
	}
	return log.LogAccess(r.Context(), entry)
}
