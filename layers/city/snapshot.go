package city

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// horizon tells which transactions of the record are in a view.
//
// On a primary that is what pg_current_snapshot says. On a hot standby this leaves out transactions that are still running
// (847:850: while 847 is), so there everything from xmin on is doubtful but for the writers whose changes were seen.
type horizon struct {
	xmin, xmax uint64   // all below xmin have ended; none from xmax on is visible
	running    []uint64 // between the two, ascending
	standby    bool
	seen       map[uint64]struct{} // on a standby: visible writers from xmin on
}

// parseHorizon reads the text of a pg_snapshot, xmin:xmax:xip,xip.
func parseHorizon(s string) (h horizon, err error) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return h, fmt.Errorf("snapshot %q: not xmin:xmax:xip", s)
	}
	if h.xmin, err = strconv.ParseUint(parts[0], 10, 64); err != nil {
		return h, fmt.Errorf("snapshot %q: %w", s, err)
	}
	if h.xmax, err = strconv.ParseUint(parts[1], 10, 64); err != nil {
		return h, fmt.Errorf("snapshot %q: %w", s, err)
	}
	for x := range strings.SplitSeq(parts[2], ",") {
		if x == "" {
			continue
		}
		n, err := strconv.ParseUint(x, 10, 64)
		if err != nil {
			return h, fmt.Errorf("snapshot %q: %w", s, err)
		}
		h.running = append(h.running, n)
	}
	slices.Sort(h.running)
	return h, nil
}

// sees tells whether a transaction, if it has committed, is in the view.
func (h horizon) sees(txid uint64) bool {
	switch {
	case txid < h.xmin:
		return true
	case h.standby:
		_, seen := h.seen[txid]
		return seen
	case txid >= h.xmax:
		return false
	default:
		_, running := slices.BinarySearch(h.running, txid)
		return !running
	}
}

// doubtful describes the transactions that a later look may find new: those from a number on, and some below it.
func (h horizon) doubtful() (from uint64, below []string) {
	if h.standby {
		return h.xmin, nil
	}
	for _, x := range h.running {
		below = append(below, strconv.FormatUint(x, 10))
	}
	return h.xmax, below
}

// after is the horizon of a later look, which found changes of some writers.
func (h horizon) after(was horizon, writers map[uint64]struct{}) horizon {
	if h.standby {
		h.seen = maps.Clone(was.seen)
		if h.seen == nil {
			h.seen = map[uint64]struct{}{}
		}
		maps.Copy(h.seen, writers)
		maps.DeleteFunc(h.seen, func(x uint64, _ struct{}) bool { return x < h.xmin })
	}
	return h
}
