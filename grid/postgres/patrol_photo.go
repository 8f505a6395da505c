package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/patrol"
)

// Kinds of records that have photos.
const (
	PhotoOfCheck    = "check"
	PhotoOfProblem  = "problem"
	PhotoOfStep     = "step"
	PhotoOfProposal = "proposal"
)

// photoKindOther is one of patrol.PhotoKinds.
const photoKindOther = "other"

// PhotoOwner is the record that promises photos, and where it lies.
type PhotoOwner struct {
	Kind, ID string // one of the constants; a UUID
	Region   string // code of the narrowest division; "" for none
	GridID   int64  // of the duty grid; 0 for none
}

// PhotoState is what became of a photo that was promised.
type PhotoState string

// The states.
const (
	PhotoAwaited PhotoState = "awaited" // 未到: promised, not here yet
	PhotoStored  PhotoState = "stored"  // 已存
	PhotoRefused PhotoState = "refused" // 未采纳: what came is no photo
)

// Photo is a photo of a record as lists show it. Its hash is not told: who names a hash has the bytes.
type Photo struct {
	ID            string
	Owner         string // UUID of the record
	Kind          string // near, far …
	State         PhotoState
	Reason        string // of the refusal; "" for none
	Width, Height int    // as shown, oriented; 0 unknown
	TakenAt       time.Time
	Flags         []patrol.Flag
}

const (
	// touchBlobsSQL holds what is there already: nothing of it is purged from now on, and purging that has begun is waited for.
	touchBlobsSQL = `
UPDATE photo_blob b SET seen_at = now() FROM (SELECT sha256 FROM photo_blob WHERE sha256 = ANY($1) ORDER BY sha256 FOR NO KEY UPDATE) x WHERE b.sha256 = x.sha256`

	expectPhotoSQL = `
INSERT INTO patrol_photo (id, owner_kind, owner_id, ordinal, sha256, bytes, kind, taken_at, account, holder_id, region_code, grid_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, 0::bigint), nullif($11, ''), nullif($12, 0::bigint)) ON CONFLICT DO NOTHING`

	// promisedSQL tells whether a record has a photo, by its hash: the same one may come under another id when the record comes again.
	promisedSQL = `SELECT EXISTS (SELECT FROM patrol_photo WHERE owner_kind = $1 AND owner_id = $2 AND sha256 = $3)`

	photosOfSQL = `
SELECT p.id::text, p.owner_id::text, p.kind, coalesce(b.state, 'awaited'), coalesce(b.reason, ''),
       coalesce(CASE WHEN b.orientation > 4 THEN b.height ELSE b.width END, 0), coalesce(CASE WHEN b.orientation > 4 THEN b.width ELSE b.height END, 0),
       p.taken_at, coalesce(b.flags, '{}')
FROM patrol_photo p LEFT JOIN photo_blob b ON b.sha256 = p.sha256
WHERE p.owner_kind = $1 AND p.owner_id = ANY($2::uuid[]) ORDER BY p.owner_id, p.ordinal, p.id`
)

