package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// running is a server with a Run that can be ended.
type running struct {
	*Server
	stop  context.CancelFunc
	ended chan error
}

// run serves a town's handler for real. The test ends it, or the end of the test does.
func (w *town) run(t *testing.T, cfg ServerConfig) *running {
	t.Helper()
	cfg.Addr = "127.0.0.1:0"
	cfg.Log = slog.New(slog.DiscardHandler)
	s, err := Listen(t.Context(), cfg, w.api)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Server: s, stop: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- s.Run(ctx) }()
	t.Cleanup(cancel)
	return r
}

// wait gives what Run returned.
func (r *running) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("Run does not end")
		return nil
	}
}

// lockRoads keeps every reader of roads waiting until release is called.
func (w *town) lockRoads(t *testing.T) (release func()) {
	t.Helper()
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE road IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	release = func() {
		if err := tx.Rollback(context.Background()); err != nil && !errors.Is(err, pgx.ErrTxClosed) {
			t.Error(err)
		}
	}
	t.Cleanup(release)
	return release
}

// awaitReaders waits until n readers of roads wait for the lock.
func (w *town) awaitReaders(t *testing.T, n int) {
	t.Helper()
	until := time.Now().Add(20 * time.Second)
	for {
		var waiting int
		err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE relation = 'road'::regclass AND NOT granted AND mode = 'AccessShareLock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting == n {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d readers wait, not %d", waiting, n)
		}
	}
}

const roadItem = "/ogc/collections/road/items/1"

// fetch asks in the background.
func fetch(ctx context.Context, t *testing.T, client *http.Client, url string) <-chan answer {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan answer, 1)
	go func() {
		defer close(got)
		if resp, err := client.Do(r); err == nil {
			defer resp.Body.Close()
			a := answer{Response: resp}
			a.body, a.err = io.ReadAll(resp.Body)
			got <- a
		}
	}()
	return got
}

func TestDrainLetsRequestsFinish(t *testing.T) {
	w := newTown(t)
	s := w.run(t, ServerConfig{})
	release := w.lockRoads(t)
	inFlight := fetch(t.Context(), t, http.DefaultClient, s.URL()+roadItem)
	w.awaitReaders(t, 1)
	s.stop()
	for !w.api.draining.Load() {
		runtime.Gosched()
	}
	if p := problemOf(t, w.get(t, "/readyz")); p.Type != "stopping" {
		t.Errorf("/readyz while stopping: %+v", p)
	}
	select {
	case err := <-s.ended:
		t.Fatalf("ended over a request in flight: %v", err)
	default:
	}
	release()
	if a, ok := <-inFlight; !ok || a.StatusCode != http.StatusOK {
		t.Errorf("the request in flight was lost")
	}
	if err := s.wait(t); err != nil {
		t.Errorf("Run: %v", err)
	}
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("still listening")
	}
}

func TestDrainCutsOffWhatDoesNotFinish(t *testing.T) {
	w := newTown(t)
	s := w.run(t, ServerConfig{DrainTimeout: 50 * time.Millisecond})
	w.lockRoads(t)
	inFlight := fetch(t.Context(), t, http.DefaultClient, s.URL()+roadItem)
	w.awaitReaders(t, 1)
	s.stop()
	if err := s.wait(t); !errors.Is(err, ErrDrain) {
		t.Errorf("Run: %v", err)
	}
	a, ok := <-inFlight
	if !ok || a.StatusCode != http.StatusServiceUnavailable || problemOf(t, a).Type != "stopping" {
		t.Errorf("the request that was cut off: %v %s", ok, a.body)
	}
	w.awaitReaders(t, 0)
}

// A caller that goes away takes its query along, and nobody is told of an error.
func TestCallerGone(t *testing.T) {
	w := newTown(t)
	w.lockRoads(t)
	ctx, cancel := context.WithCancel(t.Context())
	gone := fetch(ctx, t, w.Client(), w.URL+roadItem)
	w.awaitReaders(t, 1)
	cancel()
	<-gone
	w.awaitReaders(t, 0)
	w.Close() // ends once the handler has
	if errs := w.log.lines(t, "request failed"); len(errs) > 0 {
		t.Errorf("logged: %v", errs)
	}
	lines := w.log.lines(t, "request")
	if len(lines) != 1 || lines[0]["status"] != 499.0 {
		t.Errorf("access log: %v", lines)
	}
}

func TestRequestTimeout(t *testing.T) {
	w := newTown(t, func(c *Config) { c.RequestTimeout = 50 * time.Millisecond })
	w.lockRoads(t)
	a := w.get(t, roadItem)
	if p := problemOf(t, a); a.StatusCode != http.StatusServiceUnavailable || p.Type != "too-slow" || a.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s", a.Status, a.body)
	}
	w.awaitReaders(t, 0)
}

func TestLimits(t *testing.T) {
	w := newTown(t)
	s := w.run(t, ServerConfig{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/api/v1/status", strings.NewReader(strings.Repeat("x", 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if a := send(t, http.DefaultClient, r); a.StatusCode != http.StatusRequestEntityTooLarge || problemOf(t, a).Type != "body-too-large" {
		t.Errorf("a long body: %s", a.Status)
	}
	r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/v1/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	if a := send(t, http.DefaultClient, r); a.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("long headers: %s", a.Status)
	}
}

// makePair writes a certificate for 127.0.0.1 and gives its serial number.
func makePair(t *testing.T, dir string, serial int64) (certFile, keyFile string, root *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "wangge"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, root
}

func TestTLS(t *testing.T) {
	w := newTown(t)
	certFile, keyFile, root := makePair(t, t.TempDir(), 1)
	s := w.run(t, ServerConfig{CertFile: certFile, KeyFile: keyFile})
	roots := x509.NewCertPool()
	roots.AddCert(root)
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/tiles/city.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	a := send(t, client, r)
	if a.StatusCode != http.StatusOK || a.ProtoMajor != 2 || !strings.Contains(string(a.body), `"`+s.URL()+`/tiles/city/`) || !strings.HasPrefix(s.URL(), "https://") {
		t.Errorf("%s over %s: %s", a.Status, a.Proto, a.body)
	}
	old := &tls.Config{RootCAs: roots, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", s.Addr(), old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile, _ := makePair(t, dir, 1)
	c, err := loadCertificate(certFile, keyFile, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	c.every = 0
	serial := func() int64 {
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf.SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("serial %d", got)
	}
	makePair(t, dir, 2)
	age(t, certFile, 1)
	if got := serial(); got != 2 {
		t.Errorf("after a renewal: serial %d", got)
	}
	if err := os.WriteFile(keyFile, []byte("half a"), 0o600); err != nil {
		t.Fatal(err)
	}
	age(t, keyFile, 2)
	if got := serial(); got != 2 {
		t.Errorf("after half a renewal: serial %d", got)
	}
	makePair(t, dir, 3)
	age(t, certFile, 3)
	if got := serial(); got != 3 {
		t.Errorf("after the other half: serial %d", got)
	}
}

// age sets a file's time, for a test writes faster than clocks of file systems tick.
func age(t *testing.T, name string, hours int) {
	t.Helper()
	at := time.Now().Add(time.Duration(hours) * time.Hour)
	if err := os.Chtimes(name, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, cfg := range map[string]ServerConfig{
		"taken":   {Addr: taken.Addr().String()},
		"address": {Addr: "nonsense"},
		"no key":  {Addr: "127.0.0.1:0", CertFile: "cert.pem"},
		"no file": {Addr: "127.0.0.1:0", CertFile: "cert.pem", KeyFile: "key.pem"},
	} {
		if _, err := Listen(t.Context(), cfg, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
