package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// recipe is a configuration that we recommend, with the addresses of a test in it.
func recipe(t *testing.T, file string, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			t.Fatalf("the recipe has no %q", replace[i])
		}
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	return text
}

// startNginx runs the recipe before a server, on a socket of its own, and gives a client that talks to it. More is added to the
// recipe's location.
func startNginx(t *testing.T, upstream, more string) *http.Client {
	t.Helper()
	dir := shortDir(t)
	certFile, keyFile, _ := makePair(t, dir, 1)
	socket := filepath.Join(dir, "nginx.sock")
	server := recipe(t, "nginx.conf", "listen 443 ssl", "listen unix:"+socket+" ssl", "/etc/ssl/wangge.crt", certFile, "/etc/ssl/wangge.key", keyFile,
		"http://127.0.0.1:8080", upstream, "location / {", "location / {\n"+more)
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	conf := filepath.Join(dir, "nginx.conf")
	text := "daemon off;\nmaster_process off;\npid " + filepath.Join(dir, "pid") + ";\nevents {}\nhttp {\naccess_log off;\n" + temp +
		"proxy_cache_path " + filepath.Join(dir, "kept") + " keys_zone=tiles:1m;\n" + server + "}\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	startProxy(t, socket, "nginx", "-p", dir, "-c", conf, "-e", "stderr")
	return socketClient(t, socket)
}

// startVarnish runs the recipe before a server.
func startVarnish(t *testing.T, upstream string, args ...string) *http.Client {
	t.Helper()
	dir := shortDir(t)
	host, port, err := net.SplitHostPort(strings.TrimPrefix(upstream, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "wangge.vcl")
	if err := os.WriteFile(conf, []byte(recipe(t, "varnish.vcl", "127.0.0.1", host, "8080", port)), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "varnish.sock")
	startProxy(t, socket, "varnishd", append([]string{"-F", "-j", "none", "-T", "none", "-n", filepath.Join(dir, "n"), "-a", socket, "-f", conf, "-s", "malloc,16m"}, args...)...)
	return socketClient(t, socket)
}

// shortDir is a folder of the test's with a short path, as sockets need.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "proxy-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// startProxy runs a program until the end of the test, and waits until it listens on a socket.
func startProxy(t *testing.T, socket, name string, args ...string) {
	t.Helper()
	program, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (apt-get install %s): nothing is tried through it", name, strings.TrimSuffix(name, "d"))
	}
	var output bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
		if t.Failed() {
			t.Logf("%s said: %s", name, output.String())
		}
	})
	awaitSocket(t, socket, ended)
}

func socketClient(t *testing.T, socket string) *http.Client {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true,
	}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func awaitSocket(t *testing.T, socket string, ended chan error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("it ended: %v", err)
		case <-timeout:
			t.Fatal("it does not listen")
		case <-tick.C:
			if conn, err := net.Dial("unix", socket); err == nil {
				conn.Close()
				return
			}
		}
	}
}