// ExpectPhotos notes what a record promises. The bytes may have come before, come later or never. A record that comes again promises the same; a
// photo's id that another record or another hash has is a *patrol.Fault at /photos. A kind that nobody knows is kept as other.
func (t *Tx) ExpectPhotos(ctx context.Context, owner PhotoOwner, refs []patrol.PhotoRef) error {
	if len(refs) == 0 {
		return nil
	}
	hashes := make([]string, len(refs))
	for i, ref := range refs {
		hashes[i] = ref.SHA256
	}
	if _, err := t.tx.Exec(ctx, touchBlobsSQL, hashes); err != nil {
		return err
	}
	for i, ref := range refs {
		if err := t.expectPhoto(ctx, owner, i, ref); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) expectPhoto(ctx context.Context, owner PhotoOwner, i int, ref patrol.PhotoRef) error {
	kind := ref.Kind
	if !slices.Contains(patrol.PhotoKinds(), kind) {
		kind = photoKindOther
	}
	if !patrol.Dated(ref.TakenAt) {
		ref.TakenAt = time.Time{}
	}
	done, err := t.tx.Exec(ctx, expectPhotoSQL, ref.ID, owner.Kind, owner.ID, i, ref.SHA256, ref.Bytes, kind, timeOrNull(ref.TakenAt),
		t.Caller.Actor.Name, t.Caller.Actor.Holder, owner.Region, owner.GridID)
	if err != nil || done.RowsAffected() == 1 {
		return err
	}
	var promised bool
	if err := t.tx.QueryRow(ctx, promisedSQL, owner.Kind, owner.ID, ref.SHA256).Scan(&promised); err != nil || promised {
		return err
	}
	return &patrol.Fault{Pointer: fmt.Sprintf("/photos/%d/id", i), Zh: "这个编号已是另一张照片的", En: "is the id of another photo"}
}

// timeOrNull is an instant for the record: nil for none.
func timeOrNull(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// PhotosOf are the photos of records of one kind, by the record's id, each in the order in which it was promised. It asks no rights: whoever may read
// a record may know which photos it has.
func (s *Store) PhotosOf(ctx context.Context, kind string, owners []string) (map[string][]Photo, error) {
	list, err := collect(ctx, s, photosOfSQL, []any{kind, owners}, readPhoto)
	return byOwner(list), err
}

// PhotosOf does the same within a transaction.
func (t *Tx) PhotosOf(ctx context.Context, kind string, owners []string) (map[string][]Photo, error) {
	list, err := query(ctx, t.tx, photosOfSQL, []any{kind, owners}, readPhoto)
	return byOwner(list), err
}

func byOwner(list []Photo) map[string][]Photo {
	all := map[string][]Photo{}
	for _, p := range list {
		all[p.Owner] = append(all[p.Owner], p)
	}
	return all
}

func readPhoto(row pgx.CollectableRow) (p Photo, err error) {
	var taken *time.Time
	err = row.Scan(&p.ID, &p.Owner, &p.Kind, &p.State, &p.Reason, &p.Width, &p.Height, &taken, &p.Flags)
	if taken != nil {
		p.TakenAt = *taken
	}
	return p, err
}

// PhotoRow is one photo with its bytes and what its record says of it: by that one decides who may see it.
type PhotoRow struct {
	Photo
	OwnerKind   string
	SHA256      string
	Bytes       int64
	MediaType   string
	Key         string // in the depot
	Orientation int

	Account   string // who made the record
	Holder    int64  // 0 for none
	Region    string
	GridID    int64 // duty grid
	CreatedAt time.Time

	Number   string        // of the problem; "" for none
	Depts    []string      // that the record is for
	Grids    []int64       // in which the problem lies, of all nets
	Assignee int64         // who is to rectify the problem; 0 for none
	Reporter patrol.Person // of the problem
	Subject  string        // name of what was checked; "" for none
}

// photoRowSQL finds the problem of a step, too.
const photoRowSQL = `
SELECT p.id::text, p.owner_kind, p.owner_id::text, p.kind, coalesce(b.state, 'awaited'), coalesce(b.reason, ''), p.taken_at, p.account, coalesce(p.holder_id, 0),
       coalesce(p.region_code, ''), coalesce(p.grid_id, 0), p.created_at, p.sha256,
       coalesce(b.bytes, 0), coalesce(b.media_type, ''), coalesce(b.object_key, ''), coalesce(b.orientation, 1), coalesce(b.flags, '{}'),
       coalesce(q.number, ''), CASE WHEN q.dept IS NOT NULL THEN ARRAY[q.dept] ELSE coalesce(f.dept, c.dept, '{}') END,
       array_remove(ARRAY[q.grid_id, q.duty_grid_id], NULL), coalesce(q.assignee, 0), coalesce(q.reporter_account, ''), coalesce(q.reporter_holder, 0),
       coalesce(q.subject_name, c.subject_name, '')
FROM patrol_photo p
LEFT JOIN photo_blob b ON b.sha256 = p.sha256
LEFT JOIN problem_event e ON p.owner_kind = 'step' AND e.id = p.owner_id
LEFT JOIN problem q ON p.owner_kind IN ('problem', 'step') AND q.id = coalesce(e.problem_id, p.owner_id)
LEFT JOIN patrol_check c ON p.owner_kind = 'check' AND c.id = p.owner_id
LEFT JOIN feature_proposal f ON p.owner_kind = 'proposal' AND f.id = p.owner_id
WHERE p.id = $1`

// Photo is one photo by its id. ErrNotFound for none. It asks no rights.
func (s *Store) Photo(ctx context.Context, id string) (PhotoRow, error) {
	list, err := collect(ctx, s, photoRowSQL, []any{id}, func(row pgx.CollectableRow) (p PhotoRow, err error) {
		var taken *time.Time
		err = row.Scan(&p.ID, &p.OwnerKind, &p.Owner, &p.Kind, &p.State, &p.Reason, &taken, &p.Account, &p.Holder,
			&p.Region, &p.GridID, &p.CreatedAt, &p.SHA256, &p.Bytes, &p.MediaType, &p.Key, &p.Orientation, &p.Flags, &p.Number, &p.Depts, &p.Grids, &p.Assignee,
			&p.Reporter.Account, &p.Reporter.Holder, &p.Subject)
		if taken != nil {
			p.TakenAt = *taken
		}
		return p, err
	})
	return only(list, err)
}
