package draft

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"wangge/api/param"
	"wangge/geo/datum"
)

// Terms are on what terms a caller writes.
type Terms struct {
	DryRun  bool // everything is done and nothing stays
	NewArea bool // take what lies outside every known region
	Shifted bool // take what looks like GCJ-02
	Minimal bool // the answer needs no body
}

// ReadTerms reads the parameters dry_run and accept and the header Prefer, and says which handling was applied.
func ReadTerms(w http.ResponseWriter, r *http.Request, q *param.Query) (*Terms, error) {
	t := &Terms{DryRun: q.OneOf("dry_run", "false", "true") == "true"}
	if q.Has("accept") {
		for _, word := range strings.Split(q.Text("accept", 100), ",") {
			switch word {
			case "new-area":
				t.NewArea = true
			case "shift":
				t.Shifted = true
			default:
				q.Fault("accept", "只能是 shift、new-area 或两者", "must be shift, new-area, or both")
			}
		}
	}
	wishes := preferences(r)
	for _, wish := range []string{"handling=lenient", "handling=strict"} {
		if slices.Contains(wishes, wish) {
			t.Shifted = t.Shifted || wish == "handling=lenient"
			w.Header().Set("Preference-Applied", wish)
		}
	}
	t.Minimal = slices.Contains(wishes, "return=minimal")
	return t, q.Err()
}

// preferences are the wishes of the header Prefer, without spaces and quotes. Those that nobody knows are passed over, as RFC 7240 wants.
func preferences(r *http.Request) []string {
	text := strings.ToLower(strings.NewReplacer(" ", "", "\t", "", `"`, "", ";", ",").Replace(strings.Join(r.Header.Values("Prefer"), ",")))
	return strings.Split(text, ",")
}

// ReadSystem reads the header Content-Crs: the URI of a coordinate reference system in angle brackets. find finds the system, like datum.Parse.
func (q *Request) ReadSystem(r *http.Request, find func(name string) (datum.System, error)) error {
	name := strings.TrimSpace(strings.Join(r.Header.Values("Content-Crs"), ","))
	if name == "" {
		return nil
	}
	bad := func(zh, en string) error {
		return param.Faults{{In: "header", Name: "Content-Crs", Detail: zh, DetailEn: en}}
	}
	inner, opens := strings.CutPrefix(name, "<")
	inner, closes := strings.CutSuffix(inner, ">")
	if opens != closes || len(name) > 200 {
		return bad("须为 <坐标系的 URI>", "must be <the URI of a coordinate reference system>")
	}
	s, err := find(inner)
	if errors.Is(err, datum.ErrUnknown) {
		return bad("没有这个坐标系", "there is no such coordinate reference system")
	}
	q.System, q.Stated = s, true
	return err
}
