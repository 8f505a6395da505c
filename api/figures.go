package api

import (
	"context"
	"maps"
	"sync"
	"time"

	"wangge/grid"
	"wangge/layers/city"
)

// figuresTimeout bounds counting: a region is described without its figures rather than late.
const figuresTimeout = 3 * time.Second

// figures counts what lies in regions, once for each state of the city.
type figures struct {
	records records

	mu       sync.Mutex
	revision city.Revision
	known    map[string]map[string]int64 // by region and layer
}

func newFigures(r records) *figures {
	return &figures{records: r, known: map[string]map[string]int64{}}
}

// of counts the features in a region by layer. Its error is that of the record.
func (f *figures) of(ctx context.Context, n *grid.Net, r *grid.Region, revision city.Revision) (map[string]int64, error) {
	if known := f.recall(r.Code, revision); known != nil {
		return known, nil
	}
	zone := ""
	if k := n.Kind(r.Kind); k != nil && !k.Division {
		zone = r.Code
	}
	ctx, cancel := context.WithTimeout(ctx, figuresTimeout)
	defer cancel()
	counted, err := f.records.Figures(ctx, subtree(n, r.Code), zone)
	if err != nil {
		return nil, err
	}
	f.keep(r.Code, revision, counted)
	return counted, nil
}

func (f *figures) recall(code string, revision city.Revision) map[string]int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.revision != revision {
		return nil
	}
	return maps.Clone(f.known[code])
}

// keep forgets what was counted in other states of the city.
func (f *figures) keep(code string, revision city.Revision, counted map[string]int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.revision != revision {
		f.revision, f.known = revision, map[string]map[string]int64{}
	}
	f.known[code] = maps.Clone(counted)
}

// subtree lists the code of a region and those of all regions below it.
func subtree(n *grid.Net, code string) []string {
	codes := []string{code}
	seen := map[string]bool{code: true}
	for i := 0; i < len(codes); i++ {
		for _, child := range n.Children(codes[i]) {
			if !seen[child.Code] {
				seen[child.Code] = true
				codes = append(codes, child.Code)
			}
		}
	}
	return codes
}
