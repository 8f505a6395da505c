package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"crypto/tls"
)

// What a connection may cost.
const (
	headerTimeout  = 10 * time.Second // from the first byte to the end of the headers
	readTimeout    = time.Minute
	writeTimeout   = 2 * time.Minute
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 2 * maxAddress // so that an address that is too long is told so by us
)

// ServerConfig says where to listen.
type ServerConfig struct {
	Addr              string        // host:port; port 0 takes a free one
	CertFile, KeyFile string        // PEM files, read again when they change; both or none
	DrainTimeout      time.Duration // for requests in flight at the end; 0 for 10 s
	Log               *slog.Logger  // nil for the default
}

// Server serves the handler on one address. Make it with Listen.
type Server struct {
	cfg      ServerConfig
	api      *API
	listener net.Listener // of patient connections
	tls      *tls.Config  // nil for plain HTTP
}

// ErrDrain says that requests were cut off because they did not end in time.
var ErrDrain = errors.New("requests in flight did not end in time")

// Listen takes the address, so that a caller knows it is served once Run runs.
func Listen(ctx context.Context, cfg ServerConfig, handler *API) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.DrainTimeout == 0 {
		cfg.DrainTimeout = 10 * time.Second
	}
	s := &Server{cfg: cfg, api: handler}
	if cfg.CertFile != "" || cfg.KeyFile != "" {
		pair, err := loadCertificate(cfg.CertFile, cfg.KeyFile, cfg.Log)
		if err != nil {
			return nil, err
		}
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get}
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s 无法监听: %w", cfg.Addr, err)
	}
	s.listener = &patientListener{listener, patience, sendBuffer}
	return s, nil
}

// Addr is the address that is listened on, as host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is the address of the server for somebody on this machine.
func (s *Server) URL() string {
	scheme := "http"
	if s.tls != nil {
		scheme = "https"
	}
	addr := s.listener.Addr().(*net.TCPAddr)
	host := addr.IP.String()
	if addr.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, fmt.Sprint(addr.Port))
}

// Run serves until ctx ends, then drains: it takes no new connection, gives requests in flight DrainTimeout to end, and
// cuts off the rest. It returns nil after a clean end, ErrDrain where requests were cut off.
func (s *Server) Run(ctx context.Context) error {
	base, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(errDraining)
	server := &http.Server{
		Handler: s.api, TLSConfig: s.tls,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		BaseContext:    func(net.Listener) context.Context { return base },
		ErrorLog:       slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug), // broken handshakes and the like are their callers'
	}
	failed := make(chan error, 1)
	go func() {
		if s.tls != nil {
			failed <- server.ServeTLS(s.listener, "", "")
			return
		}
		failed <- server.Serve(s.listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	s.api.Drain()
	return s.drain(base, server, failed, cut)
}

func (s *Server) drain(base context.Context, server *http.Server, ended <-chan error, cut context.CancelCauseFunc) error {
	patience, cancel := context.WithTimeout(base, s.cfg.DrainTimeout)
	defer cancel()
	err := server.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		cut(errDraining) // handlers that wait for the database end now, and say why
		last, cancel := context.WithTimeout(context.WithoutCancel(base), lastWords)
		defer cancel()
		if server.Shutdown(last) != nil {
			_ = server.Close()
		}
		err = ErrDrain
	}
	<-ended
	return err
}

// lastWords is how long handlers that were cut off have to say so.
const lastWords = time.Second
