package coverage

import (
	"fmt"
	"strconv"
	"strings"

	"wangge/geo/walk"
)

// write puts an explanation into a sentence.
func (e *explainer) write() {
	what, whatEn := e.service.Title, strings.ToLower(e.service.TitleEn)
	switch {
	case e.Class == NoNetwork:
		e.Sentence = fmt.Sprintf("%d 米内没有可以接入的步行道路（过远或被阻隔），既不算覆盖也不算未覆盖%s。", walk.SnapLimitMM/mmPerM, e.crow("；最近的设施为%s，直线 %s"))
		e.SentenceEn = fmt.Sprintf("No street to walk on within %d m, or barriers before all of them: neither covered nor uncovered%s.", walk.SnapLimitMM/mmPerM, e.crowEn("; the nearest facility is %s, %s in a straight line"))
	case e.Straight == nil:
		e.Sentence, e.SentenceEn = fmt.Sprintf("没有可用的%s。", what), fmt.Sprintf("There are no %s in use.", whatEn)
	case e.Facility == nil:
		e.Sentence = fmt.Sprintf("%s %s内没有%s%s。", e.how(), whole(e.field.limitMM), what, e.crow("；最近的为%s，直线 %s")+e.parted("，直线穿越阻隔"))
		e.SentenceEn = fmt.Sprintf("No %s within %s %s%s.", whatEn, wholeEn(e.field.limitMM), e.howEn(), e.crowEn("; the nearest is %s, %s in a straight line")+e.parted(", across a barrier"))
	default:
		e.Sentence = fmt.Sprintf("%s %s到%s%s%s%s。", e.how(), whole(e.DistanceMM), e.nameZh(e.Facility), e.verdict(), e.legsZh(), e.detourZh()+e.parted("，到最近设施的直线穿越阻隔"))
		e.SentenceEn = fmt.Sprintf("%s %s to %s%s%s%s.", wholeEn(e.DistanceMM), e.howEn(), e.nameEn(e.Facility), e.verdictEn(), e.legsEn(), e.detourEn()+e.parted(", the straight way to the nearest facility crosses a barrier"))
	}
}

func (e *explainer) how() string {
	if e.Mode == Straight {
		return "直线"
	}
	return "步行"
}

func (e *explainer) howEn() string {
	if e.Mode == Straight {
		return "in a straight line"
	}
	return "on foot"
}

// whole is a distance in metres.
func whole(mm uint32) string { return strconv.Itoa(metresOf(mm)) + " 米" }

func wholeEn(mm uint32) string { return strconv.Itoa(metresOf(mm)) + " m" }

func metresOf(mm uint32) int { return int((uint64(mm) + mmPerM/2) / mmPerM) }

func (e *explainer) nameZh(f *Facility) string {
	if f.Name != "" {
		return "“" + f.Name + "”"
	}
	return fmt.Sprintf("%s %d 号", e.service.Title, f.ID)
}

func (e *explainer) nameEn(f *Facility) string {
	if f.Name != "" {
		return "“" + f.Name + "”"
	}
	return fmt.Sprintf("%s %d", e.service.TitleEn, f.ID)
}

func (e *explainer) verdict() string {
	if e.Class == Covered {
		return fmt.Sprintf("，在 %d 米服务半径内", e.RadiusM)
	}
	return fmt.Sprintf("，超出 %d 米服务半径", e.RadiusM)
}

func (e *explainer) verdictEn() string {
	if e.Class == Covered {
		return fmt.Sprintf(", within %d m", e.RadiusM)
	}
	return fmt.Sprintf(", beyond %d m", e.RadiusM)
}

// tongue is how a way is told in a language: what it begins with, what stands between its legs, and the legs themselves.
type tongue struct {
	begin, between string
	off, unnamed   func(mm uint32) string
	named          func(name string, mm uint32) string
}

func (e *explainer) legsZh() string {
	return e.way(tongue{"：", "、",
		func(mm uint32) string { return "离路 " + whole(mm) }, func(mm uint32) string { return "沿无名路 " + whole(mm) },
		func(name string, mm uint32) string { return "沿" + name + " " + whole(mm) }})
}

func (e *explainer) legsEn() string {
	return e.way(tongue{": ", ", ",
		func(mm uint32) string { return wholeEn(mm) + " off the street" }, func(mm uint32) string { return wholeEn(mm) + " along streets without a name" },
		func(name string, mm uint32) string { return wholeEn(mm) + " along " + name }})
}

// way tells the way street by street, streets without a name that follow each other as one. Legs shorter than half a metre are not worth a word.
func (e *explainer) way(t tongue) string {
	if e.Mode == Straight {
		return ""
	}
	var parts []string
	for i, nameless := 0, uint32(0); i < len(e.Legs); i++ {
		l := e.Legs[i]
		if l.Street && l.Name == "" {
			nameless += l.MM
			if i+1 < len(e.Legs) && e.Legs[i+1].Street && e.Legs[i+1].Name == "" {
				continue
			}
			l.MM, nameless = nameless, 0
		}
		switch {
		case metresOf(l.MM) == 0:
		case !l.Street:
			parts = append(parts, t.off(l.MM))
		case l.Name == "":
			parts = append(parts, t.unnamed(l.MM))
		default:
			parts = append(parts, t.named(l.Name, l.MM))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return t.begin + strings.Join(parts, t.between)
}

func (e *explainer) detourZh() string {
	if e.Mode == Straight || e.Detour == 0 {
		return ""
	}
	return fmt.Sprintf("；直线 %s，绕行系数 %.2f", whole(e.StraightMM), e.Detour)
}

func (e *explainer) detourEn() string {
	if e.Mode == Straight || e.Detour == 0 {
		return ""
	}
	return fmt.Sprintf("; %s in a straight line, detour factor %.2f", wholeEn(e.StraightMM), e.Detour)
}

// crow tells of the nearest facility as the crow flies.
func (e *explainer) crow(format string) string {
	if e.Straight == nil {
		return ""
	}
	return fmt.Sprintf(format, e.nameZh(e.Straight), whole(e.StraightMM))
}

func (e *explainer) crowEn(format string) string {
	if e.Straight == nil {
		return ""
	}
	return fmt.Sprintf(format, e.nameEn(e.Straight), wholeEn(e.StraightMM))
}

func (e *explainer) parted(words string) string {
	if e.Barrier == nil {
		return ""
	}
	return words
}
