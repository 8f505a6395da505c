package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/api/auth"
	"wangge/fixtures/pgrun"
)

// patrolKillSQL is an officer with a grid of their own, in which the toilets of killSQL lie.
const patrolKillSQL = `
INSERT INTO grid_scheme (code, title, title_en, code_pattern, is_exclusive, is_complete, first_zoom) VALUES ('duty', '责任网格', 'Duty grids', '[]', false, false, 11);
INSERT INTO grid (id, scheme, code, area_m2, geom) VALUES (13, 'duty', 'Z-01', 0, ST_MakeEnvelope(119.99, 36.26, 120.01, 36.28, 4490));
INSERT INTO holder (id, code, kind, name) VALUES (901, 'P-901', 'person', '王小明');
INSERT INTO duty (holder_id, role, target_kind, target_id, valid_from) VALUES (901, 'grid_officer', 'grid', 13, '2020-01-01');
INSERT INTO account (id, name, role, holder_id) VALUES (807, 'officer', 'officer', 901)`

// phone is a device that sends rounds of one check and one problem, each with a photo, again and again until they are acknowledged.
type phone struct {
	k        *killer
	n        int
	token    string
	done     int               // rounds acknowledged
	outcomes map[string]string // by key of the command
	photos   map[string][]byte // by id: acknowledged
}

func (p *phone) id(kind, i int) string { return fmt.Sprintf("%08d-%04d-4000-8000-%012d", kind, p.n, i) }

// shot is a photo of its own, as a JPEG of some kilobytes.
func (p *phone) shot(i int) []byte {
	chance := rand.New(rand.NewPCG(uint64(p.n), uint64(i)))
	img := image.NewGray(image.Rect(0, 0, 120, 90))
	for at := range img.Pix {
		img.Pix[at] = byte(chance.Uint32())
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // into memory nothing goes wrong
	}
	return b.Bytes()
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

type object = map[string]any

// commands are those of a round. A check closes the phone's toilet, the next one opens it again, so that nothing can be done twice unseen.
func (p *phone) commands(i int) []object {
	answer, result := "fail", "abnormal"
	if i%2 == 1 {
		answer, result = "pass", "normal"
	}
	fix := object{"lon": 120.0, "lat": 36.27, "accuracy_m": 5}
	photo := func(nth int, kind string) []object {
		b := p.shot(2*i + nth)
		return []object{{"id": p.id(5, 2*i+nth), "sha256": hashOf(b), "bytes": len(b), "kind": kind}}
	}
	at := time.Now().UTC().Format(time.RFC3339Nano)
	return []object{
		{"seq": 2*i + 1, "key": p.id(2, 2*i), "kind": "check", "made_at": at, "body": object{"id": p.id(3, i), "subject": object{"kind": "public_toilet", "id": p.n}, "checklist": "public_toilet",
			"edition": "2026", "result": result, "answers": object{"open": answer}, "fix": fix, "photos": photo(0, "near")}},
		{"seq": 2*i + 2, "key": p.id(2, 2*i+1), "kind": "problem", "made_at": at, "body": object{"id": p.id(4, i), "class": "litter", "note": strconv.Itoa(i), "fix": fix, "photos": photo(1, "before")}},
	}
}

// ask sends a request; ok is false where nobody knows what became of it, or the server is not ready.
func (p *phone) ask(ctx context.Context, method, path string, body []byte, headers ...string) (status int, text []byte, ok bool) {
	r, err := http.NewRequestWithContext(ctx, method, p.k.server.url+"/api/v1/patrol"+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, false
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := p.k.client.Do(r)
	if err != nil {
		return 0, nil, false
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	return resp.StatusCode, text, err == nil && resp.StatusCode != http.StatusServiceUnavailable
}

// round sends the commands of the next round and their photos, and tells whether all of it was acknowledged.
func (p *phone) round(ctx context.Context) (bool, error) {
	ok, err := p.command(ctx)
	for nth := 0; ok && err == nil && nth < 2; nth++ {
		ok, err = p.upload(ctx, 2*p.done+nth)
	}
	if ok && err == nil {
		p.done++
	}
	return ok, err
}

func (p *phone) command(ctx context.Context) (bool, error) {
	list := p.commands(p.done)
	body, err := json.Marshal(object{"device": object{"id": p.id(1, 0)}, "sent_at": time.Now().UTC(), "commands": list})
	if err != nil {
		return false, err
	}
	status, text, ok := p.ask(ctx, http.MethodPost, "/commands", body, "Content-Type", "application/json")
	if !ok {
		return false, nil
	}
	var reply struct{ Outcomes []object }
	if err := json.Unmarshal(text, &reply); err != nil || status != http.StatusOK || len(reply.Outcomes) != len(list) {
		return false, fmt.Errorf("round %d: %d %s", p.done, status, text)
	}
	for _, o := range reply.Outcomes {
		delete(o, "revision") // of the answer, not of the command
		told, err := json.Marshal(o)
		if err != nil || o["status"] != "done" {
			return false, fmt.Errorf("round %d: %s", p.done, text)
		}
		key, _ := o["key"].(string)
		if before := p.outcomes[key]; before != "" && before != string(told) {
			return false, fmt.Errorf("%s was answered twice: %s and %s", key, before, told)
		}
		p.outcomes[key] = string(told)
	}
	return true, nil
}

// upload sends a photo in two pieces, from where the server says that it is.
func (p *phone) upload(ctx context.Context, i int) (bool, error) {
	b := p.shot(i)
	body, err := json.Marshal(object{"hashes": []string{hashOf(b)}})
	if err != nil {
		return false, err
	}
	for {
		status, text, ok := p.ask(ctx, http.MethodPost, "/photos/status", body, "Content-Type", "application/json")
		if !ok {
			return false, nil
		}
		var reply struct {
			Items []struct {
				State  string
				Offset int
			}
		}
		if err := json.Unmarshal(text, &reply); err != nil || len(reply.Items) != 1 || reply.Items[0].Offset > len(b) {
			return false, fmt.Errorf("photo %d: %d %s", i, status, text)
		}
		switch at := reply.Items[0]; at.State {
		case "stored":
			p.photos[p.id(5, i)] = b
			return true, nil
		case "absent", "partial":
			piece := b[at.Offset:]
			if at.Offset == 0 {
				piece = b[:len(b)/2]
			}
			status, text, ok = p.ask(ctx, http.MethodPut, "/photos/"+hashOf(b), piece, "Content-Type", "application/octet-stream", "Upload-Offset", strconv.Itoa(at.Offset), "Upload-Length", strconv.Itoa(len(b)))
			if !ok {
				return false, nil
			}
			if status != http.StatusCreated && status != http.StatusAccepted && status != http.StatusConflict && status != http.StatusRequestTimeout {
				return false, fmt.Errorf("photo %d at %d: %d %s", i, at.Offset, status, text)
			}
		default:
			return false, fmt.Errorf("photo %d: %s", i, text)
		}
	}
}

// run sends rounds until one is not acknowledged.
func (p *phone) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if ok, err := p.round(ctx); err != nil || !ok {
			return err
		}
	}
	return nil
}

// again sends the round that nobody knows about until it is acknowledged.
func (p *phone) again(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		ok, err := p.round(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		select { // the pool opens connections again, the city is loaded again
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("phone %d: not acknowledged within a minute", p.n)
}

// kept is what the record has of a phone.
type kept struct{ Commands, Highest, Checks, Problems, Promised, Stored, Closings int }

const keptSQL = `SELECT (SELECT count(*) FROM patrol_command WHERE device_id = $1), (SELECT coalesce(max(seq), 0) FROM patrol_command WHERE device_id = $1),
    (SELECT count(*) FROM patrol_check WHERE device = $1), (SELECT count(*) FROM problem WHERE device = $1),
    (SELECT count(*) FROM patrol_photo WHERE id::text LIKE $2), (SELECT count(*) FROM patrol_photo p JOIN photo_blob b USING (sha256) WHERE p.id::text LIKE $2 AND b.state = 'stored'),
    (SELECT revision - 1 FROM public_toilet WHERE id = $3)`

func (p *phone) kept(t *testing.T) (got kept) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.k.cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), keptSQL, p.id(1, 0), fmt.Sprintf("%08d-%04d-%%", 5, p.n), p.n)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[kept]); err != nil {
		t.Fatal(err)
	}
	return got
}

