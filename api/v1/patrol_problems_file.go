package v1

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"wangge/api/depot"
	"wangge/api/reply"
	"wangge/grid/patrol"
	"wangge/grid/patrol/photo"
	"wangge/grid/postgres"
	"wangge/layers/sheet"
)

// Bounds of what is answered as one file.
const (
	maxProblemsOnMap    = 5_000
	maxProblemsInBook   = 50_000
	maxProblemsPictured = 500
)

// problemsName is what a file of problems is called, and its sheet.
const problemsName = "问题台账"

// ErrManyProblems says that there are more problems than a file holds. HTTP 422.
var ErrManyProblems = errors.New("too many problems for one file")

// problemsGeoJSON are problems for a map. Where there are more than it holds, those found last are there.
type problemsGeoJSON struct {
	Type     string           `json:"type"`
	Features []problemFeature `json:"features"`
	Total    int              `json:"total" doc:"有位置的问题总数"`
	Thinned  bool             `json:"thinned" doc:"是否只给出了其中最近的"`
}

type problemFeature struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Geometry   geojson.Geometry  `json:"geometry"`
	Properties problemProperties `json:"properties"`
}

type problemProperties struct {
	Number     string `json:"number"`
	Class      string `json:"class"`
	ClassTitle string `json:"class_title"`
	Title      string `json:"title"`
	Source     string `json:"source"`
	State      string `json:"state"`
	StateTitle string `json:"state_title"`
	Dept       string `json:"dept"`
	At         string `json:"at"`
	Overdue    bool   `json:"overdue"`
	OnTheSpot  bool   `json:"on_the_spot"`
}

func (h *Handler) problemsOnMap(w http.ResponseWriter, r *http.Request) error {
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	f, err := h.problemFilter(r, t)
	if err != nil {
		return err
	}
	f.Placed = true
	rows, total, err := h.Store.Problems(r.Context(), f, postgres.LatestFirst, postgres.ProblemKey{}, maxProblemsOnMap)
	if err != nil {
		return err
	}
	all := problemsGeoJSON{Type: "FeatureCollection", Features: []problemFeature{}, Total: total, Thinned: total > len(rows)}
	for i := range rows {
		p := &rows[i]
		state, _ := p.State.Title()
		all.Features = append(all.Features, problemFeature{"Feature", p.ID, geojson.Geometry{Type: "Point", Coordinates: orb.Point{p.Place.At[0], p.Place.At[1]}}, problemProperties{
			p.Number, p.Class, p.ClassTitle, p.Title, string(p.Source), string(p.State), state, p.Dept, p.At.UTC().Format(time.RFC3339), p.Overdue(t.now), p.OnTheSpot}})
	}
	body, err := reply.Marshal(all)
	if err != nil {
		return err
	}
	return h.fresh(w, r, geoJSONMedia, body)
}

func problemColumns() []sheet.Column {
	return []sheet.Column{{Heading: "编号", Width: 15}, {Heading: "类别", Width: 16}, {Heading: "标题", Width: 24}, {Heading: "说明", Width: 40}, {Heading: "来源"}, {Heading: "状态"},
		{Heading: "发现时间", Width: 20}, {Heading: "区域", Width: 16}, {Heading: "责任网格", Width: 18}, {Heading: "网格责任人"}, {Heading: "经度"}, {Heading: "纬度"}, {Heading: "对象", Width: 24}, {Heading: "责任部门", Width: 24},
		{Heading: "责任人"}, {Heading: "期限", Width: 20}, {Heading: "整改时间", Width: 20}, {Heading: "销号时间", Width: 20}, {Heading: "当场整改"}, {Heading: "退回次数"}, {Heading: "返工次数"}, {Heading: "上报人"}}
}

