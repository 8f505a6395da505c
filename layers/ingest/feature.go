package ingest

import (
	"context"

	"github.com/paulmach/orb"

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
	Geometry orb.Geometry // degrees, longitude first, of a kind that the layer holds
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
}

// Sink takes what a file holds, in its order.
type Sink interface {
	Feature(ctx context.Context, f *Feature) error
	Reject(ctx context.Context, r Reject) error
}

// Assign is one "field=column" or "field=value" of a command line.
type Assign struct {
	Field, Value string
}

// Options say how a file is to be read.
type Options struct {
	Layer    *layers.Layer // nil: what the tags say
	Datum    string        // as given; "" where none was
	Maps     []Assign      // field <- column of the file
	Sets     []Assign      // field <- value
	Progress func(done, total int64)
}
