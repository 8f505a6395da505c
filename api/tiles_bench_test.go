package api

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// crowdSQL puts into the small city about what one tile of zoom 14 has in the city of a million features.
const crowdSQL = `
INSERT INTO parking_space (id, code, kind, capacity, access, geom)
    SELECT 1000 + i, 'PP-' || i, 'motor', i % 40, 'public', ST_MakeEnvelope(x, y, x + 0.00005, y + 0.00003, 4490)
    FROM (SELECT i, 119.989 + (i % 50) * 0.0004 + (i * 7919 % 100) * 0.000001 AS x, 36.262 + (i / 50) * 0.0005 + (i * 104729 % 100) * 0.000001 AS y
          FROM generate_series(1, 1700) i) q;
INSERT INTO barrier_free_ramp (id, code, kind, form, slope, geom)
    SELECT 1000 + i, 'BB-' || i, 'kerb', 'three_face', 0.05 + (i % 10) * 0.01,
           ST_SetSRID(ST_MakePoint(119.989 + (i * 7919 % 2000) * 0.00001, 36.262 + (i * 104729 % 1700) * 0.00001), 4490)
    FROM generate_series(1, 1000) i;
INSERT INTO road (id, code, name, class, geom)
    SELECT 1000 + i, 'RR-' || i, '道路' || i, 'branch', ST_SetSRID(ST_MakeLine(ARRAY(
           SELECT ST_MakePoint(119.989 + (i % 25) * 0.0008 + j * 0.0001, 36.262 + (i / 25) * 0.0008 + (j * i % 7) * 0.00002) FROM generate_series(0, 9) j)), 4490)
    FROM generate_series(1, 500) i;
`

const benchConnections = 8

// pace is what many answers took.
type pace struct {
	answers   int64
	wall, cpu time.Duration
}

func (p pace) rate() float64 { return float64(p.answers) / p.wall.Seconds() }

// cost is the processor time of one answer, client included: on a machine with other work a steadier measure than the rate.
func (p pace) cost() float64 { return p.cpu.Seconds() * 1e6 / float64(p.answers) }

// add asks over kept connections for a time, each connection one thing. The client does no more than it must: it writes the same
// request again and reads as many bytes as the first answer had.
func (p *pace) add(b *testing.B, addr string, took time.Duration, requests ...string) {
	b.Helper()
	var answers atomic.Int64
	var all sync.WaitGroup
	begun, used := time.Now(), cpuTime(b)
	for i := range benchConnections {
		request := requests[i%len(requests)]
		all.Go(func() {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			size, err := firstAnswer(conn, request)
			buffer := make([]byte, size)
			for err == nil && time.Since(begun) < took {
				if _, err = io.WriteString(conn, request); err == nil {
					_, err = io.ReadFull(conn, buffer)
				}
				answers.Add(1)
			}
			if err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	p.answers += answers.Load()
	p.wall += time.Since(begun)
	p.cpu += cpuTime(b) - used
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// firstAnswer gives the length of an answer, headers included.
func firstAnswer(conn net.Conn, request string) (int, error) {
	if _, err := io.WriteString(conn, request); err != nil {
		return 0, err
	}
	counted := &countingReader{r: conn}
	read := bufio.NewReader(counted)
	resp, err := http.ReadResponse(read, nil)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNotModified {
		return 0, fmt.Errorf("%s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return counted.n - read.Buffered(), err
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}

// serveBare runs net/http with nothing but a handler that writes bytes.
func serveBare(b *testing.B, body []byte, headers map[string]string) string {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		_, _ = w.Write(body)
	})}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// benchServer runs the server for real over the crowded city.
func benchServer(b *testing.B, options ...func(*Config)) (*town, string) {
	b.Helper()
	w := newTown(b, options...)
	revision := w.write(b, crowdSQL)
	if a := w.get(b, tilePath("city", 14)+"?min_revision="+revision); a.StatusCode != http.StatusOK {
		b.Fatal(a.Status)
	}
	s, err := Listen(b.Context(), ServerConfig{Addr: "127.0.0.1:0"}, w.api)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-ended })
	return w, s.Addr()
}

func requestFor(path string, headers ...string) string {
	text := "GET " + path + " HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n"
	for i := 0; i < len(headers); i += 2 {
		text += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	return text + "\r\n"
}

// Warm tiles and 304s beside a bare handler that writes the same bytes, in turns, so that whatever else the machine does meets all.
func BenchmarkWarmTiles(b *testing.B) {
	w, addr := benchServer(b)
	for _, c := range []struct {
		name, encoding string
		zoom           uint8
	}{{"z14-identity", "identity", 14}, {"z14-gzip", "gzip", 14}, {"z18-gzip", "gzip", 18}} {
		b.Run(c.name, func(b *testing.B) {
			path := tilePath("city", c.zoom)
			first := w.get(b, path, "Accept-Encoding", c.encoding)
			bare := serveBare(b, first.body, map[string]string{"Content-Type": tileType})
			asked := requestFor(path, "Accept-Encoding", c.encoding)
			known := requestFor(path, "Accept-Encoding", c.encoding, "If-None-Match", first.Header.Get("ETag"))
			const turn = 100 * time.Millisecond
			var plain, warm, unchanged pace
			for b.Loop() {
				plain.add(b, bare, turn, asked)
				warm.add(b, addr, turn, asked)
				unchanged.add(b, addr, turn, known)
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(plain.rate(), "bare/s")
			b.ReportMetric(warm.rate(), "warm/s")
			b.ReportMetric(unchanged.rate(), "304/s")
			b.ReportMetric(warm.rate()/plain.rate(), "warm:bare")
			b.ReportMetric(plain.cost()/warm.cost(), "warm:bare-cpu")
			b.ReportMetric(warm.cost(), "cpu-us")
			b.ReportMetric(float64(len(first.body)), "B")
		})
	}
}

// Tiles that are made for every request. No two connections ask the same, which would be made once for both: the lists of layers differ
// by some that have next to nothing to show.
func BenchmarkUncachedTiles(b *testing.B) {
	w, addr := benchServer(b, func(c *Config) { c.TileCacheBytes = 0 })
	var lists [benchConnections]string
	for i := range lists {
		lists[i] = "road,parking_space,barrier_free_ramp,public_toilet"
		for bit, layer := range []string{"back_alley", "construction_site", "grid_duty"} {
			if i>>bit&1 > 0 {
				lists[i] += "," + layer
			}
		}
	}
	for _, zoom := range []uint8{14, 16} {
		for _, encoding := range []string{"identity", "gzip", "br", "zstd"} {
			b.Run(fmt.Sprintf("z%d-%s", zoom, encoding), func(b *testing.B) {
				var requests []string
				for _, list := range lists {
					requests = append(requests, requestFor(tilePath(list, zoom), "Accept-Encoding", encoding))
				}
				var all pace
				for b.Loop() {
					all.add(b, addr, 200*time.Millisecond, requests...)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(all.rate(), "tiles/s")
				b.ReportMetric(all.cost(), "cpu-us")
				b.ReportMetric(float64(len(w.get(b, tilePath(lists[0], zoom), "Accept-Encoding", encoding).body)), "B")
			})
		}
	}
}
