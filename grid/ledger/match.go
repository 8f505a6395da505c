package ledger

import (
	"strings"

	"wangge/grid"
)

// Target is something that a ledger can mean.
type Target struct {
	grid.Target
	Code, Name, Scheme, Region string
	Term                       grid.Term // Until
}

// Directory knows what the names of a ledger mean: targets, roles, departments and people.
type Directory struct {
	targets map[grid.TargetKind]map[string][]Target // by code, by name, by key of the name
	schemes map[string]string                       // code by code and title
	roles   map[string]string
	depts   map[string]string
	people  map[string][]*Known // by name
	codes   map[string]*Known
}

// Known is a person of the record, or one that the ledger made.
type Known struct {
	grid.Holder
	Fresh bool // the ledger made it
}

// NewDirectory makes a directory. schemes are titles by code.
func NewDirectory(targets []Target, schemes map[string]string, roles []grid.Role, depts []grid.Department) *Directory {
	d := &Directory{targets: map[grid.TargetKind]map[string][]Target{}, schemes: map[string]string{}, roles: map[string]string{}, depts: map[string]string{},
		people: map[string][]*Known{}, codes: map[string]*Known{}}
	for _, t := range targets {
		if d.targets[t.Kind] == nil {
			d.targets[t.Kind] = map[string][]Target{}
		}
		for _, key := range distinct(mark(byCode, t.Code), mark(byName, grid.Plain(t.Name)), mark(byKey, NameKey(t.Name))) {
			d.targets[t.Kind][key] = append(d.targets[t.Kind][key], t)
		}
	}
	for code, title := range schemes {
		d.schemes[code], d.schemes[grid.Plain(title)] = code, code
	}
	for _, r := range roles {
		d.roles[r.Code], d.roles[grid.Plain(r.Title)], d.roles[strings.ToLower(r.TitleEn)] = r.Code, r.Code, r.Code
	}
	for _, x := range depts {
		d.depts[x.Code], d.depts[grid.Plain(x.Name)], d.depts[bare(x.Name)] = x.Code, x.Code, x.Code
	}
	return d
}

// The ways in which a target can be found, the surest first.
const (
	byCode = "code"
	byName = "name"
	byKey  = "key"
)

// mark keeps codes apart from names; "" stays "".
func mark(how, text string) string {
	if text == "" {
		return ""
	}
	return how + "\x00" + text
}

func distinct(keys ...string) (out []string) {
	for _, k := range keys {
		if k != "" {
			out = append(out, k)
		}
	}
	return out
}

// bare is a name of a department without the remark that it is a sample.
func bare(name string) string {
	name = grid.Plain(name)
	return strings.TrimSuffix(name, "(示例)")
}

// Role is the role that a ledger means.
func (d *Directory) Role(text string) (code string, ok bool) {
	code, ok = d.roles[strings.ToLower(text)]
	if !ok {
		code, ok = d.roles[text]
	}
	return code, ok
}

// Dept is the department that a ledger means; ok is false for one that the record does not have.
func (d *Directory) Dept(text string) (code string, ok bool) {
	if text == "" {
		return "", true
	}
	for _, key := range []string{text, ReadCode(text), bare(text)} {
		if code, ok = d.depts[key]; ok {
			return code, true
		}
	}
	return "", false
}

// Find is what a ledger means by the target of a duty: one, or all segments of a road of that name. scheme, a code, narrows grids where the ledger does
// not say of which net they are. A reason says why nothing is meant for sure.
func (d *Directory) Find(w Want, scheme string) (found []Target, reason, reasonEn string) {
	if w.Scheme != "" {
		code, ok := d.schemes[w.Scheme]
		if !ok {
			return nil, "没有这个网格方案：" + w.Scheme, "no such scheme: " + w.Scheme
		}
		scheme = code
	}
	for _, key := range distinct(mark(byCode, ReadCode(w.Target)), mark(byName, w.Target), mark(byKey, NameKey(w.Target))) {
		found = nil
		for _, t := range d.targets[w.Kind][key] {
			if scheme == "" || w.Kind != grid.TargetGrid || t.Scheme == scheme {
				found = append(found, t)
			}
		}
		switch {
		case len(found) == 1, len(found) > 1 && w.Kind == grid.TargetRoad && strings.HasPrefix(key, byName):
			return found, "", ""
		case len(found) > 1:
			return nil, "有几个对象都叫 " + w.Target + "，请写编号或网格方案", "several targets are called " + w.Target + ": give the code or the scheme"
		}
	}
	return nil, "没有这个" + kindTitle(w.Kind) + "：" + w.Target, "no such " + string(w.Kind) + ": " + w.Target
}

func kindTitle(k grid.TargetKind) string {
	switch k {
	case grid.TargetGrid:
		return "网格"
	case grid.TargetRoad:
		return "道路"
	case grid.TargetAlley:
		return "街巷"
	case grid.TargetPlace:
		return "点位"
	}
	return "区域"
}

// Add makes a person known.
func (d *Directory) Add(k *Known) {
	d.people[k.Name] = append(d.people[k.Name], k)
	d.codes[k.Code] = k
}

// Person is whom a ledger means: by staff number, else by name and phone, else by name and department where the record has no other phone. nil is
// somebody new. A reason says why it is not sure.
func (d *Directory) Person(e Entry, dept string) (who *Known, reason, reasonEn string) {
	if e.Code != "" {
		k := d.codes[e.Code]
		if k != nil && k.Name != e.Name {
			return nil, "工号 " + e.Code + " 已属他人", "the staff number " + e.Code + " is another's"
		}
		return k, "", ""
	}
	for _, k := range d.people[e.Name] {
		if e.Phone != "" && k.Phone == e.Phone {
			return k, "", ""
		}
	}
	var likely []*Known
	for _, k := range d.people[e.Name] {
		same := dept == "" || k.Dept == dept
		switch {
		case same && (e.Phone == "" || k.Phone == ""):
			likely = append(likely, k)
		case same && dept != "" && !k.Fresh:
			return nil, "同部门有同名者，电话不同：请补工号", "somebody of that name and department has another phone: give the staff number"
		}
	}
	if len(likely) > 1 {
		return nil, "有几个同名者：请补工号、电话或部门", "several have that name: give staff number, phone or department"
	}
	if len(likely) == 1 {
		return likely[0], "", ""
	}
	return nil, "", ""
}
