package grid

import "github.com/paulmach/orb"

type figureCache struct{}

// Way is a road or an alley with its shape, as figures need it.
type Way struct {
	Line
	Shape orb.MultiLineString
}

// Ways are all roads and alleys.
type Ways struct{ positions int64 }
