package api

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// What a caller who takes an answer must do.
const (
	patience   = 15 * time.Second // he takes progress bytes at least in this time, or what is left
	progress   = 4 << 10
	sendBuffer = 256 << 10 // of the operating system for one connection; by itself it would go to megabytes
)

// patientListener gives connections that are patient.
type patientListener struct {
	net.Listener
	patience time.Duration
	buffer   int
}

// Accept is part of net.Listener.
func (l *patientListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(l.buffer) // a wish
	}
	return &patient{Conn: c, patience: l.patience}, nil
}

// patient is a connection whose writes may take as long as they get on: a caller on a bad line gets his answer, one who takes nothing
// does not hold it for long. A time limit alone would be too short for the one and too long for the other.
type patient struct {
	net.Conn
	patience time.Duration

	mu    sync.Mutex
	limit time.Time // by SetWriteDeadline; zero for none
	armed time.Time // the deadline that the connection has been given; zero for none
}

// SetDeadline is part of net.Conn.
func (c *patient) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetWriteDeadline bounds all writes together, those under way too.
func (c *patient) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = t
	if !t.IsZero() && t.Before(c.armed) {
		return c.arm(t)
	}
	return nil // the next write looks
}

// Write is part of net.Conn.
func (c *patient) Write(b []byte) (n int, err error) {
	for {
		if err := c.ready(); err != nil {
			return n, err
		}
		took, err := c.Conn.Write(b[n:])
		n += took
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || took < progress || c.overdue() {
			return n, err
		}
	}
}

// ready gives a write its time. Asking the connection each time would cost more than the write of a small answer, so what was
// asked for the one before will do while at least half of it is left.
func (c *patient) ready() error {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	limited := !c.limit.IsZero() && c.limit.Before(c.armed)
	if !limited && c.armed.Sub(now) > c.patience/2 {
		return nil
	}
	until := now.Add(c.patience)
	if !c.limit.IsZero() && c.limit.Before(until) {
		until = c.limit
	}
	return c.arm(until)
}

func (c *patient) arm(t time.Time) error {
	c.armed = t
	return c.Conn.SetWriteDeadline(t)
}

// overdue tells whether the time for all writes together is over.
func (c *patient) overdue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.limit.IsZero() && !time.Now().Before(c.limit)
}

// CloseWrite lets net/http end an answer before the connection, so that a caller who is still sending reads it.
func (c *patient) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
