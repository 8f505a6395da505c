package geo

// SquareRadiusM2 is the product of the radii of curvature along the meridian and across it, at the latitude the square of whose sine is given: how many
// square metres of the ellipsoid there are to a steradian of latitude and longitude.
func SquareRadiusM2(sin2 float64) float64 {
	w2 := 1 - ecc2*sin2
	return semiMajorM * semiMajorM * (1 - ecc2) / (w2 * w2)
}
