package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wangge/grid/rights"
)

const (
	sitingPath = "/api/v1/coverage/siting"
	jsonBody   = "application/json"
)

// previewRead is a preview as its readers see it.
type previewRead struct {
	Total struct{ Before, After rowRead }
	Rows  []struct {
		Code          string
		Before, After rowRead
	}
	Changed  int
	Hexagons struct {
		Res int
		IDs []uint64 `json:"ids"`
		D   []*float64
		N   []bool
	}
}

// preview asks what changes would do; the question is one for toilets by street.
func (w *town) preview(t *testing.T, changes string, headers ...string) (out previewRead) {
	t.Helper()
	body := `{"question": {"radii_m": [300], "by": "street"}, "changes": ` + changes + `, "hexagons": true}`
	a := w.send(t, http.MethodPost, toiletCoverage+"/preview", strings.NewReader(body), append(headers, "Content-Type", jsonBody)...)
	if err := json.Unmarshal(a.body, &out); err != nil || a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s: %v %.300s", a.Status, err, a.body)
	}
	return out
}

// What changes would do is told, and nothing of it is kept.
func TestCoveragePreview(t *testing.T) {
	w := newTown(t)
	before := w.get(t, toiletCoverage)
	none := w.preview(t, `[]`)
	if none.Changed != 0 || len(none.Hexagons.IDs) != 0 || none.Total.Before.CoveredM2[0] != none.Total.After.CoveredM2[0] {
		t.Errorf("no changes: %+v", none)
	}
	closed := w.preview(t, `[{"op": "close", "service": "public_toilet", "id": 7}]`)
	h := closed.Hexagons
	if closed.Total.Before.CoveredM2[0] == 0 || closed.Total.After.CoveredM2[0] != 0 || closed.Changed != 1 || closed.Rows[0].Code != "370281001" ||
		len(h.IDs) == 0 || len(h.D) != len(h.IDs) || len(h.N) != len(h.IDs) || h.IDs[0]%16 != uint64(h.Res) {
		t.Errorf("all closed: %+v", closed)
	}
	for i := range h.D {
		if h.D[i] != nil {
			t.Errorf("hexagon %d is %v m from a closed toilet", h.IDs[i], *h.D[i])
		}
	}
	street := w.preview(t, `[{"op": "close_street", "street": "road:1"}]`)
	if street.Total.After.CoveredM2[0] != 0 || street.Total.After.NoNetworkM2 <= street.Total.Before.NoNetworkM2 {
		t.Errorf("the street closed: %+v", street.Total)
	}
	if opened := w.preview(t, `[{"op": "open_street", "line": [[120.0008, 36.27], [120.003, 36.27]], "name": "新路"}]`); opened.Total.After.RoadM.Total <= opened.Total.Before.RoadM.Total ||
		opened.Total.After.NoNetworkM2 >= opened.Total.Before.NoNetworkM2 {
		t.Errorf("a new street: %+v", opened.Total)
	}
	moved := w.preview(t, `[{"op": "move", "service": "public_toilet", "id": 7, "at": [120.0003, 36.2701]}, {"op": "add", "service": "public_toilet", "at": [119.9994, 36.27]}]`)
	if moved.Total.After.Facilities != 2 {
		t.Errorf("moved and added: %+v", moved.Total.After)
	}
	if after := w.get(t, toiletCoverage); !bytes.Equal(after.body, before.body) {
		t.Error("a preview left something behind")
	}
}

// sitingRead is a siting as its readers see it.
type sitingRead struct {
	Sites []struct {
		Ordinal          int
		Lon, Lat         float64
		Gain, Cumulative float64
		Street           string
		Chosen           int
		ChosenOf         int `json:"chosen_of"`
	}
	Value, Already, Total, Gap float64
	UpperBound                 float64 `json:"upper_bound"`
	Curve                      []struct{ K int }
	Candidates                 int
	Reached                    bool
	Problem                    string
	Method                     struct{ Service string }
}

func (w *town) siting(t *testing.T, body string) (out sitingRead) {
	t.Helper()
	a := w.send(t, http.MethodPost, sitingPath, strings.NewReader(body), "Content-Type", jsonBody)
	if err := json.Unmarshal(a.body, &out); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v %.300s", a.Status, err, a.body)
	}
	return out
}

