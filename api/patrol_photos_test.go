package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wangge/api/depot"
	v1 "wangge/api/v1"
	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
)

// photoTown is a town that takes photos, in a folder of the test.
func photoTown(t testing.TB) (*town, *depot.Depot) {
	t.Helper()
	photos, err := depot.Open(t.Context(), "file://"+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := photos.Close(); err != nil {
			t.Error(err)
		}
	})
	return newTown(t, func(c *Config) { c.Photos = photos }), photos
}

// snapshot is a small photo, another one for each seed, with as many bytes of comments as are wanted.
func snapshot(t testing.TB, seed int, padding int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for i := range 48 * 32 {
		img.Set(i%48, i/48, color.RGBA{uint8(seed), uint8(i), uint8(i >> 4), 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	out := []byte{0xff, 0xd8}
	for r := rand.New(rand.NewPCG(uint64(seed), 1)); padding > 0; padding -= 60000 {
		out = binary.BigEndian.AppendUint16(append(out, 0xff, 0xfe), 60002)
		for range 60000 / 8 {
			out = binary.BigEndian.AppendUint64(out, r.Uint64())
		}
	}
	return append(out, b.Bytes()[2:]...)
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// putPiece sends a piece of a photo.
func (w *town) putPiece(t testing.TB, hash string, offset, length int, piece []byte, who []string) answer {
	t.Helper()
	return w.send(t, http.MethodPut, "/api/v1/patrol/photos/"+hash, bytes.NewReader(piece),
		append(who, "Upload-Offset", strconv.Itoa(offset), "Upload-Length", strconv.Itoa(length), "Content-Type", "application/octet-stream")...)
}

type uploadState struct {
	SHA256, State, Type, Title, Detail string
	Offset, Bytes                      int64
}

// stateOf is what a device is told of a photo.
func (w *town) stateOf(t *testing.T, hash string, who []string) uploadState {
	t.Helper()
	a := w.send(t, http.MethodPost, "/api/v1/patrol/photos/status", strings.NewReader(`{"hashes": ["`+hash+`"]}`), append(who, "Content-Type", "application/json")...)
	return said[struct{ Items []uploadState }](t, a, http.StatusOK).Items[0]
}

// promise makes a record of an officer promise photos.
func (w *town) promise(t testing.TB, actor rights.Actor, owner gridpg.PhotoOwner, refs ...patrol.PhotoRef) error {
	t.Helper()
	_, err := gridpg.NewStore(w.pool).Write(t.Context(), gridpg.Caller{Actor: actor}, func(ctx context.Context, tx *gridpg.Tx) (gridpg.Answer, error) {
		return gridpg.Answer{Status: http.StatusOK}, tx.ExpectPhotos(ctx, owner, refs)
	})
	return err
}

var anOfficer = rights.Actor{Account: 807, Name: "officer", Role: rights.Officer, Holder: 901}

func TestPhotosArrive(t *testing.T) {
	w, _ := photoTown(t)
	who := w.as(t, rights.Officer)
	data := snapshot(t, 1, 0)
	hash := hashOf(data)
	if s := w.stateOf(t, hash, who); s.State != "absent" || s.Offset != 0 {
		t.Errorf("before: %+v", s)
	}
	ref := patrol.PhotoRef{ID: uuid(7, 1), SHA256: hash, Bytes: int64(len(data)), Kind: "near", TakenAt: time.Now()}
	owner := gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: uuid(8, 1), Region: "370281001001", GridID: 13}
	if err := w.promise(t, anOfficer, owner, ref); err != nil {
		t.Fatal(err)
	}
	if a := w.get(t, "/api/v1/patrol/photos/"+ref.ID, who...); a.StatusCode != http.StatusNotFound || problemOf(t, a).Type != "photo-awaited" {
		t.Errorf("a photo that has not come: %s %s", a.Status, a.body)
	}
	for range 3 { // answers get lost
		got := said[uploadState](t, w.putPiece(t, hash, 0, len(data), data, who), http.StatusCreated)
		if got.State != "stored" || got.Bytes != int64(len(data)) || got.SHA256 != hash {
			t.Errorf("uploaded: %+v", got)
		}
	}
	if s := w.stateOf(t, hash, who); s.State != "stored" || s.Offset != int64(len(data)) {
		t.Errorf("after: %+v", s)
	}
	if err := w.promise(t, anOfficer, owner, ref, ref); err != nil {
		t.Errorf("the record again: %v", err)
	}
	other := owner
	other.ID = uuid(8, 2)
	if err := w.promise(t, anOfficer, other, ref); err == nil {
		t.Error("another record took the photo's id")
	}
	ref.ID = uuid(7, 2)
	if err := w.promise(t, anOfficer, other, ref); err != nil {
		t.Errorf("the same photo of another record: %v", err)
	}
	a := w.get(t, "/api/v1/patrol/photos/"+ref.ID+"?size=original", who...)
	if a.StatusCode != http.StatusOK || !bytes.Equal(a.body, data) || a.Header.Get("Content-Type") != "image/jpeg" || a.Header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the original: %s %v", a.Status, a.Header)
	}
	for _, size := range []string{"", "?size=shown", "?size=thumb"} {
		a := w.get(t, "/api/v1/patrol/photos/"+ref.ID+size, who...)
		if _, err := jpeg.Decode(bytes.NewReader(a.body)); err != nil || a.Header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%q: %s %v %v", size, a.Status, a.Header, err)
		}
		if again := w.get(t, "/api/v1/patrol/photos/"+ref.ID+size, append(who, "If-None-Match", a.Header.Get("ETag"))...); again.StatusCode != http.StatusNotModified {
			t.Errorf("%q again: %s", size, again.Status)
		}
	}
	photos, err := gridpg.NewStore(w.pool).PhotosOf(t.Context(), gridpg.PhotoOfCheck, []string{owner.ID, other.ID})
	if err != nil || len(photos[owner.ID]) != 1 || len(photos[other.ID]) != 1 || photos[owner.ID][0].State != gridpg.PhotoStored || photos[owner.ID][0].Width != 48 {
		t.Errorf("photos of records: %+v %v", photos, err)
	}
}

func TestUploadsGoOn(t *testing.T) {
	w, _ := photoTown(t)
	who := w.as(t, rights.Officer)
	data := snapshot(t, 2, 10_000_000)
	hash, n := hashOf(data), len(data)
	step := 3_000_000
	first := w.putPiece(t, hash, 0, n, data[:step], who)
	if got := said[uploadState](t, first, http.StatusAccepted); got.State != "partial" || got.Offset != int64(step) || got.Bytes != int64(n) {
		t.Errorf("a piece: %+v", got)
	}
	gap := w.putPiece(t, hash, 2*step, n, data[2*step:3*step], who)
	if gap.StatusCode != http.StatusConflict || gap.Header.Get("Upload-Offset") != strconv.Itoa(step) || problemOf(t, gap).Type != "upload-offset" {
		t.Errorf("a gap: %s %s", gap.Status, gap.Header.Get("Upload-Offset"))
	}
	if s := w.stateOf(t, hash, who); s.State != "partial" || s.Offset != int64(step) {
		t.Errorf("status: %+v", s)
	}
	if s := w.stateOf(t, hash, w.as(t, rights.Street)); s.State != "absent" {
		t.Errorf("somebody else's upload is told: %+v", s)
	}
	said[uploadState](t, w.putPiece(t, hash, step/2, n, data[step/2:2*step], who), http.StatusAccepted) // overlaps
	said[uploadState](t, w.putPiece(t, hash, 2*step, n, data[2*step:], who), http.StatusCreated)
	said[uploadState](t, w.putPiece(t, hash, n, n, nil, who), http.StatusCreated)

	// What was damaged on the way says nothing about the right bytes.
	data = snapshot(t, 3, 0)
	hash, n = hashOf(data), len(data)
	damaged := bytes.Clone(data)
	damaged[n/2] ^= 1
	if a := w.putPiece(t, hash, 0, n, damaged, who); a.StatusCode != http.StatusUnprocessableEntity || problemOf(t, a).Type != "photo-hash" {
		t.Errorf("damaged: %s %s", a.Status, a.body)
	}
	if s := w.stateOf(t, hash, who); s.State != "absent" {
		t.Errorf("after damage: %+v", s)
	}
	said[uploadState](t, w.putPiece(t, hash, 0, n, data, who), http.StatusCreated)
}

// Uploads survive the server: what it had is there when another one starts.
func TestUploadsSurviveARestart(t *testing.T) {
	folder := "file://" + t.TempDir()
	w := newTown(t)
	who := w.as(t, rights.Officer)
	data := snapshot(t, 4, 200_000)
	hash := hashOf(data)
	for at := 0; at < len(data); at += 70_000 {
		photos, err := depot.Open(t.Context(), folder)
		if err != nil {
			t.Fatal(err)
		}
		again := townOn(t, w.pool, func(c *Config) { c.Photos = photos })
		if s := again.stateOf(t, hash, who); s.Offset != int64(at) {
			t.Fatalf("after a restart: %+v, want offset %d", s, at)
		}
		a := again.putPiece(t, hash, at, len(data), data[at:min(len(data), at+70_000)], who)
		if a.StatusCode >= 300 {
			t.Fatalf("%s %s", a.Status, a.body)
		}
		if err := photos.Close(); err != nil {
			t.Fatal(err)
		}
	}
	photos, err := depot.Open(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if s := townOn(t, w.pool, func(c *Config) { c.Photos = photos }).stateOf(t, hash, who); s.State != "stored" {
		t.Errorf("at the end: %+v", s)
	}
}

// Many upload the same photo at once, in pieces of any size, by one account and by others: it is stored once, and each is told so in the end.
func TestUploadsAtOnce(t *testing.T) {
	w, photos := photoTown(t)
	data := snapshot(t, 5, 120_000)
	hash, n := hashOf(data), len(data)
	callers := [][]string{w.as(t, rights.Officer), w.as(t, rights.Officer), w.as(t, rights.Street), w.as(t, rights.Officer), w.as(t, rights.Viewer), w.as(t, rights.Officer)}
	var group sync.WaitGroup
	for i, who := range callers {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			for at, tries := 0, 0; ; tries++ {
				end := min(n, at+1+r.IntN(60_000))
				a := w.putPiece(t, hash, at, n, data[at:end], who)
				switch {
				case a.StatusCode == http.StatusCreated:
					return
				case tries > 200 || a.StatusCode != http.StatusAccepted && a.StatusCode != http.StatusConflict:
					t.Errorf("caller %d at %d: %s %s", i, at, a.Status, a.body)
					return
				}
				at, _ = strconv.Atoi(a.Header.Get("Upload-Offset"))
				at = min(at, n)
			}
		})
	}
	group.Wait()
	var key string
	if err := w.pool.QueryRow(t.Context(), `SELECT object_key FROM photo_blob WHERE sha256 = $1`, hash).Scan(&key); err != nil {
		t.Fatal(err)
	}
	if kept, err := photos.Read(t.Context(), key); err != nil || !bytes.Equal(kept, data) {
		t.Errorf("what is kept: %d bytes, %v", len(kept), err)
	}
	if list, err := photos.Originals(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("objects: %v %v", list, err)
	}
}

