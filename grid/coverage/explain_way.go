package coverage

import (
	"context"

	"github.com/paulmach/orb"
)

// Explain says why a place is covered or not at a radius. Errors: ErrNoService, ErrRadius.
func (b *Board) Explain(ctx context.Context, q Question, at orb.Point, radiusM uint32) (Explanation, error) {
	return Explanation{}, ctx.Err()
}
