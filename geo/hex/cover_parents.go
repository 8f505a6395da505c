package hex

// Parents are the cells of a coarser resolution that are parents of some ascending cells, ascending, and the numbers of their first children, with the
// count of all children last. The children of one parent stand side by side. Cells of that resolution, or a coarser one, are their own parents.
func Parents(cells []Cell, res int) (parents []Cell, first []uint32) {
	for i, c := range cells {
		if p := c.Parent(res); len(parents) == 0 || parents[len(parents)-1] != p {
			parents, first = append(parents, p), append(first, uint32(i))
		}
	}
	return parents, append(first, uint32(len(cells)))
}

// PlacesOf are the places of the parents of a resolution, by the places of their children, for a Pen. first is as Parents gives it.
func (m *Mesh) PlacesOf(res int, first []uint32) []Place {
	out := make([]Place, len(first)-1)
	l := newLattice(res)
	for i := range out {
		for _, at := range m.places[first[i]:first[i+1]] {
			if at == 0 {
				continue
			}
			f, a, b := at.split()
			for r := m.res; r > res; r-- {
				a, b, _ = parentOf(r, a, b)
			}
			out[i] = l.drawable(uint8(f), a, b)
			break
		}
	}
	return out
}
