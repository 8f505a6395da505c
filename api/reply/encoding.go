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
)

// Encodings lists what answers come in, the preferred one first.
func Encodings() []Encoding { return []Encoding{Gzip, Identity} }

// Choose follows an Accept-Encoding header: the offered encoding with the greatest weight, the earlier one where weights
// are equal. Identity is acceptable unless it is refused, but never preferred without being named.
func Choose(header string, offered []Encoding) (Encoding, error) {
	weights := parseAccept(header)
	best, bestWeight := Identity, 0.0
	for _, e := range offered {
		if w := weights.of(e); w > bestWeight {
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

type weights map[string]float64

func (w weights) of(e Encoding) float64 {
	if q, named := w[string(e)]; named {
		return q
	}
	q, rest := w["*"]
	if e == Identity && (!rest || q > 0) {
		return leastWeight
	}
	return q
}

func parseAccept(header string) weights {
	w := weights{}
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		if name == "x-gzip" { // RFC 9110 section 8.4.1.3
			name = "gzip"
		}
		if q, ok := parseWeight(params); ok {
			w[name] = q
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
