package tilecache

import (
	"sync/atomic"

	"github.com/maypok86/otter/v2"
)

// Tile is an encoded tile as it is sent. It is immutable.
type Tile struct {
	ETag    string   // names the bytes, quotes included
	Bytes   []byte   // none for an empty tile
	Thinned []string // layers shown as densities because their features would be too many
}

// Name is how a tile is asked for.
type Name struct {
	Address  string // path and query as they came
	Encoding string
}

// Stamp is what an address stood for at one version of the city.
type Stamp struct {
	Version uint64
	ETag    string
}

// What an entry weighs besides its texts and bytes, roughly.
const (
	tileWeight = 320
	nameWeight = 256
)

// namesShare is the part of the bound, as a divisor, that addresses get.
const namesShare = 8

// Cache keeps tiles and the addresses they have. Safe for concurrent use; a nil Cache keeps nothing.
type Cache struct {
	tiles *otter.Cache[string, *Tile]
	names *otter.Cache[Name, Stamp]

	hits, misses, evictions atomic.Uint64
}

// New makes a cache of at most maxBytes; nil, which keeps nothing, where that is not positive.
func New(maxBytes int64) (*Cache, error) {
	if maxBytes <= 0 {
		return nil, nil //nolint:nilnil // a nil Cache is one that is switched off, see doc.go
	}
	c := &Cache{}
	var err error
	c.tiles, err = otter.New(&otter.Options[string, *Tile]{
		MaximumWeight: uint64(maxBytes - maxBytes/namesShare),
		Weigher:       func(_ string, t *Tile) uint32 { return t.weight() },
		OnAtomicDeletion: func(e otter.DeletionEvent[string, *Tile]) {
			if e.WasEvicted() {
				c.evictions.Add(1)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	c.names, err = otter.New(&otter.Options[Name, Stamp]{
		MaximumWeight: uint64(maxBytes / namesShare),
		Weigher:       func(n Name, s Stamp) uint32 { return uint32(nameWeight + len(n.Address) + len(s.ETag)) },
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func (t *Tile) weight() uint32 {
	n := tileWeight + len(t.ETag) + len(t.Bytes)
	for _, s := range t.Thinned {
		n += len(s)
	}
	return uint32(n) // tiles are below a megabyte
}

// Recall tells what a name stands for, if that is known for a version of the city.
func (c *Cache) Recall(n Name, version uint64) (Stamp, bool) {
	if c == nil {
		return Stamp{}, false
	}
	s, ok := c.names.GetIfPresent(n)
	return s, ok && s.Version == version
}

// Remember keeps what a name stands for.
func (c *Cache) Remember(n Name, s Stamp) {
	if c != nil {
		c.names.Set(n, s)
	}
}

// Find is the tile of an entity tag, or nil.
func (c *Cache) Find(etag string) *Tile {
	if c == nil {
		return nil
	}
	t, ok := c.tiles.GetIfPresent(etag)
	if !ok {
		return nil
	}
	c.hits.Add(1)
	return t
}

// Keep takes a tile that was not found and had to be made.
func (c *Cache) Keep(t *Tile) {
	if c == nil {
		return
	}
	c.misses.Add(1)
	c.tiles.Set(t.ETag, t)
}

// Figures tell how a cache fares.
type Figures struct {
	Hits      uint64 // tiles found
	Misses    uint64 // tiles made because they were not found
	Evictions uint64 // tiles that made room
	Bytes     uint64 // held, addresses included
}

// Figures are those of now.
func (c *Cache) Figures() Figures {
	if c == nil {
		return Figures{}
	}
	return Figures{
		Hits: c.hits.Load(), Misses: c.misses.Load(), Evictions: c.evictions.Load(),
		Bytes: c.tiles.WeightedSize() + c.names.WeightedSize(),
	}
}
