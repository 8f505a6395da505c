package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"wangge/api/commit"
	"wangge/api/param"
	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) patrolClassRoutes() []Route {
	return []Route{
		{Path: "/patrol/classes", Needs: rights.Report, Title: "问题类别：大类与小类", TitleE: "Classes of problems", Reply: classesJSON{}, Serve: h.classes},
		{Method: http.MethodPut, Path: "/patrol/classes/{code}", Needs: rights.EditPatrol, Title: "新建或修改问题类别；修改须带 If-Match", TitleE: "Make a class, or change one with If-Match", Body: classBody{}, Reply: classJSON{}, Or: http.StatusCreated, Serve: h.putClass},
	}
}

type classesJSON struct {
	Items []classJSON `json:"items"`
}

type classJSON struct {
	Code           string   `json:"code"`
	Parent         *string  `json:"parent" doc:"大类；空为大类本身"`
	Title          string   `json:"title"`
	TitleEn        string   `json:"title_en"`
	SubjectKinds   []string `json:"subject_kinds" doc:"针对的对象类别；空为不限"`
	PhotoBefore    bool     `json:"photo_before" doc:"上报须附照片"`
	PhotoAfter     bool     `json:"photo_after" doc:"整改须附整改后照片"`
	HandleHours    int      `json:"handle_hours" doc:"时限（小时），0 为不设"`
	Dept           *string  `json:"responsible_dept" doc:"默认责任部门"`
	DuplicateM     float64  `json:"duplicate_m"`
	DuplicateHours int      `json:"duplicate_hours"`
	Standard       string   `json:"standard"`
	Verified       bool     `json:"verified"`
	Enabled        bool     `json:"enabled"`
	Ordinal        int      `json:"ordinal"`
	Revision       int64    `json:"revision"`
}

func classOf(c patrol.Class) classJSON {
	return classJSON{c.Code, orNull(c.Parent), c.Title, c.TitleEn, c.SubjectKinds, c.PhotoBefore, c.PhotoAfter, c.HandleHours, orNull(c.Dept), c.DuplicateM, c.DuplicateHours,
		c.Standard, c.Verified, c.Enabled, c.Ordinal, c.Revision}
}

// classBody is a class as it is to be, whole.
type classBody struct {
	Parent         *string  `json:"parent,omitempty"`
	Title          string   `json:"title"`
	TitleEn        string   `json:"title_en,omitempty"`
	SubjectKinds   []string `json:"subject_kinds,omitempty"`
	PhotoBefore    bool     `json:"photo_before,omitempty"`
	PhotoAfter     bool     `json:"photo_after,omitempty"`
	HandleHours    int      `json:"handle_hours,omitempty"`
	Dept           *string  `json:"responsible_dept,omitempty"`
	DuplicateM     *float64 `json:"duplicate_m,omitempty" doc:"缺省 50"`
	DuplicateHours *int     `json:"duplicate_hours,omitempty" doc:"缺省 24"`
	Standard       string   `json:"standard,omitempty"`
	Verified       bool     `json:"verified,omitempty"`
	Enabled        *bool    `json:"enabled,omitempty" doc:"缺省为是"`
	Ordinal        int      `json:"ordinal,omitempty"`
}

// What a report may be a duplicate of where the class does not say.
const (
	usualDuplicateM     = 50
	usualDuplicateHours = 24
)

func (b *classBody) class(code string) patrol.Class {
	c := patrol.Class{Code: code, Parent: given(b.Parent), Title: strings.TrimSpace(b.Title), TitleEn: b.TitleEn, SubjectKinds: b.SubjectKinds, PhotoBefore: b.PhotoBefore,
		PhotoAfter: b.PhotoAfter, HandleHours: b.HandleHours, Dept: given(b.Dept), DuplicateM: usualDuplicateM, DuplicateHours: usualDuplicateHours, Standard: b.Standard,
		Verified: b.Verified, Enabled: b.Enabled == nil || *b.Enabled, Ordinal: b.Ordinal}
	if b.DuplicateM != nil {
		c.DuplicateM = *b.DuplicateM
	}
	if b.DuplicateHours != nil {
		c.DuplicateHours = *b.DuplicateHours
	}
	return c
}

func (h *Handler) classes(w http.ResponseWriter, r *http.Request) error {
	all, err := h.allClasses(r.Context())
	if err != nil {
		return err
	}
	return h.json(w, r, classesJSON{all})
}

func (h *Handler) allClasses(ctx context.Context) ([]classJSON, error) {
	list, err := h.Store.Classes(ctx)
	all := []classJSON{}
	for _, c := range list {
		all = append(all, classOf(c))
	}
	return all, err
}

func (h *Handler) putClass(w http.ResponseWriter, r *http.Request) error {
	revision, err := match(r)
	if err != nil && (!errors.Is(err, commit.ErrNoMatch) || r.Header.Get("If-Match") != "") {
		return err
	}
	if err == nil && revision == 0 {
		revision = postgres.AnyRevision // If-Match: *
	}
	var body classBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	c := body.class(mux.Vars(r)["code"])
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		now, err := t.PutClass(ctx, c, revision)
		res := result{value: classOf(now), etag: strconv.FormatInt(now.Revision, 10)}
		if revision == 0 {
			res.status, res.location = http.StatusCreated, "/patrol/classes/"+c.Code
		}
		return res, err
	})
}
