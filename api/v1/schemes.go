package v1

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// schemeRoutes are those of the nets as such.
func (h *Handler) schemeRoutes() []Route {
	return []Route{
		{Path: "/schemes", Reads: true, Title: "网格方案", TitleE: "The nets of grids", Reply: page[schemeJSON]{}, Serve: h.schemes},
		{Path: "/schemes/{scheme}", Reads: true, Title: "一个网格方案", TitleE: "One net of grids", Reply: schemeJSON{}, Serve: h.scheme},
		{Method: http.MethodPost, Path: "/schemes", Needs: rights.EditScheme, Reads: true, Title: "新建网格方案", TitleE: "Make a net without grids", Body: schemeBody{}, Reply: schemeJSON{}, Status: http.StatusCreated, Serve: h.createScheme},
		{Method: http.MethodPatch, Path: "/schemes/{scheme}", Needs: rights.EditScheme, Reads: true, Match: true, Title: "修改网格方案", TitleE: "Change a net", Body: schemePatch{}, Reply: schemeJSON{}, Serve: h.patchScheme},
	}
}

type schemeJSON struct {
	Code      string        `json:"code"`
	Title     string        `json:"title"`
	TitleEn   string        `json:"title_en"`
	OwnerDept *string       `json:"owner_dept" doc:"管理部门代码"`
	Extent    *regionRef    `json:"extent" doc:"覆盖范围；空为各网格所在社区之和"`
	Pattern   []segmentJSON `json:"pattern" doc:"编码规则"`
	Exclusive bool          `json:"exclusive" doc:"网格互不重叠"`
	Complete  bool          `json:"complete" doc:"无缝覆盖"`
	MadeOf    *string       `json:"made_of" doc:"由哪个方案的网格组成"`
	FirstZoom int           `json:"first_zoom"`
	Shown     bool          `json:"shown"`
	Grids     int           `json:"grids"`
	AreaM2    float64       `json:"area_m2"`
	Revision  int64         `json:"revision"`
}

type segmentJSON struct {
	Name       string `json:"name"`
	Length     int    `json:"length"`
	RegionKind string `json:"region_kind,omitempty"`
	Value      string `json:"value,omitempty"`
}

// schemeBody is a new scheme.
type schemeBody struct {
	Code      string        `json:"code" doc:"小写字母开头的字母、数字、下划线"`
	Title     string        `json:"title"`
	TitleEn   string        `json:"title_en"`
	OwnerDept string        `json:"owner_dept,omitempty"`
	Extent    string        `json:"extent,omitempty" doc:"区域代码"`
	Pattern   []segmentJSON `json:"pattern"`
	Exclusive bool          `json:"exclusive,omitempty"`
	Complete  bool          `json:"complete,omitempty"`
	MadeOf    string        `json:"made_of,omitempty"`
	FirstZoom *int          `json:"first_zoom,omitempty"`
	Shown     *bool         `json:"shown,omitempty"`
}

// schemePatch changes what it names. An empty text takes away what may be left out.
type schemePatch struct {
	Title     *string       `json:"title,omitempty"`
	TitleEn   *string       `json:"title_en,omitempty"`
	OwnerDept *string       `json:"owner_dept,omitempty"`
	Extent    *string       `json:"extent,omitempty"`
	Pattern   []segmentJSON `json:"pattern,omitempty"`
	Exclusive *bool         `json:"exclusive,omitempty"`
	Complete  *bool         `json:"complete,omitempty"`
	MadeOf    *string       `json:"made_of,omitempty"`
	FirstZoom *int          `json:"first_zoom,omitempty"`
	Shown     *bool         `json:"shown,omitempty"`
}

func describeScheme(n *grid.Net, s *grid.Scheme) schemeJSON {
	j := schemeJSON{
		Code: s.Code, Title: s.Title, TitleEn: s.TitleEn, OwnerDept: orNull(s.Owner), Pattern: []segmentJSON{}, Exclusive: s.Exclusive, Complete: s.Complete,
		MadeOf: orNull(s.MadeOf), FirstZoom: s.FirstZoom, Shown: s.Shown, Revision: s.Revision, Extent: refOfRegion(n, s.Extent),
	}
	for _, p := range s.Pattern {
		j.Pattern = append(j.Pattern, segmentJSON(p))
	}
	for _, g := range n.Grids(s.Code) {
		j.Grids++
		j.AreaM2 += g.AreaM2
	}
	return j
}

func (h *Handler) schemes(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	answer := page[schemeJSON]{Items: []schemeJSON{}, Total: len(n.Schemes())}
	for _, s := range n.Schemes() {
		answer.Items = append(answer.Items, describeScheme(n, s))
	}
	return h.Reply.JSON(w, r, answer)
}

