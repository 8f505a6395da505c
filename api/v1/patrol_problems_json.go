package v1

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
)

// patrolProblemJSON is a problem as lists have it.
type patrolProblemJSON struct {
	ID           string          `json:"id"`
	Number       string          `json:"number"`
	Class        string          `json:"class"`
	ClassTitle   string          `json:"class_title"`
	ClassTitleEn string          `json:"class_title_en"`
	Source       patrol.Source   `json:"source" doc:"officer 网格员巡查、department 责任单位自查、supervision 督查组、spot_check 抽查、citizen 市民"`
	SourceTitle  string          `json:"source_title"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	Lon          *float64        `json:"lon"`
	Lat          *float64        `json:"lat"`
	AccuracyM    *float64        `json:"accuracy_m"`
	DistanceM    *float64        `json:"distance_m" doc:"距所涉对象（米）"`
	Region       *string         `json:"region"`
	RegionName   *string         `json:"region_name"`
	Grid         *problemGrid    `json:"grid" doc:"单元网格"`
	DutyGrid     *problemGrid    `json:"duty_grid" doc:"责任网格"`
	Holder       *holderRef      `json:"holder" doc:"责任网格今天的责任人：岗位居前者，同岗主责在先"`
	Subject      *problemSubject `json:"subject"`
	Check        *string         `json:"check" doc:"发现它的检查"`
	State        patrol.State    `json:"state"`
	StateTitle   string          `json:"state_title"`
	StateTitleEn string          `json:"state_title_en"`
	Dept         *string         `json:"dept"`
	DeptName     *string         `json:"dept_name"`
	Assignee     *holderRef      `json:"assignee"`
	Deadline     *time.Time      `json:"deadline"`
	Overdue      bool            `json:"overdue"`
	At           time.Time       `json:"at" doc:"发现时间"`
	ReceivedAt   time.Time       `json:"received_at"`
	RectifiedAt  *time.Time      `json:"rectified_at"`
	ClosedAt     *time.Time      `json:"closed_at"`
	OnTheSpot    bool            `json:"on_the_spot"`
	Returned     int             `json:"returned" doc:"退回次数"`
	Reworked     int             `json:"reworked" doc:"返工次数"`
	Reopens      *string         `json:"reopens"`
	ReopenedBy   *string         `json:"reopened_by"`
	DuplicateOf  *string         `json:"duplicate_of"`
	Reporter     *holderRef      `json:"reporter"`
	Mine         bool            `json:"mine" doc:"是否本人上报"`
	Flags        []patrol.Flag   `json:"flags"`
	Photos       []problemPhoto  `json:"photos"`
	Revision     int64           `json:"revision"`
}

type problemGrid struct {
	Scheme string `json:"scheme"`
	Code   string `json:"code"`
}

type problemSubject struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// problemPhoto is a photo of a problem or of one of its steps; where it is awaited its bytes have not come.
type problemPhoto struct {
	ID      string              `json:"id"`
	Kind    string              `json:"kind"`
	State   postgres.PhotoState `json:"state" doc:"awaited 未到、stored 已存、refused 未采纳"`
	Width   int                 `json:"width"`
	Height  int                 `json:"height"`
	TakenAt *time.Time          `json:"taken_at"`
}

// problemFileJSON is a problem with its history, and what the caller can do with it now.
type problemFileJSON struct {
	patrolProblemJSON
	Events     []problemEventJSON     `json:"events"`
	Can        []patrol.StepKind      `json:"can" doc:"此刻可做的操作"`
	Duplicates []problemDuplicateJSON `json:"duplicates" doc:"疑似重复：同类、相近、时间相近"`
}

type problemEventJSON struct {
	ID       string          `json:"id"`
	Ordinal  int             `json:"ordinal"`
	Step     patrol.StepKind `json:"step"`
	Title    string          `json:"title"`
	TitleEn  string          `json:"title_en"`
	At       time.Time       `json:"at"`
	By       *problemDoer    `json:"by"`
	Dept     *string         `json:"dept"`
	DeptName *string         `json:"dept_name"`
	Note     string          `json:"note"`
	Photos   []problemPhoto  `json:"photos"`
	Data     problemMore     `json:"data"`
}

// problemMore is what else a step says.
type problemMore struct {
	Assignee *string    `json:"assignee" doc:"责任人代号"`
	Deadline *time.Time `json:"deadline"`
	Other    *string    `json:"other" doc:"并入的，或重新立案的问题"`
	Revision int64      `json:"revision" doc:"此后的版本"`
}

// problemDoer is who did a step, masked as rights say.
type problemDoer struct {
	Holder  *string `json:"holder" doc:"责任主体代号"`
	Account *string `json:"account"`
	Name    string  `json:"name"`
}

type problemDuplicateJSON struct {
	ID        string       `json:"id"`
	Number    string       `json:"number"`
	DistanceM float64      `json:"distance_m"`
	At        time.Time    `json:"at"`
	State     patrol.State `json:"state"`
}

// problemTeller tells of problems as one caller may know them.
type problemTeller struct {
	*teller
	now time.Time
}

// problemTeller is one for a request, today.
func (h *Handler) problemTeller(r *http.Request) (*problemTeller, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	now := netOf(view)
	day := h.today(now)
	return &problemTeller{newTeller(now.At(day), rosterOf(view), day, h.Who(r)), time.Now()}, nil
}

// problem tells of a problem with its photos.
func (t *problemTeller) problem(p *postgres.ProblemRow, photos []postgres.Photo) patrolProblemJSON {
	j := patrolProblemJSON{
		ID: p.ID, Number: p.Number, Class: p.Class, ClassTitle: p.ClassTitle, ClassTitleEn: p.ClassTitleEn, Source: p.Source, Title: p.Title, Description: p.Note,
		AccuracyM: orNull(p.Place.AccuracyM), Region: orNull(p.Region), Grid: problemGridOf(p.Unit), DutyGrid: problemGridOf(p.Duty), Check: orNull(p.CheckID),
		State: p.State, Dept: orNull(p.Dept), DeptName: t.deptName(p.Dept), Deadline: utc(p.Deadline), Overdue: p.Overdue(t.now), At: p.At.UTC(), ReceivedAt: p.Received.UTC(),
		RectifiedAt: utc(p.RectifiedAt), ClosedAt: utc(p.ClosedAt), OnTheSpot: p.OnTheSpot, Returned: p.Returns, Reworked: p.Reworks, Reopens: orNull(p.Reopens),
		ReopenedBy: orNull(p.ReopenedBy), DuplicateOf: orNull(p.DuplicateOf), Flags: p.Flags, Photos: problemPhotos(photos), Revision: p.Revision,
		Mine: p.Reporter.Account == t.actor.Name, Reporter: t.reporter(p.Reporter), Holder: t.inCharge(p.DutyID),
	}
	j.SourceTitle, _ = p.Source.Title()
	j.StateTitle, j.StateTitleEn = p.State.Title()
	if at := p.Place.At; at != nil {
		j.Lon, j.Lat = &at[0], &at[1]
	}
	if p.Place.DistanceM >= 0 {
		j.DistanceM = &p.Place.DistanceM
	}
	if x := t.net.Region(p.Region); x != nil {
		j.RegionName = &x.Name
	}
	if s := p.Subject; s != nil {
		j.Subject = &problemSubject{s.Kind, s.ID, p.SubjectCode, p.SubjectName}
	}
	if p.Assignee != 0 {
		j.Assignee = t.holderByID(p.Assignee)
	}
	return j
}

// inCharge is the first of those who are there today for a grid; nil where nobody is.
func (t *problemTeller) inCharge(id int64) *holderRef {
	for _, d := range t.roster.Duties(grid.Target{Kind: grid.TargetGrid, ID: id}, t.day) {
		if t.roster.Standing(d, t.day) == grid.On {
			return t.holderByID(d.Holder)
		}
	}
	return nil
}

func problemGridOf(g *patrol.GridRef) *problemGrid {
	if g == nil {
		return nil
	}
	return &problemGrid{g.Scheme, g.Code}
}

func problemPhotos(photos []postgres.Photo) []problemPhoto {
	list := []problemPhoto{}
	for _, p := range photos {
		list = append(list, problemPhoto{p.ID, p.Kind, p.State, p.Width, p.Height, utc(p.TakenAt)})
	}
	return list
}

// utc is an instant for an answer: null for none.
func utc(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

func (t *problemTeller) deptName(code string) *string {
	if d := t.dept(code); d != nil {
		return &d.Name
	}
	return nil
}

// reporter is who reported: a holder as rights say, or an account that has none, by its name with all but the first letter masked.
func (t *problemTeller) reporter(by patrol.Person) *holderRef {
	if by.Holder != 0 {
		return t.holderByID(by.Holder)
	}
	if by.Account == "" {
		return nil
	}
	name, full := t.account(by.Account)
	return &holderRef{Kind: grid.Person, Name: name, Masked: !full}
}

func (t *problemTeller) doer(by patrol.Person) *problemDoer {
	if h := t.roster.Holder(by.Holder); h != nil {
		ref := t.holder(h)
		return &problemDoer{Holder: &ref.Code, Name: ref.Name}
	}
	if by.Account == "" {
		return nil
	}
	name, _ := t.account(by.Account)
	return &problemDoer{Account: &name, Name: name}
}

// file tells of a problem with its history. photos are those of its steps.
func (t *problemTeller) file(f *postgres.ProblemFile, own []postgres.Photo, photos map[string][]postgres.Photo) problemFileJSON {
	j := problemFileJSON{patrolProblemJSON: t.problem(&f.ProblemRow, own), Events: []problemEventJSON{}, Can: t.can(f), Duplicates: []problemDuplicateJSON{}}
	for i := range f.Events {
		e := &f.Events[i]
		x := problemEventJSON{ID: e.ID, Ordinal: e.Ordinal, Step: e.Kind, At: e.At.UTC(), By: t.doer(e.By), Dept: orNull(e.Dept), DeptName: t.deptName(e.Dept), Note: e.Note,
			Photos: problemPhotos(photos[e.ID]), Data: problemMore{Deadline: utc(e.Deadline), Other: orNull(e.Other), Revision: e.Data.Revision}}
		x.Title, x.TitleEn = e.Kind.Title()
		if e.Kind == patrol.StepReport {
			x.Photos = j.Photos
		}
		if a := t.roster.Holder(e.Assignee); a != nil {
			x.Data.Assignee = &a.Code
		}
		j.Events = append(j.Events, x)
	}
	for _, d := range f.Duplicates {
		j.Duplicates = append(j.Duplicates, problemDuplicateJSON{d.ID, d.Number, d.DistanceM, d.At.UTC(), d.State})
	}
	return j
}

// can are the steps that the state of the problem and the caller's rights admit.
func (t *problemTeller) can(f *postgres.ProblemFile) []patrol.StepKind {
	by := patrol.Person{Holder: t.actor.Holder, Account: t.actor.Name}
	return slices.DeleteFunc(f.Can(by), func(kind patrol.StepKind) bool {
		return postgres.MayStep(t.actor, &f.ProblemRow, kind, f.Grids) != nil
	})
}

// photosOf is a store or a transaction, which both know photos.
type photosOf interface {
	PhotosOf(ctx context.Context, kind string, owners []string) (map[string][]postgres.Photo, error)
}

// whole tells of a problem with its photos and those of its steps.
func (t *problemTeller) whole(ctx context.Context, from photosOf, f *postgres.ProblemFile) (problemFileJSON, error) {
	own, err := from.PhotosOf(ctx, postgres.PhotoOfProblem, []string{f.ID})
	if err != nil {
		return problemFileJSON{}, err
	}
	steps := make([]string, len(f.Events))
	for i := range f.Events {
		steps[i] = f.Events[i].ID
	}
	photos, err := from.PhotosOf(ctx, postgres.PhotoOfStep, steps)
	return t.file(f, own[f.ID], photos), err
}

// list tells of problems with their photos.
func (t *problemTeller) list(ctx context.Context, from photosOf, rows []postgres.ProblemRow) ([]patrolProblemJSON, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	photos, err := from.PhotosOf(ctx, postgres.PhotoOfProblem, ids)
	list := []patrolProblemJSON{}
	for i := range rows {
		list = append(list, t.problem(&rows[i], photos[rows[i].ID]))
	}
	return list, err
}

// problemCursor is where a page ends, as text.
func problemCursor(k postgres.ProblemKey) string {
	return strconv.FormatInt(k.At.UnixMicro(), 10) + "." + k.ID
}
