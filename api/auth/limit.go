package auth

import (
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"wangge/grid/postgres"
)

// ErrTooMany says: too many attempts from one address or with one name. HTTP 429.
var ErrTooMany = errors.New("too many attempts")

// How often one may try: an office of people behind one address gets in at eight o'clock, a list of passwords takes years.
const (
	perAddress      = rate.Limit(1) // a second
	burstPerAddress = 60
	perName         = rate.Limit(0.2)
	burstPerName    = 15
)

// Whom we remember, at most, and for how long.
const (
	maxRemembered = 20_000
	remembered    = time.Hour
)

// limits bound attempts to sign in by address and by name. Names that there are not lock as accounts do, so that nobody learns from it which
// there are.
type limits struct {
	addresses, names *otter.Cache[string, *rate.Limiter]
	unknown          *otter.Cache[string, *failures]
	now              func() time.Time
}

func newLimits() *limits {
	return &limits{
		addresses: remember[*rate.Limiter](), names: remember[*rate.Limiter](), unknown: remember[*failures](), now: time.Now,
	}
}

func remember[V any]() *otter.Cache[string, V] {
	return otter.Must(&otter.Options[string, V]{
		MaximumSize: maxRemembered, ExpiryCalculator: otter.ExpiryAccessing[string, V](remembered),
	})
}

// admit takes one attempt of an address with a name, or says that there were too many. What can be no name counts for its address alone.
func (l *limits) admit(address, name string) error {
	now := l.now()
	if !limiter(l.addresses, network(address), perAddress, burstPerAddress).AllowN(now, 1) ||
		name != "" && !limiter(l.names, name, perName, burstPerName).AllowN(now, 1) {
		return ErrTooMany
	}
	return nil
}

func limiter(of *otter.Cache[string, *rate.Limiter], key string, every rate.Limit, burst int) *rate.Limiter {
	v, _ := of.ComputeIfAbsent(key, func() (*rate.Limiter, bool) { return rate.NewLimiter(every, burst), false })
	return v
}

// network is what counts as one address: of IPv6 a whole /64, of which everybody has one.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is6() || ip.Is4In6() {
		return address
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

// failures are those in a row with a name that there is not.
type failures struct {
	mu    sync.Mutex
	count int
	until time.Time
}

// fail counts a failure with a name that there is not, and answers as an account would.
func (l *limits) fail(name string) error {
	if name == "" {
		return postgres.ErrWrong
	}
	f, _ := l.unknown.ComputeIfAbsent(name, func() (*failures, bool) { return &failures{}, false })
	f.mu.Lock()
	defer f.mu.Unlock()
	now := l.now()
	if now.Before(f.until) {
		return postgres.ErrLocked
	}
	if f.count++; f.count >= postgres.MaxFailures {
		f.count, f.until = 0, now.Add(postgres.LockedMinutes*time.Minute)
	}
	return postgres.ErrWrong
}
