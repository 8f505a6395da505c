package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"wangge/geo"
	"wangge/geo/pgeom"
	"wangge/layers/ingest"
)

// rowKeeper keeps what became of rows, some of each outcome, over a connection of its own: of a trial everything else is undone.
type rowKeeper struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one run
	pool    *pgxpool.Pool
	job     int64
	ordinal int64
	kept    map[Outcome]int
	counts  map[ingest.Code]int64
	rows    [][]any
}

const keptAtOnce = 1000

func (k *rowKeeper) begin() error {
	_, err := k.pool.Exec(k.ctx, `DELETE FROM import_row WHERE import_id = $1`, k.job)
	return err
}

// reject keeps a reject, or counts a remark.
func (k *rowKeeper) reject(r ingest.Reject) error {
	if r.Code.IsRemark() {
		n := int64(1)
		_, _ = fmt.Sscan(r.Detail, &n) // a remark without a number is one
		k.counts[r.Code] += n
		return nil
	}
	k.counts[r.Code]++
	if k.kept[OutcomeRejected] >= MaxRows {
		return nil
	}
	props, err := json.Marshal(ingest.StorableProps(r.Props))
	if err != nil {
		return err
	}
	return k.keep(RowOutcome{Row: r.Row, Outcome: OutcomeRejected, Code: r.Code, Detail: r.Detail, Key: r.Key, Properties: props}, storable(r.Geometry))
}

// outcome keeps a row that was taken, or set aside.
func (k *rowKeeper) outcome(r RowOutcome) error {
	var g orb.Geometry
	if r.Geometry != nil {
		var err error
		if g, err = pgeom.Decode(r.Geometry); err != nil {
			return err
		}
	}
	return k.keep(r, g)
}

func (k *rowKeeper) keep(r RowOutcome, g orb.Geometry) error {
	if k.kept[r.Outcome]++; k.kept[r.Outcome] > MaxRows {
		return nil
	}
	k.ordinal++
	row := []any{k.job, k.ordinal, nil, string(r.Outcome), textOrNull(string(r.Code)), textOrNull(ingest.Storable(r.Detail)), textOrNull(ingest.Storable(r.Key)), json.RawMessage(r.Properties), g}
	if r.Row > 0 {
		row[2] = r.Row
	}
	if len(r.Properties) == 0 || string(r.Properties) == "null" {
		row[7] = json.RawMessage("{}")
	}
	if k.rows = append(k.rows, row); len(k.rows) < keptAtOnce {
		return nil
	}
	return k.flush()
}

func (k *rowKeeper) flush() error {
	if len(k.rows) == 0 {
		return nil
	}
	_, err := k.pool.CopyFrom(k.ctx, pgx.Identifier{"import_row"}, []string{"import_id", "ordinal", "row_no", "outcome", "code", "detail", "source_key", "properties", "geom"}, pgx.CopyFromRows(k.rows))
	k.rows = k.rows[:0]
	return err
}

// storable is a geometry that the record can keep for somebody to look at; nil for any other.
func storable(g orb.Geometry) orb.Geometry {
	if g == nil {
		return nil
	}
	if b := g.Bound(); geo.CheckLonLat(b.Min[0], b.Min[1]) != nil || geo.CheckLonLat(b.Max[0], b.Max[1]) != nil {
		return nil
	}
	if b, err := pgeom.Encode(g); err != nil || len(b) > 1<<20 {
		return nil
	}
	return g
}

// result is what a run ended with.
func (k *rowKeeper) result(of Result) JobResult {
	r := JobResult{Counts: of.Counts, NewArea: of.NewArea, ByCode: []CodeCount{}}
	if of.Aside > 0 {
		k.counts[ingest.Unplaced] = of.Aside
	}
	if of.Duplicates > 0 {
		k.counts[ingest.Likely] = of.Duplicates
	}
	codes := slices.SortedFunc(maps.Keys(k.counts), func(a, b ingest.Code) int {
		if k.counts[a] != k.counts[b] {
			return int(min(max(k.counts[b]-k.counts[a], -1), 1))
		}
		if a < b {
			return -1
		}
		return 1
	})
	for _, code := range codes {
		zh, en := code.Says()
		r.ByCode = append(r.ByCode, CodeCount{Code: string(code), Zh: zh, En: en, Count: k.counts[code]})
	}
	return r
}
