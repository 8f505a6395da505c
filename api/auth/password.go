package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
)

// ErrBusy says: more passwords are waiting to be compared than make sense. HTTP 503.
var ErrBusy = errors.New("too many passwords at once")

// cost is how dear a hash is: memory in KiB, passes over it, lanes. These are the figures that OWASP asks for at least.
type cost struct {
	memoryKiB, passes uint32
	lanes             uint8
}

func usualCost() cost { return cost{memoryKiB: 19 << 10, passes: 2, lanes: 1} }

// maxCost bounds what a hash in the record can ask of us.
const maxMemoryKiB, maxPasses, maxLanes = 256 << 10, 16, 8

const saltBytes, keyBytes = 16, 32

// maxWaiting bounds those who wait for a hash; the others come again later.
const maxWaiting = 64

// Hasher makes and compares hashes of passwords, a few at a time: each takes 19 MiB and some 30 ms.
type Hasher struct {
	slots   chan struct{}
	waiting atomic.Int32
	nobody  string // the hash of no password at all: compared with where there is no account
}

// NewHasher makes one for as many hashes at once as there are processors.
func NewHasher() *Hasher {
	salt, key := make([]byte, saltBytes), make([]byte, keyBytes)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	_, _ = rand.Read(key)
	return &Hasher{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), nobody: phc(usualCost(), salt, key)}
}

// Hash hashes a password with a salt of its own, as a PHC string.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt)
	c := usualCost()
	return phc(c, salt, argon2.IDKey([]byte(password), salt, c.passes, c.memoryKiB, c.lanes, keyBytes)), nil
}

// Matches tells whether a password has a hash. An empty hash matches nothing, and takes as long.
func (h *Hasher) Matches(ctx context.Context, hash, password string) (bool, error) {
	none := hash == ""
	if none {
		hash = h.nobody
	}
	c, salt, key, err := parsePHC(hash)
	if err != nil {
		return false, err
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memoryKiB, c.lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1 && !none, nil
}

// enter waits for a turn.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// phc is a hash in the form $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func phc(c cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memoryKiB, c.passes, c.lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// errHash never has the hash in it.
var errHash = errors.New("the record has a password hash that cannot be read")

func parsePHC(s string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return c, nil, nil, errHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memoryKiB, &c.passes, &c.lanes); n != 3 || err != nil {
		return c, nil, nil, errHash
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	switch {
	case saltErr != nil, keyErr != nil, len(salt) < 8, len(salt) > 64, len(key) < 16, len(key) > 64,
		c.memoryKiB < 8, c.memoryKiB > maxMemoryKiB, c.passes < 1, c.passes > maxPasses, c.lanes < 1, c.lanes > maxLanes:
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}
