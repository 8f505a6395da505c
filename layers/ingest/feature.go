package ingest

import (
	"context"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
	"wangge/layers"
)

// Feature is a candidate for the record: checked in itself, not yet against what the record holds.
type Feature struct {
	Layer     *layers.Layer
	Row       int64 // in the file, from 1; 0 where a file has no rows
	Source    string
	SourceKey string
	// Values holds the fields that are not empty, by name: string (also enum codes), int64, float64, bool, time.Time
	// (dates), map[string]any (objects).
	Values   map[string]any
	Geometry orb.Geometry // degrees, longitude first, of a kind that the layer holds; nil for what is set aside
	Address  string       // where it is, in words; only of what is set aside
}

// Reject is a feature that was set aside, or a remark on many of them, for the report.
type Reject struct {
	Row    int64  `json:"row,omitempty"`
	Key    string `json:"key,omitempty"`
	Layer  string `json:"layer,omitempty"`
	Code   Code   `json:"code"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"`

	Props    map[string]any `json:"-"` // what the file says of it, where that could be read
	Geometry orb.Geometry   `json:"-"` // where it is, where that could be read; degrees
}

// Sink takes what a file holds, in its order.
type Sink interface {
	Feature(ctx context.Context, f *Feature) error
	Reject(ctx context.Context, r Reject) error
	// Aside takes a feature that the file names, or tells the address of, without saying where it is.
	Aside(ctx context.Context, f *Feature) error
}

// Assign is one "field=column" or "field=value" of a command line.
type Assign struct {
	Field, Value string
}

// Options say how a file is to be read.
type Options struct {
	Layer    *layers.Layer // nil: what the tags say
	Datum    string        // as given; "" where none was
	Maps     []Assign      // field <- column of the file; an empty field leaves the column out
	Sets     []Assign      // field <- value
	Progress func(done, total int64)

	Charset   string // of a csv or a Shapefile; "" for what its texts look like
	Sheet     string // of a workbook, or the layer of a file with several; "" for the likeliest
	HeaderRow int    // the row with the headings; 0 for the likeliest
	Lon, Lat  string // the columns of the first and the second coordinate
	WKT       string // the column of positions as text
	Axes      string // "en": the first coordinate is easting or longitude, "ne": northing or latitude; "" for not said
	Units     map[string]string
	Key       string // the field or column that says which row is which; "" for none

	Remembered map[string]string // heading -> field, of earlier imports into the layer; an empty field leaves the column out
	Local      []datum.System    // the city's own systems
	Near       orb.Bound         // where the city lies; empty for unknown
	Widths     map[string]int    // digits of fields that are numbers with leading zeros
	Regions    *Regions          // of which rows may be the whole; nil for none
}

// Taker takes what the mapper makes of an object.
type Taker struct {
	Feature, Aside func(*Feature) error
	Reject         func(Reject) error
}
