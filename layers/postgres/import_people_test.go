package postgres_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"wangge/layers"
	"wangge/layers/ingest"
	"wangge/layers/postgres"
)

// importPeople imports a table of people and gives the codes of its rejects by row.
func importPeople(t *testing.T, pool *pgxpool.Pool, name, text string, job postgres.Job) (postgres.Counts, map[int64]string) {
	t.Helper()
	codes := map[int64]string{}
	job.Options.Layer = layers.ByID("population")
	job.Report = func(r ingest.Reject) error {
		codes[r.Row] = string(r.Code)
		return nil
	}
	file, err := ingest.Open(write(t, name, text))
	if err != nil {
		t.Fatal(err)
	}
	got, err := postgres.NewImporter(pool).Import(t.Context(), file, job)
	if err != nil {
		t.Fatal(err)
	}
	return got.Counts, codes
}

// A table with a row for each community needs no positions: each row takes the outline of the region that it names. What names none, or two, is rejected.
func TestImportPeopleByCommunity(t *testing.T) {
	pool := ground(t)
	mustExec(t, pool, `INSERT INTO region (code, name, kind, geom) SELECT '37028100100' || n, '和平社区', 'community', ST_Multi(ST_MakeEnvelope(120.06, 36.2 + n / 100.0, 120.07, 36.21 + n / 100.0, 4490))
		FROM generate_series(3, 4) n`)
	const code, name = "370281001001", "东社区"
	text := strings.Join([]string{
		"社区代码,社区名称,常住人口,60岁及以上人口,残疾人数,户数,统计时点",
		code + ",,4321,900,88,1600,2025-12-31",
		"," + name + "居民委员会,5000,1000,90,1700,2020-11-01",
		",和平社区,100,10,1,40,2025-12-31",
		",没有社区,100,10,1,40,2025-12-31",
		"999999999999,,100,10,1,40,2025-12-31",
		code + ",,-5,,,,2024-12-31",
		code + ",,5,6,,,2023-12-31",
		",,17,,,,2025-12-31",
		"合计,,9999,,,,",
	}, "\n")
	counts, codes := importPeople(t, pool, "七普.csv", text, postgres.Job{})
	want := map[int64]string{4: "ambiguous_region", 5: "unknown_region", 6: "unknown_region", 7: "bad_value", 8: "constraint", 9: "no_position", 10: "total_row"}
	if d := cmp.Diff(want, codes); d != "" {
		t.Errorf("rejects by row: %s", d)
	}
	if counts.Inserted != 2 || counts.Aside != 0 || counts.Read != 9 {
		t.Errorf("%+v", counts)
	}
	row := `SELECT concat_ws(' ', area_code, persons, elderly, disabled, households, as_of, origin, source, source_key) FROM population WHERE as_of = '2025-12-31'`
	if got := one[string](t, pool, row); got != code+" 4321 900 88 1600 2025-12-31 七普 region "+code+"@2025-12-31" {
		t.Errorf("%s", got)
	}
	if n := one[int](t, pool, `SELECT count(*) FROM population p JOIN region r ON r.code = p.area_code AND ST_Equals(r.geom, p.geom) AND p.name IN (r.name, r.name || '居民委员会')`); n != 2 {
		t.Errorf("%d rows have the outline and the name of their region", n)
	}
	if again, _ := importPeople(t, pool, "七普.csv", text, postgres.Job{}); again.Unchanged != 2 || again.Inserted+again.Updated != 0 {
		t.Errorf("again: %+v", again)
	}
	// Another file about the same region and day takes the place of the row, whoever wrote it.
	if other, _ := importPeople(t, pool, "公报.csv", "区域代码,人口,统计日期\n"+code+",4400,2025-12-31\n", postgres.Job{}); other.Updated != 1 {
		t.Errorf("another: %+v", other)
	}
	if got := one[string](t, pool, `SELECT persons || ' ' || origin FROM population WHERE as_of = '2025-12-31'`); got != "4400 公报" {
		t.Errorf("%s", got)
	}
	if limited, codes := importPeople(t, pool, "本街道.csv", "区域代码,人口,统计日期\n"+code+",1,2026-12-31\n", postgres.Job{Reach: &postgres.Reach{Region: code[:9]}}); limited.Rejected != 1 || codes[2] != "not_yours" {
		t.Errorf("a street office: %+v %v", limited, codes)
	}
}

