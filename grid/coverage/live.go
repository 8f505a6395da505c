package coverage

import (
	"context"
	"sync"
)

// Live keeps coverage of the newest state of a city that was asked about, and brings it up to newer ones by what has changed. It is safe for
// concurrent use.
type Live struct {
	mu  sync.Mutex
	now *Board
}

// NewLive makes a Live that knows nothing yet: nothing is worked out until it is asked for.
func NewLive() *Live { return &Live{} }

// At is the board of a state of the city. The newest state asked about gives the same board each time; an older one gives one that is not kept.
func (l *Live) At(ctx context.Context, city City) (*Board, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.now == nil:
		l.now = newBoard(city)
	case l.now.city.Version() == city.Version():
		return l.now, nil
	default:
		b := l.now.heir(city, nil, l.now.base.heir())
		if city.Version() < l.now.city.Version() {
			return b, nil
		}
		l.now = b
	}
	l.now.live = true
	return l.now, nil
}
