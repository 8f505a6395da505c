package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"wangge/api/auth"
	"wangge/fixtures/pgrun"
	"wangge/fixtures/pgtest"
)

// killRounds is how often a server or its database is killed: WANGGE_KILLS, or few.
func killRounds(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("WANGGE_KILLS"))
	if err != nil {
		return 4
	}
	t.Logf("%d kills", n)
	return n
}

// childRecord names the variable by which a test tells its child process which record to serve.
const childRecord = "WANGGE_TEST_SERVES"

// TestServedChild is no test but the server that others start and kill: this very program, as its own process.
func TestServedChild(t *testing.T) {
	dsn := os.Getenv(childRecord)
	if dsn == "" {
		t.Skip("started by other tests")
	}
	if code := run(t.Context(), []string{"serve", "--database-url", dsn, "--addr", "127.0.0.1:0"}, nil, os.Stdout, os.Stderr); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// child is a server in a process of its own.
type child struct {
	cmd *exec.Cmd
	url string
}

func startChild(t *testing.T, dsn string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0], "-test.run=^TestServedChild$", "-test.timeout=0")}
	c.cmd.Env = append(os.Environ(), childRecord+"="+dsn)
	lines, err := c.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	scan := bufio.NewScanner(lines)
	for scan.Scan() {
		if _, rest, ok := strings.Cut(scan.Text(), "serving on "); ok {
			c.url, _, _ = strings.Cut(rest, " ")
			break
		}
	}
	if c.url == "" {
		t.Fatalf("the server did not start: %v", c.cmd.Wait())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// killSQL is a county and somebody who may write in it.
const killSQL = `
INSERT INTO region (code, name, kind, geom) VALUES ('370281', '胶州市', 'county', ST_Multi(ST_MakeEnvelope(119.9, 36.2, 120.1, 36.35, 4490)));
INSERT INTO public_toilet (id, name, male_stalls, geom) SELECT n, 'counter', 0, 'SRID=4490;POINT(120 36.27)' FROM generate_series(1, 3) n;
ALTER TABLE public_toilet ALTER COLUMN id RESTART WITH 1000;
INSERT INTO account (id, name, role) VALUES (801, 'bureau', 'bureau')`

// killer drives the writers of one test.
type killer struct {
	cluster *pgrun.Cluster
	token   string
	client  http.Client
	server  *child
	done    [3]int // batches acknowledged, by writer
	answers map[string][]byte
	mu      sync.Mutex
}

// batchSize is how many features one batch makes, besides counting up one that is there.
const batchSize = 5

// body is batch i of a writer: features named after it, and a counter that goes up by one each time. It rests on the revision that the batch before
// left behind, so a batch that was done twice could not be hidden.
func batchBody(writer, i int) string {
	var ops []string
	for n := range batchSize {
		ops = append(ops, fmt.Sprintf(`{"op": "create", "layer": "public_toilet", "feature": {"geometry": {"type": "Point", "coordinates": [%.7f, 36.27]}, "properties": {"name": "%s-%d"}}}`,
			119.95+float64(writer)*0.01+float64(n)*0.0001, key(writer, i), n))
	}
	ops = append(ops, fmt.Sprintf(`{"op": "update", "layer": "public_toilet", "id": %d, "match": "%d", "feature": {"properties": {"male_stalls": %d}}}`, writer+1, i+1, i+1))
	return `{"operations": [` + strings.Join(ops, ", ") + `]}`
}

func key(writer, i int) string { return fmt.Sprintf("w%d-%d", writer, i) }

// send sends a batch and tells whether it was acknowledged.
func (k *killer) send(ctx context.Context, writer, i int) (ok bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, k.server.url+"/api/v1/features/batch", strings.NewReader(batchBody(writer, i)))
	if err != nil {
		return false, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+k.token)
	r.Header.Set("Idempotency-Key", key(writer, i))
	resp, err := k.client.Do(r)
	if err != nil {
		return false, nil // the server was killed: nobody knows what became of it
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil || resp.StatusCode == http.StatusServiceUnavailable:
		return false, nil
	case resp.StatusCode != http.StatusOK:
		return false, fmt.Errorf("%s: %s %s", key(writer, i), resp.Status, text)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if before, again := k.answers[key(writer, i)]; again && !bytes.Equal(before, text) {
		return true, fmt.Errorf("%s was answered twice: %s and %s", key(writer, i), before, text)
	}
	k.answers[key(writer, i)] = text
	return true, nil
}

// write sends batches until one is not acknowledged.
func (k *killer) write(ctx context.Context, writer int) error {
	for ctx.Err() == nil {
		ok, err := k.send(ctx, writer, k.done[writer])
		if err != nil || !ok {
			return err
		}
		k.done[writer]++
	}
	return nil
}

// retry sends the batch that nobody knows about again until it is acknowledged.
func (k *killer) retry(t *testing.T, writer int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		ok, err := k.send(ctx, writer, k.done[writer])
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			k.done[writer]++
			return
		}
		select { // the pool opens connections again, the city is loaded again
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("writer %d: not acknowledged within a minute", writer)
}

// record is what the record has: how many features of each batch, and the counters.
func (k *killer) record(t *testing.T) (made map[string]int, counters [3]int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), k.cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `SELECT id, name, coalesce(male_stalls, 0)::int FROM public_toilet`)
	if err != nil {
		t.Fatal(err)
	}
	made = map[string]int{}
	var id int64
	var name string
	var stalls int
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &stalls}, func() error {
		if name == "counter" {
			counters[id-1] = stalls
			return nil
		}
		made[name[:strings.LastIndexByte(name, '-')]]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return made, counters
}