// What the server says reaches the caller unharmed through the recipe, and what a caller claims does not reach the server.
func TestInteropNginx(t *testing.T) {
	w := newTown(t, func(c *Config) { c.TrustProxy = true })
	client := startNginx(t, w.URL, "")
	ask := func(method, path string, headers ...string) answer {
		r, err := http.NewRequestWithContext(t.Context(), method, "https://city.example"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return send(t, client, r)
	}
	path := tilePath("road,public_toilet", 16)
	for _, encoding := range []string{"identity", "gzip", "br", "zstd"} {
		direct, through := w.get(t, path, "Accept-Encoding", encoding), ask("GET", path, "Accept-Encoding", encoding)
		if !bytes.Equal(direct.body, through.body) {
			t.Errorf("%s: other bytes", encoding)
		}
		for _, name := range []string{"ETag", "Vary", "Cache-Control", "Content-Type", "Content-Encoding", "Content-Length"} {
			if d, p := direct.Header.Get(name), through.Header.Get(name); d != p {
				t.Errorf("%s: %s is %q, through nginx %q", encoding, name, d, p)
			}
		}
		if again := ask("GET", path, "Accept-Encoding", encoding, "If-None-Match", direct.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %s", encoding, again.Status)
		}
		if head := ask("HEAD", path, "Accept-Encoding", encoding); head.Header.Get("ETag") != direct.Header.Get("ETag") {
			t.Errorf("%s: HEAD %s %v", encoding, head.Status, head.Header)
		}
	}
	if doc := ask("GET", "/tiles/city.json", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "http"); !bytes.Contains(doc.body, []byte(`"https://city.example/tiles/city/`)) {
		t.Errorf("addresses: %s", doc.body)
	}
	for address, status := range map[string]int{
		"/": 200, "/tiles/road%2Cpublic_toilet/14/0/0.mvt": 204, "/tiles/road/1/2/0.mvt": 400, "/nothing": 404, "/a%2F..%2Fb": 404, "/api/v1/search?q=%E6%89%AC": 200,
	} {
		a := ask("GET", address)
		if a.StatusCode != status {
			t.Errorf("GET %s: %s", address, a.Status)
		}
		if status >= 400 {
			problemOf(t, a)
		}
	}
	ask("GET", "/healthz", "X-Forwarded-For", "203.0.113.9", "X-Request-Id", "mine")
	lines := w.log.lines(t, "request")
	if last := lines[len(lines)-1]; last["remote"] == "203.0.113.9" || last["id"] == "mine" {
		t.Errorf("what a caller claims is believed: %v", last)
	}
}

// unpack is the body of an answer as it was before encoding.
func unpack(t *testing.T, a answer) []byte {
	t.Helper()
	var read io.Reader = bytes.NewReader(a.body)
	switch e := a.Header.Get("Content-Encoding"); e {
	case "gzip":
		return unzip(t, a.body)
	case "br":
		read = brotli.NewReader(read)
	case "zstd":
		z, err := zstd.NewReader(read)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		read = z
	case "":
	default:
		t.Errorf("in %q", e)
	}
	body, err := io.ReadAll(read)
	if err != nil {
		t.Errorf("%s: %v", a.Header.Get("Content-Encoding"), err)
	}
	return body
}

// A shared cache before the server gives nobody an encoding he does not take, asks again each time, is told 304 for what it has, and
// shows an edit to the next who asks.
func TestInteropSharedCaches(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string) *http.Client{
		"nginx": func(t *testing.T, upstream string) *http.Client {
			return startNginx(t, upstream, "proxy_cache tiles;\nproxy_cache_revalidate on;\n")
		},
		"varnish": func(t *testing.T, upstream string) *http.Client {
			return startVarnish(t, upstream, "-p", "http_gzip_support=off")
		},
		"varnish that packs and unpacks": func(t *testing.T, upstream string) *http.Client { return startVarnish(t, upstream) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, func(c *Config) { c.TrustProxy = true })
			client := start(t, w.URL)
			for i := range 4 {
				tryCache(t, w, client)
				revision := w.write(t, fmt.Sprintf(`UPDATE public_toilet SET name = '公厕%d' WHERE id = 7`, i))
				w.get(t, tilePath("public_toilet", 16)+"?min_revision="+revision)
			}
			page := string(w.get(t, "/metrics").body)
			if strings.HasPrefix(name, "varnish") && strings.Contains(page, `wangge_tiles_total{result="known"} 0`) {
				t.Error("the cache never asks whether what it has is still true")
			}
		})
	}
}

// tryCache asks through a cache and directly, in every way in which a caller may accept encodings, and compares.
func tryCache(t *testing.T, w *town, client *http.Client) {
	t.Helper()
	path := tilePath("public_toilet,road", 16)
	want := w.get(t, path).body
	tags := map[string]string{}
	for range 2 {
		for accepted, taken := range map[string]string{
			"identity": " ", "gzip": " gzip ", "br": " br ", "zstd": " zstd ", "gzip, deflate": " gzip ", "gzip, deflate, br, zstd": " gzip br zstd ", "br;q=0, gzip": " gzip ",
		} {
			ask := func(headers ...string) answer {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://city.example"+path, nil)
				if _, plain := client.Transport.(*http.Transport); err != nil || !plain {
					t.Fatal(err)
				}
				if strings.HasPrefix(t.Name(), "TestInteropSharedCaches/varnish") {
					r.URL.Scheme = "http"
				}
				r.Header.Set("Accept-Encoding", accepted)
				for i := 0; i < len(headers); i += 2 {
					r.Header.Set(headers[i], headers[i+1])
				}
				return send(t, client, r)
			}
			a := ask()
			if e := a.Header.Get("Content-Encoding"); a.StatusCode != http.StatusOK || e != "" && !strings.Contains(taken, " "+e+" ") {
				t.Errorf("%s got %s in %q", accepted, a.Status, e)
			}
			if !bytes.Equal(unpack(t, a), want) {
				t.Errorf("%s got another tile than the server has now", accepted)
			}
			tag := a.Header.Get("ETag")
			if other := tags[tag]; tag == "" || other != "" && other != a.Header.Get("Content-Encoding") && !strings.HasPrefix(tag, "W/") {
				t.Errorf("the tag %s names two encodings", tag)
			}
			tags[tag] = a.Header.Get("Content-Encoding")
			// nginx with a cache answers 200 for what may not be used unasked: more than it need, but not wrong.
			if again := ask("If-None-Match", tag); again.StatusCode != http.StatusNotModified && !bytes.Equal(unpack(t, again), want) {
				t.Errorf("%s with %s: %s", accepted, tag, again.Status)
			}
			if other := ask("If-None-Match", `"other"`); other.StatusCode != http.StatusOK {
				t.Errorf("%s with another tag: %s", accepted, other.Status)
			}
		}
	}
}
