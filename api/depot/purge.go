package depot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// records forgets what is over; a *postgres.Store is one.
type records interface {
	PurgeBlobs(ctx context.Context) (keys []string, err error)
	PurgeTracks(ctx context.Context) (removed int64, err error)
}

// purgeEvery is how often what is over is removed.
const purgeEvery = time.Hour

// Purge removes photos that no record speaks of, uploads that were not ended, and tracks that are too old, until ctx ends. d is nil where no photos
// are kept: tracks are removed all the same.
func (d *Depot) Purge(ctx context.Context, from records, log *slog.Logger) {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		if err := d.PurgeOnce(ctx, from, time.Now()); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "photos and tracks that are over were not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// PurgeOnce does it once. What fails does not keep the rest from being done.
func (d *Depot) PurgeOnce(ctx context.Context, from records, now time.Time) error {
	_, err := from.PurgeTracks(ctx)
	if d == nil {
		return err
	}
	_, failed := d.PurgePartials(ctx, now)
	return errors.Join(err, failed, d.purgeObjects(ctx, from))
}

// purgeObjects removes what the record has forgotten. The record forgets first: an object that stays behind by a failure costs room and nothing else.
func (d *Depot) purgeObjects(ctx context.Context, from records) error {
	for {
		keys, err := from.PurgeBlobs(ctx)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if key == "" {
				continue // it was refused
			}
			if err := d.Remove(ctx, key); err != nil {
				return fmt.Errorf("object %s: %w", key, err)
			}
		}
	}
}
