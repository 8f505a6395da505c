package api

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a pair of files that is read again when one of them changes, so that a renewed certificate needs no restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	every             time.Duration // how often to look at the files

	mu      sync.Mutex
	pair    *tls.Certificate
	stamps  [2]time.Time // of the files read
	checked time.Time
}

func loadCertificate(certFile, keyFile string, log *slog.Logger) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, every: 10 * time.Second}
	if certFile == "" || keyFile == "" {
		return nil, fmt.Errorf("a certificate needs a key and a key a certificate 证书和私钥须成对给出")
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *certificate) load() error {
	stamps, err := c.look()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("the certificate cannot be read 证书无法读取: %w", err)
	}
	c.pair, c.stamps, c.checked = &pair, stamps, time.Now()
	return nil
}

func (c *certificate) look() (stamps [2]time.Time, err error) {
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return stamps, fmt.Errorf("the certificate cannot be read 证书无法读取: %w", err)
		}
		stamps[i] = info.ModTime()
	}
	return stamps, nil
}

// get is tls.Config.GetCertificate. A pair that cannot be read any more leaves the old one in use: half a renewal is no
// reason to turn callers away.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.checked) < c.every {
		return c.pair, nil
	}
	c.checked = time.Now()
	if stamps, err := c.look(); err == nil && stamps == c.stamps {
		return c.pair, nil
	}
	if err := c.load(); err != nil {
		c.log.Warn("the old certificate stays in use", "error", err)
		return c.pair, nil
	}
	c.log.Info("the certificate was read again", "file", c.certFile)
	return c.pair, nil
}
