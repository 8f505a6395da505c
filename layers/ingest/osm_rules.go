package ingest

// rule says which objects make a feature of a layer. It is written as data, to be read and changed by people who know tags:
//
//	when     conditions that must all hold, separated by spaces: key=value|value, key (any value but "no"),
//	         !key (absent or "no"), key!=value|value, key<=number (metres); the first must want a tag
//	on       the shapes that it takes: point, line, area. A closed way is whichever of line and area comes first here
//	layer    the layer of the feature
//	set      fields and values that follow from the conditions
//	reject   instead of set: a code of reason.go
type rule struct {
	when, on, layer, set string
	reject               Code
}

// family is a list of rules of which an object may meet several: the first holds. Families are independent of each other.
type family []rule

// osmRules map OpenStreetMap tags to layers. What meets no rule is not in the inventory.
var osmRules = []family{
	// 道路与背街小巷: every highway is a road, an alley or a reject; none is dropped without a word.
	{
		// Works: the road that will be, closed, its class by what is built. Nobody walks there.
		{when: "highway=construction|proposed|planned construction=motorway|trunk", on: "line", layer: "road", set: "class=expressway status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=primary", on: "line", layer: "road", set: "class=arterial status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=secondary", on: "line", layer: "road", set: "class=secondary status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=footway|path|cycleway|pedestrian|bridleway|corridor", on: "line", layer: "road", set: "class=footpath status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=steps", on: "line", layer: "road", set: "class=footpath steps=true status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=motorway_link|trunk_link", on: "line", layer: "road", set: "class=expressway link=true status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=primary_link", on: "line", layer: "road", set: "class=arterial link=true status=closed walkable=false"},
		{when: "highway=construction|proposed|planned construction=secondary_link", on: "line", layer: "road", set: "class=secondary link=true status=closed walkable=false"},
		{when: "highway=proposed|planned proposed=motorway|trunk", on: "line", layer: "road", set: "class=expressway status=closed walkable=false"},
		{when: "highway=proposed|planned proposed=primary", on: "line", layer: "road", set: "class=arterial status=closed walkable=false"},
		{when: "highway=proposed|planned proposed=secondary", on: "line", layer: "road", set: "class=secondary status=closed walkable=false"},
		{when: "highway=proposed|planned proposed=footway|path|cycleway|pedestrian|steps", on: "line", layer: "road", set: "class=footpath status=closed walkable=false"},
		{when: "highway=construction area=yes", on: "area", layer: "construction_site", set: "kind=municipal"},
		{when: "highway=construction|proposed|planned", on: "line", layer: "road", set: "class=branch status=closed walkable=false"},
		{when: "highway=construction", on: "area point", layer: "construction_site", set: "kind=municipal"},
		{when: "highway=abandoned|disused|razed", on: "line", layer: "road", set: "class=branch status=abandoned walkable=false"},

		// Squares and walks drawn as areas: their outline is walked, outside road totals.
		{when: "highway=pedestrian|footway|path|living_street|service|residential|unclassified|platform|corridor|steps|track|cycleway|tertiary|secondary|primary area=yes", on: "area", layer: "road", set: "class=footpath"},

		// Back alleys: there is no national definition. service=alley says so on whatever has wheels or houses (mappers put it
		// on residential streets too); a living street counts where it is at most 7 m wide (two lanes of a branch road) or
		// has no width.
		{when: "highway=service|residential|unclassified|living_street|pedestrian|road service=alley", on: "line", layer: "back_alley"},
		{when: "highway=living_street width<=7", on: "line", layer: "back_alley"},
		{when: "highway=living_street !width", on: "line", layer: "back_alley"},

		// Roads by class, CJJ 37.
		{when: "highway=motorway", on: "line", layer: "road", set: "class=expressway oneway=true walkable=false"},
		{when: "highway=motorway_link", on: "line", layer: "road", set: "class=expressway link=true oneway=true walkable=false"},
		{when: "highway=trunk motorroad=yes", on: "line", layer: "road", set: "class=expressway walkable=false"},
		{when: "highway=trunk", on: "line", layer: "road", set: "class=expressway"},
		{when: "highway=trunk_link motorroad=yes", on: "line", layer: "road", set: "class=expressway link=true walkable=false"},
		{when: "highway=trunk_link", on: "line", layer: "road", set: "class=expressway link=true"},
		{when: "highway=primary", on: "line", layer: "road", set: "class=arterial"},
		{when: "highway=primary_link", on: "line", layer: "road", set: "class=arterial link=true"},
		{when: "highway=secondary", on: "line", layer: "road", set: "class=secondary"},
		{when: "highway=secondary_link", on: "line", layer: "road", set: "class=secondary link=true"},
		{when: "highway=tertiary_link", on: "line", layer: "road", set: "class=branch link=true"},
		{when: "highway=tertiary|residential|unclassified|service|living_street|road|yes|minor", on: "line", layer: "road", set: "class=branch"},
		{when: "highway=busway|bus_guideway|raceway|escape|emergency_bay", on: "line", layer: "road", set: "class=branch walkable=false"},

		// What only walkers use, and tracks in the fields: outside road totals.
		{when: "highway=steps", on: "line", layer: "road", set: "class=footpath steps=true"},
		{when: "highway=footway|path|pedestrian|cycleway|bridleway|track|corridor|platform|elevator|via_ferrata|crossing|ladder", on: "line", layer: "road", set: "class=footpath"},
		{when: "highway=pedestrian|footway|path|platform|corridor|service|living_street|residential|steps|elevator", on: "area", layer: "road", set: "class=footpath"},

		// Lines and areas whose highway value is no way: rest areas, bus stops, anything misspelt.
		{when: "highway", on: "line area", layer: "road", reject: NotARoad},
	},

	// 公厕
	{
		{when: "amenity=toilets access=private|no", on: "point area line", layer: "public_toilet", reject: NotPublic},
		{when: "amenity=toilets portable=yes", on: "point area", layer: "public_toilet", set: "kind=mobile"},
		{when: "amenity=toilets toilets:disposal=chemical", on: "point area", layer: "public_toilet", set: "kind=mobile"},
		{when: "amenity=toilets indoor=yes|room", on: "point area", layer: "public_toilet", set: "kind=attached"},
		{when: "amenity=toilets building", on: "point area", layer: "public_toilet", set: "kind=detached"},
		{when: "amenity=toilets", on: "point area", layer: "public_toilet"},
	},

	// 无障碍坡道: kerbs that a wheelchair passes, and ramps. A raised kerb at a crossing is a ramp that is missing.
	{
		{when: "kerb=lowered|flush|rolled|yes", on: "point line", layer: "barrier_free_ramp", set: "kind=kerb"},
		{when: "kerb=raised|regular", on: "point", layer: "barrier_free_ramp", set: "kind=kerb status=missing"},
		{when: "barrier=kerb !kerb", on: "point", layer: "barrier_free_ramp", set: "kind=kerb"},
		{when: "ramp:wheelchair=yes|designated|automatic", on: "point line", layer: "barrier_free_ramp", set: "kind=wheelchair"},
		{when: "ramp=yes|separate !ramp:wheelchair", on: "point line", layer: "barrier_free_ramp", set: "kind=wheelchair"},
		{when: "highway=footway|path wheelchair=yes|designated incline!=yes|no|0|0% incline", on: "line", layer: "barrier_free_ramp", set: "kind=wheelchair"},
	},

	// 停车泊位. A parking_space is one bay unless it says more. Entrances are no parking.
	{
		{when: "amenity=parking parking=street_side|lane|on_kerb|half_on_kerb|shoulder orientation=parallel", on: "area point line", layer: "parking_space", set: "kind=motor layout=parallel"},
		{when: "amenity=parking parking=street_side|lane|on_kerb|half_on_kerb|shoulder orientation=perpendicular", on: "area point line", layer: "parking_space", set: "kind=motor layout=perpendicular"},
		{when: "amenity=parking parking=street_side|lane|on_kerb|half_on_kerb|shoulder orientation=diagonal", on: "area point line", layer: "parking_space", set: "kind=motor layout=angled"},
		{when: "amenity=parking parking=street_side|lane|on_kerb|half_on_kerb|shoulder", on: "area point line", layer: "parking_space", set: "kind=motor layout=strip"},
		{when: "amenity=parking", on: "area point line", layer: "parking_space", set: "kind=motor layout=lot"},
		{when: "amenity=parking_space", on: "area point line", layer: "parking_space", set: "kind=motor capacity=1"},
		{when: "amenity=bicycle_rental", on: "area point line", layer: "parking_space", set: "kind=shared_bike"},
		{when: "amenity=bicycle_parking", on: "area point line", layer: "parking_space", set: "kind=non_motor"},
	},

	// 建筑工地
	{
		{when: "landuse=construction construction=highway|road|motorway|trunk|primary|secondary|tertiary|residential_road|railway|rail|subway|light_rail|tram|bridge|station", on: "area point", layer: "construction_site", set: "kind=municipal"},
		{when: "landuse=construction", on: "area point", layer: "construction_site", set: "kind=building"},
		{when: "building=construction", on: "area point", layer: "construction_site", set: "kind=building"},
	},

	// 地物底图: one kind an object; water before buildings before green before barriers.
	{
		{when: "natural=water|bay|strait", on: "area", layer: "ground", set: "kind=water"},
		{when: "waterway=riverbank|dock|canal|river|boatyard area=yes", on: "area", layer: "ground", set: "kind=water"},
		{when: "waterway=riverbank|dock", on: "area", layer: "ground", set: "kind=water"},
		{when: "landuse=reservoir|basin", on: "area", layer: "ground", set: "kind=water"},
		{when: "waterway=river|stream|canal|drain|ditch|tidal_channel !tunnel", on: "line area", layer: "ground", set: "kind=water"},
		{when: "building building!=construction|entrance|razed|demolished|collapsed", on: "area", layer: "ground", set: "kind=building"},
		{when: "leisure=park|garden|nature_reserve|golf_course|common|dog_park", on: "area", layer: "ground", set: "kind=green"},
		{when: "landuse=grass|forest|meadow|recreation_ground|village_green|flowerbed|greenery|orchard|cemetery|plant_nursery", on: "area", layer: "ground", set: "kind=green"},
		{when: "natural=wood|scrub|grassland|heath|shrubbery", on: "area", layer: "ground", set: "kind=green"},
		{when: "barrier=wall|fence|retaining_wall|hedge|city_wall|guard_rail|handrail|chain|ditch|jersey_barrier|cable_barrier", on: "line area", layer: "ground", set: "kind=barrier"},
		{when: "barrier=kerb kerb=raised|regular", on: "line", layer: "ground", set: "kind=barrier"},
		{when: "barrier=kerb !kerb", on: "line", layer: "ground", set: "kind=barrier"},
	},

	// 区划: only with --layer region, because borders in extracts are partial and unofficial.
	{
		{when: "boundary=administrative admin_level=4", on: "area", layer: "region", set: "kind=province"},
		{when: "boundary=administrative admin_level=5", on: "area", layer: "region", set: "kind=city"},
		{when: "boundary=administrative admin_level=6", on: "area", layer: "region", set: "kind=county"},
		{when: "boundary=administrative admin_level=7|8", on: "area", layer: "region", set: "kind=street"},
		{when: "boundary=administrative admin_level=9|10", on: "area", layer: "region", set: "kind=community"},
	},
}

// onlyWhenAsked lists the layers that tags alone never fill.
var onlyWhenAsked = []string{"region"}