func TestRefusedPhotosAreRemembered(t *testing.T) {
	w, _ := photoTown(t)
	who := w.as(t, rights.Officer)
	whole := snapshot(t, 6, 0)
	bomb := bytes.Clone(whole)
	at := bytes.Index(bomb, []byte{0xff, 0xc0})
	copy(bomb[at+5:], []byte{0xff, 0xff, 0xff, 0xff})
	for name, data := range map[string][]byte{
		"empty": {}, "a script": []byte("#!/bin/sh\necho photo.jpg\n"), "cut": whole[:len(whole)-9], "a bomb": bomb, "two kinds": append(bytes.Clone(whole), "%PDF-1.7"...),
	} {
		hash := hashOf(data)
		for range 2 {
			a := w.putPiece(t, hash, 0, len(data), data, who)
			if p := problemOf(t, a); a.StatusCode != http.StatusUnprocessableEntity || p.Type != "photo-refused" || p.Detail == "" || p.DetailEn == "" {
				t.Errorf("%s: %s %s", name, a.Status, a.body)
			}
		}
		if s := w.stateOf(t, hash, who); s.State != "refused" || !strings.HasSuffix(s.Type, ":photo-refused") || s.Title == "" || s.Detail == "" {
			t.Errorf("%s: %+v", name, s)
		}
		ref := patrol.PhotoRef{ID: uuid(9, len(data)+1), SHA256: hash, Bytes: int64(len(data)), Kind: "other"}
		if err := w.promise(t, anOfficer, gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: uuid(8, 9)}, ref); err != nil {
			t.Errorf("%s: the record is refused: %v", name, err)
		}
	}
	photos, err := gridpg.NewStore(w.pool).PhotosOf(t.Context(), gridpg.PhotoOfCheck, []string{uuid(8, 9)})
	if err != nil || len(photos[uuid(8, 9)]) != 5 {
		t.Fatalf("%v %v", photos, err)
	}
	for _, p := range photos[uuid(8, 9)] {
		if p.State != gridpg.PhotoRefused || p.Reason == "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestBadUploads(t *testing.T) {
	w, _ := photoTown(t)
	who := append(w.as(t, rights.Officer), "Content-Type", "application/octet-stream")
	hash := hashOf([]byte("x"))
	for name, c := range map[string]struct {
		path, body   string
		headers      []string
		status       int
		code, faulty string
	}{
		"no hash":             {"abc", "x", nil, 400, "invalid-request", "sha256"},
		"capitals":            {strings.ToUpper(hash), "x", nil, 400, "invalid-request", "sha256"},
		"an offset of words":  {hash, "x", []string{"Upload-Offset", "first"}, 400, "invalid-request", "Upload-Offset"},
		"a negative offset":   {hash, "x", []string{"Upload-Offset", "-1"}, 400, "invalid-request", "Upload-Offset"},
		"a huge offset":       {hash, "x", []string{"Upload-Offset", "99999999999999999999"}, 400, "invalid-request", "Upload-Offset"},
		"beyond the end":      {hash, "x", []string{"Upload-Offset", "9", "Upload-Length", "5"}, 400, "invalid-request", "Upload-Offset"},
		"a length of words":   {hash, "x", []string{"Upload-Length", "long"}, 400, "invalid-request", "Upload-Length"},
		"more than it says":   {hash, "xxxx", []string{"Upload-Length", "2"}, 400, "invalid-request", "Upload-Length"},
		"too long":            {hash, "x", []string{"Upload-Length", strconv.Itoa(v1.MaxPhotoBytes + 1)}, 413, "photo-too-large", ""},
		"a gap":               {hash, "x", []string{"Upload-Offset", "5", "Upload-Length", "9"}, 409, "upload-offset", ""},
		"another one's bytes": {hash, "y", nil, 422, "photo-hash", ""},
	} {
		a := w.send(t, http.MethodPut, "/api/v1/patrol/photos/"+c.path, strings.NewReader(c.body), append(who, c.headers...)...)
		p := problemOf(t, a)
		if a.StatusCode != c.status || p.Type != c.code || c.faulty != "" && (len(p.Errors) != 1 || p.Errors[0].Parameter != c.faulty) {
			t.Errorf("%s: %s %s", name, a.Status, a.body)
		}
	}
	status := append(w.as(t, rights.Officer), "Content-Type", "application/json")
	many, _ := json.Marshal(map[string][]string{"hashes": make([]string, 501)})
	for body, want := range map[string]string{`{"hashes": ["abc"]}`: "/hashes/0", string(many): "/hashes", `{"hashes": "all"}`: "", `{"names": []}`: "", `[]`: ""} {
		a := w.send(t, http.MethodPost, "/api/v1/patrol/photos/status", strings.NewReader(body), status...)
		p := problemOf(t, a)
		if a.StatusCode != http.StatusBadRequest || want != "" && (len(p.Errors) != 1 || *p.Errors[0].Pointer != want) {
			t.Errorf("%.50s: %s %s", body, a.Status, a.body)
		}
	}
	for path, want := range map[string]int{"/x": 404, "/" + uuid(1, 1): 404, "/" + uuid(1, 1) + "?size=huge": 400, "/" + uuid(1, 1) + "?format=png": 400} {
		if a := w.get(t, "/api/v1/patrol/photos"+path, status...); a.StatusCode != want {
			t.Errorf("%s: %s", path, a.Status)
		}
	}
}

