package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/api/inbox"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// liveSQL gives the small city people, a lit alley to those who live far up, and a second officer of the same grid.
const liveSQL = `
INSERT INTO population (persons, geom) VALUES (100, 'SRID=4490;POINT(119.9996 36.2701)'), (40, 'SRID=4490;POINT(120.00081 36.2728)');
INSERT INTO back_alley (id, code, name, lit, width_m, geom) VALUES (21, 'A-21', '云溪巷', true, 3, 'SRID=4490;LINESTRING(120.0008 36.27, 120.0008 36.2735)');
INSERT INTO holder (id, code, kind, name) VALUES (902, 'P-902', 'person', '李四');
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (902, 'grid_officer', 'grid', 13, '2020-01-01');
INSERT INTO account (id, name, role, holder_id) VALUES (811, 'officer2', 'officer', 902)`

// checked is a check of a subject in which one item fails.
func checked(n int, kind string, id, seen int64, answers string) string {
	result := "abnormal"
	if !strings.Contains(answers, "fail") {
		result = "normal"
	}
	return fmt.Sprintf(`{"id": %q, "subject": {"kind": %q, "id": %d}, "checklist": %q, "edition": "2026", "result": %q, "answers": %s, "seen": %d,
		"fix": {"lon": 119.9995, "lat": 36.2702, "accuracy_m": 8}, "photos": [{"id": %q, "sha256": "%064x", "bytes": 1000, "kind": "near"}]}`,
		uuid(4, n), kind, id, kind, result, answers, seen, uuid(5, n), n)
}

// people are those that a profile reaches within 500 m, all and covered.
func (w *town) people(t *testing.T, profile, revision string) [2]float64 {
	t.Helper()
	var table struct {
		Total struct {
			Population struct {
				Total   float64
				Covered []float64
			}
		}
	}
	w.json(t, toiletCoverage+"?by=county&radius=500&profile="+profile+revision, &table)
	return [2]float64{table.Total.Population.Total, table.Total.Population.Covered[0]}
}

// clearRamps are the ramps that are not blocked, of all.
func (w *town) clearRamps(t *testing.T, revision string) string {
	t.Helper()
	a := w.get(t, "/api/v1/coverage/questions/ramp_compliance?by=county"+revision)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	return timeless(t, a.body)
}

