package index

// Box is a closed box in world units. It is empty where a minimum exceeds its maximum.
type Box struct {
	MinX, MinY, MaxX, MaxY uint32
}

const maxUnit = 1<<32 - 1

// emptyBox is the neutral element of Union.
func emptyBox() Box { return Box{MinX: maxUnit, MinY: maxUnit} }

// Intersects tells whether two boxes share a position, their edges included.
func (b Box) Intersects(o Box) bool {
	return b.MinX <= o.MaxX && b.MaxX >= o.MinX && b.MinY <= o.MaxY && b.MaxY >= o.MinY
}

// Contains tells whether o lies in b entirely.
func (b Box) Contains(o Box) bool {
	return b.MinX <= o.MinX && b.MaxX >= o.MaxX && b.MinY <= o.MinY && b.MaxY >= o.MaxY
}

// Union is the smallest box that holds both.
func (b Box) Union(o Box) Box {
	return Box{min(b.MinX, o.MinX), min(b.MinY, o.MinY), max(b.MaxX, o.MaxX), max(b.MaxY, o.MaxY)}
}
