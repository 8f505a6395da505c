package walk

// Graph is what a profile may use of a network. It is immutable.
type Graph struct {
	Net     *Network
	Profile Profile

	off    []uint32 // by node: where its arcs begin; one more at the end
	arcs   []arc
	along  []uint32 // by arc: its edge; apart, so that a search reads eight bytes an arc
	usable []bool // by edge: the profile may use it and it is no island
}

// arc is an edge seen from one of its ends.
type arc struct {
	to, mm uint32
}
