package api

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"wangge/grid/rights"
)

// historyAnswer is what the tests want to know of a history.
type historyAnswer struct {
	Items []struct {
		Version   int64
		Op        string
		At        time.Time
		Actor     *string
		RequestID *string `json:"request_id"`
		Changes   []struct {
			Field, Title  string
			TitleEn       string `json:"title_en"`
			Before, After any
		}
		MovedM *float64 `json:"moved_m"`
	}
	Next  *string
	Total int
}

// lived gives the toilet of the small city a history: versions 2 (status, note), 3 (moved 90 m), 4 (name).
func lived(t *testing.T) *town {
	t.Helper()
	w := newTown(t)
	w.settle(t)
	for _, sql := range []string{
		`UPDATE public_toilet SET status = 'closed', note = 'the new secret' WHERE id = 7`,
		`UPDATE public_toilet SET geom = 'SRID=4490;POINT(120.0005 36.2702)' WHERE id = 7`,
		`UPDATE public_toilet SET name = '云溪公厕' WHERE id = 7`,
	} {
		w.write(t, sql)
	}
	return w
}

const lifeOfToilet = "/ogc/collections/public_toilet/items/7"

func TestHistoryOfAFeature(t *testing.T) {
	w := lived(t)
	staff := w.as(t, rights.Bureau)
	var got historyAnswer
	w.json(t, lifeOfToilet+"/history", &got)
	if len(got.Items) != 4 || got.Total != 4 || got.Next != nil {
		t.Fatalf("%+v", got)
	}
	for i, item := range got.Items {
		if item.Version != int64(4-i) || item.Actor != nil || item.RequestID != nil || item.At.IsZero() {
			t.Errorf("%+v", item)
		}
	}
	if m := got.Items[1].MovedM; m == nil || *m < 89 || *m > 91 || got.Items[0].MovedM != nil {
		t.Errorf("moved %v, %v", m, got.Items[0].MovedM)
	}
	if c := got.Items[2].Changes; len(c) != 1 || c[0].Field != "status" || c[0].Before != "intact" || c[0].After != "closed" || c[0].Title == "" || c[0].TitleEn == "" {
		t.Errorf("%+v", c)
	}
	a := w.get(t, lifeOfToilet+"/history", staff...)
	inside := said[historyAnswer](t, a, http.StatusOK)
	if c := inside.Items[2].Changes; len(c) != 2 || c[1].Field != "note" || inside.Items[0].Actor == nil || *inside.Items[0].Actor == "" {
		t.Errorf("staff read %+v", inside.Items)
	}
	if a.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(a.Header.Get("Vary"), "Authorization") {
		t.Errorf("%v", a.Header)
	}
	if open := w.get(t, lifeOfToilet+"/history"); strings.Contains(string(open.body), "secret") {
		t.Errorf("an internal field: %s", open.body)
	}
	for _, end := range []string{"/history/2", "/diff?from=1&to=2"} {
		if a := w.get(t, lifeOfToilet+end); a.StatusCode != http.StatusOK || strings.Contains(string(a.body), "secret") {
			t.Errorf("%s: %s", end, a.body)
		}
		if a := w.get(t, lifeOfToilet+end, staff...); !strings.Contains(string(a.body), "the new secret") {
			t.Errorf("%s: staff read %s", end, a.body)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	w := lived(t)
	var versions []int64
	for next := ""; ; {
		var page historyAnswer
		w.json(t, lifeOfToilet+"/history?limit=1"+next, &page)
		for _, item := range page.Items {
			versions = append(versions, item.Version)
		}
		if page.Next == nil {
			break
		}
		next = "&cursor=" + *page.Next
	}
	if diff := gocmp.Diff([]int64{4, 3, 2, 1}, versions); diff != "" {
		t.Error(diff)
	}
}

// An older version has the form of an item, and is what GET gave then.
func TestVersionOfAFeature(t *testing.T) {
	w := newTown(t)
	before := said[map[string]any](t, w.get(t, lifeOfToilet), http.StatusOK)
	w.write(t, `UPDATE public_toilet SET name = 'x', geom = 'SRID=4490;POINT(120.0005 36.2702)' WHERE id = 7`)
	then := said[map[string]any](t, w.get(t, lifeOfToilet+"/history/1"), http.StatusOK)
	delete(before, "grids") // are not kept
	delete(then, "grids")
	if diff := gocmp.Diff(before, then); diff != "" {
		t.Error(diff)
	}
	a := w.get(t, lifeOfToilet+"/history/1?crs=http://www.opengis.net/def/crs/EPSG/0/4490")
	if f := said[item](t, a, http.StatusOK); string(f.Geometry.Coordinates) != "[36.2702,119.9995]" || !strings.Contains(a.Header.Get("Content-Crs"), "4490") {
		t.Errorf("%s %s", f.Geometry.Coordinates, a.Header.Get("Content-Crs"))
	}
}

// Part 1 on datetime, and ours: the feature as it was.
func TestItemAtAnInstant(t *testing.T) {
	w := lived(t)
	var h historyAnswer
	w.json(t, lifeOfToilet+"/history", &h)
	for _, v := range h.Items {
		at := v.At.UTC().Format(time.RFC3339Nano)
		if f := said[item](t, w.get(t, lifeOfToilet+"?datetime="+at), http.StatusOK); f.Revision != v.Version {
			t.Errorf("at %s it was version %d, want %d", at, f.Revision, v.Version)
		}
	}
	born := h.Items[len(h.Items)-1].At.Add(-time.Microsecond).UTC().Format(time.RFC3339Nano)
	if a := w.get(t, lifeOfToilet+"?datetime="+born); a.StatusCode != http.StatusNotFound {
		t.Errorf("before it was there: %s", a.Status)
	}
	w.write(t, `DELETE FROM public_toilet WHERE id = 7`)
	last := h.Items[0].At.UTC().Format(time.RFC3339Nano)
	if f := said[item](t, w.get(t, lifeOfToilet+"?datetime="+last), http.StatusOK); f.Revision != 4 {
		t.Errorf("a deleted feature was version %d", f.Revision)
	}
	if a := w.get(t, lifeOfToilet+"?datetime=2999-01-01"); a.StatusCode != http.StatusNotFound {
		t.Errorf("in the future: %s", a.Status)
	}
}

func TestDifferenceOfVersions(t *testing.T) {
	w := lived(t)
	var d struct {
		From, To int64
		Changes  []struct {
			Field         string
			Before, After any
		}
		Geometry *struct {
			Before, After struct{ Coordinates []float64 }
			MovedM        float64 `json:"moved_m"`
		}
	}
	w.json(t, lifeOfToilet+"/diff?from=1&to=4", &d)
	if len(d.Changes) != 2 || d.Geometry == nil || d.Geometry.Before.Coordinates[0] != 119.9995 || d.Geometry.After.Coordinates[0] != 120.0005 || d.Geometry.MovedM < 89 {
		t.Errorf("%+v", d)
	}
	d.Geometry = nil
	w.json(t, lifeOfToilet+"/diff?from=3&to=4", &d)
	if len(d.Changes) != 1 || d.Geometry != nil {
		t.Errorf("%+v", d)
	}
}

func (w *town) restore(t *testing.T, version int, headers ...string) answer {
	t.Helper()
	return w.sendAs(t, http.MethodPost, lifeOfToilet+"/restore", "application/json", fmt.Sprintf(`{"version": %d}`, version), headers...)
}

func TestRestoreAVersion(t *testing.T) {
	w := lived(t)
	staff := w.as(t, rights.Bureau)
	if a := w.restore(t, 1, staff...); a.StatusCode != http.StatusPreconditionRequired {
		t.Errorf("without If-Match: %s", a.Status)
	}
	if a := w.restore(t, 1, append(staff, "If-Match", `"3"`)...); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("stale: %s", a.Status)
	}
	with := slices.Concat(staff, []string{"If-Match", w.get(t, lifeOfToilet).Header.Get("ETag"), "Idempotency-Key", "once"})
	a := w.restore(t, 1, with...)
	f := said[item](t, a, http.StatusOK)
	if f.Revision != 5 || f.Properties["name"] != "少海公厕" || f.Properties["status"] != "intact" || string(f.Geometry.Coordinates) != "[119.9995,36.2702]" || a.Header.Get("Wangge-Revision") == "" {
		t.Errorf("%+v", f)
	}
	if again := w.restore(t, 1, with...); again.Header.Get("Idempotency-Replayed") != "true" || string(again.body) != string(a.body) {
		t.Errorf("again: %s %s", again.Status, again.body)
	}
	var h historyAnswer
	w.json(t, lifeOfToilet+"/history", &h)
	if h.Items[0].Version != 5 || h.Total != 5 || h.Items[0].MovedM == nil {
		t.Errorf("%+v", h.Items[0])
	}
}

func TestRestoreWhatWasDeleted(t *testing.T) {
	w := lived(t)
	staff := w.as(t, rights.Bureau)
	w.write(t, `DELETE FROM public_toilet WHERE id = 7`)
	if a := w.restore(t, 4, append(staff, "If-Match", `"4"`)...); a.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("with a tag: %s", a.Status)
	}
	dry := w.sendAs(t, http.MethodPost, lifeOfToilet+"/restore?dry_run=true", "application/json", `{"version": 4}`, append(staff, "If-Match", "*")...)
	if dry.StatusCode != http.StatusCreated || w.get(t, lifeOfToilet).StatusCode != http.StatusNotFound {
		t.Errorf("a dry run: %s", dry.Status)
	}
	a := w.restore(t, 4, append(staff, "If-Match", "*")...)
	f := said[item](t, a, http.StatusCreated)
	if f.ID != 7 || f.Properties["code"] != "T-7" || f.Properties["name"] != "云溪公厕" || f.Revision != 6 || !strings.HasSuffix(a.Header.Get("Location"), lifeOfToilet) {
		t.Errorf("%+v %s", f, a.Header.Get("Location"))
	}
	var h historyAnswer
	w.json(t, lifeOfToilet+"/history", &h)
	if h.Items[0].Op != "insert" || h.Items[1].Op != "delete" || h.Total != 6 {
		t.Errorf("%+v", h.Items)
	}
}

