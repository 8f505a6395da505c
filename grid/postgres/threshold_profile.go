package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/rights"
)

// Profile is one version of a set of thresholds. What it says never changes; another version takes its place. 阈值方案。
type Profile struct {
	ID             string
	Version        int
	Title, TitleEn string
	Current        bool // the version in force; each profile has one
	CreatedAt      time.Time
	CreatedBy      string // the account that made it; "" for the first ones
	Count          int    // of thresholds
	Thresholds     []ProfileThreshold
}

// ProfileThreshold is one requirement: Metric Comparator Value, for what AppliesTo names.
type ProfileThreshold struct {
	Layer, Metric, AppliesTo  string
	Value                     float64
	Comparator, Unit          string
	Standard, Edition, Clause string
	Verified                  bool // somebody has compared it with the text of the standard
}

// MaxThresholds bounds a version.
const MaxThresholds = 2000

const (
	profileColumnsSQL = `
SELECT p.id, p.version, p.title, p.title_en, p.is_current, p.created_at, coalesce(p.created_by, ''),
    (SELECT count(*) FROM threshold t WHERE t.profile = p.id AND t.version = p.version)
FROM threshold_profile p`
	profilesSQL = profileColumnsSQL + ` ORDER BY p.id, p.version DESC`
	profileSQL  = profileColumnsSQL + ` WHERE p.id = $1 AND CASE WHEN $2 = 0 THEN p.is_current ELSE p.version = $2 END`

	profileRowsSQL = `
SELECT layer, metric, applies_to, value, comparator, unit, coalesce(standard, ''), coalesce(edition, ''), coalesce(clause, ''), verified
FROM threshold WHERE profile = $1 AND version = $2 ORDER BY layer, metric, applies_to`

	lockProfilesSQL = `LOCK TABLE threshold_profile IN SHARE ROW EXCLUSIVE MODE`
	nextVersionSQL  = `SELECT max(version) + 1 FROM threshold_profile WHERE id = $1 HAVING count(*) > 0`
	retireSQL       = `UPDATE threshold_profile SET is_current = false WHERE id = $1 AND is_current`
	addProfileSQL   = `INSERT INTO threshold_profile (id, version, title, title_en, is_current, created_by) VALUES ($1, $2, $3, $4, $5, $6)`
	addThresholdSQL = `
INSERT INTO threshold (profile, version, layer, metric, applies_to, value, comparator, unit, standard, edition, clause, verified)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, ''), nullif($10, ''), nullif($11, ''), $12)`
)

// Profiles lists all versions of all profiles, the newest of each first, without their thresholds.
func (s *Store) Profiles(ctx context.Context) ([]Profile, error) {
	return collect(ctx, s, profilesSQL, nil, readProfile)
}

// Profile is a version of a profile with its thresholds; version 0 is the one in force. ErrNotFound where there is none.
func (s *Store) Profile(ctx context.Context, id string, version int) (Profile, error) {
	list, err := collect(ctx, s, profileSQL, []any{id, version}, readProfile)
	switch {
	case err != nil:
		return Profile{}, err
	case len(list) == 0:
		return Profile{}, ErrNotFound
	}
	p := list[0]
	p.Thresholds, err = collect(ctx, s, profileRowsSQL, []any{p.ID, p.Version}, readProfileThreshold)
	return p, err
}

// AddProfileVersion makes the next version of a profile that there is. Where it is to be current, it is in force instead of the one that was; what was stays
// readable. ID, Title, TitleEn, Current and Thresholds are taken. Errors: rights', ErrNotFound.
func (t *Tx) AddProfileVersion(ctx context.Context, p Profile) (Profile, error) {
	if err := t.Caller.Actor.May(rights.EditScheme, rights.Place{}); err != nil {
		return Profile{}, err
	}
	if _, err := t.tx.Exec(ctx, lockProfilesSQL); err != nil {
		return Profile{}, err
	}
	if err := t.tx.QueryRow(ctx, nextVersionSQL, p.ID).Scan(&p.Version); err != nil {
		return Profile{}, interpret(err)
	}
	if p.Current {
		if _, err := t.tx.Exec(ctx, retireSQL, p.ID); err != nil {
			return Profile{}, err
		}
	}
	if _, err := t.tx.Exec(ctx, addProfileSQL, p.ID, p.Version, p.Title, p.TitleEn, p.Current, t.Caller.Actor.Name); err != nil {
		return Profile{}, err
	}
	batch := &pgx.Batch{}
	for _, x := range p.Thresholds {
		batch.Queue(addThresholdSQL, p.ID, p.Version, x.Layer, x.Metric, x.AppliesTo, x.Value, x.Comparator, x.Unit, x.Standard, x.Edition, x.Clause, x.Verified)
	}
	if err := t.tx.SendBatch(ctx, batch).Close(); err != nil {
		return Profile{}, err
	}
	list, err := query(ctx, t.tx, profileSQL, []any{p.ID, p.Version}, readProfile)
	if err != nil {
		return Profile{}, err
	}
	made := list[0]
	made.Thresholds, err = query(ctx, t.tx, profileRowsSQL, []any{p.ID, p.Version}, readProfileThreshold)
	return made, err
}

func readProfile(row pgx.CollectableRow) (p Profile, err error) {
	return p, row.Scan(&p.ID, &p.Version, &p.Title, &p.TitleEn, &p.Current, &p.CreatedAt, &p.CreatedBy, &p.Count)
}

func readProfileThreshold(row pgx.CollectableRow) (x ProfileThreshold, err error) {
	return x, row.Scan(&x.Layer, &x.Metric, &x.AppliesTo, &x.Value, &x.Comparator, &x.Unit, &x.Standard, &x.Edition, &x.Clause, &x.Verified)
}