func TestCoverageSiting(t *testing.T) {
	w := newTown(t)
	for name, body := range map[string]string{
		"streets":  `{"service": "public_toilet", "radius_m": 50, "k": 3, "stability": true, "candidates": {"kind": "streets", "spacing_m": 20}}`,
		"points":   `{"service": "public_toilet", "radius_m": 50, "k": 500, "candidates": {"kind": "points", "items": [{"lon": 120.0005, "lat": 36.27, "name": "东"}, {"lon": 120.0007, "lat": 36.27}]}}`,
		"areas":    `{"service": "public_toilet", "radius_m": 50, "k": 2, "candidates": {"kind": "areas", "polygons": {"type": "Polygon", "coordinates": [[[120, 36.2695], [120.001, 36.2695], [120.001, 36.2705], [120, 36.2705], [120, 36.2695]]]}, "spacing_m": 20}}`,
		"straight": `{"service": "public_toilet", "mode": "straight", "radius_m": 50, "k": 2}`,
		"each":     `{"service": "public_toilet", "radius_m": 100, "goal": "each", "share": 0.001, "by": "community"}`,
		"fixed":    `{"service": "public_toilet", "radius_m": 50, "k": 2, "fixed": [{"lon": 120.0005, "lat": 36.27}]}`,
	} {
		s := w.siting(t, body)
		if s.Candidates == 0 || s.Method.Service != "public_toilet" || len(s.Curve) != len(s.Sites)+1 || s.Total <= 0 || s.Gap < 0 || s.Gap > 1 {
			t.Errorf("%s: %+v", name, s)
		}
		for i, site := range s.Sites {
			if site.Ordinal != i+1 || site.Gain <= 0 || site.Cumulative > s.Value+0.01 || name == "streets" && site.ChosenOf != 10 {
				t.Errorf("%s: site %+v of %v", name, site, s.Value)
			}
		}
	}
	all := w.siting(t, `{"service": "public_toilet", "radius_m": 50, "k": 3, "forbidden": {"type": "Polygon", "coordinates": [[[119.9, 36.2], [120.1, 36.2], [120.1, 36.35], [119.9, 36.35], [119.9, 36.2]]]}}`)
	if len(all.Sites) != 0 || all.Problem == "" {
		t.Errorf("all ground is forbidden: %+v", all)
	}
}

// Who asks for events is told how far it is, and then the result.
func TestCoverageSitingEvents(t *testing.T) {
	w := newTown(t)
	body := `{"service": "public_toilet", "radius_m": 50, "k": 3}`
	plain := w.siting(t, body)
	a := w.send(t, http.MethodPost, sitingPath, strings.NewReader(body), "Content-Type", jsonBody, "Accept", "text/event-stream")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", a.Status, a.Header)
	}
	var last, data string
	for lines := bufio.NewScanner(bytes.NewReader(a.body)); lines.Scan(); {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			last = event
		}
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			data = text
		}
	}
	var s sitingRead
	if err := json.Unmarshal([]byte(data), &s); err != nil || last != "result" || s.Value != plain.Value || len(s.Sites) != len(plain.Sites) {
		t.Errorf("%s %v: %+v, want %+v", last, err, s, plain)
	}
	if bad := w.send(t, http.MethodPost, sitingPath, strings.NewReader(`{}`), "Content-Type", jsonBody, "Accept", "text/event-stream"); problemOf(t, bad).Status != http.StatusBadRequest {
		t.Error("a bad question was answered by events")
	}
}

// Why a siting is refused is told in both languages, as a problem and, where the answer has begun, as an event.
func TestCoverageSitingRefused(t *testing.T) {
	w := newTown(t)
	body := `{"service": "public_toilet", "radius_m": 50, "k": 3, "weight": "population"}`
	p := problemOf(t, w.send(t, http.MethodPost, sitingPath, strings.NewReader(body), "Content-Type", jsonBody))
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Detail, "没有人口数据") || !strings.Contains(p.DetailEn, "nobody knows where people live") {
		t.Errorf("%+v", p)
	}
	a := w.send(t, http.MethodPost, sitingPath, strings.NewReader(body), "Content-Type", jsonBody, "Accept", "text/event-stream")
	if told := string(a.body); !strings.Contains(told, "event: failure") || !strings.Contains(told, p.Detail) || !strings.Contains(told, p.DetailEn) {
		t.Errorf("the event does not say why: %s", told)
	}
}