func (h *Handler) scheme(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	s := n.Scheme(mux.Vars(r)["scheme"])
	if s == nil {
		return postgres.ErrNoScheme
	}
	return h.row(w, r, s.Revision, describeScheme(n, s))
}

func (h *Handler) createScheme(w http.ResponseWriter, r *http.Request) error {
	var body schemeBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	s := grid.Scheme{
		Code: body.Code, Title: body.Title, TitleEn: body.TitleEn, Owner: body.OwnerDept, Extent: body.Extent, Pattern: patternOf(body.Pattern),
		Exclusive: body.Exclusive, Complete: body.Complete, MadeOf: body.MadeOf, FirstZoom: 12, Shown: true,
	}
	put(&s.FirstZoom, body.FirstZoom)
	put(&s.Shown, body.Shown)
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		if err := checkScheme(ctx, t, s); err != nil {
			return result{}, err
		}
		made, err := t.CreateScheme(ctx, s)
		return result{status: http.StatusCreated, value: describeScheme(netOf(view), &made), etag: etagOf(made.Revision), location: "/schemes/" + made.Code}, err
	})
}

func (h *Handler) patchScheme(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if err != nil {
		return err
	}
	var body schemePatch
	if err := param.Body(r, &body); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		was, err := t.Scheme(ctx, mux.Vars(r)["scheme"], revision)
		if err != nil {
			return result{}, err
		}
		s := was
		body.change(&s)
		if err := checkScheme(ctx, t, s); err != nil {
			return result{}, err
		}
		s, err = t.ChangeScheme(ctx, was, s)
		return result{value: describeScheme(netOf(view), &s), etag: etagOf(s.Revision)}, err
	})
}

func (b schemePatch) change(s *grid.Scheme) {
	put(&s.Title, b.Title)
	put(&s.TitleEn, b.TitleEn)
	put(&s.Owner, b.OwnerDept)
	put(&s.Extent, b.Extent)
	put(&s.Exclusive, b.Exclusive)
	put(&s.Complete, b.Complete)
	put(&s.MadeOf, b.MadeOf)
	put(&s.FirstZoom, b.FirstZoom)
	put(&s.Shown, b.Shown)
	if b.Pattern != nil {
		s.Pattern = patternOf(b.Pattern)
	}
}

// put takes a new value if there is one.
func put[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func patternOf(segments []segmentJSON) (p grid.CodePattern) {
	for _, s := range segments {
		p = append(p, grid.Segment(s))
	}
	return p
}

// etagOf writes a row's revision.
func etagOf(revision int64) string { return strconv.FormatInt(revision, 10) }

// schemeCode is what the record takes as the code of a scheme.
var schemeCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// maxSchemeZoom is the deepest zoom at which a net may begin to show.
const maxSchemeZoom = 18

// checkScheme finds what is wrong with a scheme before it is written: places of the body.
func checkScheme(ctx context.Context, t *postgres.Tx, s grid.Scheme) error {
	var faults param.Faults
	fault := func(bad bool, pointer, detail, detailEn string) {
		if bad {
			faults = append(faults, param.InBody(pointer, detail, detailEn)...)
		}
	}
	fault(!schemeCode.MatchString(s.Code), "/code", "须为小写字母开头的字母、数字、下划线，至多 31 个", "must be up to 31 small letters, digits and underscores, a letter first")
	fault(!isTitle(s.Title), "/title", "须为 1 到 100 个字符", "must have 1 to 100 characters")
	fault(!isTitle(s.TitleEn), "/title_en", "须为 1 到 100 个字符", "must have 1 to 100 characters")
	fault(s.FirstZoom < 0 || s.FirstZoom > maxSchemeZoom, "/first_zoom", "须为 0 到 18", "must be 0 to 18")
	if err := s.Pattern.Validate(); err != nil {
		fault(true, "/pattern", "编码规则不成立：区划在前，末段为序号", fmt.Sprintf("makes no codes: %v", err))
	}
	fault(s.MadeOf == s.Code, "/made_of", "不能由自身组成", "a net is not made of itself")
	there, err := t.SchemeRefers(ctx, s)
	if err != nil {
		return err
	}
	fault(!there.Extent, "/extent", "没有这个区域，或它没有范围", "there is no such region with a shape")
	fault(!there.MadeOf, "/made_of", "没有这个网格方案", "there is no such scheme")
	fault(!there.Owner, "/owner_dept", "没有这个部门", "there is no such department")
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// maxTitle bounds names and titles, in bytes: a hundred Chinese characters.
const maxTitle = 300

// isTitle tells whether a text is fit to be shown as a name: not empty, not long, on one line.
func isTitle(s string) bool { return strings.TrimSpace(s) != "" && isLine(s, maxTitle) }
