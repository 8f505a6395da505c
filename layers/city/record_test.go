package city_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"

	"wangge/fixtures/pgtest"
	"wangge/geo/tile"
	"wangge/layers"
	"wangge/layers/city"
)

// TestMemoryShowsTheRecord compares a tile of the whole city with the rows as SQL tells them: the same features with the same attributes.
// (That their geometry is drawn right is the affair of geo/tile.)
func TestMemoryShowsTheRecord(t *testing.T) {
	pool := pgtest.DB(t)
	write(t, pool, dutySQL)
	c := follow(t, city.Config{Pool: pool, Log: quiet()})
	e := editor{rand.New(rand.NewPCG(5, 6))}
	for range 60 {
		if err := e.transaction(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
	}
	v := at(t, c, write(t, pool, `UPDATE setting SET value = value WHERE key = 'city'`))
	seen := 0
	for _, l := range v.Layers() {
		shown := city.Features(v, l.ID)
		rows, err := pool.Query(t.Context(), `SELECT to_jsonb(f) - 'geom', ST_AsBinary(geom) FROM `+pgx.Identifier{l.Table}.Sanitize()+` f`)
		if err != nil {
			t.Fatal(err)
		}
		var row, shape []byte
		_, err = pgx.ForEachRow(rows, []any{&row, &shape}, func() error {
			var values map[string]any
			if err := json.Unmarshal(row, &values); err != nil {
				return err
			}
			id := int64(values["id"].(float64))
			f, there := shown[id]
			if belongs := values["valid_to"] == nil && (l.Only == nil || values[l.Only.Column] == l.Only.Value); there != belongs {
				t.Errorf("%s %d: in memory %v, in the layer %v", l.ID, id, there, belongs)
			}
			if there {
				seen++
				compare(t, l, f, values, shape)
				delete(shown, id)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(shown) > 0 {
			t.Errorf("%s: not in the record: %v", l.ID, slices.Collect(maps.Keys(shown)))
		}
	}
	if seen < 100 {
		t.Errorf("only %d features were compared", seen)
	}
}

func compare(t *testing.T, l *layers.Layer, f city.Feature, values map[string]any, shape []byte) {
	t.Helper()
	want := map[string]any{}
	for i := range l.Fields {
		field := &l.Fields[i]
		switch held := field.Tile || (field.Filterable || field.Held) && field.Access == layers.Public; {
		case field.Derive != nil:
			delete(f.Attributes, field.Name)
		case !held || values[field.Name] == nil:
		case field.Type == layers.Time:
			at, err := time.Parse(time.RFC3339Nano, values[field.Name].(string))
			if err != nil {
				t.Fatal(err)
			}
			want[field.Name] = at.UTC().Format("2006-01-02T15:04:05.000000Z")
		case field.Type == layers.Object: // as its text
			var members map[string]any
			if text, _ := f.Attributes[field.Name].(string); json.Unmarshal([]byte(text), &members) != nil {
				t.Errorf("%s %v: %s is %v", l.ID, values["id"], field.Name, f.Attributes[field.Name])
			}
			want[field.Name], f.Attributes[field.Name] = values[field.Name], members
		default:
			want[field.Name] = values[field.Name]
		}
	}
	if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(f.Attributes)); diff != "" {
		t.Errorf("%s %v: %s", l.ID, values["id"], diff)
	}
	g, err := wkb.Unmarshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	flat, _ := tile.FromOrb(g)
	if !slices.Equal(flat.XY, f.Geometry.XY) || flat.Kind != f.Geometry.Kind {
		t.Errorf("%s %v: the geometry differs", l.ID, values["id"])
	}
	zoom := l.FirstZoom
	if l.ZoomBy != nil {
		zoom = l.ZoomBy.Zoom[values[l.ZoomBy.Field].(string)]
	}
	if f.Zoom != zoom {
		t.Errorf("%s %v: first zoom %d, want %d", l.ID, values["id"], f.Zoom, zoom)
	}
}