// Scenarios are for those who have signed in: tables of them, what they do, and what tells two apart. Nothing of them is kept by caches.
func TestCoverageScenarios(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	who, other := w.as(t, rights.Planner), w.as(t, rights.Viewer)
	keep := func(name, changes string, shared bool) int64 {
		t.Helper()
		body := fmt.Sprintf(`{"name": %q, "service": "public_toilet", "question": {"radii_m": [300], "by": "street"}, "changes": %s, "shared": %t}`, name, changes, shared)
		a := w.send(t, http.MethodPost, "/api/v1/coverage/scenarios", strings.NewReader(body), append(who, "Content-Type", jsonBody)...)
		var made struct{ ID int64 }
		if err := json.Unmarshal(a.body, &made); err != nil || a.StatusCode != http.StatusCreated {
			t.Fatalf("%s %v %s", a.Status, err, a.body)
		}
		return made.ID
	}
	closing := keep("关闭", `[{"op": "close", "service": "public_toilet", "id": 7}]`, true)
	adding := keep("新增", `[{"op": "add", "service": "public_toilet", "at": [120.0007, 36.27]}]`, false)
	query := fmt.Sprintf("%s?by=street&radius=300&scenario=%d", toiletCoverage, closing)
	var table tableRead
	a := w.get(t, query, other...)
	if err := json.Unmarshal(a.body, &table); err != nil || table.Total.CoveredM2[0] != 0 || a.Header.Get("Cache-Control") != "private, no-store" || a.Header.Get("ETag") != "" ||
		!strings.Contains(a.Header.Get("Vary"), "Authorization") {
		t.Errorf("%v: %v %v", err, table.Total, a.Header)
	}
	for path, want := range map[string]int{query: http.StatusUnauthorized, fmt.Sprintf("/api/v1/coverage/scenarios/%d/result", closing): http.StatusUnauthorized} {
		if a := w.get(t, path); a.StatusCode != want {
			t.Errorf("%s by nobody: %s", path, a.Status)
		}
	}
	if a := w.get(t, fmt.Sprintf("%s?scenario=%d", toiletCoverage, adding), other...); a.StatusCode != http.StatusNotFound {
		t.Errorf("another's scenario: %s", a.Status)
	}
	type compared struct {
		A, B struct {
			ID    *int64
			Name  string
			Total rowRead
		}
		Rows    []struct{ A, B rowRead }
		Changed int
	}
	var result, two compared
	for path, into := range map[string]*compared{
		fmt.Sprintf("/api/v1/coverage/scenarios/%d/result", closing):                 &result,
		fmt.Sprintf("/api/v1/coverage/scenarios/compare?a=%d&b=%d", closing, adding): &two,
	} {
		a := w.get(t, path, who...)
		if err := json.Unmarshal(a.body, into); err != nil || a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v %s", path, a.Status, err, a.body)
		}
	}
	if result.A.ID != nil || *result.B.ID != closing || result.A.Total.CoveredM2[0] == 0 || result.B.Total.CoveredM2[0] != 0 || result.Changed != 1 || len(result.Rows) != 1 {
		t.Errorf("%+v", result)
	}
	if *two.A.ID != closing || two.B.Name != "新增" || two.A.Total.CoveredM2[0] != 0 || two.B.Total.CoveredM2[0] <= result.A.Total.CoveredM2[0] {
		t.Errorf("%+v", two)
	}
	w.catchUp(t, w.write(t, `DELETE FROM public_toilet WHERE id = 7`))
	if p := problemOf(t, w.get(t, query, who...)); p.Type != "scenario-outdated" || !strings.Contains(p.DetailEn, "/0/id") {
		t.Errorf("a scenario that closes what has gone: %+v", p)
	}
}

// A caller that goes ends the siting, and one that is asked for in vain gives its place back.
func TestCoverageSitingEnds(t *testing.T) {
	w := newTown(t)
	for range 2 * 4 { // twice as many as may be under way
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+sitingPath, strings.NewReader(`{"service": "public_toilet", "radius_m": 5000, "k": 500, "stability": true}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", jsonBody)
		if a, err := w.Client().Do(r); err == nil {
			_ = a.Body.Close()
		}
		cancel()
	}
	for began := time.Now(); ; {
		a := w.send(t, http.MethodPost, sitingPath, strings.NewReader(`{"service": "public_toilet", "radius_m": 50, "k": 1}`), "Content-Type", jsonBody)
		if a.StatusCode == http.StatusOK {
			return
		}
		if a.StatusCode != http.StatusServiceUnavailable || time.Since(began) > 20*time.Second {
			t.Fatalf("%s %s", a.Status, a.body)
		}
	}
}
