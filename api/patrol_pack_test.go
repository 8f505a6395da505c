package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wangge/grid/rights"
)

func TestAPackHasTheOwnGridsAndWhatLiesAround(t *testing.T) {
	w := newTown(t)
	w.settle(t, `INSERT INTO public_toilet (id, name, geom) VALUES (71, '近处', 'SRID=4490;POINT(120.0035 36.27)'), (72, '远处', 'SRID=4490;POINT(120.02 36.27)')`,
		`INSERT INTO place (id, code, name, kind, geom) VALUES (1, 'DW1', '市场', 'market', 'SRID=4490;POINT(120.001 36.27)'), (2, 'DW2', '远市场', 'market', 'SRID=4490;POINT(120.05 36.27)')`)
	w.settle(t, `INSERT INTO patrol_plan (code, title, title_en, subject_kind, applies_to, checklist, role, period, times, windows, weekdays, valid_from)
		VALUES ('daily', '每日', 'Daily', 'public_toilet', '', 'public_toilet', 'grid_officer', 'day', 2, '{}', '1234567', '2025-01-01')`)
	who := w.as(t, rights.Officer)
	revision := w.write(t, `UPDATE setting SET value = value WHERE key = 'city'`)
	a := w.get(t, "/api/v1/patrol/pack?min_revision="+revision, who...)
	var p struct {
		Holder struct{ Code string }
		Grids  []struct{ Scheme, Code string }
		Bounds [4]float64
		Layers map[string][]struct {
			ID, Revision int64
			Geometry     struct{ Type string }
			Properties   map[string]any
		}
		Complete   bool
		Places     []struct{ ID int64 }
		Checklists []struct{ Code string }
		Classes    []struct{ Code string }
		Plans      []struct{ Code string }
		Timetables []struct {
			Plan  string
			Until time.Time
			Slots []struct{ From, To time.Time }
		}
		Tiles struct {
			MinZoom, MaxZoom int
			Addresses        [][3]int
		}
		Limits struct {
			Far   float64 `json:"far_m"`
			Bytes int64   `json:"photo_bytes"`
		}
	}
	if err := json.Unmarshal(a.body, &p); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", a.StatusCode, err, a.body)
	}
	if p.Holder.Code != "P-901" || len(p.Grids) != 1 || p.Grids[0].Code != "Z-01" || !p.Complete || p.Limits.Far == 0 || p.Limits.Bytes == 0 {
		t.Errorf("%+v", p)
	}
	var toilets []int64
	for _, f := range p.Layers["public_toilet"] {
		toilets = append(toilets, f.ID)
		if f.Revision < 1 || f.Geometry.Type != "Point" || f.Properties["source"] != nil {
			t.Errorf("%+v", f)
		}
	}
	if slices.Sort(toilets); !slices.Equal(toilets, []int64{7, 71}) {
		t.Errorf("toilets %v: one 135 m beside the grid belongs to the pack, one 1,600 m away does not", toilets)
	}
	if len(p.Places) != 1 || p.Places[0].ID != 1 || len(p.Checklists) < 7 || len(p.Classes) < 10 {
		t.Errorf("%+v", p)
	}
	if p.Layers["unit_grid"] != nil || len(p.Layers["construction_site"]) != 1 || p.Tiles.MaxZoom < 16 || len(p.Tiles.Addresses) < 10 || len(p.Tiles.Addresses) > 1500 {
		t.Errorf("%+v", p.Tiles)
	}
	for _, x := range p.Timetables {
		if left, n := time.Until(x.Until), len(x.Slots); n == 0 || x.Slots[n-1].To.Before(x.Until) || left < 7*24*time.Hour || left > 8*24*time.Hour {
			t.Errorf("%s is told ahead in %d slots until %s: a phone without a network needs a week", x.Plan, n, x.Until)
		}
	}
	if len(p.Timetables) == 0 || len(p.Timetables) != len(p.Plans) {
		t.Errorf("%d timetables of %d plans", len(p.Timetables), len(p.Plans))
	}
	tag := a.Header.Get("ETag")
	if b := w.get(t, "/api/v1/patrol/pack", append(who, "If-None-Match", tag)...); tag == "" || b.StatusCode != http.StatusNotModified {
		t.Errorf("again with %s: %d", tag, b.StatusCode)
	}
	if b := w.get(t, "/api/v1/patrol/pack", w.as(t, rights.Bureau)...); b.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("somebody without duties: %d", b.StatusCode)
	}
}

// Who is named in full on a phone is in the access log, as on any other page.
func TestPacksAreInTheAccessLog(t *testing.T) {
	w := newTown(t)
	w.settle(t)
	officer := w.as(t, rights.Officer)
	w.reported(t, 1, "", officer, "near")
	if a := w.get(t, "/api/v1/patrol/pack", officer...); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), "13812345678") {
		t.Fatalf("%s: the pack does not name the officer to the officer", a.Status)
	}
	if n := w.count(t, `SELECT count(*) FROM access_log WHERE actor = 'officer' AND action = 'read_person' AND entity_id = 901 AND detail->>'path' = '/api/v1/patrol/pack'`); n != 1 {
		t.Errorf("%d lines in the access log", n)
	}
}
