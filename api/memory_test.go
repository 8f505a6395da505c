package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wangge/layers/city"
)

func TestMemoryIsChecked(t *testing.T) {
	w := newTown(t)
	if page := string(w.get(t, "/metrics").body); strings.Contains(page, "wangge_memory_") {
		t.Error("there are figures of a check that nobody asked for")
	}
	var got memoryJSON
	w.json(t, "/api/v1/memory", &got)
	if got.DifferenceCount != 0 || len(got.Differences) != 0 || got.Unsettled != 0 || got.Features < 10 || got.Layers["unit_grid"] != (tallyJSON{2, 2}) || got.Looks != 1 {
		t.Errorf("at first: %+v", got)
	}
	if page := string(w.get(t, "/metrics").body); !strings.Contains(page, "wangge_memory_differences 0\n") || !strings.Contains(page, "wangge_memory_verified_timestamp_seconds ") {
		t.Error("the check is not among the metrics")
	}
	w.write(t, `SET LOCAL session_replication_role = replica`, `DELETE FROM road WHERE id = 1`,
		`UPDATE public_toilet SET name = '别的' WHERE id = 7`, `UPDATE grid SET name = '别的' WHERE id = 13`)
	w.json(t, "/api/v1/memory", &got)
	want := []differenceJSON{{"grid_duty", 13, "name"}, {NetKey, 0, "grid 13"}, {"public_toilet", 7, "name"}, {"road", 1, "extra"}}
	if diff := cmp.Diff(want, got.Differences); diff != "" || got.DifferenceCount != 4 || got.Layers["road"] != (tallyJSON{1, 0}) {
		t.Errorf("after edits that were not told: %+v %s", got, diff)
	}
	if page := string(w.get(t, "/metrics").body); !strings.Contains(page, "wangge_memory_differences 4\n") {
		t.Error("the differences are not among the metrics")
	}
	if p := problemOf(t, w.get(t, "/api/v1/memory", "X-Forwarded-For", "203.0.113.9")); p.Type != "sign-in" {
		t.Errorf("from elsewhere: %s", p.Type)
	}
}

// asked is a city whose verifications wait, and end as the test says.
type asked struct {
	*city.City
	begun chan struct{}
	end   chan error
}

func (a asked) Verify(ctx context.Context) (city.Verification, error) {
	a.begun <- struct{}{}
	select {
	case err := <-a.end:
		return city.Verification{}, err
	case <-ctx.Done():
		return city.Verification{}, ctx.Err()
	}
}

func TestMemoryIsCheckedOneAtATime(t *testing.T) {
	a := asked{begun: make(chan struct{}), end: make(chan error)}
	w := newTown(t, func(c *Config) {
		a.City = c.City.(*city.City)
		c.City = a
	})
	first := make(chan answer)
	go func() { first <- w.get(t, "/api/v1/memory") }()
	<-a.begun
	if p := problemOf(t, w.get(t, "/api/v1/memory")); p.Type != "already-checking" || p.Status != http.StatusConflict {
		t.Errorf("beside another: %d %s", p.Status, p.Type)
	}
	a.end <- city.ErrAway
	if p := problemOf(t, <-first); p.Type != "database-away" {
		t.Errorf("without a database: %s", p.Type)
	}
	go func() { first <- w.get(t, "/api/v1/memory") }()
	<-a.begun
	a.end <- city.ErrAdrift
	if p := problemOf(t, <-first); p.Type != "not-following" {
		t.Errorf("adrift: %s", p.Type)
	}
	gone, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(gone, http.MethodGet, w.URL+"/api/v1/memory", nil)
	if err != nil {
		t.Fatal(err)
	}
	left := make(chan error)
	go func() {
		resp, err := w.Client().Do(r)
		if err == nil {
			err = resp.Body.Close()
		}
		left <- err
	}()
	<-a.begun
	leave()
	if err := <-left; err == nil {
		t.Error("who left got an answer")
	}
	// The check of the one who left ends some time; then there is room for another, which the end of the server ends.
	go func() {
		got := w.get(t, "/api/v1/memory")
		for got.StatusCode == http.StatusConflict {
			got = w.get(t, "/api/v1/memory")
		}
		first <- got
	}()
	<-a.begun
	w.api.Drain()
	if p := problemOf(t, <-first); p.Type != "stopping" {
		t.Errorf("at the server's end: %s", p.Type)
	}
}
