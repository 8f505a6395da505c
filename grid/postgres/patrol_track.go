package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid"
	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// TrackSetting is the setting patrol_tracks: whether the bureau keeps tracks, and for how long.
type TrackSetting struct {
	Enabled  bool   `json:"enabled"`
	KeepDays int    `json:"keep_days"` // 1 to 365
	Hours    string `json:"hours"`     // 08:00-18:00: hours of duty where a duty says none that a clock shows
}

// DefaultTracks is the setting of a city that has set none.
func DefaultTracks() TrackSetting { return TrackSetting{KeepDays: 30, Hours: "08:00-18:00"} }

// Keys of the table setting.
const (
	SettingTracks   = "patrol_tracks"
	SettingPosition = "patrol_position"
)

const (
	readSettingSQL = `SELECT value FROM setting WHERE key = $1`

	// hoursOfSQL are the hours of a holder's duties on each of some days on which they count: a substitute's while the other is away, nobody's who left.
	hoursOfSQL = `
SELECT x::date, coalesce(d.hours, '') FROM generate_series($2::date, $3::date, interval '1 day') x JOIN duty d ON d.holder_id = $1 AND x::date BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity')
WHERE duty_standing(d.id, x::date) = 'on'`
	awayDaysSQL = `SELECT valid_from, valid_to FROM absence WHERE holder_id = $1 AND valid_from <= $3::date AND valid_to >= $2::date`

	keepTrackSQL = `
INSERT INTO patrol_track (id, day, holder_id, account, device, points, from_at, to_at)
VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, $8) ON CONFLICT (id, day) DO NOTHING`

	tracksSQL = `
SELECT id::text, coalesce(device::text, ''), points, from_at, to_at, received_at FROM patrol_track WHERE holder_id = $1 AND day = $2 ORDER BY from_at, id LIMIT 2000`

	purgeTracksSQL = `DELETE FROM patrol_track WHERE day < ` + oldestTrackSQL

	// purgeWaitingSQL empties the tracks that wait in the inbox for commands that never came. Nothing of them could be kept any more.
	purgeWaitingSQL = `
UPDATE patrol_command SET body = '{}' WHERE status = 'waiting' AND kind = $1 AND body <> '{}'
    AND received_at < (` + oldestTrackSQL + `)::timestamp AT TIME ZONE coalesce((SELECT value #>> '{}' FROM setting WHERE key = 'time_zone'), 'Asia/Shanghai')`

	oldestTrackSQL = `city_day() - coalesce((SELECT (value->>'keep_days')::int FROM setting WHERE key = 'patrol_tracks'), 30)`
)

// KeepTrack keeps what may be kept of a track, and notes in tr.Dropped why the rest may not: tracks are kept where the bureau wants them, of officers
// on duty only. A track that comes again is known by its id, and as many of its points are told as kept.
func (t *Tx) KeepTrack(ctx context.Context, tr *patrol.Track) (kept int, err error) {
	if err := t.Caller.Actor.May(rights.Patrol, rights.Place{Own: tr.By.Holder != 0 && tr.By.Holder == t.Caller.Actor.Holder}); err != nil {
		return 0, err
	}
	zone, rules, err := t.trackRules(ctx, tr)
	if err != nil {
		return 0, err
	}
	points := tr.Keep(rules)
	for from := 0; from < len(points); {
		day := dayIn(points[from].Time, zone)
		to := from + 1
		for to < len(points) && dayIn(points[to].Time, zone) == day {
			to++
		}
		if err := t.keepDay(ctx, tr, day, points[from:to]); err != nil {
			return 0, err
		}
		from = to
	}
	return len(points), nil
}

func dayIn(at time.Time, zone *time.Location) grid.Day { return grid.DayOf(at.In(zone)) }

// keepDay keeps points of one day.
func (t *Tx) keepDay(ctx context.Context, tr *patrol.Track, day grid.Day, points []patrol.TrackPoint) error {
	text, err := json.Marshal(rawPoints(points))
	if err != nil {
		return err
	}
	_, err = t.tx.Exec(ctx, keepTrackSQL, tr.ID, day.Time(), tr.By.Holder, tr.By.Account, tr.Device, text, points[0].Time, points[len(points)-1].Time)
	return err
}

// rawPoints are points as the record has them. A millionth of a degree is a decimetre.
func rawPoints(points []patrol.TrackPoint) [][4]float64 {
	raw := make([][4]float64, len(points))
	for i, p := range points {
		raw[i] = [4]float64{math.Round(p.At[0]*1e6) / 1e6, math.Round(p.At[1]*1e6) / 1e6, float64(p.Time.UnixMilli()), math.Round(p.AccuracyM*10) / 10}
	}
	return raw
}

