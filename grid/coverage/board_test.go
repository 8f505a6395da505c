package coverage

import (
	"math/rand/v2"
	"testing"
)

func boardOf(t testing.TB, c *testCity) *Board {
	t.Helper()
	b, err := NewLive().At(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func tableOf(t testing.TB, b *Board, q Question, radiiM []uint32, by string) *Table {
	t.Helper()
	table, err := b.Table(t.Context(), q, radiiM, by, "")
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var usualRadii = []uint32{300, 500, 800}

func TestTable(t *testing.T) {
	c := newTestCity(12).withToilets(3, 12, rand.New(rand.NewPCG(1, 2)))
	b := boardOf(t, c)
	for _, mode := range []Mode{Walk, Straight} {
		for _, by := range []string{"community", "street", "county", "zone", "grid:unit"} {
			table := tableOf(t, b, Question{Service: toilet, Mode: mode}, usualRadii, by)
			t.Logf("%s %s: %d rows, total %+v", mode, by, len(table.Rows), table.Total)
		}
	}
	m, err := b.Method(t.Context(), Question{Service: toilet}, usualRadii)
	t.Logf("%+v %v", m, err)
}
