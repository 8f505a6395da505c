package patrol

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// TrackPoint is where a device was at an instant.
type TrackPoint struct {
	At        orb.Point
	Time      time.Time // the device's clock as it came; the server's once settled
	AccuracyM float64   // radius of 68 %; 0 unknown
}

// Track is a piece of the way that an officer went.
type Track struct {
	ID     string // UUID, chosen by the device: the key of its command
	Points []TrackPoint
	By     Person
	Device string // UUID; "" for none
	Moment Moment
	// Dropped counts the points that were not kept, by reason. Whoever keeps the track fills it in.
	Dropped map[DropReason]int
}

// DropReason is why a point of a track is not kept.
type DropReason string

// The reasons.
const (
	DropOff        DropReason = "off"        // 未启用: the bureau keeps no tracks
	DropOffDuty    DropReason = "off_duty"   // 不在岗: outside the hours of duty, or away
	DropRange      DropReason = "range"      // 0,0 or no place on Earth
	DropInaccurate DropReason = "inaccurate" // 精度差: worse than 200 m
	DropJump       DropReason = "jump"       // 跳点: nobody goes that fast
	DropOrder      DropReason = "order"      // 时间重复或倒退
	DropOld        DropReason = "old"        // 过期: older than tracks are kept, or in the future
)

// Bounds of a track.
const (
	MaxTrackPoints = 5000 // of one command
	trackAccuracyM = 200
	trackSpeedMS   = 40 // 144 km/h: a car on an expressway is slower
)

// ReadTrackPoints reads points as a command has them: [lon, lat, Unix ms] or [lon, lat, Unix ms, accuracy in metres], at most MaxTrackPoints. The
// error is a *Fault at /points.
func ReadTrackPoints(raw [][]float64) ([]TrackPoint, error) {
	if len(raw) == 0 || len(raw) > MaxTrackPoints {
		return nil, &Fault{"/points", fmt.Sprintf("1 到 %d 个点", MaxTrackPoints), fmt.Sprintf("must have 1 to %d points", MaxTrackPoints)}
	}
	list := make([]TrackPoint, len(raw))
	for i, p := range raw {
		if len(p) != 3 && len(p) != 4 || slices.ContainsFunc(p, notFinite) || math.Abs(p[2]) > maxUnixMS {
			return nil, &Fault{fmt.Sprintf("/points/%d", i), "应为 [经度, 纬度, Unix 毫秒, 精度米]", "must be [lon, lat, unix ms, accuracy in metres]"}
		}
		list[i] = TrackPoint{At: orb.Point{p[0], p[1]}, Time: time.UnixMilli(int64(p[2]))}
		if len(p) == 4 {
			list[i].AccuracyM = p[3]
		}
	}
	return list, nil
}

// maxUnixMS is the end of the year 9999.
const maxUnixMS = 253402300799999

func notFinite(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

// TrackRules say what of a track may be kept.
type TrackRules struct {
	Enabled bool
	Oldest  time.Time               // points before it are not kept
	Newest  time.Time               // nor after it
	OnDuty  func(at time.Time) bool // whether the officer is
}

// Keep gives the points that may be kept, in time by the server's clock, and notes in Dropped why the others may not.
func (tr *Track) Keep(rules TrackRules) []TrackPoint {
	tr.Dropped = map[DropReason]int{}
	var kept []TrackPoint
	for _, p := range tr.Points {
		p.Time = p.Time.Add(tr.shift())
		reason := rules.refuse(p)
		if reason == "" && len(kept) > 0 {
			reason = after(kept[len(kept)-1], p)
		}
		if reason != "" {
			tr.Dropped[reason]++
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

// shift is what the device's clock is behind the server's.
func (tr *Track) shift() time.Duration { return tr.Moment.At.Sub(tr.Moment.Device) }

// Within are the first and the last time of the points between two times, all by the server's clock; false where there is none.
func (tr *Track) Within(oldest, newest time.Time) (first, last time.Time, some bool) {
	for _, p := range tr.Points {
		at := p.Time.Add(tr.shift())
		if at.Before(oldest) || at.After(newest) {
			continue
		}
		if !some || at.Before(first) {
			first = at
		}
		if !some || at.After(last) {
			last = at
		}
		some = true
	}
	return first, last, some
}

// refuse tells why a point may not be kept, whatever the others are; "" where it may.
func (r TrackRules) refuse(p TrackPoint) DropReason {
	lon, lat := p.At[0], p.At[1]
	switch {
	case !r.Enabled:
		return DropOff
	case lon == 0 && lat == 0 || math.Abs(lon) > 180 || math.Abs(lat) > 90 || p.AccuracyM < 0:
		return DropRange
	case p.Time.Before(r.Oldest) || p.Time.After(r.Newest):
		return DropOld
	case p.AccuracyM > trackAccuracyM:
		return DropInaccurate
	case !r.OnDuty(p.Time):
		return DropOffDuty
	}
	return ""
}

// after tells why a point cannot follow another; "" where it can. Within the circles of both accuracies nothing is a jump.
func after(last, p TrackPoint) DropReason {
	gap := p.Time.Sub(last.Time)
	if gap <= 0 {
		return DropOrder
	}
	if geo.Distance(last.At, p.At)-last.AccuracyM-p.AccuracyM > trackSpeedMS*gap.Seconds() {
		return DropJump
	}
	return ""
}
