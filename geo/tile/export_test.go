package tile

// LongWay lets the tile begun be encoded without the quick ways.
func (e *Encoder) LongWay() { e.usable = false }