// Kill -9 of the server or of its database while phones send: no command that was acknowledged is lost, none is done twice, and every photo is there
// with all its bytes.
func TestCommandsAndPhotosSurviveKills(t *testing.T) {
	t.Setenv("WANGGE_PHOTOS", "file://"+filepath.ToSlash(t.TempDir()))
	k := newKiller(t, 10*time.Second)
	token := k.patrol(t)
	phones := make([]*phone, 3)
	for i := range phones {
		phones[i] = &phone{k: k, n: i + 1, token: token, outcomes: map[string]string{}, photos: map[string][]byte{}}
	}
	chance := rand.New(rand.NewPCG(7, uint64(killRounds(t))))
	for round := range killRounds(t) {
		k.strike(t, chance, round, len(phones), func(ctx context.Context, n int) error { return phones[n].run(ctx) })
		for _, p := range phones {
			if got := p.kept(t); got.Commands < 2*p.done || got.Commands > 2*p.done+2 || got.Stored < 2*p.done || got.Closings != got.Checks || got.Commands != got.Highest || got.Promised != got.Commands {
				t.Errorf("round %d: %d were acknowledged, kept are %+v", round, p.done, got)
			}
			p.again(t)
			n := p.done
			if diff := cmp.Diff(kept{2 * n, 2 * n, n, n, 2 * n, 2 * n, n}, p.kept(t)); diff != "" {
				t.Fatalf("round %d, phone %d after the retry: %s", round, p.n, diff)
			}
		}
	}
	photos := 0
	for _, p := range phones {
		for id, want := range p.photos {
			status, got, _ := p.ask(t.Context(), http.MethodGet, "/photos/"+id+"?size=original", nil)
			if status != http.StatusOK || !bytes.Equal(got, want) {
				t.Errorf("photo %s: %d, %d bytes of %d", id, status, len(got), len(want))
			}
			photos++
		}
		if len(p.photos) != 2*p.done {
			t.Errorf("%d photos of %d rounds", len(p.photos), p.done)
		}
	}
	t.Logf("rounds acknowledged, by phone: %d, %d, %d; %d photos, all of them whole", phones[0].done, phones[1].done, phones[2].done, photos)
}

// patrol gives the record an officer, and gives their token.
func (k *killer) patrol(t *testing.T) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), k.cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	token, sum := auth.NewToken()
	if _, err := conn.Exec(t.Context(), patrolKillSQL); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO api_token (account_id, name, hash) VALUES (807, 'kill', $1)`, sum); err != nil {
		t.Fatal(err)
	}
	return token
}
