package style

import (
	"fmt"
	"image/color"
	"strconv"
)

// Flavour gives the colours of a theme, #rrggbb by name.
type Flavour map[string]string

// Flavours are the themes by name.
func Flavours() map[string]Flavour {
	return map[string]Flavour{"light": light, "dark": dark}
}

var light = Flavour{
	"land": "#f5f3ee", "green": "#dfead0", "greenEdge": "#cfdfbb", "greenLabel": "#5f7d46", "water": "#c9dfec", "waterLabel": "#4a7fa5",
	"building": "#e9e5dc", "buildingEdge": "#dcd6ca", "barrier": "#b9b1a3",
	"casing": "#d3cbbd", "expressway": "#f0b35f", "expresswayCasing": "#cf8f3c", "arterial": "#f8d98f", "arterialCasing": "#dcb866",
	"secondary": "#fdf0c9", "secondaryCasing": "#ddcfa0", "branch": "#ffffff", "footpath": "#b9ae9c", "steps": "#9a8f80", "tunnel": "#d8d2c6",
	"closed": "#a8a29a", "alley": "#a9774a", "alleyBed": "#fbf7f0", "alleyLabel": "#835a35",
	"label": "#3b4048", "labelMuted": "#6b707a", "halo": "#ffffff", "border": "#7d7391", "zone": "#1456f0",
	"toilet": "#0b8a8f", "ramp": "#7a4fd0", "parking": "#2f6fed", "parkingFill": "#cddcf9", "bike": "#6f9cf2", "site": "#e08a0b", "siteLabel": "#96590a",
	"fault": "#d64545", "grid": "#7d899b", "duty": "#33415c", "manned": "#1f8a52", "picture": "#ffffff",
}

var dark = Flavour{
	"land": "#14181f", "green": "#1a2a22", "greenEdge": "#203428", "greenLabel": "#6f9a78", "water": "#152a3b", "waterLabel": "#5f93b8",
	"building": "#1c222b", "buildingEdge": "#262d38", "barrier": "#3c4553",
	"casing": "#0c0f14", "expressway": "#c98a3a", "expresswayCasing": "#3a2a14", "arterial": "#8f7440", "arterialCasing": "#2b2416",
	"secondary": "#5d5340", "secondaryCasing": "#221f18", "branch": "#3a414d", "footpath": "#4a505c", "steps": "#5f6672", "tunnel": "#262c36",
	"closed": "#5a606b", "alley": "#c08a58", "alleyBed": "#1d232c", "alleyLabel": "#d3a376",
	"label": "#d8dde6", "labelMuted": "#8c94a3", "halo": "#0e1116", "border": "#8d83a6", "zone": "#5b8cff",
	"toilet": "#2fd0cf", "ramp": "#b094ff", "parking": "#6aa0ff", "parkingFill": "#1f3358", "bike": "#4f78bd", "site": "#ffb547", "siteLabel": "#ffc46b",
	"fault": "#ff6b6b", "grid": "#667289", "duty": "#9fb0d0", "manned": "#3fc27f", "picture": "#0e1116",
}

// colour resolves "$name"; other text is no colour of the flavour.
func (f Flavour) colour(reference string) (string, error) {
	hex, ok := f[reference[1:]]
	if !ok {
		return "", fmt.Errorf("style: the flavour has no colour %s", reference)
	}
	return hex, nil
}

// rgba is a colour of the flavour as a pixel.
func (f Flavour) rgba(name string) (color.NRGBA, error) {
	hex, ok := f[name]
	if !ok {
		return color.NRGBA{}, fmt.Errorf("style: the flavour has no colour %s", name)
	}
	v, err := strconv.ParseUint(hex[1:], 16, 32)
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}, err
}
