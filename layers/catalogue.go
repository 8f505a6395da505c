package layers

// Catalogue lists the layers of the inventory, in the order in which people read them. The caller must not change it.
func Catalogue() []*Layer {
	return []*Layer{&unitGrid, &road, &backAlley, &publicToilet, &barrierFreeRamp, &parkingSpace, &constructionSite}
}

// Reference lists what is drawn beneath and around the inventory but is none of it.
func Reference() []*Layer {
	return []*Layer{&ground, &region, &landUse, &population}
}

// ByID finds a layer of the catalogue or of the reference, or nil.
func ByID(id string) *Layer {
	for _, l := range append(Catalogue(), Reference()...) {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// NetLayer is the tile layer of a net other than the unit grids: grid_<scheme>, described like unit_grid. shown tells whether
// the map shows it before anybody asks (column is_shown of grid_scheme).
func NetLayer(scheme string, title Text, firstZoom int, shown bool) *Layer {
	l := unitGrid
	l.ID, l.Title = "grid_"+scheme, title
	l.FirstZoom, l.Hidden = firstZoom, !shown
	l.Density = nil // how many grids of a net there are is no figure of the city
	l.Only = &Only{Column: "scheme", Value: scheme}
	l.Drawings, l.Legend = dutyDrawings(l.ID), dutyLegend(title)
	return &l
}