// newKiller starts a record and a server over it; both end with the test. Its client gives up after a while, for who is asked may be dead.
func newKiller(t *testing.T, patience time.Duration) *killer {
	t.Helper()
	k := &killer{cluster: pgtest.Cluster(t), answers: map[string][]byte{}, client: http.Client{Timeout: patience}}
	conn, err := pgx.Connect(t.Context(), k.cluster.DSN(pgrun.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var sum []byte
	k.token, sum = auth.NewToken()
	if _, err := conn.Exec(t.Context(), killSQL); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO api_token (account_id, name, hash) VALUES (801, 'kill', $1)`, sum); err != nil {
		t.Fatal(err)
	}
	k.server = startChild(t, k.cluster.DSN(pgrun.Database))
	t.Cleanup(func() { k.server.kill() })
	return k
}

// Kill -9 of the server or of its database at random moments of batches: each batch is there whole or not at all, none that was acknowledged is lost,
// and a retry with the same key does it once.
func TestBatchesSurviveKills(t *testing.T) {
	k := newKiller(t, 10*time.Second)
	chance := rand.New(rand.NewPCG(5, uint64(killRounds(t))))
	for round := range killRounds(t) {
		k.round(t, chance, round)
	}
	t.Logf("batches acknowledged, by writer: %v", k.done)
}

// round writes, kills, looks, starts again and retries.
func (k *killer) round(t *testing.T, chance *rand.Rand, round int) {
	t.Helper()
	k.strike(t, chance, round, len(k.done), k.write)
	k.judge(t, round, false)
	for writer := range k.done {
		k.retry(t, writer)
	}
	k.judge(t, round, true)
}

// strike kills the server or its database while writers write, and starts it again when they have noticed.
func (k *killer) strike(t *testing.T, chance *rand.Rand, round, writers int, write func(ctx context.Context, writer int) error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	errs := make(chan error, writers)
	for writer := range writers {
		go func() { errs <- write(ctx, writer) }()
	}
	moment := time.NewTimer(time.Duration(10+chance.IntN(250)) * time.Millisecond)
	<-moment.C
	database := chance.IntN(2) == 0
	if database {
		pgtest.Kill(t, k.cluster)
	} else {
		k.server.kill()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	if database {
		if err := k.cluster.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		return
	}
	k.server = startChild(t, k.cluster.DSN(pgrun.Database))
}

// judge holds the record against what was acknowledged. Before the retry the batch that nobody knows about may be there, whole.
func (k *killer) judge(t *testing.T, round int, retried bool) {
	t.Helper()
	made, counters := k.record(t)
	want := map[string]int{}
	for writer, done := range k.done {
		for i := range done {
			want[key(writer, i)] = batchSize
		}
		if unknown := key(writer, done); !retried && made[unknown] != 0 {
			want[unknown] = batchSize
			done++
		}
		if counters[writer] != done {
			t.Errorf("round %d: writer %d counted %d of %d", round, writer, counters[writer], done)
		}
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Fatalf("round %d, retried: %v: %s", round, retried, diff)
	}
	for batch, text := range k.answers {
		if n := len(idsOf(t, text)); n != batchSize+1 {
			t.Errorf("%s was answered with %d ids", batch, n)
		}
	}
}

func idsOf(t *testing.T, text []byte) []int64 {
	t.Helper()
	var reply struct {
		Results []struct{ ID int64 }
	}
	if err := json.Unmarshal(text, &reply); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range reply.Results {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