func TestWithoutADepot(t *testing.T) {
	w := newTown(t)
	data := snapshot(t, 1, 0)
	a := w.putPiece(t, hashOf(data), 0, len(data), data, w.as(t, rights.Officer))
	if p := problemOf(t, a); a.StatusCode != http.StatusServiceUnavailable || p.Type != "no-photo-store" || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s", a.Status, a.body)
	}
}

// Who sees a photo: who took it, and who may read the record where it lies; originals only staff of the place and who took it, with a line in the log.
func TestWhoSeesAPhoto(t *testing.T) {
	w, _ := photoTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL, `
INSERT INTO account (id, name, role, holder_id) VALUES (821, 'colleague', 'officer', 922);
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from) VALUES (9931, 922, 'grid_officer', 'grid', 12, '2020-01-01')`))
	data := snapshot(t, 8, 0)
	said[uploadState](t, w.putPiece(t, hashOf(data), 0, len(data), data, w.as(t, rights.Officer)), http.StatusCreated)
	viewer := rights.Actor{Account: 808, Name: "viewer", Role: rights.Viewer}
	cases := []struct {
		by    rights.Actor
		owner gridpg.PhotoOwner
	}{
		{anOfficer, gridpg.PhotoOwner{Region: "370281001001", GridID: 13}},
		{anOfficer, gridpg.PhotoOwner{Region: "370281002001", GridID: 14}},
		{rights.Actor{Account: 821, Name: "colleague", Role: rights.Officer, Holder: 922}, gridpg.PhotoOwner{Region: "370281001001", GridID: 12}},
		{rights.Actor{Account: 821, Name: "colleague", Role: rights.Officer, Holder: 922}, gridpg.PhotoOwner{Region: "370281001001", GridID: 13}}, // in the officer's grid
		{viewer, gridpg.PhotoOwner{Region: "370281002001"}},
	}
	for i, c := range cases {
		id := uuid(6, i)
		c.owner.Kind, c.owner.ID = gridpg.PhotoOfCheck, uuid(5, i)
		if err := w.promise(t, c.by, c.owner, patrol.PhotoRef{ID: id, SHA256: hashOf(data), Bytes: int64(len(data)), Kind: "near"}); err != nil {
			t.Fatal(err)
		}
		for _, who := range matrixCallers(t, w) {
			made := who.actor.Role == c.by.Role && c.by.Name == string(who.actor.Role)
			place := rights.Place{Region: c.owner.Region, Own: made || who.actor.Role == rights.Officer && c.owner.GridID == 13}
			reads := made && who.actor.SignedIn() || who.actor.May(rights.ReadPatrol, place) == nil
			staff := made || reads && who.actor.May(rights.Dispatch, rights.Place{Region: c.owner.Region}) == nil
			for size, may := range map[string]bool{"thumb": reads, "shown": reads, "original": staff} {
				want := http.StatusForbidden
				switch {
				case !who.actor.SignedIn():
					want = http.StatusUnauthorized
				case may:
					want = http.StatusOK
				}
				before := w.countPhotoReads(t)
				a := w.get(t, "/api/v1/patrol/photos/"+id+"?size="+size, who.headers()...)
				if a.StatusCode != want {
					t.Errorf("photo %d, %s by %s: %s, want %d", i, size, who.name, a.Status, want)
				}
				if logged := w.countPhotoReads(t) > before; logged != (may && size == "original" && want == http.StatusOK) {
					t.Errorf("photo %d, %s by %s: logged: %v", i, size, who.name, logged)
				}
			}
		}
	}
}