// cells are the values of a row below problemColumns, times by the clock of the city.
func (j *patrolProblemJSON) cells(zone *time.Location) []any {
	local := func(at *time.Time) any {
		if at == nil {
			return nil
		}
		return at.In(zone)
	}
	name := func(h *holderRef) any {
		if h == nil {
			return nil
		}
		return h.Name
	}
	number := func(v *float64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	about, duty := "", ""
	if s := j.Subject; s != nil {
		about = s.Name
		if about == "" {
			about = s.Code
		}
	}
	if j.DutyGrid != nil {
		duty = j.DutyGrid.Code
	}
	return []any{j.Number, j.ClassTitle, j.Title, j.Description, j.SourceTitle, j.StateTitle, local(&j.At), given(j.RegionName), duty, name(j.Holder), number(j.Lon), number(j.Lat), about, given(j.DeptName),
		name(j.Assignee), local(j.Deadline), local(j.RectifiedAt), local(j.ClosedAt), yes(j.OnTheSpot), int64(j.Returned), int64(j.Reworked), name(j.Reporter)}
}

// yes is a truth for people.
func yes(v bool) string {
	if v {
		return "是"
	}
	return ""
}

// problemsBook answers with problems as a workbook, with pictures where they are wanted.
func (h *Handler) problemsBook(w http.ResponseWriter, r *http.Request) error {
	pictured, most := h.Query(r).OneOf("photos", "false", "true") == "true", maxProblemsInBook
	if pictured {
		most = maxProblemsPictured
	}
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	f, err := h.problemFilter(r, t)
	if err != nil {
		return err
	}
	list, err := h.allProblems(r, t, f, postgres.LatestFirst, most)
	if err != nil {
		return err
	}
	body, err := written(func(b *bytes.Buffer) error {
		if pictured {
			return h.picturedBook(r.Context(), b, t, list)
		}
		rows, err := sheet.NewWriter(b, problemsName, "", problemColumns(), nil)
		if err != nil {
			return err
		}
		return writeProblems(rows, list, t.net.Zone())
	})
	if err != nil {
		return err
	}
	nameFile(w, "problems", problemsName, "xlsx")
	return h.fresh(w, r, xlsxType, body)
}

// problemsText answers with problems as csv.
func (h *Handler) problemsText(w http.ResponseWriter, r *http.Request, t *problemTeller, f *postgres.ProblemFilter, order postgres.ProblemSort) error {
	list, err := h.allProblems(r, t, f, order, maxProblemsInBook)
	if err != nil {
		return err
	}
	body, err := written(func(b *bytes.Buffer) error {
		rows, err := sheet.NewCSVWriter(b, problemColumns())
		if err != nil {
			return err
		}
		return writeProblems(rows, list, t.net.Zone())
	})
	if err != nil {
		return err
	}
	nameFile(w, "problems", problemsName, "csv")
	return h.fresh(w, r, csvMedia, body)
}

func writeProblems(rows sheet.Rows, list []patrolProblemJSON, zone *time.Location) error {
	for i := range list {
		if err := rows.Row(list[i].cells(zone)); err != nil {
			return err
		}
	}
	return rows.Close()
}

// allProblems are the problems for a file. That names in full were read is logged. Errors: ErrManyProblems.
func (h *Handler) allProblems(r *http.Request, t *problemTeller, f *postgres.ProblemFilter, order postgres.ProblemSort, most int) ([]patrolProblemJSON, error) {
	rows, total, err := h.Store.Problems(r.Context(), f, order, postgres.ProblemKey{}, most)
	if err != nil {
		return nil, err
	}
	if total > most {
		return nil, ErrManyProblems
	}
	list, err := t.list(r.Context(), h.Store, rows)
	if err != nil {
		return nil, err
	}
	return list, h.logRead(r, t.teller)
}

// fresh answers with a file that is true now and for this caller alone.
func (h *Handler) fresh(w http.ResponseWriter, r *http.Request, media string, body []byte) error {
	w.Header().Add("Vary", "Authorization, Cookie")
	return h.Reply.Send(w, r, reply.Content{Type: media, Cache: reply.NoStore, Bytes: body})
}

// picturedBook is the workbook with a photo of each problem as it was found, and one of what was done.
func (h *Handler) picturedBook(ctx context.Context, b *bytes.Buffer, t *problemTeller, list []patrolProblemJSON) error {
	book := sheet.Pictured{Name: problemsName, Columns: problemColumns(), Pictures: []string{"整改前", "整改后"}}
	after, err := h.Store.PhotosAfter(ctx, problemIDs(list))
	if err != nil {
		return err
	}
	return book.Write(b, len(list), func(i int) ([]any, [][]byte, error) {
		p := &list[i]
		before, err := h.thumb(ctx, p.Photos, func(kind string) bool { return kind != patrol.KindAfter && kind != patrol.KindReference })
		if err != nil {
			return nil, nil, err
		}
		done, err := h.thumb(ctx, append(problemPhotos(after[p.ID]), p.Photos...), func(kind string) bool { return kind == patrol.KindAfter })
		return p.cells(t.net.Zone()), [][]byte{before, done}, err
	})
}

func problemIDs(list []patrolProblemJSON) []string {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].ID
	}
	return ids
}

// thumb is a small copy of the first stored photo of a kind; nil for none. A photo that cannot be shown leaves its cell empty.
func (h *Handler) thumb(ctx context.Context, photos []problemPhoto, of func(kind string) bool) ([]byte, error) {
	i := slices.IndexFunc(photos, func(p problemPhoto) bool { return p.State == postgres.PhotoStored && of(p.Kind) })
	if i < 0 || h.Photos == nil {
		return nil, nil
	}
	p, err := h.Store.Photo(ctx, photos[i].ID)
	if err != nil {
		return nil, err
	}
	content, err := h.Photos.Copy(ctx, depot.Original{Key: p.Key, MediaType: p.MediaType, Orientation: p.Orientation}, photo.ThumbSide, nil)
	if errors.Is(err, photo.ErrNoCopy) || errors.Is(err, depot.ErrGone) {
		return nil, nil
	}
	return content, err
}
