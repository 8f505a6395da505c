package selection

import (
	"context"

	"wangge/api/param"
	"wangge/geo/datum"
)

// systemSource has the city's own coordinate systems; a *postgres.Reader is one.
type systemSource interface {
	LocalSystems(ctx context.Context) ([]datum.System, error)
}

// Systems finds coordinate systems by name: those of package datum, and the city's own, which are read where a name is none of the others. A nil one
// knows the former only. It is for one request.
type Systems struct {
	read func() ([]datum.System, error)
	own  []datum.System
	err  error
}

// SystemsOf makes one for a request.
func SystemsOf(ctx context.Context, from systemSource) *Systems {
	return &Systems{read: func() ([]datum.System, error) { return from.LocalSystems(ctx) }}
}

// Find finds a system by one of its names. Its errors are datum.ErrUnknown, and what Err gives.
func (s *Systems) Find(name string) (datum.System, error) {
	system, err := datum.Parse(name)
	if err == nil || s == nil {
		return system, err
	}
	if s.read != nil {
		s.own, s.err = s.read()
		s.read = nil
	}
	for _, own := range s.own {
		if name == own.Code() || name == own.URI() {
			return own, nil
		}
	}
	if s.err != nil {
		return system, s.err
	}
	return system, err
}

// Err is what kept the city's own systems from being read: then a system that was not found may exist.
func (s *Systems) Err() error {
	if s == nil {
		return nil
	}
	return s.err
}

// Read reads the parameter that names a system; CRS84 where none is given.
func (s *Systems) Read(q *param.Query, name string) datum.System {
	if !q.Has(name) {
		return datum.System{}
	}
	system, err := s.Find(q.Text(name, 200))
	if err != nil {
		q.Fault(name, "没有这个坐标系", "is no coordinate reference system that is spoken here")
	}
	return system
}
