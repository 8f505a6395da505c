package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/geo/pgeom"
	"wangge/layers"
)

// Compared is a proposal held against the feature as it is now.
type Compared struct {
	layers.Proposal
	Parts    []layers.Part
	Geometry *Moved      // nil where none is proposed
	Now      int64       // revision of the feature; 0 where there is none
	Near     []Neighbour // of a new one: what lies near it and may be the same
	Others   []string    // open proposals about the same feature, or about a new one near this
}

// Moved is a proposed geometry in three versions; Base and Now are nil for a new feature.
type Moved struct {
	Base, Now, Proposed orb.Geometry
	MovedM              float64 // the longest way from one outline to the other: Now to Proposed; negative where there is no telling
	Changed             bool    // somebody moved it since the finder looked
}

// Neighbour is a feature that a new one may be.
type Neighbour struct {
	ID         int64
	Code, Name *string
	DistanceM  float64
	Likeness   float64 // of the names, 0 to 1; 0 where one has none
}

// CompareProposal holds a proposal against the feature as it is. Its error is ErrNotFound.
func (r *Reader) CompareProposal(ctx context.Context, id string) (Compared, error) {
	kept, err := readKept(ctx, r.pool, oneProposalSQL, id)
	if err != nil {
		return Compared{}, err
	}
	l := layers.ByID(kept.Layer)
	if l == nil {
		return Compared{Proposal: kept.Proposal}, nil // it is no layer any more: nothing can be said
	}
	var now *stored
	if kept.Feature != 0 {
		now, err = readState(ctx, r.pool, l, quoted(l.Table)+" f WHERE f.id = $1", kept.Feature)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Compared{}, interpret(err)
		}
	}
	c := kept.against(l, now)
	if kept.Finding == layers.New {
		if c.Near, err = near(ctx, r.pool, l, kept.Proposal); err != nil {
			return c, err
		}
	}
	c.Others, err = others(ctx, r.pool, kept.Proposal)
	return c, err
}

// against compares the versions. now is nil for a feature that is not there.
func (k *keptProposal) against(l *layers.Layer, now *stored) Compared {
	c := Compared{Proposal: k.Proposal}
	proposed, _ := l.Read(k.Values)
	base, _ := l.Read(k.base)
	current := map[string]any{}
	if now != nil {
		current, c.Now = now.values, now.revision
	}
	for name, v := range proposed {
		proposed[name] = merged(current[name], v)
	}
	c.Parts = l.Compare(base, current, proposed)
	if k.Geometry == nil {
		return c
	}
	m := &Moved{Base: k.baseShape, Proposed: k.Geometry, MovedM: -1}
	if now != nil {
		m.Now = now.geometry
		m.Changed = k.baseShape != nil && !still(k.baseShape, now.geometry)
		if d := hausdorffM(m.Now, m.Proposed); !math.IsNaN(d) && !math.IsInf(d, 0) {
			m.MovedM = math.Round(d*1000) / 1000
		}
	}
	c.Geometry = m
	return c
}

// mostNear bounds how many neighbours are told.
const mostNear = 10

const nearSQL = `SELECT f.id, f.code, f.name, ST_Distance(f.geom::geography, g.at::geography) AS m
FROM %s f, (SELECT ST_GeomFromEWKB($1) AS at) g
WHERE f.geom && ST_Expand(g.at, 0.001) AND ST_DWithin(f.geom::geography, g.at::geography, $2) AND f.id <> $3 ORDER BY m, f.id LIMIT $4`

// near finds features that a new one may be, by the distance that imports look for duplicates within; those with like names first.
func near(ctx context.Context, q querier, l *layers.Layer, p layers.Proposal) ([]Neighbour, error) {
	at, err := pgeom.Encode(p.Geometry)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, fmt.Sprintf(nearSQL, quoted(l.Table)), at, duplicateM, p.ResultID, mostNear)
	if err != nil {
		return nil, interpret(err)
	}
	name, _ := p.Values["name"].(string)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Neighbour, err error) {
		if err = row.Scan(&n.ID, &n.Code, &n.Name, &n.DistanceM); err == nil && n.Name != nil {
			n.Likeness = Likeness(name, *n.Name)
		}
		return n, err
	})
	slices.SortStableFunc(list, func(a, b Neighbour) int {
		switch {
		case a.Likeness > b.Likeness:
			return -1
		case a.Likeness < b.Likeness:
			return 1
		}
		return 0
	})
	return list, interpretQuery(err)
}

const (
	othersSameSQL = `SELECT id::text FROM feature_proposal WHERE layer = $1 AND feature_id = $2 AND state = 'open' AND id <> $3 ORDER BY ordinal LIMIT $4`
	othersNearSQL = `SELECT o.id::text FROM feature_proposal o, feature_proposal p WHERE p.id = $2 AND o.finding = 'new' AND o.state = 'open' AND o.layer = $1 AND o.id <> p.id
    AND o.geom && ST_Expand(p.geom, 0.001) AND ST_DWithin(o.geom::geography, p.geom::geography, $3) ORDER BY o.ordinal LIMIT $4`
)

// others are open proposals that whoever decides about this one should look at too.
func others(ctx context.Context, q querier, p layers.Proposal) ([]string, error) {
	sql, args := othersSameSQL, []any{p.Layer, p.Feature, p.ID, mostNear}
	if p.Finding == layers.New {
		sql, args = othersNearSQL, []any{p.Layer, p.ID, duplicateM, mostNear}
	}
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, interpret(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return list, interpretQuery(err)
}
