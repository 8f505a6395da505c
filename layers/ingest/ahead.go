package ingest

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// How much is read ahead of what is mapped: a batch waits, one is filled, one is mapped.
const (
	aheadObjects = 256
	aheadBytes   = 1 << 20
)

// readAhead lets reading go on while what was read before is taken, in its order: a large file keeps two processors busy. What came before a fault
// is taken all the same.
func readAhead(ctx context.Context, read func(ctx context.Context, emit func(*object) error) error, take func(*object) error) error {
	group, ctx := errgroup.WithContext(ctx)
	full := make(chan []*object, 1)
	group.Go(func() error {
		defer close(full)
		var batch []*object
		bytes := 0
		send := func() error {
			select {
			case full <- batch:
				batch, bytes = nil, 0
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := read(ctx, func(o *object) error {
			if batch, bytes = append(batch, o), bytes+o.bytes; len(batch) < aheadObjects && bytes < aheadBytes {
				return nil
			}
			return send()
		})
		if rest := send(); err == nil {
			err = rest
		}
		return err
	})
	group.Go(func() error {
		for batch := range full {
			for _, o := range batch {
				if err := take(o); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return group.Wait()
}
