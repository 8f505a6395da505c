// Package style makes the map's style, its legend and its pictures from the catalogue of layers.
//
// A layer declares drawings (layers.Drawing) with names of colours; a flavour gives the colours of a theme; Build puts the
// drawings of all layers into the order of their slots. The legend is made from the same data, so it cannot differ from the
// map. Pictures are drawn here from a few shapes each, in the colours of the flavour, so that no picture files have to be kept
// in step with the themes and every size is crisp.
//
// Hexagons stand in for features that are not drawn by themselves yet (layers.Density). Their classes come from the city (Densities):
// limits are data, made with the style and fixed until it is fetched again, so that an edit does not recolour the map under
// somebody's eyes. Ramps are of one hue and of even steps of luminance, chosen so that people with any colour vision tell the
// steps apart on the ground of the theme; roads and names lie above.
//
// The package is values only: api serves what it makes.
package style
