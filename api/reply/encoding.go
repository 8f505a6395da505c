package reply

import (
	"errors"
	"strconv"
	"strings"
)

// ErrNotAcceptable says that the caller accepts none of the encodings there are.
var ErrNotAcceptable = errors.New("no acceptable encoding")

// Encoding is a content coding by its name in HTTP; Identity sends bytes as they are.
type Encoding string

// The encodings.
const (
	Identity Encoding = "identity"
	Gzip     Encoding = "gzip"
	Brotli   Encoding = "br"
	Zstd     Encoding = "zstd"
)

// Encodings lists what answers come in, the preferred one first.
func Encodings() []Encoding { return []Encoding{Brotli, Zstd, Gzip, Identity} }

// Choose follows an Accept-Encoding header: the offered encoding with the greatest weight, the earlier one where weights
// are equal. Identity is acceptable unless it is refused, but never preferred without being named.
func Choose(header string, offered []Encoding) (Encoding, error) {
	accepted := parseAccept(header)
	best, bestWeight := Identity, 0.0
	for _, e := range offered {
		if w := accepted.of(e); w > bestWeight {
			best, bestWeight = e, w
		}
	}
	if bestWeight == 0 {
		return "", ErrNotAcceptable
	}
	return best, nil
}

// leastWeight is below every weight that can be written (three decimals).
const leastWeight = 0.0001

// The names that weights are kept of.
const (
	byGzip = iota
	byBrotli
	byZstd
	byIdentity
	byStar
	names
)

// weights are those of a header; what it does not name has none. It is an array and no map because every tile asks.
type weights struct {
	named [names]bool
	q     [names]float64
}

func (w weights) of(e Encoding) float64 {
	i := nameOf(string(e))
	if w.named[i] {
		return w.q[i]
	}
	if e == Identity && (!w.named[byStar] || w.q[byStar] > 0) {
		return leastWeight
	}
	return w.q[byStar]
}

// nameOf finds the place of an encoding among the weights; it is negative for one that we do not have.
func nameOf(s string) int {
	switch {
	case s == "*":
		return byStar
	case strings.EqualFold(s, string(Gzip)), strings.EqualFold(s, "x-gzip"): // RFC 9110 section 8.4.1.3
		return byGzip
	case strings.EqualFold(s, string(Brotli)):
		return byBrotli
	case strings.EqualFold(s, string(Zstd)):
		return byZstd
	case strings.EqualFold(s, string(Identity)):
		return byIdentity
	}
	return -1
}

func parseAccept(header string) weights {
	var w weights
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		i := nameOf(strings.TrimSpace(name))
		if i < 0 {
			continue
		}
		if q, ok := parseWeight(params); ok {
			w.named[i], w.q[i] = true, q
		}
	}
	return w
}

// parseWeight reads "q=0.5"; a weight that cannot be read makes the encoding as if it had not been named.
func parseWeight(params string) (float64, bool) {
	params = strings.TrimSpace(params)
	if params == "" {
		return 1, true
	}
	name, value, ok := strings.Cut(params, "=")
	if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0, false
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return q, err == nil && q >= 0 && q <= 1
}
