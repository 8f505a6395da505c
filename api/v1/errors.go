package v1

import "errors"

// What a request can lack, besides faulty parameters.
var (
	// ErrNoGrid: there is no such grid.
	ErrNoGrid = errors.New("no such grid")
)
