package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

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
	rows    rowBatch
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
	var geom []byte
	if g != nil {
		var err error
		if geom, err = pgeom.Encode(g); err != nil {
			return err
		}
	}
	properties := string(r.Properties)
	if properties == "" || properties == "null" {
		properties = "{}"
	}
	k.ordinal++
	b := &k.rows
	b.ordinals, b.rows, b.outcomes = append(b.ordinals, k.ordinal), append(b.rows, r.Row), append(b.outcomes, string(r.Outcome))
	b.codes, b.details, b.keys = append(b.codes, string(r.Code)), append(b.details, ingest.Storable(r.Detail)), append(b.keys, ingest.Storable(r.Key))
	b.properties, b.geoms = append(b.properties, properties), append(b.geoms, geom)
	if len(b.ordinals) < keptAtOnce {
		return nil
	}
	return k.flush()
}

// rowBatch are rows that are kept at once, column by column.
type rowBatch struct {
	ordinals, rows                             []int64
	outcomes, codes, details, keys, properties []string
	geoms                                      [][]byte
}

const keepRowsSQL = `INSERT INTO import_row (import_id, ordinal, row_no, outcome, code, detail, source_key, properties, geom)
SELECT $1, o, nullif(r, 0), u, nullif(c, ''), nullif(d, ''), nullif(k, ''), p::jsonb, ST_GeomFromEWKB(g)
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bytea[]) x (o, r, u, c, d, k, p, g)`

func (k *rowKeeper) flush() error {
	b := k.rows
	if len(b.ordinals) == 0 {
		return nil
	}
	k.rows = rowBatch{}
	_, err := k.pool.Exec(k.ctx, keepRowsSQL, k.job, b.ordinals, b.rows, b.outcomes, b.codes, b.details, b.keys, b.properties, b.geoms)
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
