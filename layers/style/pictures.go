package style

// pictures lists what the sprite holds. The names are those that drawings and legends in package layers use.
func pictures() []picture {
	return []picture{
		{"toilet", 28, 28, append(badge(disc(14, 14, 13), disc(14, 14, 11.8), "halo", "toilet"), people("picture"))},
		{"toilet-closed", 28, 28, append(badge(disc(14, 14, 12.6), disc(14, 14, 10.8), "toilet", "halo"), people("toilet"))},
		{"parking", 26, 26, append(badge(box(1, 1, 25, 25, 6), box(2.2, 2.2, 23.8, 23.8, 5), "halo", "parking"), letterP()...)},
		{"parking-bike", 26, 26, append(badge(box(1, 1, 25, 25, 6), box(2.2, 2.2, 23.8, 23.8, 5), "halo", "bike"), bicycle())},
		{"site", 28, 28, barricade()},
		{"ramp-kerb", 24, 24, wedge("halo")},
		{"ramp-kerb-fault", 24, 24, wedge("fault")},
		{"ramp-wheelchair", 24, 24, bar("halo")},
		{"ramp-wheelchair-fault", 24, 24, bar("fault")},
		{"hatch-site", 12, 12, hatch("site", 12, 1.6)},
	}
}

// badge is a rim with a face inside it.
func badge(rim, face path, rimColour, faceColour string) []shape {
	return []shape{{rimColour, []path{rim}}, {faceColour, []path{face}}}
}

// people is the sign of a toilet: two figures and the wall between them.
func people(colour string) shape {
	return shape{colour, []path{
		disc(9.6, 8.4, 1.9), box(7.4, 10.9, 11.8, 16, 1.4), box(8, 14, 9.4, 20.4, 0.6), box(9.8, 14, 11.2, 20.4, 0.6),
		stroke(14, 7, 14, 21, 0.9),
		disc(18.4, 8.4, 1.9), polygon(18.4, 10.4, 20, 10.9, 22, 17.2, 14.8, 17.2, 16.8, 10.9), box(17, 16.6, 18.2, 20.4, 0.5), box(18.6, 16.6, 19.8, 20.4, 0.5),
	}}
}

// letterP stands on a face of the colour parking, of which its eye shows a part.
func letterP() []shape {
	return []shape{
		{"picture", []path{box(8.8, 6.2, 12, 20, 0.8), box(8.8, 6.2, 18, 15.4, 4.4)}},
		{"parking", []path{box(12, 9, 15.2, 12.6, 1.7)}},
	}
}

func bicycle() shape {
	return shape{"picture", []path{
		disc(8, 15.6, 3.7), disc(8, 15.6, -2.5), disc(18, 15.6, 3.7), disc(18, 15.6, -2.5),
		stroke(8, 15.6, 11.2, 9.8, 1.2), stroke(11.2, 9.8, 15.8, 9.8, 1.2), stroke(15.8, 9.8, 18, 15.6, 1.2),
		stroke(8, 15.6, 13, 15.6, 1.2), stroke(13, 15.6, 15.8, 9.8, 1.2), stroke(10, 8.6, 12.6, 8.6, 1.3), stroke(15.2, 7.8, 17.6, 7.8, 1.3), stroke(15.5, 7.8, 15.9, 10, 1.2),
	}}
}

// barricade is the striped board that stands before works.
func barricade() []shape {
	return []shape{
		{"halo", []path{box(2, 5, 26, 18, 2.6), box(5, 15, 11, 26, 1.2), box(17, 15, 23, 26, 1.2)}},
		{"site", []path{box(3.2, 6.2, 24.8, 16.8, 1.8), box(6.6, 16, 9.4, 24.6, 0.6), box(18.6, 16, 21.4, 24.6, 0.6)}},
		{"picture", []path{
			polygon(7.6, 6.9, 11, 6.9, 7, 16.1, 3.9, 15.2), polygon(14.4, 6.9, 17.8, 6.9, 13.8, 16.1, 10.4, 16.1), polygon(21.2, 6.9, 24.1, 7.6, 20.6, 16.1, 17.2, 16.1),
		}},
	}
}

// wedge is a kerb ramp seen from the side.
func wedge(rim string) []shape {
	return []shape{
		{rim, []path{polygon(1, 20.4, 22.6, 20.4, 22.6, 4.6)}},
		{"ramp", []path{polygon(6.2, 18.6, 20.8, 18.6, 20.8, 8)}},
	}
}

// bar is a wheelchair ramp: a longer slope between two landings.
func bar(rim string) []shape {
	return []shape{
		{rim, []path{box(1, 6.4, 23, 17.6, 3.4)}},
		{"ramp", []path{box(2.8, 8.2, 21.2, 15.8, 2)}},
		{"picture", []path{stroke(5.4, 13.6, 9, 13.6, 1.3), stroke(9, 13.6, 15, 10.4, 1.3), stroke(15, 10.4, 18.6, 10.4, 1.3)}},
	}
}

// hatch fills a square with lines at 45° that meet those of its neighbours.
func hatch(colour string, size, width float64) []shape {
	var lines []path
	for offset := -size; offset <= size*2; offset += size / 2 {
		lines = append(lines, stroke(offset-size, size*2, offset+size*2, -size, width))
	}
	return []shape{{colour, lines}}
}
