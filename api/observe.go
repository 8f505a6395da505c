package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// recorder keeps what an answer was, for the log and the metrics.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	if status != statusGone { // nobody is there to read it
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController through.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe gives each request its id, and one line in the log when it is over: of tiles that were answered well on the level for
// debugging, they are only counted. The line has no query, which may hold what
// somebody searched for.
func (a *API) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		c := &call{id: requestID(r), remote: a.remote(r)}
		w.Header().Set("X-Request-Id", c.id)
		rec := &recorder{ResponseWriter: w}
		r = withCall(r, c)
		defer func() {
			took := time.Since(begun)
			a.metrics.observe(c.route, r.Method, rec.status, took)
			level := slog.LevelInfo
			if c.tile && rec.status <= http.StatusNotModified {
				level = slog.LevelDebug // a map asks for dozens at every move
			}
			a.log(r, level, answered{id: c.id, remote: c.remote, status: rec.status, bytes: rec.bytes, took: took})
		}()
		next.ServeHTTP(rec, r)
	})
}

// answered is what the access log says of an answer.
type answered struct {
	id, remote string
	status     int
	bytes      int64
	took       time.Duration
}

func (a *API) log(r *http.Request, level slog.Level, done answered) {
	a.cfg.Log.LogAttrs(r.Context(), level, "request",
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", done.status),
		slog.Int64("bytes", done.bytes), slog.Duration("took", done.took),
		slog.String("remote", done.remote), slog.String("id", done.id))
}

// rescue turns a panic into a 500, or cuts the connection where the answer has begun.
func (a *API) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			a.cfg.Log.ErrorContext(r.Context(), "request panicked",
				"id", callOf(r).id, "path", r.URL.Path, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if rec, ok := w.(*recorder); ok && rec.status != 0 {
				panic(http.ErrAbortHandler)
			}
			writeProblem(w, r, errPanic)
		}()
		next.ServeHTTP(w, r)
	})
}

var errPanic = errors.New("panic")

// maxAddress bounds path and query together, in bytes: the longest filter fits with every byte of it escaped.
const maxAddress = 16 << 10

var (
	errLongAddress = errors.New("address too long")
	errLongBody    = errors.New("body too large")
)

// limit bounds what a request may cost and sets the headers that every answer has.
func (a *API) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		switch {
		case len(r.RequestURI) > maxAddress:
			callOf(r).route = "none"
			writeProblem(w, r, errLongAddress)
			return
		case r.ContentLength > a.bodyLimit(r.URL.Path):
			callOf(r).route = "none"
			writeProblem(w, r, errLongBody)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, a.bodyLimit(r.URL.Path))
		next.ServeHTTP(w, r)
	})
}

// bodyLimit is how long the body of a request for a path may be, in bytes. The last part of a path may be a variable.
func (a *API) bodyLimit(path string) int64 {
	limit, fixed := a.longBodies[path]
	if !fixed {
		limit = a.longBodies[path[:strings.LastIndexByte(path, '/')+1]]
	}
	return max(a.cfg.MaxBodyBytes, limit)
}

// guard sets the headers that every answer has.
func guard(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
}

// remote is the caller's address. With TrustProxy it is the one that our proxy saw: the last it wrote.
func (a *API) remote(r *http.Request) string {
	if a.cfg.TrustProxy {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if ip := net.ParseIP(strings.TrimSpace(hops[len(hops)-1])); ip != nil {
			return ip.String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// base is the address of this server as the caller knows it, without a slash at its end.
func (a *API) base(r *http.Request) string {
	if a.cfg.PublicURL != "" {
		return a.cfg.PublicURL
	}
	scheme, host := "http", r.Host
	if own, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && host == "" { // HTTP/1.0
		host = own.String()
	}
	if r.TLS != nil {
		scheme = "https"
	}
	if a.cfg.TrustProxy {
		if p := r.Header.Get("X-Forwarded-Proto"); p == "http" || p == "https" {
			scheme = p
		}
		if h := r.Header.Get("X-Forwarded-Host"); saneHost(h) {
			host = h
		}
	}
	return scheme + "://" + host
}

// saneHost keeps what a proxy says to what can be a host and a port.
func saneHost(h string) bool {
	return h != "" && len(h) <= 255 && strings.IndexFunc(h, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune(".-:[]", c)
	}) < 0
}