// Who may read a record sees its photos, and nobody else: what a list shows must not be a broken picture.
func TestPhotosGoWithTheirRecords(t *testing.T) {
	w, _ := photoTown(t)
	w.settle(t)
	w.catchUp(t, w.write(t, matrixSQL, checkMatrixSQL, problemMatrixSQL, `
INSERT INTO account (id, name, role, holder_id) VALUES (821, 'colleague', 'officer', 921);
INSERT INTO patrol_check (id, subject_kind, subject_id, checklist, edition, result, at, made_at, account, holder_id, region_code, dept) VALUES
    ('00000000-0000-4000-8000-000000000973', 'public_toilet', 961, 'public_toilet', '2026', 'normal', now(), now(), 'elsewhere', 922, '370281002001', '{D1}');
INSERT INTO problem (id, number, class, source, title, region_code, state, dept, at, reporter_account, grid_id, duty_grid_id) VALUES
    ('00000000-0000-4000-8000-000000000985', 'M-5', 'litter', 'citizen', '丙', '370281002001', 'handling', 'D1', now(), 'viewer', 11, 13);
INSERT INTO problem_event (id, problem_id, ordinal, step, at, received_at, account) VALUES
    ('00000000-0000-4000-8000-000000000986', '00000000-0000-4000-8000-000000000985', 1, 'rectify', now(), now(), 'elsewhere')`))
	data := snapshot(t, 8, 0)
	said[uploadState](t, w.putPiece(t, hashOf(data), 0, len(data), data, w.as(t, rights.Officer)), http.StatusCreated)
	elsewhere := rights.Actor{Account: 830, Name: "elsewhere", Role: rights.Bureau}
	callers := map[string][]string{"colleague": w.withSession(t, "colleague")}
	for _, role := range rights.Roles() {
		callers[string(role)] = w.as(t, role)
	}
	for i, r := range []struct {
		path  string
		owner gridpg.PhotoOwner
	}{
		{"/checks/00000000-0000-4000-8000-000000000971", gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: "00000000-0000-4000-8000-000000000971", Region: "370281001001"}},
		{"/checks/00000000-0000-4000-8000-000000000973", gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: "00000000-0000-4000-8000-000000000973", Region: "370281002001"}},
		{problemIn, gridpg.PhotoOwner{Kind: gridpg.PhotoOfProblem, ID: "00000000-0000-4000-8000-000000000981", Region: "370281001001"}},
		{problemOut, gridpg.PhotoOwner{Kind: gridpg.PhotoOfProblem, ID: "00000000-0000-4000-8000-000000000982", Region: "370281002001"}},
		{problemsPath + "/00000000-0000-4000-8000-000000000985", gridpg.PhotoOwner{Kind: gridpg.PhotoOfStep, ID: "00000000-0000-4000-8000-000000000986", Region: "370281002001", GridID: 13}},
	} {
		id := uuid(6, i)
		if err := w.promise(t, elsewhere, r.owner, patrol.PhotoRef{ID: id, SHA256: hashOf(data), Bytes: int64(len(data)), Kind: "near"}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(r.path, "/api") {
			r.path = patrolPath + r.path
		}
		readers := 0
		for name, who := range callers {
			record, photo := w.get(t, r.path, who...), w.get(t, "/api/v1/patrol/photos/"+id+"?size=thumb", who...)
			if record.StatusCode != photo.StatusCode {
				t.Errorf("%s by %s: the record %d, its photo %d", r.path, name, record.StatusCode, photo.StatusCode)
			}
			if record.StatusCode == http.StatusOK {
				readers++
			}
		}
		if readers < 2 || readers == len(callers) {
			t.Errorf("%s has %d readers", r.path, readers)
		}
	}
}

