package style

import (
	"fmt"
	"image/color"
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
	"people": "#8a4a78", "useHome": "#f6e3a6", "usePublic": "#eec4d4", "useShop": "#efb6a6", "useWork": "#d3bfae", "useStore": "#cdbfe0", "useRoad": "#dcdcdc", "useWorks": "#b9cfe0",
	"roadDensity1": "#dbe1e9", "roadDensity2": "#bac4d1", "roadDensity3": "#9ca8ba", "roadDensity4": "#808fa5", "roadDensity5": "#66768f", "roadDensity6": "#4e5d76",
	"alleyDensity1": "#ecddd3", "alleyDensity2": "#d8bead", "alleyDensity3": "#c6a08a", "alleyDensity4": "#b5836a", "alleyDensity5": "#a2684f", "alleyDensity6": "#884e3a",
	"toiletDensity1": "#c7e6e2", "toiletDensity2": "#98cdc7", "toiletDensity3": "#68b5af", "toiletDensity4": "#349e9a", "toiletDensity5": "#008785", "toiletDensity6": "#006c6d",
	"rampDensity1": "#e6dbff", "rampDensity2": "#cbbaf6", "rampDensity3": "#b19bee", "rampDensity4": "#997de7", "rampDensity5": "#8061db", "rampDensity6": "#6549bf",
	"parkingDensity1": "#c7e3ff", "parkingDensity2": "#9cc7f9", "parkingDensity3": "#74abf3", "parkingDensity4": "#518fed", "parkingDensity5": "#3773e1", "parkingDensity6": "#2758c5",
	"siteDensity1": "#efdec2", "siteDensity2": "#e1bd91", "siteDensity3": "#d79c64", "siteDensity4": "#ce7b3b", "siteDensity5": "#c15a1d", "siteDensity6": "#a93d12",
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
	"people": "#d78fc2", "useHome": "#4a4326", "usePublic": "#4c3040", "useShop": "#51302a", "useWork": "#40362d", "useStore": "#3a3350", "useRoad": "#2c313a", "useWorks": "#29384a",
	"roadDensity1": "#2b3543", "roadDensity2": "#3e4b5d", "roadDensity3": "#516074", "roadDensity4": "#66758a", "roadDensity5": "#7e8ba0", "roadDensity6": "#9aa5b6",
	"alleyDensity1": "#512a1c", "alleyDensity2": "#6e3e28", "alleyDensity3": "#865236", "alleyDensity4": "#9c6848", "alleyDensity5": "#af8160", "alleyDensity6": "#c39d7e",
	"toiletDensity1": "#003d35", "toiletDensity2": "#00544d", "toiletDensity3": "#006b64", "toiletDensity4": "#03827d", "toiletDensity5": "#1d9a97", "toiletDensity6": "#59b2b0",
	"rampDensity1": "#45226f", "rampDensity2": "#5c3496", "rampDensity3": "#7147b6", "rampDensity4": "#835fd0", "rampDensity5": "#9579e2", "rampDensity6": "#aa97f1",
	"parkingDensity1": "#003664", "parkingDensity2": "#004a8f", "parkingDensity3": "#015dbc", "parkingDensity4": "#2e72d6", "parkingDensity5": "#5489e8", "parkingDensity6": "#7ca3f5",
	"siteDensity1": "#651d00", "siteDensity2": "#7f3400", "siteDensity3": "#964b00", "siteDensity4": "#ab6300", "siteDensity5": "#bf7d13", "siteDensity6": "#cb9d4b",
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
	return rgb(hex), nil
}
