package postgres_test

import (
	"errors"
	"testing"

	"github.com/paulmach/orb"

	"wangge/fixtures/pgtest"
	"wangge/geo/datum"
	"wangge/layers/postgres"
)

func TestLocalSystems(t *testing.T) {
	pool := pgtest.DB(t)
	reader := postgres.NewReader(pool)
	if _, err := reader.System(t.Context(), "qd-local"); !errors.Is(err, datum.ErrUnknown) {
		t.Error("a system that nobody has put there:", err)
	}
	const insertSQL = `INSERT INTO local_system (code, title, title_en, base_srid, dx_m, dy_m, rotation, scale) VALUES ('qd-local', '青岛城建坐标', 'Qingdao local', 4549, 400000, 3900000, 0.01, 1.00001)`
	if _, err := pool.Exec(t.Context(), insertSQL); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"qd-local", "urn:wangge:def:crs:qd-local"} {
		s, err := reader.System(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.From(orb.Point{120.0335, 36.2646})
		zh, _ := s.Title()
		if err != nil || p[0] < 100_000 || p[0] > 110_000 || zh != "青岛城建坐标" {
			t.Errorf("%s: %v, %v, %s", name, p, err, zh)
		}
	}
	if s, err := reader.System(t.Context(), "EPSG:4549"); err != nil || s.SRID() != 4549 {
		t.Error(s.Code(), err)
	}
	if _, err := reader.System(t.Context(), "EPSG:4214"); !errors.Is(err, datum.ErrUnknown) {
		t.Error(err)
	}
}