// Who has no holder is not named in a watermark either: it differs for who may know the account.
func TestWatermarksMaskAccounts(t *testing.T) {
	w, _ := photoTown(t)
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 800, 600)), nil); err != nil {
		t.Fatal(err)
	}
	data := picture.Bytes()
	w.settle(t)
	viewer := w.as(t, rights.Viewer)
	said[uploadState](t, w.putPiece(t, hashOf(data), 0, len(data), data, viewer), http.StatusCreated)
	said[toldProblem](t, w.send(t, http.MethodPost, problemsPath, strings.NewReader(fmt.Sprintf(`{"id": %q, "class": "litter", "fix": {"lon": 119.9995, "lat": 36.27}, "photos": [{"id": %q, "sha256": %q, "bytes": 9, "kind": "near"}]}`,
		uuid(60, 1), uuid(6, 1), hashOf(data))), append(viewer, "Content-Type", jsonBody)...), http.StatusCreated)
	shown := map[rights.Role]string{}
	for _, role := range []rights.Role{rights.Viewer, rights.Officer, rights.Auditor} {
		a := w.get(t, "/api/v1/patrol/photos/"+uuid(6, 1), w.as(t, role)...)
		if a.StatusCode != http.StatusOK {
			t.Fatal(a.Status)
		}
		shown[role] = string(a.body)
	}
	if shown[rights.Viewer] == shown[rights.Officer] || shown[rights.Viewer] != shown[rights.Auditor] {
		t.Error("the account is not masked for the officer, or is for whose it is or for who reads the audit")
	}
}

