// Package datum speaks the coordinate reference systems that Chinese bureaus hold their data in, and turns each into degrees of CGCS2000 and back:
// WGS 84, CGCS2000, its Gauss-Krüger zones, Web Mercator, the shifted GCJ-02 and BD-09, and a city's own system. 坐标基准与坐标系。
//
// Positions are always x before y: longitude before latitude, easting before northing, whatever the registry's order. [System.Northing] says where
// the registry has it the other way round; turning pairs is the business of who reads or writes.
//
// Accuracy
//
//   - WGS 84 and CGCS2000 are one here. They differ by what the Eurasian plate has moved since 2000.0, some decimetres (research/domain.md 6.1), which is
//     below accuracy class B of the inventory.
//   - Gauss-Krüger is Krüger's series to the sixth power of the third flattening: below a micrometre within 3 degrees of the central meridian, checked
//     against PostGIS. It refuses more than 10 degrees.
//   - GCJ-02 and BD-09 are the published formulas, which map services use but nobody has defined: forward they agree with other programs to the last
//     digit, and with what services answer to within a metre. The inverse is iterated until it is exact to 1e-10 degrees, 10 µm; the usual inverse
//     in one step is up to 2 m off.
//   - BD-09 exists in two variants that differ by 15 to 76 m. This is the one that agrees with positions of the same place on three maps: π·3000/180 in
//     the sine and cosine, not π alone.
//
// Where GCJ-02 applies
//
//   - [InGCJ] is the mainland with Hainan, not the box of most programs, which takes in half of Asia. Hong Kong, Macau and Taiwan (with Kinmen and Matsu)
//     are outside, there GCJ-02 is WGS 84.
//   - The outline is coarse (border_table.go). Beyond it belong to it: the sea and its islands within 80 km of the coast, and 40 km beyond the land
//     border, so that no border city is left out; the price is that foreign places as near are taken for Chinese ones. The islands of the South China Sea
//     other than Hainan are not in it.
//   - Right at the outline the shift begins with a step of half a kilometre, so that a strip as wide has two originals or none. [System.To] answers the
//     shifted one there.
//
// What numbers look like is told by [Guess], as candidates with reasons for somebody to confirm. Nothing is taken silently: a shifted datum looks like
// an unshifted one.
package datum
