package city

// PastTables is how many tables of other times a city holds.
func PastTables(c *City) (n int) {
	c.archive.mu.Lock()
	defer c.archive.mu.Unlock()
	for _, p := range c.archive.tables {
		if p.stacks != nil {
			n++
		}
	}
	return n
}
