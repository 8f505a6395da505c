package v1

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

func (h *Handler) profileRoutes() []Route {
	const one = "/coverage/profiles/{id}"
	version := Param{Name: "version", Title: "版本；缺省为现行", TitleE: "the version; the one in force by default"}
	return []Route{
		{Path: "/coverage/profiles", Reads: true, Title: "阈值方案和版本", TitleE: "Profiles of thresholds and their versions", Reply: rulesJSON[profileJSON]{}, Serve: h.profiles},
		{Path: one, Reads: true, Params: []Param{version}, Title: "阈值方案的一个版本", TitleE: "A version of a profile", Reply: profileWhole{}, Serve: h.profile},
		{Method: http.MethodPost, Path: one + "/versions", Needs: rights.EditScheme, Title: "阈值方案的新版本", TitleE: "Make the next version of a profile", Status: http.StatusCreated, Body: profileBody{}, Reply: profileWhole{}, Serve: h.addProfile},
	}
}

// thresholdRow is one requirement of a version.
type thresholdRow struct {
	Layer      string  `json:"layer"`
	Metric     string  `json:"metric" doc:"指标"`
	AppliesTo  string  `json:"applies_to" doc:"适用对象（类别、形式或用地）；空为全部"`
	Value      float64 `json:"value"`
	Comparator string  `json:"comparator" doc:"<=、>=、<、>、="`
	Unit       string  `json:"unit"`
	Standard   string  `json:"standard"`
	Edition    string  `json:"edition" doc:"标准年号"`
	Clause     string  `json:"clause" doc:"条文"`
	Verified   bool    `json:"verified" doc:"是否已与标准原文核对"`
}

// profileBody is a new version as its author writes it.
type profileBody struct {
	Title      string         `json:"title"`
	TitleEn    string         `json:"title_en"`
	Thresholds []thresholdRow `json:"thresholds" doc:"全部阈值，至多 2000 条"`
	Current    bool           `json:"current,omitempty" doc:"是否立即取代现行版本"`
}

type profileJSON struct {
	ID        string    `json:"id"`
	Version   int       `json:"version"`
	Title     string    `json:"title"`
	TitleEn   string    `json:"title_en"`
	Current   bool      `json:"current"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy *string   `json:"created_by"`
	Count     int       `json:"threshold_count"`
}

type profileWhole struct {
	profileJSON
	Thresholds []thresholdRow `json:"thresholds"`
}

func profileTold(p postgres.Profile) profileJSON {
	return profileJSON{p.ID, p.Version, p.Title, p.TitleEn, p.Current, p.CreatedAt.UTC(), orNull(p.CreatedBy), p.Count}
}

func profileWith(p postgres.Profile) profileWhole {
	whole := profileWhole{profileTold(p), []thresholdRow{}}
	for _, x := range p.Thresholds {
		whole.Thresholds = append(whole.Thresholds, thresholdRow(x))
	}
	return whole
}

func (h *Handler) profiles(w http.ResponseWriter, r *http.Request) error {
	list, err := h.Store.Profiles(r.Context())
	if err != nil {
		return err
	}
	out := rulesJSON[profileJSON]{Items: []profileJSON{}}
	for _, p := range list {
		out.Items = append(out.Items, profileTold(p))
	}
	return h.json(w, r, out)
}

func (h *Handler) profile(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	version := q.Int("version", 0, 1, math.MaxInt32)
	if err := q.Err(); err != nil {
		return err
	}
	p, err := h.Store.Profile(r.Context(), mux.Vars(r)["id"], version)
	if err != nil {
		return err
	}
	return h.json(w, r, profileWith(p))
}

func (h *Handler) addProfile(w http.ResponseWriter, r *http.Request) error {
	var body profileBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if faults := body.check(); len(faults) > 0 {
		return faults
	}
	p := postgres.Profile{ID: mux.Vars(r)["id"], Title: strings.TrimSpace(body.Title), TitleEn: strings.TrimSpace(body.TitleEn), Current: body.Current}
	for _, x := range body.Thresholds {
		p.Thresholds = append(p.Thresholds, postgres.ProfileThreshold(x))
	}
	return h.write(w, r, body, func(ctx context.Context, t *postgres.Tx) (result, error) {
		made, err := t.AddProfileVersion(ctx, p)
		return result{status: http.StatusCreated, value: profileWith(made), location: fmt.Sprintf("/coverage/profiles/%s?version=%d", made.ID, made.Version)}, err
	})
}

// What a threshold's words and numbers may be.
const (
	maxThresholdWord  = 100
	maxThresholdValue = 1e9
	maxFaults         = 50 // that are told of one body
)

// termName is how layers and metrics are called.
var termName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

func (b *profileBody) check() (faults param.Faults) {
	add := func(pointer, zh, en string) {
		if len(faults) < maxFaults {
			faults = append(faults, param.InBody(pointer, zh, en)...)
		}
	}
	for pointer, title := range map[string]string{"/title": b.Title, "/title_en": b.TitleEn} {
		if strings.TrimSpace(title) == "" || !isShort(title, maxThresholdWord) {
			add(pointer, "须为 1 到 100 个字符，在一行之内", "takes one line of 1 to 100 characters")
		}
	}
	if n := len(b.Thresholds); n == 0 || n > postgres.MaxThresholds {
		add("/thresholds", "须有 1 到 2000 条", "takes 1 to 2,000 thresholds")
		return faults
	}
	seen := map[[3]string]bool{}
	for i, x := range b.Thresholds {
		at := fmt.Sprintf("/thresholds/%d", i)
		x.check(func(name, zh, en string) { add(at+name, zh, en) })
		if key := [3]string{x.Layer, x.Metric, x.AppliesTo}; seen[key] {
			add(at, "同一图层、指标、对象已有一条", "there is one for this layer, metric and subject already")
		} else {
			seen[key] = true
		}
	}
	return faults
}

func (x thresholdRow) check(add func(name, zh, en string)) {
	if !termName.MatchString(x.Layer) {
		add("/layer", "须为小写字母、数字、下划线", "takes lower-case letters, digits and underscores")
	}
	if !termName.MatchString(x.Metric) {
		add("/metric", "须为小写字母、数字、下划线", "takes lower-case letters, digits and underscores")
	}
	if math.Abs(x.Value) > maxThresholdValue {
		add("/value", "数值过大", "the value is too large")
	}
	if !slices.Contains([]string{"<=", ">=", "<", ">", "="}, x.Comparator) {
		add("/comparator", "须为 <=、>=、<、>、= 之一", "is one of <=, >=, <, >, =")
	}
	if x.Unit == "" {
		add("/unit", "缺少单位；没有单位的写 1", "the unit is missing; 1 for none")
	}
	for _, word := range [][2]string{{"/applies_to", x.AppliesTo}, {"/unit", x.Unit}, {"/standard", x.Standard}, {"/edition", x.Edition}, {"/clause", x.Clause}} {
		if !isShort(word[1], maxThresholdWord) {
			add(word[0], "至多 100 个字符，在一行之内", "takes one line of 100 characters at most")
		}
	}
}
