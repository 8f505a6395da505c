package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
)

const patrolSettingsPath = "/api/v1/patrol/settings"

// setPatrol changes the settings as the bureau.
func (w *town) setPatrol(t *testing.T, body string) answer {
	t.Helper()
	return w.send(t, http.MethodPut, patrolSettingsPath, strings.NewReader(body), append(w.as(t, rights.Bureau), "Content-Type", "application/json")...)
}

func settingsBody(enabled bool, days int, hours string, far, inaccurate float64) string {
	return fmt.Sprintf(`{"tracks": {"enabled": %v, "keep_days": %d, "hours": %q}, "position": {"far_m": %v, "inaccurate_m": %v}}`, enabled, days, hours, far, inaccurate)
}

func TestPatrolSettings(t *testing.T) {
	w := newTown(t)
	bureau := w.as(t, rights.Bureau)
	type settings struct {
		Tracks   struct{ Enabled bool }
		Position struct {
			FarM float64 `json:"far_m"`
		}
	}
	if got := said[settings](t, w.get(t, patrolSettingsPath, bureau...), http.StatusOK); got.Tracks.Enabled || got.Position.FarM != 100 {
		t.Errorf("at first: %+v", got)
	}
	said[settings](t, w.setPatrol(t, settingsBody(true, 30, "8:00－18:00", 150, 50)), http.StatusOK)
	said[settings](t, w.setPatrol(t, settingsBody(true, 30, "08:00-18:00", 150, 50)), http.StatusOK)
	if got := said[settings](t, w.get(t, patrolSettingsPath, bureau...), http.StatusOK); !got.Tracks.Enabled || got.Position.FarM != 150 {
		t.Errorf("then: %+v", got)
	}
	var changes int
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM change WHERE entity = 'setting' AND actor = 'bureau'`).Scan(&changes); err != nil || changes != 2 {
		t.Errorf("%d lines in the audit, want one for each setting that changed (%v)", changes, err)
	}
	for want, body := range map[string]string{
		"/tracks/keep_days":      settingsBody(true, 0, "08:00-18:00", 100, 50),
		"/tracks/keep_days ":     settingsBody(true, 366, "08:00-18:00", 100, 50),
		"/tracks/hours":          settingsBody(true, 30, "早班", 100, 50),
		"/tracks/hours ":         settingsBody(true, 30, "", 100, 50),
		"/position/far_m":        settingsBody(true, 30, "08:00-18:00", 9, 50),
		"/position/far_m ":       settingsBody(true, 30, "08:00-18:00", 1e300, 50),
		"/position/inaccurate_m": settingsBody(true, 30, "08:00-18:00", 100, 0),
	} {
		a := w.setPatrol(t, body)
		if p := problemOf(t, a); a.StatusCode != http.StatusBadRequest || len(p.Errors) != 1 || *p.Errors[0].Pointer != strings.TrimSpace(want) {
			t.Errorf("%s: %s %s", want, a.Status, a.body)
		}
	}
	for _, body := range []string{"", "[]", `{"tracks": 1}`, `{"colour": "red"}`} {
		if a := w.setPatrol(t, body); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%q: %s", body, a.Status)
		}
	}
}

// keepTrack keeps a track of the officer with a point every minute.
func (w *town) keepTrack(t *testing.T, by rights.Actor, id string, from time.Time, minutes int) (kept int, dropped map[patrol.DropReason]int, err error) {
	t.Helper()
	now := time.Now()
	tr := &patrol.Track{ID: id, By: patrol.Person{Holder: 901, Account: "officer"}, Moment: patrol.Moment{At: now, Device: now, Received: now}}
	for i := range minutes {
		tr.Points = append(tr.Points, patrol.TrackPoint{At: orb.Point{120 + float64(i)*1e-4, 36.27}, Time: from.Add(time.Duration(i) * time.Minute), AccuracyM: 5})
	}
	_, err = gridpg.NewStore(w.pool).Write(t.Context(), gridpg.Caller{Actor: by}, func(ctx context.Context, tx *gridpg.Tx) (gridpg.Answer, error) {
		kept, err = tx.KeepTrack(ctx, tr)
		return gridpg.Answer{Status: http.StatusOK}, err
	})
	return kept, tr.Dropped, err
}

func TestTracks(t *testing.T) {
	w := newTown(t)
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	officer := w.as(t, rights.Officer)
	local := time.Now().In(zone)
	yesterday := time.Date(local.Year(), local.Month(), local.Day()-1, 7, 30, 0, 0, zone)
	if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(2, 1), yesterday, 60); err != nil || kept != 0 || dropped[patrol.DropOff] != 60 {
		t.Errorf("before tracks are wanted: %d %v %v", kept, dropped, err)
	}
	w.setPatrol(t, settingsBody(true, 30, "08:00-18:00", 100, 50))
	for range 2 { // a command that comes again
		if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(2, 2), yesterday, 60); err != nil || kept != 30 || dropped[patrol.DropOffDuty] != 30 {
			t.Errorf("from half an hour before duty: %d %v %v", kept, dropped, err)
		}
	}
	w.write(t, `UPDATE duty SET hours = '20:00-04:00' WHERE id = 9901`)
	night := time.Date(local.Year(), local.Month(), local.Day()-2, 23, 30, 0, 0, zone)
	if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(2, 3), night, 60); err != nil || kept != 60 {
		t.Errorf("over midnight: %d %v %v", kept, dropped, err)
	}
	w.write(t, fmt.Sprintf(`INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (901, 'leave', '%[1]s', '%[1]s')`, night.AddDate(0, 0, -3).Format(time.DateOnly)))
	if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(2, 4), night.AddDate(0, 0, -3).Add(-time.Hour), 20); err != nil || kept != 0 || dropped[patrol.DropOffDuty] != 20 {
		t.Errorf("on leave: %d %v %v", kept, dropped, err)
	}
	if _, _, err := w.keepTrack(t, rights.Actor{Account: 808, Name: "viewer", Role: rights.Viewer}, uuid(2, 5), yesterday, 1); err == nil {
		t.Error("a viewer keeps an officer's track")
	}
	type tracks struct {
		Items []struct {
			Points [][4]float64
		}
		BBox *[4]float64
	}
	ask := func(day time.Time, who ...string) tracks {
		return said[tracks](t, w.get(t, "/api/v1/patrol/tracks?holder=P-901&day="+day.Format(time.DateOnly), who...), http.StatusOK)
	}
	reads := func() (n int) {
		if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM access_log WHERE action = 'read_track'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	own := ask(yesterday, officer...)
	if len(own.Items) != 2 || len(own.Items[0].Points) != 30 || len(own.Items[1].Points) != 30 || own.BBox == nil || reads() != 0 {
		t.Errorf("yesterday: %+v, %d reads", own, reads())
	}
	if got := ask(yesterday, w.as(t, rights.Bureau)...); len(got.Items) != 2 || reads() != 1 {
		t.Errorf("by the bureau: %+v, %d reads", got, reads())
	}
	if got := ask(yesterday.AddDate(0, 0, -9), officer...); len(got.Items) != 0 || got.BBox != nil {
		t.Errorf("a day at home: %+v", got)
	}
	for path, want := range map[string]int{"": http.StatusBadRequest, "?holder=P-0": http.StatusBadRequest, "?holder=P-901&day=soon": http.StatusBadRequest} {
		if a := w.get(t, "/api/v1/patrol/tracks"+path, w.as(t, rights.Bureau)...); a.StatusCode != want {
			t.Errorf("%q: %s", path, a.Status)
		}
	}
	if a := w.get(t, "/api/v1/patrol/tracks?holder=P-0", officer...); a.StatusCode != http.StatusForbidden {
		t.Errorf("an officer asks for somebody who is not there: %s", a.Status)
	}
	w.setPatrol(t, settingsBody(true, 1, "08:00-18:00", 100, 50))
	if n, err := gridpg.NewStore(w.pool).PurgeTracks(t.Context()); err != nil || n != 1 {
		t.Errorf("purged: %d %v", n, err)
	}
	if slices.ContainsFunc(w.log.lines(t, "request failed"), func(map[string]any) bool { return true }) {
		t.Error("a request failed")
	}
}

// A substitute is on duty on the days on which the other is away, and not on others; whoever has left, on none.
func TestTracksOfSubstitutes(t *testing.T) {
	w := newTown(t)
	w.setPatrol(t, settingsBody(true, 30, "08:00-18:00", 100, 50))
	zone := time.FixedZone("", 8*60*60)
	local := time.Now().In(zone)
	noon := func(daysAgo int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()-daysAgo, 12, 0, 0, 0, zone)
	}
	w.write(t, `INSERT INTO holder (id, code, kind, name) VALUES (990, 'P-990', 'person', '甲');
		INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from) VALUES (9990, 990, 'grid_officer', 'grid', 14, '2020-01-01');
		UPDATE duty SET substitute_of = 9990 WHERE id = 9901;
		INSERT INTO absence (holder_id, kind, valid_from, valid_to) VALUES (990, 'leave', city_day() - 3, city_day() - 2)`)
	for daysAgo, want := range map[int]int{4: 0, 3: 9, 2: 9, 1: 0} {
		if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(3, daysAgo), noon(daysAgo), 9); err != nil || kept != want {
			t.Errorf("%d days ago: %d points, want %d (%v %v)", daysAgo, kept, want, dropped, err)
		}
	}
	w.write(t, `UPDATE duty SET substitute_of = NULL WHERE id = 9901; UPDATE holder SET valid_to = city_day() - 2 WHERE id = 901`)
	for daysAgo, want := range map[int]int{5: 9, 1: 0} {
		if kept, _, err := w.keepTrack(t, anOfficer, uuid(4, daysAgo), noon(daysAgo), 9); err != nil || kept != want {
			t.Errorf("%d days ago, left two days ago: %d points, want %d (%v)", daysAgo, kept, want, err)
		}
	}
}

// The days that tracks are kept for begin at the city's midnight.
func TestTracksAreKeptForWholeDays(t *testing.T) {
	w := newTown(t)
	w.setPatrol(t, settingsBody(true, 2, "00:00-24:00", 100, 50))
	local := time.Now().In(time.FixedZone("", 8*60*60))
	midnight := time.Date(local.Year(), local.Month(), local.Day()-2, 0, 0, 0, 0, local.Location())
	if kept, dropped, err := w.keepTrack(t, anOfficer, uuid(3, 1), midnight.Add(-5*time.Minute), 15); err != nil || kept != 10 || dropped[patrol.DropOld] != 5 {
		t.Errorf("around the first midnight: %d kept, %v, %v", kept, dropped, err)
	}
	if n, err := gridpg.NewStore(w.pool).PurgeTracks(t.Context()); err != nil || n != 0 {
		t.Errorf("of what was kept a moment ago %d are purged: %v", n, err)
	}
}

// What a phone sends of its officer's way is kept as tracks are, or not at all: the inbox knows a track again without its points.
func TestTheInboxForgetsWays(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	store := gridpg.NewStore(w.pool)
	way := func(lat float64) string {
		return fmt.Sprintf(`{"points": [[120.123457, %v, %d, 5], [120.123458, 36.27, %d]]}`, lat, time.Now().UnixMilli()-120_000, time.Now().UnixMilli()-60_000)
	}
	told := func() int {
		return w.count(t, `SELECT count(*) FROM patrol_command WHERE body::text LIKE '%120.12345%'`)
	}
	first, third := command(1, "track", way(36.5)), command(3, "track", way(36.50))
	expect(t, h.send(t, 0, first), 2, "1 done")
	if told() != 0 {
		t.Error("the way of an officer is kept with its command, though no tracks are wanted")
	}
	expect(t, h.send(t, 0, first), 2, "1 done")
	other := first
	other.Body = command(1, "track", way(36.6)).Body
	if r := h.send(t, 0, other); r.Outcomes[0].Type != "idempotency-key-reused" {
		t.Errorf("another way under the same key: %+v", r.Outcomes[0])
	}
	expect(t, h.send(t, 0, third), 2, "3 waiting")
	expect(t, h.send(t, 0, third), 2, "3 waiting")
	expect(t, h.send(t, 0, command(2, "track", `{"points": [[120.123459]]}`)), 4, "2 refused", "3 done")
	expect(t, h.send(t, 0, third), 4, "3 done")
	if told() != 0 {
		t.Error("a way that waited, or was refused, is kept")
	}
	expect(t, h.send(t, 0, command(7, "track", way(36.7)), command(8, "problem", litter(8))), 4, "7 waiting", "8 waiting")
	if _, err := store.PurgeTracks(t.Context()); err != nil || told() != 1 {
		t.Errorf("%d ways wait after a purge (%v)", told(), err)
	}
	w.write(t, `UPDATE patrol_command SET received_at = now() - interval '32 days' WHERE status = 'waiting'`)
	if _, err := store.PurgeTracks(t.Context()); err != nil || told() != 0 {
		t.Errorf("%d ways wait for longer than tracks are kept (%v)", told(), err)
	}
	expect(t, h.send(t, 9), 9, "7 refused", "8 done")
}