// People at points and in areas of their own keep their places; the community that they name does not make them all of it.
func TestImportPeopleAtPlaces(t *testing.T) {
	pool := ground(t)
	text := "经度,纬度,社区代码,人口\n120.021,36.221,370281001001,30\n120.022,36.222,370281001001,0\n120.9,38.2,370281001001,5\n"
	counts, codes := importPeople(t, pool, "楼栋.csv", text, postgres.Job{Options: ingest.Options{Datum: "wgs84"}})
	if counts.Inserted != 2 || !maps.Equal(codes, map[int64]string{4: "outside_regions"}) {
		t.Errorf("%+v %v", counts, codes)
	}
	if n := one[int](t, pool, `SELECT count(*) FROM population WHERE area_code IS NULL AND GeometryType(geom) = 'POINT' AND extra ->> 'area_code' = '370281001001'`); n != 2 {
		t.Errorf("%d rows keep their places", n)
	}
	if _, _, err := try(t, pool, write(t, "楼栋.csv", text), postgres.Job{Options: ingest.Options{Layer: layers.ByID("population")}}); err == nil || !strings.Contains(err.Error(), "--datum") {
		t.Errorf("positions without a datum: %v", err)
	}
	area := feature(`"persons": 12.5, "as_of": "2025-12-31"`, `{"type":"Polygon","coordinates":[[[120.021,36.221],[120.022,36.221],[120.022,36.222],[120.021,36.221]]]}`)
	for n, want := range []postgres.Counts{{Read: 1, Inserted: 1}, {Read: 1, Unchanged: 1}} {
		got, _ := importPeople(t, pool, "grid.geojsonl", area, postgres.Job{Options: ingest.Options{Datum: "wgs84"}})
		if got != want {
			t.Errorf("time %d: %+v", n, got)
		}
	}
}

func TestImportLandUse(t *testing.T) {
	pool := ground(t)
	square := `{"type":"Polygon","coordinates":[[[120.021,36.221],[120.022,36.221],[120.022,36.222],[120.021,36.221]]]}`
	counts, codes := load(t, pool, write(t, "用地.geojsonl", feature(`"用地性质": "居住", "用地代码": "R2"`, square), feature(`"用地性质": "赌场"`, square),
		feature(`"用地性质": "绿地与广场"`, at(120.021, 36.221))), postgres.Job{Options: options("land_use")})
	if counts.Inserted != 1 || !slices.Equal(codes, []string{"bad_value", "wrong_kind"}) {
		t.Errorf("%+v %v", counts, codes)
	}
	if s := one[string](t, pool, `SELECT kind || ' ' || class_code FROM land_use`); s != "residential R2" {
		t.Errorf("%s", s)
	}
}

// The check finds people in no region, in an outline that is no more that of their region, and counted twice.
func TestCheckPeople(t *testing.T) {
	pool := ground(t)
	mustExec(t, pool, `INSERT INTO population (id, area_code, persons, as_of, geom) SELECT row_number() OVER (ORDER BY code), code, 100, date '2025-12-31', geom FROM region WHERE kind = 'community';
		INSERT INTO population (id, persons, as_of, geom) VALUES (3, 5, '2025-12-31', 'SRID=4490;POINT(120.03 36.23)'), (4, 5, '2024-12-31', ST_MakeEnvelope(120.02, 36.22, 120.03, 36.23, 4490))`)
	differences := func() (list []string) {
		n, err := postgres.NewChecker(pool).Check(t.Context(), func(d postgres.Difference) error {
			if d.Layer == "population" {
				list = append(list, fmt.Sprint(d.ID, " ", d.What, " ", d.Recorded))
			}
			return nil
		}, nil)
		if err != nil || n < 4 {
			t.Fatalf("%d rows, %v", n, err)
		}
		return list
	}
	if got := differences(); got != nil {
		t.Errorf("nothing is wrong, and it finds %v", got)
	}
	mustExec(t, pool, `INSERT INTO population (id, persons, as_of, geom) VALUES (5, 1, '2025-12-31', 'SRID=4490;POINT(121 37)'), (6, 1, '2025-12-31', ST_MakeEnvelope(120.03, 36.22, 120.04, 36.23, 4490));
		UPDATE region SET geom = ST_Multi(ST_MakeEnvelope(120.00, 36.22, 120.02, 36.25, 4490)) WHERE code = '370281001002'`)
	if diff := cmp.Diff([]string{"5 outside ", "2 outline 370281001002", "1 overlaps 6"}, differences()); diff != "" {
		t.Error(diff)
	}
}