func (w *town) countPhotoReads(t *testing.T) (n int) {
	t.Helper()
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM access_log WHERE action = 'read_photo'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Photos of which no record speaks go after a week, with their copies and what was begun and not ended; the others stay.
func TestWhatNobodySpeaksOfIsPurged(t *testing.T) {
	w, photos := photoTown(t)
	who := w.as(t, rights.Officer)
	store := gridpg.NewStore(w.pool)
	var hashes []string
	for i := range 3 {
		data := snapshot(t, 20+i, 0)
		hashes = append(hashes, hashOf(data))
		said[uploadState](t, w.putPiece(t, hashes[i], 0, len(data), data, who), http.StatusCreated)
		if i == 0 {
			ref := patrol.PhotoRef{ID: uuid(3, i), SHA256: hashes[i], Bytes: int64(len(data)), Kind: "near"}
			if err := w.promise(t, anOfficer, gridpg.PhotoOwner{Kind: gridpg.PhotoOfCheck, ID: uuid(4, i), GridID: 13}, ref); err != nil {
				t.Fatal(err)
			}
			if a := w.get(t, "/api/v1/patrol/photos/"+ref.ID, who...); a.StatusCode != http.StatusOK {
				t.Fatalf("%s", a.Status)
			}
		}
	}
	script := []byte("#!/bin/sh")
	w.putPiece(t, hashOf(script), 0, len(script), script, who)
	half := snapshot(t, 30, 0)
	said[uploadState](t, w.putPiece(t, hashOf(half), 0, len(half), half[:len(half)/2], who), http.StatusAccepted)
	w.write(t, `UPDATE photo_blob SET seen_at = now() - interval '8 days'`)
	if s := w.stateOf(t, hashes[2], who); s.State != "stored" { // asked for: it stays for another week
		t.Fatalf("%+v", s)
	}
	if err := photos.PurgeOnce(t.Context(), store, time.Now().Add(4*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"stored", "absent", "stored"} {
		if s := w.stateOf(t, hashes[i], who); s.State != want {
			t.Errorf("photo %d is %s, want %s", i, s.State, want)
		}
	}
	for name, hash := range map[string]string{"refused": hashOf(script), "half": hashOf(half)} {
		if s := w.stateOf(t, hash, who); s.State != "absent" || s.Offset != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if list, err := photos.Originals(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("objects: %v %v", list, err)
	}
	again := snapshot(t, 21, 0)
	said[uploadState](t, w.putPiece(t, hashes[1], 0, len(again), again, who), http.StatusCreated)
}

// A photo that takes part in nothing but a benchmark of many: 400 of 300 kB, as an officer's phone sends them after a day without a network.
func BenchmarkUploads(b *testing.B) {
	w, _ := photoTown(b)
	who := w.as(b, rights.Officer)
	seed := 1000
	for b.Loop() {
		seed++
		data := snapshot(b, seed, 300_000)
		if a := w.putPiece(b, hashOf(data), 0, len(data), data, who); a.StatusCode != http.StatusCreated {
			b.Fatal(fmt.Sprint(a.Status, string(a.body)))
		}
	}
}