// What an officer marks is on the planner's screen within a second of the answer to the phone: tiles, what is reached on foot, without steps and at
// night, and whom it is about.
func TestWhatOfficersMarkIsSeenAtOnce(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	w.catchUp(t, w.write(t, liveSQL))
	profiles := []string{"walk", "step_free", "night"}
	before := map[string][2]float64{}
	for _, p := range profiles {
		before[p] = w.people(t, p, "")
		if got := before[p]; got[1] != 140 {
			t.Fatalf("%s reaches %v before anything happens", p, got)
		}
	}
	ramps := w.clearRamps(t, "")
	tiles := map[string][]byte{}
	for _, l := range []string{"public_toilet", "back_alley", "barrier_free_ramp"} {
		tiles[l] = w.get(t, tilePath(l, 15)).body
	}
	// seen asks with the revision that the phone was told, and measures from then on.
	seen := func(r inbox.Reply, look func(revision string)) {
		t.Helper()
		last := r.Outcomes[len(r.Outcomes)-1]
		if last.Status != patrol.Done || last.Revision == 0 && r.Revision == 0 {
			t.Fatalf("%+v", r)
		}
		began := time.Now()
		look(fmt.Sprintf("&min_revision=%d", max(last.Revision, r.Revision)))
		if took := time.Since(began); took > time.Second {
			t.Errorf("the planner sees it after %v", took)
		} else {
			t.Logf("seen after %v", took)
		}
	}
	changed := func(layer, revision string) {
		t.Helper()
		if a := w.get(t, tilePath(layer, 15)+"?"+revision[1:]); a.StatusCode != http.StatusOK || bytes.Equal(a.body, tiles[layer]) {
			t.Errorf("the tile of %s is as before: %s", layer, a.Status)
		}
	}
	seen(h.send(t, 0, command(1, "check", checked(1, "back_alley", 21, 1, `{"lamp": "fail"}`))), func(revision string) {
		if got := w.people(t, "night", revision); got[1] != 100 {
			t.Errorf("a dark alley: at night %v are reached", got)
		}
		if got := w.people(t, "walk", revision); got != before["walk"] {
			t.Errorf("a dark alley: by day %v", got)
		}
		changed("back_alley", revision)
	})
	seen(h.send(t, 0, command(2, "check", checked(2, "barrier_free_ramp", 3, 1, `{"clear": "fail"}`))), func(revision string) {
		if got := w.clearRamps(t, revision); got == ramps {
			t.Error("a blocked ramp counts as clear")
		}
		changed("barrier_free_ramp", revision)
	})
	seen(h.send(t, 0, command(3, "check", checked(3, "public_toilet", 7, 1, `{"open": "fail"}`))), func(revision string) {
		changed("public_toilet", revision)
		for _, p := range profiles {
			if got := w.people(t, p, revision); got[0] != before[p][0] || got[1] != 0 {
				t.Errorf("the toilet is closed: %s reaches %v", p, got)
			}
		}
	})
	seen(h.send(t, 0, command(4, "check", checked(4, "public_toilet", 7, 2, `{"open": "pass"}`)), command(5, "check", checked(5, "back_alley", 21, 2, `{"lamp": "pass"}`)),
		command(6, "check", checked(6, "barrier_free_ramp", 3, 2, `{"clear": "pass"}`))), func(revision string) {
		for _, p := range profiles {
			if got := w.people(t, p, revision); got != before[p] {
				t.Errorf("open again: %s reaches %v, before %v", p, got, before[p])
			}
		}
		if w.clearRamps(t, revision) != ramps {
			t.Error("the ramp is clear again, and does not count")
		}
	})
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE id = 7 AND revision = 3 AND updated_by = 'officer'`); n != 1 {
		t.Error("the log does not say who closed and opened it")
	}
}

// clashesOf tells of the clashes of an outcome.
func clashesOf(o patrol.Outcome) (out []string) {
	for _, k := range o.Clashes {
		out = append(out, fmt.Sprintf("%s: %v, mine %v, theirs %v by %s", k.Field, k.Base, k.Mine, k.Theirs, k.By))
	}
	return out
}

// Two officers and staff, one toilet, all without a network: every check is in the record, and what met another's change is told with both versions.
func TestTwoOfficersOfflineLoseNothing(t *testing.T) {
	w := newTown(t)
	first := newHandset(t, w, rights.Officer, 1)
	w.catchUp(t, w.write(t, liveSQL))
	second := &handset{w: w, device: uuid(1, 2), who: append(w.withSession(t, "officer2"), "Content-Type", "application/json")}
	key := func(c sent, device int) sent { // keys of two phones differ
		c.Key = uuid(20+device, int(c.Seq))
		return c
	}
	w.write(t, `SET LOCAL wangge.actor = 'bureau'`, `UPDATE public_toilet SET status = 'damaged' WHERE id = 7`)
	r := first.send(t, 0, key(command(1, "check", checked(1, "public_toilet", 7, 1, `{"open": "fail"}`)), 1))
	expect(t, r, 2, "1 conflict")
	if diff := cmp.Diff([]string{"status: intact, mine closed, theirs damaged by b**"}, clashesOf(r.Outcomes[0])); diff != "" {
		t.Error(diff)
	}
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE id = 7 AND status = 'damaged'`); n != 1 {
		t.Error("what staff wrote was written over")
	}
	// The officer insists, having seen both.
	mine := fmt.Sprintf(`{"of": %q, "fields": ["status"], "seen": %d}`, uuid(21, 1), r.Outcomes[0].Clashes[0].Revision)
	expect(t, first.send(t, 0, key(command(2, "mine", mine), 1)), 3, "2 done")
	// The other officer looked before all this and found it open.
	r = second.send(t, 0, key(command(1, "check", checked(2, "public_toilet", 7, 1, `{"open": "pass"}`)), 2))
	expect(t, r, 2, "1 conflict")
	if diff := cmp.Diff([]string{"status: intact, mine intact, theirs closed by o**"}, clashesOf(r.Outcomes[0])); diff != "" {
		t.Error(diff)
	}
	// Different fields of one object do not stand in each other's way.
	expect(t, first.send(t, 0, key(command(3, "check", checked(3, "barrier_free_ramp", 3, 1, `{"clear": "fail"}`)), 1)), 4, "3 done")
	expect(t, second.send(t, 0, key(command(2, "check", checked(4, "barrier_free_ramp", 3, 1, `{"intact": "fail"}`)), 2)), 3, "2 done")
	if n := w.count(t, `SELECT count(*) FROM barrier_free_ramp WHERE id = 3 AND occupied AND status = 'damaged'`); n != 1 {
		t.Error("one of two changes was lost")
	}
	// What was seen earlier comes later: the later look stands, and both are told.
	w.write(t, `INSERT INTO public_toilet (id, name, geom) VALUES (8, '后到', 'SRID=4490;POINT(119.9996 36.2702)')`)
	expect(t, second.send(t, 0, key(command(3, "check", checked(5, "public_toilet", 8, 1, `{"open": "pass"}`)), 2)), 4, "3 done")
	early := key(command(4, "check", checked(6, "public_toilet", 8, 1, `{"open": "fail"}`)), 1)
	early.MadeAt = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	late := first.send(t, 0, early)
	expect(t, late, 5, "4 conflict")
	if diff := cmp.Diff([]string{"status: intact, mine closed, theirs intact by o**"}, clashesOf(late.Outcomes[0])); diff != "" {
		t.Error(diff)
	}
	if n := w.count(t, `SELECT count(*) FROM patrol_check`); n != 6 {
		t.Errorf("%d checks of 6", n)
	}
	again := second.send(t, 0, key(command(1, "check", checked(2, "public_toilet", 7, 1, `{"open": "pass"}`)), 2))
	if diff := cmp.Diff(clashesOf(r.Outcomes[0]), clashesOf(again.Outcomes[0])); diff != "" {
		t.Errorf("asked again, the conflict differs: %s", diff)
	}
}

