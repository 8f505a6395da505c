package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind is what a cell holds.
type Kind int

// The kinds of cells. Everything in a csv is Text.
const (
	Empty Kind = iota
	Text
	Number
	Bool    // its text is true or false
	Date    // its text is 2006-01-02, 2006-01-02T15:04:05, or 15:04:05 for a time of day
	Error   // #N/A and the like
	Formula // its text is what the file last had for it
)

// Cell is one cell. Its text is as the file has it, spaces and line breaks included.
type Cell struct {
	Text    string
	Kind    Kind
	Merged  bool // the text is that of the merged cell's first
	Rounded bool // a whole number of more than 15 digits, which spreadsheet programs do not keep
	Cut     bool // the text was longer than Limits.CellRunes
}

// Blank tells whether there is nothing to see in the cell.
func (c Cell) Blank() bool {
	return c.Kind == Empty || c.Kind != Formula && strings.TrimSpace(c.Text) == ""
}

// Line is a row with anything in it. Its cells end with the last that has anything, and are used again for the next line.
type Line struct {
	Number int // in the file, from 1; of a csv the record's, empty ones counted
	Cells  []Cell
}

// numberCell gives a number in its shortest form.
func numberCell(s string) Cell {
	c := Cell{Text: s, Kind: Number}
	if short(s) {
		return c
	}
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		c.Kind = Text
		return c
	}
	if whole := math.Abs(x); whole < 1e21 {
		c.Text = strconv.FormatFloat(x, 'f', -1, 64)
		c.Rounded = whole >= 1e15 && x == math.Trunc(x)
	} else {
		c.Text = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return c
}

// short tells whether a number is in its shortest form by its looks: at most 15 digits and nothing else, the first no zero.
func short(s string) bool {
	if s == "" || len(s) > 15 || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Serials of days from 1920 to 2199: numbers elsewhere are no days, whatever their format says.
const (
	firstSerial   = 7306
	lastSerial    = 109574
	shift1904Days = 1462
	secondsADay   = 86400
)

// epoch is the day that the serial of a day counts from.
var epoch = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

// dateCell reads a number that has the format of a date or a time; ok is false where it cannot be one.
func dateCell(s string, f dateFormat, date1904 bool) (c Cell, ok bool) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return c, false
	}
	if f == timeOnly && x >= 0 && x < 1 {
		return Cell{Text: epoch.Add(time.Duration(math.Round(x*secondsADay)) * time.Second).Format(time.TimeOnly), Kind: Date}, true
	}
	if date1904 {
		x += shift1904Days
	}
	if f == noDate || !(x >= firstSerial && x < lastSerial) {
		return c, false
	}
	day := math.Floor(x)
	t := epoch.AddDate(0, 0, int(day)).Add(time.Duration(math.Round((x-day)*secondsADay)) * time.Second)
	layout := "2006-01-02T15:04:05"
	if t.Hour()+t.Minute()+t.Second() == 0 {
		layout = time.DateOnly
	}
	return Cell{Text: t.Format(layout), Kind: Date}, true
}

// serial is the number of an instant's wall clock, and whether spreadsheet programs know its day.
func serial(t time.Time) (float64, bool) {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	x := wall.Sub(epoch).Seconds() / secondsADay
	return x, t.Year() >= 1920 && t.Year() < 2200
}

// cut bounds a text.
func cut(s string, runes int) (string, bool) {
	if len(s) <= runes {
		return s, false
	}
	if utf8.RuneCountInString(s) <= runes {
		return s, false
	}
	n := 0
	for i := range s {
		if n == runes {
			return s[:i], true
		}
		n++
	}
	return s, false
}
