package api

import (
	"context"
	"sync"

	"wangge/api/tilecache"
	v1 "wangge/api/v1"
	"wangge/grid/coverage"
)

// keptHexes is how many answers are kept for tiles, each some megabytes per 100,000 hexagons.
const keptHexes = 3

// hexesKept keeps the hexagons that tiles were asked for last: a map asks for dozens of tiles of one question. The zero value is ready.
type hexesKept struct {
	flights tilecache.Flights[*coverage.Hexes]
	mu      sync.Mutex
	kept    []kept // the latest first
}

type kept struct {
	key     string
	service string
	hexes   *coverage.Hexes
}

// of gives the hexagons of a question; those of equal questions at one time are worked out once. Whoever asks about a scenario has been let read it.
func (k *hexesKept) of(ctx context.Context, shown *v1.Shown) (*coverage.Hexes, error) {
	if h := k.find(shown.Key); h != nil {
		return h, nil
	}
	return k.flights.Do(ctx, shown.Key, func(ctx context.Context) (*coverage.Hexes, error) {
		if h := k.find(shown.Key); h != nil {
			return h, nil
		}
		h, err := shown.Hexes(ctx)
		if err == nil {
			k.keep(shown, h)
		}
		return h, err
	})
}

func (k *hexesKept) find(key string) *coverage.Hexes {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, one := range k.kept {
		if one.key == key {
			copy(k.kept[1:i+1], k.kept[:i])
			k.kept[0] = one
			return one.hexes
		}
	}
	return nil
}

// keep keeps an answer. What an earlier one of the same service knows of coarser hexagons it takes over as far as it is alike.
func (k *hexesKept) keep(shown *v1.Shown, h *coverage.Hexes) {
	k.mu.Lock()
	var before *coverage.Hexes
	for _, one := range k.kept {
		if one.service == shown.Service.ID {
			before = one.hexes
			break
		}
	}
	k.mu.Unlock()
	h.Inherit(before)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append([]kept{{shown.Key, shown.Service.ID, h}}, k.kept...)
	k.kept = k.kept[:min(len(k.kept), keptHexes)]
}
