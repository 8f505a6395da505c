package postgres

import (
	"context"
	"encoding/json"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// PatrolSettings is what a bureau sets for patrol.
type PatrolSettings struct {
	Tracks   TrackSetting
	Position patrol.Limits
}

const (
	patrolSettingsSQL = `
SELECT (SELECT value FROM setting WHERE key = 'patrol_tracks'), (SELECT value FROM setting WHERE key = 'patrol_position')`

	// setSettingSQL leaves a row alone that says the same, so that the audit has changes only.
	setSettingSQL = `
INSERT INTO setting AS s (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE s.value IS DISTINCT FROM excluded.value`
)

// PatrolSettings reads the settings; what is not set is as by default.
func (s *Store) PatrolSettings(ctx context.Context) (PatrolSettings, error) {
	set := PatrolSettings{Tracks: DefaultTracks(), Position: patrol.DefaultLimits()}
	var tracks, position []byte
	if err := s.pool.QueryRow(ctx, patrolSettingsSQL).Scan(&tracks, &position); err != nil {
		return set, interpret(err)
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{tracks, &set.Tracks}, {position, &set.Position}} {
		if part.text == nil {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return set, err
		}
	}
	return set, nil
}

// SetPatrol changes the settings. Who did is in the audit.
func (t *Tx) SetPatrol(ctx context.Context, set PatrolSettings) error {
	if err := t.Caller.Actor.May(rights.EditPatrol, rights.Place{}); err != nil {
		return err
	}
	if _, err := t.tx.Exec(ctx, setSettingSQL, SettingTracks, set.Tracks); err != nil {
		return err
	}
	_, err := t.tx.Exec(ctx, setSettingSQL, SettingPosition, set.Position)
	return err
}
