package walk

import (
	"math"

	"github.com/paulmach/orb"
)

// Never is the distance to what was not reached within the limit of a search: farther than the limit, nobody knows how far.
const Never = math.MaxUint32

// None is the number of no edge, node or owner.
const None = math.MaxUint32

// SnapLimitMM is how far a place may be from the street it is reached from: beyond it has no network.
const SnapLimitMM = 250_000

// MaxLimitMM is the largest radius of a search, 10 km: sums of distances stay far below what 32 bits hold.
const MaxLimitMM = 10_000_000

// Trait is something about a street that a profile may forbid.
type Trait uint16

// The traits of streets.
const (
	Steps  Trait = 1 << iota // has steps, and no usable ramp beside them
	Narrow                   // narrower than a wheelchair needs
	Steep                    // steeper than a wheelchair can
	Unlit                    // no lamps
)

// Profile says which edges can be used: those that have none of the traits.
type Profile struct {
	ID      string // walk, step_free, night
	Without Trait
}

// Street is a line that one can walk along. Streets that nobody may walk along are no streets of a network; they may be barriers.
type Street struct {
	Key    int64               // the caller's; told apart, stable over time
	Shape  orb.MultiLineString // degrees, longitude first
	Level  int8                // 0 on the ground, above on bridges, below in tunnels: streets of other levels meet only at ends
	Traits Trait
}

// Barrier is a line that no way from a door to a street crosses: a bank, a railway, a wall, a motorway.
type Barrier struct {
	Shape orb.LineString // degrees
}

// Options say how a network is made.
type Options struct {
	JoinMM      uint32 // an end that stops this short of a street is joined to it, and reported
	IslandNodes int    // a part of fewer nodes that is connected to nothing else is not snapped to, and reported
}

// DefaultOptions are a metre and forty nodes.
func DefaultOptions() Options { return Options{JoinMM: 1000, IslandNodes: 40} }

// Network is streets cut where they meet. It is immutable: use its slices, do not change them.
type Network struct {
	At       []orb.Point // by node, degrees
	Edges    []Edge
	Streets  []Street // as they were given
	Barriers []Barrier
	Findings []Finding

	shape []orb.Point // of all edges, end to end, from U to V
	along []uint32    // by position of shape: how far it is from U, millimetres
	ends  []uint32    // by edge: where its shape ends

	islandNodes int
	segments    *cells   // of shape: segment i runs from position i to i+1
	of          []uint32 // by position of shape: its edge
	fences      *fences
}

// Edge is a stretch of a street between two nodes.
type Edge struct {
	U, V   uint32 // nodes
	MM     uint32 // length, 1 at least
	Street uint32 // place in Network.Streets
	FromMM uint32 // how far U is from the beginning of the street, its parts laid end to end
	Traits Trait
}

// Line is the course of an edge from U to V. The slice is the network's.
func (n *Network) Line(edge uint32) orb.LineString {
	first := uint32(0)
	if edge > 0 {
		first = n.ends[edge-1]
	}
	return orb.LineString(n.shape[first:n.ends[edge]])
}

// Kind is a kind of Finding.
type Kind string

// What is noteworthy about streets.
const (
	Joined  Kind = "joined"  // 悬挂端点已连接: an end stopped short of a street and was joined
	Crossed Kind = "crossed" // 平面相交无节点: two streets cross on one level without a common vertex; they were cut there
	Island  Kind = "island"  // 孤立路段: streets that are connected to nothing else
	Repeats Kind = "repeats" // 重复路段: two streets run along the same line
)

// Finding is something about the streets that somebody should look at.
type Finding struct {
	Kind    Kind
	Shape   orb.Geometry // Point of joined and crossed, MultiLineString of others
	Streets []int64      // keys
	MM      uint32       // gap of joined, length of others; 0 for crossed
	Nodes   int          // of an island
}

// Spot is where a place joins the network: a position on an edge.
type Spot struct {
	Edge   uint32
	OffMM  uint32 // from U along the edge; MM of the edge at most
	PerpMM uint32 // from the place to that position, straight
}

// Seed is a facility on the network.
type Seed struct {
	Spot
	Owner uint32 // the caller's number of the facility
	Key   int64  // decides between two that are equally near: the lower wins
}
