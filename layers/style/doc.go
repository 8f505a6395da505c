// Package style makes the map's style, its legend and its pictures from the catalogue of layers.
//
// A layer declares drawings (layers.Drawing) with names of colours; a flavour gives the colours of a theme; Build puts the
// drawings of all layers into the order of their slots. The legend is made from the same data, so it cannot differ from the
// map. Pictures are drawn here from a few shapes each, in the colours of the flavour, so that no picture files have to be kept
// in step with the themes and every size is crisp.
//
// The package is values only: api serves what it makes.
package style