// Every bad request for history has its documented answer.
func TestBadHistory(t *testing.T) {
	w := lived(t)
	staff := w.as(t, rights.Bureau)
	file, err := os.Open("testdata/bad/history.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tried := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		parts := strings.SplitN(lines.Text(), " ", 5)
		if len(parts) < 4 {
			t.Fatalf("%q", lines.Text())
		}
		var a answer
		if len(parts) == 5 {
			a = w.sendAs(t, http.MethodPost, parts[3], "application/json", parts[4], append(staff, "If-Match", "*")...)
		} else {
			a = w.get(t, parts[3])
		}
		p, named := problemOf(t, a), "-"
		if len(p.Errors) > 0 {
			text, _ := json.Marshal(p.Errors[0])
			if named = p.Errors[0].Parameter; p.Errors[0].Pointer != nil {
				named = cmp.Or(*p.Errors[0].Pointer, "-")
			}
			if p.Errors[0].Detail == "" || p.Errors[0].DetailEn == "" {
				t.Errorf("%s: %s", parts[3], text)
			}
		}
		if got := []string{strconv.Itoa(a.StatusCode), p.Type, named}; strings.Join(got, " ") != strings.Join(parts[:3], " ") {
			t.Errorf("%s: %v, want %v\n%s", parts[3], got, parts[:3], a.body)
		}
		tried++
	}
	if tried < 40 {
		t.Errorf("only %d requests", tried)
	}
}
