package coverage

import (
	"fmt"
	"math"

	"wangge/geo"
)

// Bounds of what a Change says.
const (
	maxNameRunes  = 100
	maxSupply     = 1e6
	maxLinePoints = 1000
)

// checker finds what is wrong with changes.
type checker struct {
	b      *Board
	added  map[string]int64 // by service: how many facilities the scenario has added before
	at     string           // pointer of the change that is looked at
	faults Faults
}

func (b *Board) check(changes []Change) Faults {
	c := checker{b: b, added: map[string]int64{}}
	for _, old := range b.changes {
		if old.Op == OpAdd {
			c.added[old.Service]++
		}
	}
	for i, change := range changes {
		c.at = fmt.Sprintf("/%d", i)
		c.change(change)
	}
	return c.faults
}

func (c *checker) fault(field, zh, en string) {
	c.faults = append(c.faults, Fault{c.at + field, zh, en})
}

func (c *checker) change(x Change) {
	if n := len([]rune(x.Name)); n > maxNameRunes {
		c.fault("/name", fmt.Sprintf("名称不超过 %d 字", maxNameRunes), fmt.Sprintf("a name has at most %d characters", maxNameRunes))
	}
	if x.Supply != nil && !(*x.Supply >= 0 && *x.Supply <= maxSupply) {
		c.fault("/supply", "供给数量应在 0 至 1000000 之间", "supply is between 0 and 1,000,000")
	}
	switch x.Op {
	case OpAdd, OpClose, OpMove:
		c.facility(x)
	case OpCloseStreet, OpOpenStreet:
		c.street(x)
	default:
		c.fault("/op", "操作应为 add、close、move、close_street、open_street 之一", "op is one of add, close, move, close_street, open_street")
	}
}

func (c *checker) facility(x Change) {
	service, err := FindService(x.Service)
	if err != nil {
		c.fault("/service", "没有此服务", "no such service")
		return
	}
	switch {
	case x.Op == OpClose:
	case x.At == nil:
		c.fault("/at", "缺少位置", "a position is missing")
	case geo.CheckLonLat(x.At[0], x.At[1]) != nil || !isPlace(*x.At):
		c.fault("/at", "位置应为 [经度, 纬度]，在中国范围内", "a position is [longitude, latitude], in China")
	}
	if x.Op == OpAdd {
		c.added[x.Service]++
		return
	}
	if x.ID < 0 && -x.ID <= c.added[x.Service] {
		return
	}
	if _, found := c.b.city.Feature(service.Layer, x.ID, service.fields); !found || x.ID < 0 {
		c.fault("/id", "没有此设施", "no such facility")
	}
}

func (c *checker) street(x Change) {
	if x.Op == OpOpenStreet && x.Street == "" {
		c.line(x)
		return
	}
	layer, id, ok := parseStreet(x.Street)
	if !ok {
		c.fault("/street", "道路应写作 road:编号 或 back_alley:编号", "a street is written road:<id> or back_alley:<id>")
		return
	}
	if _, found := c.b.city.Feature(layer, id, streetFields[layer]); !found {
		c.fault("/street", "没有此道路", "no such street")
	}
}

func (c *checker) line(x Change) {
	if len(x.Line) < 2 || len(x.Line) > maxLinePoints {
		c.fault("/line", fmt.Sprintf("线应有 2 至 %d 个点", maxLinePoints), fmt.Sprintf("a line has 2 to %d positions", maxLinePoints))
		return
	}
	for i, p := range x.Line {
		if math.IsNaN(p[0]+p[1]) || geo.CheckLonLat(p[0], p[1]) != nil {
			c.fault(fmt.Sprintf("/line/%d", i), "位置应为 [经度, 纬度]，在中国范围内", "a position is [longitude, latitude], in China")
			return
		}
	}
}
