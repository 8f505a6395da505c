package v1

import "errors"

// What a request can lack, besides faulty parameters.
var (
	// ErrNoMatch: a write that changes a row came without If-Match. HTTP 428.
	ErrNoMatch = errors.New("If-Match is required")
	// ErrNoGrid: there is no such grid.
	ErrNoGrid = errors.New("no such grid")
)
