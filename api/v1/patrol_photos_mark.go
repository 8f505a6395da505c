package v1

import (
	"strings"
	"time"
)

// How far the clock of a device is believed for a watermark, against the time at which the server had the record.
const (
	markAhead = 5 * time.Minute
	markLate  = 31 * 24 * time.Hour
)

// watermark are the lines that are written on a photo: when, where, which grid and number, who. The name is in full for who may know it.
func (v *viewer) watermark() []string {
	var lines []string
	for _, line := range [][]string{{v.when()}, {v.where(), v.Subject}, {v.gridNamed(), v.numbered()}, {v.maker()}} {
		if text := strings.Trim(strings.Join(line, "  "), " "); text != "" {
			lines = append(lines, text)
		}
	}
	return lines
}

// when tells the time by the device where it can be believed, else when the server had the record.
func (v *viewer) when() string {
	const layout = "2006-01-02 15:04:05"
	at, zone := v.TakenAt, v.net.Zone()
	if at.IsZero() || at.After(v.CreatedAt.Add(markAhead)) || at.Before(v.CreatedAt.Add(-markLate)) {
		return v.CreatedAt.In(zone).Format(layout) + " 收到"
	}
	return at.In(zone).Format(layout)
}

// where names the regions, the widest first.
func (v *viewer) where() string {
	var names []string
	for _, region := range v.net.Path(v.Region) {
		names = append(names, region.Name)
	}
	return strings.Join(names, " ")
}

func (v *viewer) gridNamed() string {
	g := v.net.GridByID(v.GridID)
	if g == nil {
		return ""
	}
	return strings.TrimSpace("网格 " + g.Code + " " + g.Name)
}

func (v *viewer) numbered() string {
	if v.Number == "" {
		return ""
	}
	return "编号 " + v.Number
}

// maker names who took the photo, no more than the viewer may know.
func (v *viewer) maker() string {
	if ref := v.holderByID(v.Holder); ref != nil {
		return ref.Name
	}
	name, _ := v.account(v.Account)
	return name
}
