package ingest

// fill says how a field is filled from tags: the first of the tags that can be read gives the value.
type fill struct {
	field string
	from  string // tags, separated by spaces
	read  reading
}

// everywhere are the fills of all layers of the inventory.
var everywhere = []fill{
	{"name", "name name:zh name:zh-Hans official_name", words},
	{"status", "abandoned", when("yes", "abandoned")},
	{"status", "disused", when("yes", "closed")},
	{"surveyed_on", "survey:date check_date", day},
	{"note", "note description", words},
}

// osmFields are the fills of each layer, besides those of everywhere. A value that cannot be read, or that no such thing can
// have, stays in extra.
var osmFields = map[string][]fill{
	"road": {
		{"width_m", "width est_width", metres(0.1, 199)},
		{"lanes", "lanes", whole(1, 30)},
		{"surface", "surface", surface},
		{"oneway", "oneway", oneOf(map[string]any{"yes": true, "true": true, "1": true, "-1": true, "reverse": true, "no": false, "false": false, "0": false})},
		{"oneway", "junction", oneOf(map[string]any{"roundabout": true, "circular": true})},
		{"level", "layer", whole(-9, 9)},
		{"level", "bridge", unless("no", int64(1))},
		{"level", "tunnel", oneOf(map[string]any{"yes": int64(-1)})},
		{"walkable", "foot", oneOf(map[string]any{"yes": true, "designated": true, "permissive": true, "official": true, "no": false, "private": false, "use_sidepath": false})},
		{"walkable", "access", oneOf(map[string]any{"no": false})},
	},
	"back_alley": {
		{"width_m", "width est_width", metres(0.1, 99)},
		{"surface", "surface", surface},
		{"hardened", "surface", hardened},
		{"lit", "lit", yesNo},
	},
	"public_toilet": {
		{"male_stalls", "toilets:male:seats toilets:num_chambers:male capacity:men capacity:male", whole(0, 999)},
		{"female_stalls", "toilets:female:seats toilets:num_chambers:female capacity:women capacity:female", whole(0, 999)},
		{"urinals", "toilets:urinals urinals toilets:num_urinals", whole(0, 999)},
		{"accessible_stalls", "toilets:wheelchair:seats capacity:disabled", whole(0, 99)},
		// wheelchair=yes says at least one.
		{"accessible_stalls", "toilets:wheelchair wheelchair", oneOf(map[string]any{"yes": int64(1), "designated": int64(1), "no": int64(0)})},
		{"third_room", "toilets:family family_toilet toilets:unisex_family", yesNo},
		{"opening_hours", "opening_hours", words},
		{"open_24h", "opening_hours", always},
	},
	"barrier_free_ramp": {
		{"slope", "incline", slope},
		{"width_m", "width est_width", metres(0.1, 99)},
		{"length_m", "length", metres(0.01, 999)},
		{"rise_m", "kerb:height height", metres(0, 99)},
		{"handrail", "handrail", yesNo},
		{"tactile_paving", "tactile_paving", yesNo},
	},
	"parking_space": {
		{"capacity", "capacity", whole(0, 100000)},
		{"accessible_capacity", "capacity:disabled", whole(0, 10000)},
		{"charging_capacity", "capacity:charging", whole(0, 10000)},
		{"access", "access", oneOf(map[string]any{"yes": "public", "public": "public", "permissive": "public", "customers": "public", "destination": "public",
			"private": "private", "no": "private", "permit": "private", "residents": "private", "employees": "private"})},
		{"fee", "fee", yesNo},
		{"fee", "fee:conditional charge", unless("no", true)},
	},
	"construction_site": {
		{"contractor", "contractor construction:contractor", words},
		{"starts_on", "construction:start_date construction_start_expected", day},
		{"ends_on", "opening_date construction_end_expected completion_date", day},
	},
	"region": {
		{"code", "division_code ref:admin ref", divisionCode},
		{"name_en", "name:en", words},
	},
}

// surface sorts the surfaces of roads into those of the catalogue.
var surface = oneOf(map[string]any{
	"asphalt": "asphalt", "chipseal": "asphalt", "bitmac": "asphalt", "tarmac": "asphalt",
	"concrete": "concrete", "concrete:plates": "concrete", "concrete:lanes": "concrete", "cement": "concrete",
	"paving_stones": "paving", "paving_stones:lanes": "paving", "sett": "paving", "cobblestone": "paving", "unhewn_cobblestone": "paving",
	"bricks": "paving", "brick": "paving", "stone": "paving", "tiles": "paving", "granite": "paving", "marble": "paving",
	"gravel": "gravel", "fine_gravel": "gravel", "compacted": "gravel", "pebblestone": "gravel", "crushed_rock": "gravel",
	"unpaved": "earth", "dirt": "earth", "earth": "earth", "ground": "earth", "mud": "earth", "sand": "earth", "grass": "earth", "soil": "earth",
	"wood": "other", "metal": "other", "metal_grid": "other", "tartan": "other", "artificial_turf": "other", "acrylic": "other", "rubber": "other", "grass_paver": "other", "woodchips": "other",
})

// hardened tells whether a surface is a made one. "paved" says no more than that.
var hardened = oneOf(map[string]any{
	"paved": true, "asphalt": true, "concrete": true, "concrete:plates": true, "concrete:lanes": true, "cement": true, "chipseal": true,
	"paving_stones": true, "sett": true, "cobblestone": true, "unhewn_cobblestone": true, "bricks": true, "brick": true, "stone": true, "tiles": true,
	"unpaved": false, "dirt": false, "earth": false, "ground": false, "mud": false, "sand": false, "grass": false, "soil": false,
	"gravel": false, "fine_gravel": false, "compacted": false, "pebblestone": false,
})
