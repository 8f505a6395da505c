package layers

// Catalogue lists the layers of the inventory, in the order in which people read them. The caller must not change it.
func Catalogue() []*Layer {
	return []*Layer{&unitGrid, &road, &backAlley, &publicToilet, &barrierFreeRamp, &parkingSpace, &constructionSite}
}

// Reference lists what is drawn beneath and around the inventory but is none of it.
func Reference() []*Layer {
	return []*Layer{&ground, &region}
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

// NetLayer is the tile layer of the nets other than the unit grids: grid_<scheme>. It is drawn and described like unit_grid.
func NetLayer(scheme string, title Text, firstZoom int) *Layer {
	l := unitGrid
	l.ID, l.Title = "grid_"+scheme, title
	l.FirstZoom = firstZoom
	l.Only = &Only{Column: "scheme", Value: scheme}
	l.Drawings, l.Legend = dutyDrawings(l.ID), dutyLegend(title)
	return &l
}
