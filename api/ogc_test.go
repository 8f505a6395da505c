package api

import "fmt"

// ogcTilePath is the tile of a zoom that the small city's features lie in, below a resource: the row comes before the column.
func ogcTilePath(resource string, z uint8) string {
	addr := addrAt(z)
	return fmt.Sprintf("%s/tiles/WebMercatorQuad/%d/%d/%d", resource, addr.Z, addr.Y, addr.X)
}
