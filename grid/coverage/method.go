package coverage

import (
	"context"
	"fmt"
	"slices"

	"wangge/geo/walk"
)

// Method is how figures were made; it travels with them. 口径与方法。
type Method struct {
	ID                       string // walk or straight, and the version of the definitions
	Version                  int
	Revision                 uint64 // of the record
	Service, Kind            string
	Mode                     Mode
	Profile                  string // "" in straight mode
	Res                      int    // of the hexagons; 0 where an answer is about one place, and so are their numbers
	SnapLimitM               uint32 // 0 in straight mode
	LimitM                   uint32 // no distance beyond it is known
	RadiiM                   []uint32
	Hexagons                 int
	UnsnappedHexagons        int
	Streets, Islands         int
	Facilities               int // that count, on the network or not
	FacilitiesOffNetwork     int // of them: farther from every street than the snap limit, or behind barriers; they cover nothing
	Population               *PopulationMethod
	Thresholds               []Threshold // of the service's layer
	Changes                  int         // of the scenario
	Provenance, ProvenanceEn string
	Definitions              []Definition
}

// PopulationMethod is where the numbers of people come from and how they were dealt out.
type PopulationMethod struct {
	Source, AsOf   string  // of the rows that count; AsOf is a day, or the oldest and the newest with a / between them
	How            string  // id of the way
	Persons        float64 // in all
	OutsidePersons float64 // of them where the city has no hexagon
	Title, TitleEn string
}

// Definition is what a word of a result means.
type Definition struct{ ID, Zh, En string }

// methodVersion goes up whenever the same city and question may give other figures.
const methodVersion = 1

// Method is how figures of a question are made at radii; Res is that of the question, or the usual one. Errors: ErrNoService, ErrRadius.
func (b *Board) Method(ctx context.Context, q Question, radiiM []uint32) (Method, error) {
	if err := checkRadii(radiiM); err != nil {
		return Method{}, err
	}
	if q.Res == 0 {
		q.Res = usualRes
	}
	a, err := b.complete(q, "")
	if err != nil {
		return Method{}, err
	}
	return b.method(ctx, a, radiiM)
}

func (b *Board) method(ctx context.Context, a asked, radiiM []uint32) (Method, error) {
	m := Method{ID: fmt.Sprintf("%s-%d", a.Mode, methodVersion), Version: methodVersion, Revision: b.city.Revision(), Service: a.Service, Kind: a.Kind, Mode: a.Mode,
		Profile: a.Profile, LimitM: limitFor(radiiM) / mmPerM, RadiiM: slices.Clone(radiiM), Changes: len(b.changes),
		Provenance: a.service.Provenance, ProvenanceEn: a.service.ProvenanceEn, Definitions: definitionsOf(a.Mode)}
	sheet, err := b.Sheet(ctx, a.Res)
	if err != nil {
		return m, err
	}
	m.Res, m.Hexagons = sheet.Res, sheet.Len()
	chosen, err := b.choice(ctx, a)
	if err != nil {
		return m, err
	}
	for _, s := range chosen.all {
		if s.Usable {
			m.Facilities++
		}
	}
	m.FacilitiesOffNetwork = chosen.off
	for _, t := range b.city.Thresholds() {
		if t.Layer == a.service.Layer {
			m.Thresholds = append(m.Thresholds, t)
		}
	}
	who, err := b.people(ctx, a.Res, everybody)
	if err != nil {
		return m, err
	}
	if who.known() {
		how := who.how
		m.Population = &how
	}
	return m, b.describeNetwork(ctx, a, &m)
}

func (b *Board) describeNetwork(ctx context.Context, a asked, m *Method) error {
	s, err := b.streets(ctx)
	if err != nil {
		return err
	}
	m.Streets = len(s.lines)
	for i := range s.Findings {
		if s.Findings[i].Kind == walk.Island {
			m.Islands++
		}
	}
	if a.Mode == Straight {
		return nil
	}
	l, err := b.lay(ctx, a.Res, a.Profile)
	if err != nil {
		return err
	}
	m.SnapLimitM, m.UnsnappedHexagons = walk.SnapLimitMM/mmPerM, len(l.order)-l.on
	return nil
}

// definitionsOf are what the words of figures mean.
func definitionsOf(mode Mode) []Definition {
	out := []Definition{
		{"share", "覆盖率＝覆盖面积÷统计单元自身图形的椭球面积；六边形按与单元的精确相交面积分摊", "Share: covered area by the ellipsoidal area of the unit's own shape; hexagons are dealt out by exact intersection"},
		{"covered", "距离不大于服务半径即为覆盖；超出计算上限的距离只报“更远”", "Covered: the distance is at most the radius; beyond the limit of the search it is only told to be farther"},
		{"road", "道路覆盖长度按路段区间精确计算，不经六边形", "Covered street length is exact by stretches of streets, without hexagons"},
		{"population", "人口按建筑基底面积分摊到六边形，无建筑的按街道长度，再无则按面积；同一区域有多期统计的只取最新一期", "Persons are dealt out by building footprint, else by street length, else by area; of several counts of one region only the newest counts"},
		{"facility", "线、面设施取其上一点；完好与破损视为可用；距可步行道路 250 米以外或被阻隔的设施计数但不覆盖", "A line or an area counts at a place on it; intact and damaged ones are in use; one farther than 250 m from every street, or behind barriers, is counted and covers nothing"},
	}
	if mode == Straight {
		return append(out, Definition{"distance", "直线距离：六边形中心到设施的椭球面距离；直线方式不区分“无路网”", "Distance: from the centre of a hexagon to the facility on the ellipsoid; straight mode knows no class without network"})
	}
	return append(out,
		Definition{"distance", "步行距离＝到路垂距＋沿路距离＋设施到路垂距，整毫米；机动车单行对行人无约束", "Distance: off-street perpendicular, along the network, off-street perpendicular of the facility, in whole millimetres; one-way does not bind walkers"},
		Definition{"snap", "就近接入 250 米内、连线不穿越阻隔（水岸、铁路、围墙、不可步行的道路）的道路；没有则为“无路网”，既不算覆盖也不算未覆盖", "Places join the nearest street within 250 m whose connector crosses no barrier (bank, railway, wall, road not open to walkers); else they are without network, neither covered nor uncovered"},
		Definition{"ambiguous", "存疑：比最近道路远不超过 25 米的另一条路会改变是否覆盖", "Ambiguous: another street not more than 25 m farther than the nearest would change the class"})
}
