package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
	"wangge/layers"
	"wangge/layers/postgres"
)

// Every statement that is composed of the catalogue is one that the migrated record understands.
func TestReaderKnowsEveryLayer(t *testing.T) {
	r := postgres.NewReader(pgtest.DB(t))
	for _, l := range layers.Catalogue() {
		if _, err := r.Feature(t.Context(), l, 1); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("%s: %v", l.ID, err)
		}
	}
	net := layers.NetLayer("duty", layers.Text{}, 12, true)
	if _, err := r.Feature(t.Context(), net, 1); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("%s: %v", net.ID, err)
	}
	for _, l := range layers.Reference() {
		if _, err := r.Feature(t.Context(), l, 1); !errors.Is(err, postgres.ErrNotFound) {
			t.Errorf("%s: %v", l.ID, err)
		}
	}
	for _, zone := range []string{"", "nowhere"} {
		figures, err := r.Figures(t.Context(), []string{"370281"}, zone)
		if err != nil || len(figures) != len(layers.Catalogue()) || figures["road"] != 0 {
			t.Errorf("zone %q: %v, %v", zone, figures, err)
		}
	}
	if err := r.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestReadFeature(t *testing.T) {
	pool := pgtest.DB(t)
	if _, err := pool.Exec(t.Context(), `INSERT INTO parking_space (id, kind, capacity, fee, surveyed_on, note, geom)
		VALUES (4, 'motor', 30, false, '2024-05-06', 'internal', 'SRID=4490;POINT(120.5 36.25)')`); err != nil {
		t.Fatal(err)
	}
	f, err := postgres.NewReader(pool).Feature(t.Context(), layers.ByID("parking_space"), 4)
	if err != nil {
		t.Fatal(err)
	}
	if f.ID != 4 || f.Revision != 1 || f.BBox != [4]float64{120.5, 36.25, 120.5, 36.25} || string(f.Geometry) != `{"type":"Point","coordinates":[120.5,36.25]}` {
		t.Errorf("%+v", f)
	}
	if f.Regions == nil || f.Grids == nil || len(f.Regions)+len(f.Grids) != 0 {
		t.Errorf("nowhere is %v, %v", f.Regions, f.Grids)
	}
	for name, want := range map[string]any{"capacity": int64(30), "fee": false, "kind": "motor", "layout": nil, "surveyed_on": time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)} {
		if diff := cmp.Diff(want, f.Fields[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, shown := f.Fields["note"]; shown {
		t.Error("an internal field was read")
	}
}

func TestChecklist(t *testing.T) {
	r := postgres.NewReader(pgtest.DB(t))
	items, err := r.Checklist(t.Context(), "site_measures")
	if err != nil || len(items) != 6 || items[0] != (postgres.ChecklistItem{Code: "hoarding", Title: "周边围挡", TitleEn: "Hoarding"}) {
		t.Errorf("%v, %v", items, err)
	}
	if items, err := r.Checklist(t.Context(), "nothing"); err != nil || len(items) != 0 {
		t.Errorf("%v, %v", items, err)
	}
}

// Whatever way the database is lost, a reader is told that it is away; whoever gives up is told so instead.
func TestReaderOfALostDatabase(t *testing.T) {
	cluster := pgtest.Cluster(t)
	pool := pgtest.Pool(t, cluster.DSN(pgrun.Database))
	r := postgres.NewReader(pool)
	read := func() error {
		_, err := r.Feature(t.Context(), layers.ByID("road"), 1)
		return err
	}
	if err := read(); !errors.Is(err, postgres.ErrNotFound) {
		t.Fatal(err)
	}
	killed, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Feature(killed, layers.ByID("road"), 1); !errors.Is(err, context.Canceled) || errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("given up: %v", err)
	}
	if err := cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := read(); !errors.Is(err, postgres.ErrUnavailable) {
			t.Errorf("stopped: %v", err)
		}
	}
	if err := r.Ping(t.Context()); !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
	pool.Close()
	if err := read(); !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("closed: %v", err)
	}
}
