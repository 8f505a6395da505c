package coverage

import (
	"fmt"
	"slices"
)

// Service is a layer, or some of it, whose facilities people walk to. 服务。
type Service struct {
	ID, Layer                string
	Title, TitleEn           string
	Kinds                    []ServiceKind // the first is the one that is meant where none is named
	RadiiM                   []uint32      // the usual ones, ascending
	Supply                   string        // field that counts what a facility offers; "" counts facilities
	SupplyTitle, SupplyEn    string
	Provenance, ProvenanceEn string // 口径: what is counted
	fields                   []string
}

// ServiceKind is a choice among the facilities of a service.
type ServiceKind struct {
	ID, Title, TitleEn string
	counts             func(values) bool
}

// Profile is a way of walking.
type Profile struct{ ID, Title, TitleEn string }

// Profiles are the ways of walking that a question may name; the first is meant where none is named.
func Profiles() []Profile {
	return []Profile{
		{"walk", "步行", "On foot"},
		{"step_free", "无障碍通行", "Step-free"},
		{"night", "夜间", "At night"},
	}
}

// FindService finds a service by its id; ErrNoService.
func FindService(id string) (Service, error) {
	all := Services()
	if i := slices.IndexFunc(all, func(s Service) bool { return s.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Service{}, fmt.Errorf("%w: %q", ErrNoService, id)
}

// Kind finds one of a service's kinds, "" the first; ErrNoService.
func (s Service) Kind(id string) (ServiceKind, error) {
	if id == "" {
		return s.Kinds[0], nil
	}
	if i := slices.IndexFunc(s.Kinds, func(k ServiceKind) bool { return k.ID == id }); i >= 0 {
		return s.Kinds[i], nil
	}
	return ServiceKind{}, fmt.Errorf("%w: %s %q", ErrNoService, s.ID, id)
}

// Services are all services, in the order in which they are shown.
func Services() []Service {
	return []Service{
		{ID: "public_toilet", Layer: "public_toilet", Title: "公厕", TitleEn: "Public toilets", RadiiM: []uint32{300, 500, 800},
			Provenance: "在用（完好、破损）公厕，按座计", ProvenanceEn: "Toilets in use (intact or damaged), counted one by one",
			fields: []string{"name", "status", "accessible_stalls", "third_room", "open_24h"},
			Kinds: []ServiceKind{
				{"all", "全部公厕", "All toilets", func(values) bool { return true }},
				{"accessible", "有无障碍厕位", "With an accessible stall", func(v values) bool { return v.number(2) > 0 }},
				{"third_room", "有第三卫生间", "With a family room", func(v values) bool { return v.yes(3) }},
				{"open_24h", "全天开放", "Open 24 hours", func(v values) bool { return v.yes(4) }},
			}},
		{ID: "parking_space", Layer: "parking_space", Title: "停车泊位", TitleEn: "Parking", RadiiM: []uint32{200, 300, 500},
			Supply: "capacity", SupplyTitle: "泊位数", SupplyEn: "Bays",
			Provenance:   "在用泊位；专用泊位不计，错时开放另计，未注明开放方式的视为公共",
			ProvenanceEn: "Bays in use; private ones are not counted, off-hours ones apart, those that say nothing are public",
			fields:       []string{"name", "status", "kind", "access", "capacity", "accessible_capacity", "charging_capacity"},
			Kinds: []ServiceKind{
				{"motor", "机动车（公共）", "Motor vehicles, public", func(v values) bool { return v.text(2) == "motor" && v.open() }},
				{"motor_off_hours", "机动车（含错时开放）", "Motor vehicles, off hours too", func(v values) bool { return v.text(2) == "motor" && v.text(3) != "private" }},
				{"accessible", "无障碍泊位", "Accessible bays", func(v values) bool { return v.open() && v.number(5) > 0 }},
				{"charging", "充电泊位", "Charging bays", func(v values) bool { return v.open() && v.number(6) > 0 }},
				{"non_motor", "非机动车", "Bicycles", func(v values) bool { return v.text(2) == "non_motor" && v.open() }},
				{"shared_bike", "共享单车", "Shared bicycles", func(v values) bool { return v.text(2) == "shared_bike" && v.open() }},
			}},
		{ID: "barrier_free_ramp", Layer: "barrier_free_ramp", Title: "无障碍坡道", TitleEn: "Barrier-free ramps", RadiiM: []uint32{100, 200, 300},
			Provenance: "在用且未被占用的坡道，按处计", ProvenanceEn: "Ramps in use that nothing stands on, counted one by one",
			fields: []string{"name", "status", "kind", "occupied", "compliance"},
			Kinds: []ServiceKind{
				{"all", "全部坡道", "All ramps", func(v values) bool { return !v.yes(3) }},
				{"compliant", "达标坡道", "Compliant ramps", func(v values) bool { return !v.yes(3) && v.text(4) == "compliant" }},
				{"kerb", "缘石坡道", "Kerb ramps", func(v values) bool { return !v.yes(3) && v.text(2) == "kerb" }},
				{"wheelchair", "轮椅坡道", "Wheelchair ramps", func(v values) bool { return !v.yes(3) && v.text(2) == "wheelchair" }},
			}},
	}
}

// values are those of a feature, in the order of its service's fields.
type values []any

func (v values) text(i int) string {
	s, _ := v[i].(string)
	return s
}

func (v values) yes(i int) bool {
	b, _ := v[i].(bool)
	return b
}

func (v values) number(i int) float64 {
	switch n := v[i].(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// open tells whether a parking place is open to all at all hours; one that says nothing is.
func (v values) open() bool { return v.text(3) != "private" && v.text(3) != "off_hours" }

// usable tells whether a facility is in use: the status is the second field of every service.
func (v values) usable() bool { return v.usableAt(1) }

func (v values) usableAt(i int) bool {
	switch v.text(i) {
	case "", "intact", "damaged":
		return true
	}
	return false
}
