package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
)

// killedImport is what the test wants to know of an import.
type killedImport struct {
	ID, Revision int64
	State        string
	Problem      *struct {
		TitleEn string `json:"title_en"`
	}
}

// importedRows is how many features one file has: enough that a kill meets every stage of its import.
const importedRows = 2000

// ledgerOf is the ledger of a round: its toilets are named after it.
func ledgerOf(round int) []byte {
	var b bytes.Buffer
	b.WriteString("编码,名称,经度,纬度,男厕位\n")
	for n := range importedRows {
		fmt.Fprintf(&b, "R%d-%d,第%d轮%d号,%.6f,%.6f,%d\n", round, n, round, n, 119.95+float64(n%300)*0.0003, 36.22+float64(n/300)*0.002+float64(round)*0.0001, n%9)
	}
	return b.Bytes()
}

// call sends a request to the server; ok is false while it does not answer well.
func (k *killer) call(t *testing.T, method, path string, body []byte, match int64) (one killedImport, status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, k.server.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+k.token)
	r.Header.Set("Content-Type", "application/json")
	if match > 0 {
		r.Header.Set("If-Match", fmt.Sprintf(`"%d"`, match))
	}
	resp, err := k.client.Do(r)
	if err != nil {
		return one, 0
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return one, 0
	}
	if resp.StatusCode < 300 {
		if err := json.Unmarshal(text, &one); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	return one, resp.StatusCode
}

// until asks for an import until it is in one of some states.
func (k *killer) until(t *testing.T, id int64, states ...string) killedImport {
	t.Helper()
	var one killedImport
	for began := time.Now(); time.Since(began) < 3*time.Minute; {
		k.forget(t, id)
		var status int
		if one, status = k.call(t, http.MethodGet, fmt.Sprintf("/api/v1/imports/%d", id), nil, 0); status == http.StatusOK && strings.Contains(strings.Join(states, " "), one.State) {
			return one
		}
		select {
		case <-t.Context().Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("import %d is %+v, not %v", id, one, states)
	return one
}

// tried uploads the ledger of a round and tries it.
func (k *killer) tried(t *testing.T, round int) killedImport {
	t.Helper()
	one, status := k.call(t, http.MethodPost, fmt.Sprintf("/api/v1/imports?name=round%d.csv&layer=public_toilet", round), ledgerOf(round), 0)
	if status != http.StatusCreated {
		t.Fatalf("round %d: the file was not taken: %d", round, status)
	}
	one, status = k.call(t, http.MethodPatch, fmt.Sprintf("/api/v1/imports/%d", one.ID), []byte(`{"datum": "wgs84"}`), one.Revision)
	if status != http.StatusOK {
		t.Fatalf("round %d: %d", round, status)
	}
	if _, status = k.call(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/check", one.ID), []byte(`{}`), 0); status != http.StatusAccepted {
		t.Fatalf("round %d: %d", round, status)
	}
	return k.until(t, one.ID, "checked")
}

// Kill -9 of the server or of its database at random moments of an import: all of a file or nothing of it, what was called done is there, and a retry
// brings nothing twice.
func TestImportsSurviveKills(t *testing.T) {
	k := newKiller(t, 30*time.Second)
	chance := rand.New(rand.NewPCG(8, uint64(killRounds(t))))
	rounds, whole := killRounds(t), 0
	for round := range rounds {
		if k.killImport(t, chance, round) {
			whole++
		}
	}
	if rounds > 2 && (whole == 0 || whole == rounds) {
		t.Error("the kills met one side only")
	}
	t.Logf("%d of %d imports were done before the kill", whole, rounds)
}

// await waits for the moment of a kill: of four rounds one is killed as soon as its import was asked for, one once it was called done, two at any moment. It
// tells whether the import was called done.
func (k *killer) await(t *testing.T, chance *rand.Rand, round int, id int64) bool {
	t.Helper()
	most := 1500
	switch round % 4 {
	case 0:
		most = 20
	case 2:
		k.until(t, id, "done")
		most = 200
	}
	<-time.NewTimer(time.Duration(chance.IntN(most)) * time.Millisecond).C
	return round%4 == 2
}

// killImport commits a file, kills, looks, and tries again until it is done. It tells whether the first try was.
func (k *killer) killImport(t *testing.T, chance *rand.Rand, round int) bool {
	t.Helper()
	one := k.tried(t, round)
	if _, status := k.call(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/commit", one.ID), []byte(`{}`), one.Revision); status != http.StatusAccepted {
		t.Fatalf("round %d: %d", round, status)
	}
	told := k.await(t, chance, round, one.ID)
	if chance.IntN(2) == 0 {
		pgtest.Kill(t, k.cluster)
		if err := k.cluster.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	} else {
		k.server.kill()
		k.server = startChild(t, k.cluster.DSN(pgrun.Database))
	}
	there, state := k.imported(t, round, one.ID)
	if there != 0 && there != importedRows || (state == "done") != (there == importedRows) || told && state != "done" {
		t.Fatalf("round %d: %d of %d features, and the import is %s", round, there, importedRows, state)
	}
	for again := k.until(t, one.ID, "done failed"); again.State != "done"; again = k.until(t, one.ID, "done failed") {
		if _, status := k.call(t, http.MethodPost, fmt.Sprintf("/api/v1/imports/%d/commit", one.ID), []byte(`{}`), again.Revision); status != http.StatusAccepted && status != 0 && status < 500 {
			t.Fatalf("round %d: the retry: %d", round, status)
		}
		<-time.NewTimer(50 * time.Millisecond).C
	}
	if now, _ := k.imported(t, round, one.ID); now != importedRows {
		t.Fatalf("round %d: %d features after the retry", round, now)
	}
	return there == importedRows
}

// imported is how many features of a round there are, and the state of its import, both at one moment.
func (k *killer) imported(t *testing.T, round int, id int64) (n int, state string) {
	t.Helper()
	k.ask(t, `SELECT (SELECT count(*) FROM public_toilet WHERE code LIKE $1), (SELECT state FROM import_job WHERE id = $2)`, []any{fmt.Sprintf("R%d-%%", round), id}, &n, &state)
	return n, state
}

// forget makes the minute pass after which somebody who does not report is taken for dead.
func (k *killer) forget(t *testing.T, id int64) {
	t.Helper()
	var n int
	k.ask(t, `WITH u AS (UPDATE import_job SET heard_at = heard_at - interval '2 minutes' WHERE id = $1 AND state = 'committing' AND heard_at < now() - interval '2 seconds' RETURNING 1) SELECT count(*) FROM u`, []any{id}, &n)
}

// ask asks the record for one row, over a connection of its own.
func (k *killer) ask(t *testing.T, sql string, args []any, into ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), k.cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(into...); err != nil {
		t.Fatal(err)
	}
}