// Who looks twice with what the phone knew in the morning stands in nobody's way, whatever others did to other fields; a clash names who changed the field.
func TestOwnChangesAreNoConflict(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	expect(t, h.send(t, 0, command(1, "check", checked(1, "public_toilet", 7, 1, `{"open": "fail"}`))), 2, "1 done")
	w.write(t, `SET LOCAL wangge.actor = 'bureau'`, `UPDATE public_toilet SET name = '改名公厕' WHERE id = 7`)
	expect(t, h.send(t, 0, command(2, "check", checked(2, "public_toilet", 7, 1, `{"open": "pass"}`))), 3, "2 done")
	if n := w.count(t, `SELECT count(*) FROM public_toilet WHERE id = 7 AND status = 'intact' AND name = '改名公厕'`); n != 1 {
		t.Error("the toilet is open again, and the record does not say so")
	}
	w.write(t, `SET LOCAL wangge.actor = 'bureau'`, `UPDATE public_toilet SET status = 'damaged' WHERE id = 7`)
	w.write(t, `SET LOCAL wangge.actor = 'street'`, `UPDATE public_toilet SET name = '又改名公厕' WHERE id = 7`)
	r := h.send(t, 0, command(3, "check", checked(3, "public_toilet", 7, 4, `{"open": "fail"}`)))
	expect(t, r, 4, "3 conflict")
	if diff := cmp.Diff([]string{"status: intact, mine closed, theirs damaged by b**"}, clashesOf(r.Outcomes[0])); diff != "" {
		t.Error(diff)
	}
}

// Both officers' findings about one object stay, and staff see each against what is.
func TestTwoFindingsOfflineBothStay(t *testing.T) {
	w := newTown(t)
	first := newHandset(t, w, rights.Officer, 1)
	w.catchUp(t, w.write(t, liveSQL))
	second := &handset{w: w, device: uuid(1, 2), who: append(w.withSession(t, "officer2"), "Content-Type", "application/json")}
	found := func(n int, values string) sent {
		c := command(1, "ledger", fmt.Sprintf(`{"id": %q, "layer": "public_toilet", "feature": 7, "finding": "differs", "base": 1, "values": %s, "note": "现场核对",
			"fix": {"lon": 119.9995, "lat": 36.2702}, "photos": [{"id": %q, "sha256": "%064x", "bytes": 9, "kind": "near"}]}`, uuid(9, n), values, uuid(8, n), n))
		c.Key = uuid(30, n)
		return c
	}
	expect(t, first.send(t, 0, found(1, `{"name": "甲公厕", "male_stalls": 4}`)), 2, "1 done")
	expect(t, second.send(t, 0, found(2, `{"name": "乙公厕"}`)), 2, "1 done")
	bad := found(3, `{"male_stalls": -4, "grade": "golden"}`)
	bad.Seq = 2
	r := first.send(t, 0, bad)
	expect(t, r, 3, "2 refused")
	if o := r.Outcomes[0]; !strings.Contains(o.Detail+o.DetailE+o.Title, "male_stalls") && !strings.Contains(o.Detail+o.DetailE, "grade") {
		t.Errorf("the officer does not hear what is wrong: %+v", o)
	}
	street := w.as(t, rights.Street)
	list := said[page[toldProposal]](t, w.get(t, proposals+"?state=open&layer=public_toilet&feature=7", street...), http.StatusOK)
	if len(list.Items) != 2 {
		t.Fatalf("%d of 2 findings", len(list.Items))
	}
	one := said[toldProposal](t, w.post(t, "POST", proposals+"/"+uuid(9, 1)+"/decide", `{"fields": {"name": true, "male_stalls": true}}`, append(street, "If-Match", `"1"`)...), http.StatusOK)
	other := said[toldProposal](t, w.get(t, proposals+"/"+uuid(9, 2), street...), http.StatusOK)
	i := slices.IndexFunc(other.Comparison, func(c struct {
		Field, Title        string
		Base, Now, Proposed any
		Changed             bool `json:"changed_since"`
		Same                bool
	}) bool {
		return c.Field == "name"
	})
	if one.State != "accepted" || i < 0 || other.Comparison[i].Base != "少海公厕" || other.Comparison[i].Now != "甲公厕" || other.Comparison[i].Proposed != "乙公厕" || !other.Comparison[i].Changed {
		t.Errorf("%+v, then %+v", one, other)
	}
}