// trackRules are the rules for the tracks of an officer as they are now.
func (t *Tx) trackRules(ctx context.Context, tr *patrol.Track) (*time.Location, patrol.TrackRules, error) {
	set := DefaultTracks()
	if err := t.setting(ctx, SettingTracks, &set); err != nil {
		return nil, patrol.TrackRules{}, err
	}
	zone, err := readZone(ctx, t.tx)
	if err != nil {
		return nil, patrol.TrackRules{}, err
	}
	zone = cityZone(zone)
	y, m, d := t.Day.Time().Date()
	rules := patrol.TrackRules{Enabled: set.Enabled && tr.By.Holder != 0, Oldest: time.Date(y, m, d-set.KeepDays, 0, 0, 0, 0, zone), Newest: tr.Moment.Received.Add(time.Minute)}
	from, to, some := tr.Within(rules.Oldest, rules.Newest)
	if !rules.Enabled || !some {
		rules.OnDuty = func(time.Time) bool { return false }
		return zone, rules, nil
	}
	rules.OnDuty, err = t.onDuty(ctx, tr.By.Holder, dayIn(from, zone), dayIn(to, zone), zone, set.Hours)
	return zone, rules, err
}

// onDuty tells of the times of some days whether a holder is on duty: within the hours of a duty that counts, and not away. usual are the hours of duties
// that say none.
func (t *Tx) onDuty(ctx context.Context, holder int64, first, last grid.Day, zone *time.Location, usual string) (func(at time.Time) bool, error) {
	before := (first - 1).Time() // its hours may go on past midnight
	duties, err := query(ctx, t.tx, hoursOfSQL, []any{holder, before, last.Time()}, func(row pgx.CollectableRow) (d patrol.DutyHours, err error) {
		var day time.Time
		var hours string
		if err := row.Scan(&day, &hours); err != nil {
			return d, err
		}
		d.Day = grid.DayOf(day)
		d.Window, err = hoursOr(hours, usual)
		return d, err
	})
	if err != nil {
		return nil, err
	}
	away, err := query(ctx, t.tx, awayDaysSQL, []any{holder, before, last.Time()}, func(row pgx.CollectableRow) (grid.Term, error) {
		var first, last time.Time
		err := row.Scan(&first, &last)
		return grid.Term{From: grid.DayOf(first), To: grid.DayOf(last)}, err
	})
	return func(at time.Time) bool {
		day := dayIn(at, zone)
		return !slices.ContainsFunc(away, func(t grid.Term) bool { return t.Through(day) }) && patrol.OnDuty(duties, at, zone)
	}, err
}

// hoursOr reads hours of a duty; words that no clock shows, and none, are taken for the usual hours.
func hoursOr(hours, usual string) (patrol.Window, error) {
	if h, err := patrol.ParseWindow(hours); err == nil {
		return h, nil
	}
	h, err := patrol.ParseWindow(usual)
	if err != nil {
		err = fmt.Errorf("setting %s: hours %q: %w", SettingTracks, usual, err)
	}
	return h, err
}

// setting reads a setting into a value, which stays as it is where there is none.
func (t *Tx) setting(ctx context.Context, key string, value any) error {
	list, err := query(ctx, t.tx, readSettingSQL, []any{key}, pgx.RowTo[[]byte])
	if err != nil || len(list) == 0 {
		return err
	}
	return json.Unmarshal(list[0], value)
}

// TrackPart is a piece of an officer's way on a day.
type TrackPart struct {
	ID, Device             string
	Points                 []patrol.TrackPoint
	FromAt, ToAt, Received time.Time
}

// Tracks are the ways of a holder on a day, in time. It asks no rights.
func (s *Store) Tracks(ctx context.Context, holder int64, day grid.Day) ([]TrackPart, error) {
	return collect(ctx, s, tracksSQL, []any{holder, day.Time()}, func(row pgx.CollectableRow) (p TrackPart, err error) {
		var raw [][4]float64
		if err := row.Scan(&p.ID, &p.Device, &raw, &p.FromAt, &p.ToAt, &p.Received); err != nil {
			return p, err
		}
		for _, r := range raw {
			p.Points = append(p.Points, patrol.TrackPoint{At: orb.Point{r[0], r[1]}, Time: time.UnixMilli(int64(r[2])), AccuracyM: r[3]})
		}
		return p, nil
	})
}

// PurgeTracks removes the tracks that are older than the setting says, kept or waiting in the inbox. removed counts those that were kept.
func (s *Store) PurgeTracks(ctx context.Context) (removed int64, err error) {
	done, err := s.pool.Exec(ctx, purgeTracksSQL)
	if err == nil {
		_, err = s.pool.Exec(ctx, purgeWaitingSQL, patrol.CommandTrack)
	}
	return done.RowsAffected(), interpret(err)
}
