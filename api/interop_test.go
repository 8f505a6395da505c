package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recipe is the configuration that README.md recommends, with the addresses of a test in it.
func recipe(t *testing.T, replace ...string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/nginx.conf")
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

// startNginx runs the recipe before a server, on a socket of its own, and gives a client that talks to it.
func startNginx(t *testing.T, upstream string) *http.Client {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not installed (apt-get install nginx): the reverse-proxy recipe is not tried")
	}
	dir, err := os.MkdirTemp("", "nginx-") // sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	certFile, keyFile, _ := makePair(t, dir, 1)
	socket := filepath.Join(dir, "nginx.sock")
	server := recipe(t, "listen 443 ssl", "listen unix:"+socket+" ssl", "/etc/ssl/wangge.crt", certFile, "/etc/ssl/wangge.key", keyFile,
		"http://127.0.0.1:8080", upstream)
	temp := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += kind + "_temp_path " + filepath.Join(dir, kind) + ";\n"
	}
	conf := filepath.Join(dir, "nginx.conf")
	text := "daemon off;\nmaster_process off;\npid " + filepath.Join(dir, "pid") + ";\nevents {}\nhttp {\naccess_log off;\n" + temp + server + "}\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	cmd := exec.Command(program, "-p", dir, "-c", conf, "-e", "stderr")
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
			t.Logf("nginx said: %s", output.String())
		}
	})
	awaitSocket(t, socket, ended)
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableCompression: true,
	}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func awaitSocket(t *testing.T, socket string, ended <-chan error) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case err := <-ended:
			t.Fatalf("nginx ended: %v", err)
		case <-timeout:
			t.Fatal("nginx does not listen")
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
	client := startNginx(t, w.URL)
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
	for _, encoding := range []string{"identity", "gzip"} {
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
		"/": 200, "/tiles/road%2Cpublic_toilet/0/0/0.mvt": 204, "/tiles/road/1/2/0.mvt": 400, "/nothing": 404, "/a%2F..%2Fb": 404, "/api/v1/search?q=%E6%89%AC": 200,
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
