package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// Blob is the bytes of a photo as the record knows them: stored under a key of the depot, or refused for a reason.
type Blob struct {
	SHA256        string
	Bytes         int64
	MediaType     string
	Width, Height int // before it is turned
	State         PhotoState
	Reason        string // code of a refusal
	Key           string // in the depot
	Orientation   int
	TakenAt       time.Time  // as EXIF says; zero unknown
	At            *orb.Point // as EXIF says
	Flags         []patrol.Flag
	By            string // name of the account that sent it
}

const (
	// blobsSQL notes that somebody asks, so that what is asked for is not purged meanwhile. What is being purged is waited for, and is not there then.
	blobsSQL = `
WITH x AS (SELECT sha256 FROM photo_blob WHERE sha256 = ANY($1) ORDER BY sha256 FOR NO KEY UPDATE)
UPDATE photo_blob b SET seen_at = now() FROM x WHERE b.sha256 = x.sha256
RETURNING b.sha256, b.bytes, b.media_type, b.width, b.height, b.state, b.reason, b.object_key, b.orientation`

	keepBlobSQL = `
INSERT INTO photo_blob (sha256, bytes, media_type, width, height, state, reason, object_key, orientation, exif_at, exif_geom, flags, uploaded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ST_SetSRID(ST_MakePoint($11, $12), 4490), $13, $14)
ON CONFLICT (sha256) DO NOTHING`

	// roomSQL counts what an account has sent of which no record speaks. A photo that is promised always has room.
	roomSQL = `
SELECT CASE WHEN EXISTS (SELECT FROM patrol_photo WHERE sha256 = $2) THEN 0 ELSE
    (SELECT coalesce(sum(b.bytes), 0) FROM photo_blob b WHERE b.uploaded_by = $1 AND b.state = 'stored' AND NOT EXISTS (SELECT FROM patrol_photo p WHERE p.sha256 = b.sha256)) END`

	// purgeBlobsSQL leaves alone what somebody asked for meanwhile: PostgreSQL looks again at a row that it had to wait for.
	purgeBlobsSQL = `
DELETE FROM photo_blob b WHERE b.sha256 IN (
    SELECT sha256 FROM photo_blob x WHERE x.seen_at < now() - interval '7 days' AND NOT EXISTS (SELECT FROM patrol_photo p WHERE p.sha256 = x.sha256)
    ORDER BY sha256 LIMIT 500 FOR UPDATE SKIP LOCKED)
  AND b.seen_at < now() - interval '7 days' RETURNING b.object_key`
)

// Blobs are those of some hashes that the record has, by hash. Whoever asks keeps them from being purged for another week.
func (s *Store) Blobs(ctx context.Context, hashes []string) (map[string]Blob, error) {
	list, err := collect(ctx, s, blobsSQL, []any{hashes}, func(row pgx.CollectableRow) (b Blob, err error) {
		return b, row.Scan(&b.SHA256, &b.Bytes, &b.MediaType, &b.Width, &b.Height, &b.State, &b.Reason, &b.Key, &b.Orientation)
	})
	found := make(map[string]Blob, len(list))
	for _, b := range list {
		found[b.SHA256] = b
	}
	return found, err
}

// KeepBlob notes what became of a photo's bytes, for good: kept is false where it was noted before, and what b says counts for nothing.
func (s *Store) KeepBlob(ctx context.Context, b Blob) (kept bool, err error) {
	var lon, lat *float64
	if b.At != nil {
		lon, lat = &b.At[0], &b.At[1]
	}
	flags := b.Flags
	if flags == nil {
		flags = []patrol.Flag{}
	}
	done, err := s.pool.Exec(ctx, keepBlobSQL, b.SHA256, b.Bytes, b.MediaType, b.Width, b.Height, b.State, b.Reason, b.Key, max(b.Orientation, 1), timeOrNull(b.TakenAt), lon, lat, flags, b.By)
	return done.RowsAffected() == 1, interpret(err)
}

// Unpromised is how many bytes an account has sent of which no record speaks yet; 0 where a record speaks of the photo with the hash.
func (s *Store) Unpromised(ctx context.Context, account, hash string) (bytes int64, err error) {
	err = s.pool.QueryRow(ctx, roomSQL, account, hash).Scan(&bytes)
	return bytes, interpret(err)
}

// PurgeBlobs forgets photos of which no record has spoken for seven days, and names their objects, which are to be removed then. At most 500 at once.
func (s *Store) PurgeBlobs(ctx context.Context) (keys []string, err error) {
	return collect(ctx, s, purgeBlobsSQL, nil, pgx.RowTo[string])
}
