package ingest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"wangge/layers"
)

// Mapper says what objects are in the catalogue, by the options of one import.
type Mapper struct {
	o        Options
	families []ready
	fills    map[string][]readyFill     // by layer
	needed   map[string][]*layers.Field // the required fields, by layer
	headings map[string]*layers.Field   // of the layer, by normalised heading
	sets     map[string]any
	columns  map[string]string // column of the file -> field, of --map; "" for nowhere
	known    map[string]column // what the columns met so far are
	table    bool              // a table of anybody's, in which nothing speaks OpenStreetMap
	exported bool              // the file is one of our own export
	stem     string
	bounds   int64                      // values of which the file has only a bound
	given    map[string]map[string]bool // layer -> field -> the file has something to say about it
}

// newMapper checks the options against the catalogue. Its error is a *Fault of the kind ErrUsage.
func newMapper(o Options, stem string) (*Mapper, error) {
	m := &Mapper{o: o, stem: stem, sets: map[string]any{}, columns: map[string]string{}, known: map[string]column{}, given: map[string]map[string]bool{}}
	var err error
	if m.families, err = makeReady(o.Layer); err != nil {
		return nil, err
	}
	m.fills, m.needed = readyFills(), requiredFields()
	if o.Layer == nil {
		if len(o.Maps)+len(o.Sets) > 0 {
			return nil, usage("--map 和 --set 需要同时用 --layer 指明图层", "--map and --set need a --layer")
		}
		return m, nil
	}
	m.headings = headings(o.Layer)
	for _, a := range o.Maps {
		if _, err := m.field(a.Field); err != nil && a.Field != "" {
			return nil, err
		}
		if a.Value == "" {
			return nil, usage("--map %[1]s= 缺少列名", "--map %[1]s= names no column", a.Field)
		}
		m.columns[a.Value] = a.Field
	}
	for _, a := range o.Sets {
		f, err := m.field(a.Field)
		if err != nil {
			return nil, err
		}
		v, _, err := m.loose(f, a.Value, nil)
		if err != nil || v == nil {
			return nil, usage("--set %[1]s=%[2]s：%[3]s", "--set %[1]s=%[2]s: %[3]s", a.Field, a.Value, choices(f))
		}
		m.sets[a.Field] = v
	}
	return m, nil
}

// field finds a field that an import may fill.
func (m *Mapper) field(name string) (*layers.Field, error) {
	f := m.o.Layer.Field(name)
	if f == nil || f.ReadOnly || f.Derive != nil {
		var names []string
		for _, f := range importable(m.o.Layer) {
			names = append(names, f.Name)
		}
		return nil, usage("图层 %[1]s 没有可导入的字段 %[2]q；可用：%[3]s", "layer %[1]s has no field %[2]q to import; there are: %[3]s",
			m.o.Layer.ID, name, strings.Join(names, ", "))
	}
	return f, nil
}

// choices says what a field takes.
func choices(f *layers.Field) string {
	if f.Type != layers.Enum {
		return string(f.Type)
	}
	var all []string
	for _, v := range f.Values {
		all = append(all, v.Code+" "+v.Label.Zh)
	}
	return strings.Join(all, ", ")
}

// importable lists the fields that files may fill.
func importable(l *layers.Layer) []*layers.Field {
	return slices.DeleteFunc(l.Columns(), func(f *layers.Field) bool { return f.ReadOnly })
}

// Given lists the fields of a layer that the file has had something to say about so far: an import writes these and no others.
func (m *Mapper) Given(layer string) []string {
	var names []string
	for name := range m.given[layer] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Remarks are what is to be said of the file as a whole, once it is read.
func (m *Mapper) Remarks() []Reject {
	if m.bounds == 0 {
		return nil
	}
	return []Reject{Rejected(0, "", m.o.Layer.ID, Bounded, strconv.FormatInt(m.bounds, 10))}
}

func (m *Mapper) give(layer, field string) {
	fields := m.given[layer]
	if fields == nil {
		fields = map[string]bool{}
		m.given[layer] = fields
	}
	fields[field] = true
}

// wanted tells whether any rule may want something with these tags.
func (m *Mapper) wanted(t tags) bool {
	return m.firstLayer(t) != ""
}

// Map says what an object is: features, or rejects. An error is a fault of the file.
func (m *Mapper) Map(o *object, fromOSM bool, to Taker) error {
	layer := ""
	if m.o.Layer != nil {
		layer = m.o.Layer.ID
	}
	if o.err != nil {
		code, detail, ok := reason(o.err)
		if !ok {
			return o.err
		}
		if fromOSM && layer == "" {
			layer = m.firstLayer(o.tags)
		}
		return to.Reject(o.rejected(layer, code, detail))
	}
	made, err := m.byRules(o, to)
	if made || err != nil || fromOSM {
		return err
	}
	if m.o.Layer == nil {
		return to.Reject(o.rejected("", NoLayer, ""))
	}
	return m.finish(o, m.o.Layer, nil, o.geometry, to)
}

// firstLayer is the layer that a broken object would have come to.
func (m *Mapper) firstLayer(t tags) string {
	for i := range m.families {
		if !m.families[i].mayMeet(t) {
			continue
		}
		for k := range m.families[i].rules {
			if rule := &m.families[i].rules[k]; rule.meets(t) {
				return rule.layer.ID
			}
		}
	}
	return ""
}

// byRules makes the features that the rules see in an object. made tells whether there was any, or a reject.
func (m *Mapper) byRules(o *object, to Taker) (made bool, err error) {
	if !o.osm {
		return false, nil
	}
	for i := range m.families {
		rule, g := m.families[i].find(o)
		switch {
		case rule == nil:
			continue
		case rule.reject != "":
			err = to.Reject(o.rejected(rule.layer.ID, rule.reject, o.tags["highway"]))
		default:
			err = m.finish(o, rule.layer, rule.set, g, to)
		}
		if made = true; err != nil {
			return true, err
		}
	}
	return made, nil
}

// find finds the first rule of a family that takes an object, with the object's geometry as the rule takes it.
func (r *ready) find(o *object) (*mapping, orb.Geometry) {
	if !r.mayMeet(o.tags) {
		return nil, nil
	}
	for i := range r.rules {
		rule := &r.rules[i]
		if !rule.meets(o.tags) {
			continue
		}
		if g, fits := rule.shape(o); fits {
			return rule, g
		}
	}
	return nil, nil
}

// finish fills the fields, checks the whole and hands it on.
func (m *Mapper) finish(o *object, l *layers.Layer, set map[string]any, g orb.Geometry, to Taker) error {
	f, err := m.feature(o, l, set, g)
	switch {
	case err == nil && f.Geometry == nil:
		return to.Aside(f)
	case err == nil:
		return to.Feature(f)
	}
	code, detail, ok := reason(err)
	if !ok {
		return err
	}
	return to.Reject(o.rejected(l.ID, code, detail))
}

func (m *Mapper) feature(o *object, l *layers.Layer, set map[string]any, g orb.Geometry) (*Feature, error) {
	f := &Feature{Layer: l, Row: o.row, Values: map[string]any{}, Address: o.address}
	extra := map[string]any{}
	var err error
	if o.osm {
		err = m.fillTags(o, f, set, extra)
	} else {
		err = m.fillColumns(o, f, extra)
	}
	if err != nil {
		return nil, err
	}
	for name, v := range m.sets {
		f.Values[name] = v
		m.give(l.ID, name)
	}
	m.part(o, f, extra)
	if len(extra) > 0 {
		f.Values["extra"] = cleanJSON(extra, 0)
	}
	m.give(l.ID, "extra")
	if err := m.locate(o, f, g); err != nil {
		return nil, err
	}
	if err := m.required(f); err != nil {
		return nil, err
	}
	if err := m.check(f); err != nil {
		return nil, err
	}
	m.identify(o, f)
	return f, nil
}

// locate gives a feature its geometry: its own, or that of the region that it is the whole of. One without either has to say enough to be found later.
func (m *Mapper) locate(o *object, f *Feature, g orb.Geometry) (err error) {
	switch {
	case o.nowhere && f.Layer.Whole != "":
		return m.spread(f)
	case o.nowhere:
		return m.nameable(f)
	case reversed(o, f.Layer):
		g = reverse(g)
	}
	f.Geometry, err = coerce(f.Layer, g)
	return err
}

// nameable refuses what nobody could put on the map later: without coordinates, name and address.
func (m *Mapper) nameable(f *Feature) error {
	if name, _ := f.Values["name"].(string); name == "" && f.Address == "" {
		return refuse(NoPosition, "")
	}
	return nil
}

// check holds the values of a file of anybody's against the catalogue: ranges, lengths, days in their order.
func (m *Mapper) check(f *Feature) error {
	extra := f.Values["extra"]
	delete(f.Values, "extra") // bounded already, and it takes long
	faults := f.Layer.Check(f.Values, false)
	if extra != nil {
		f.Values["extra"] = extra
	}
	if len(faults) == 0 {
		return nil
	}
	return refuse(BadValue, strings.TrimPrefix(faults[0].Pointer, "/properties/")+"："+faults[0].Zh+" / "+faults[0].En)
}

// requiredFields lists what each layer requires. The record itself knows defaults for some.
func requiredFields() map[string][]*layers.Field {
	all := map[string][]*layers.Field{}
	for _, l := range slices.Concat(layers.Catalogue(), layers.Reference()) {
		all[l.ID] = slices.DeleteFunc(importable(l), func(f *layers.Field) bool { return !f.Required })
	}
	return all
}

// required refuses a feature that lacks what its layer requires.
func (m *Mapper) required(f *Feature) error {
	for _, field := range m.needed[f.Layer.ID] {
		if f.Values[field.Name] == nil {
			return refuse(RequiredMissing, field.Name+" "+field.Title.Zh)
		}
	}
	return nil
}

// fillTags fills fields from the tags of OpenStreetMap: what the rule sets, then what single tags say, then --map.
func (m *Mapper) fillTags(o *object, f *Feature, set map[string]any, extra map[string]any) error {
	for name, v := range set {
		f.Values[name] = v
		m.give(f.Layer.ID, name)
	}
	var used []string
	filled := "" // the fills of a field follow each other: the first that can be read holds
	for _, fill := range m.fills[f.Layer.ID] {
		m.give(f.Layer.ID, fill.field)
		if fill.field == filled {
			continue
		}
		if name, v, ok := fill.value(o.tags); ok {
			used, filled = append(used, name), fill.field
			if !keeps(fill.field, set, f.Values) {
				f.Values[fill.field] = v
			}
		}
	}
	for column, name := range m.columns {
		m.give(f.Layer.ID, name)
		v, err := m.tagValue(f.Layer.Field(name), f.Layer.ID, o.tags[column])
		if err != nil {
			return err
		}
		if v != nil {
			f.Values[name] = v
			used = append(used, column)
		}
	}
	for name, value := range o.tags {
		if !slices.Contains(used, name) && !telling[name] {
			extra[name] = value
		}
	}
	return nil
}

// keeps tells which facts of a rule no single tag may overrule: a closed road stays closed and is not walked.
func keeps(field string, set, values map[string]any) bool {
	switch field {
	case "status":
		return set["status"] != nil
	case "walkable":
		return values["status"] == "closed" || values["status"] == "abandoned"
	}
	return false
}

// telling are the tags that the rules have told already.
var telling = map[string]bool{"type": true, "area": true}

// readyFill is a fill made ready.
type readyFill struct {
	field string
	from  []string
	read  reading
}

// readyFills makes the fills of all layers ready, those of everywhere last, without those for fields that a layer has not.
func readyFills() map[string][]readyFill {
	all := map[string][]readyFill{}
	for _, l := range slices.Concat(layers.Catalogue(), layers.Reference()) {
		for _, f := range slices.Concat(osmFields[l.ID], everywhere) {
			if l.Field(f.field) != nil {
				all[l.ID] = append(all[l.ID], readyFill{f.field, strings.Fields(f.from), f.read})
			}
		}
	}
	return all
}

// value reads the first tag of a fill that can be read.
func (f *readyFill) value(t tags) (name string, v any, ok bool) {
	for _, name := range f.from {
		if value, has := t[name]; has {
			if v, ok := f.read(value); ok {
				return name, v, true
			}
		}
	}
	return "", nil, false
}

// tagValue reads a tag for --map: as the field's type, else as the field's fill of the layer reads tags.
func (m *Mapper) tagValue(f *layers.Field, layer, value string) (any, error) {
	if f.Name == "kind" && layer == "region" {
		if kind, ok := adminKind(value); ok {
			return kind, nil
		}
	}
	if (f.Name == "code" || f.Name == "parent_code") && layer == "region" {
		if code, ok := divisionCode(value); ok {
			return code, nil
		}
	}
	v, err := fieldValue(f, value)
	if err == nil {
		return v, nil
	}
	for _, fill := range m.fills[layer] {
		if fill.field == f.Name {
			if v, ok := fill.read(value); ok {
				return v, nil
			}
		}
	}
	return nil, err
}

// adminKind reads OpenStreetMap's admin_level as it is used in China.
func adminKind(level string) (string, bool) {
	kind, ok := map[string]string{"4": "province", "5": "city", "6": "county", "7": "street", "8": "street", "9": "community", "10": "community"}[level]
	return kind, ok
}

// fillColumns fills fields of the layer from the columns of a table of anybody's.
func (m *Mapper) fillColumns(o *object, f *Feature, extra map[string]any) error {
	m.exported = m.exported || ownExport(func(name string) bool { _, has := o.props[name]; return has })
	var bounds map[string]any
	for name, value := range o.props {
		c := m.column(name)
		switch {
		case c.drop:
			continue
		case c.extra:
			m.takeExtra(value, extra)
			continue
		case c.field == nil:
			if value = extraValue(value); value != nil {
				extra[name] = value
			}
			continue
		}
		m.give(f.Layer.ID, c.field.Name)
		v, bound, err := m.columnValue(c, f.Layer.ID, value)
		if err != nil {
			return err
		}
		if v != nil {
			f.Values[c.field.Name] = v
		}
		if bound != "" {
			if bounds == nil {
				bounds = map[string]any{}
			}
			bounds[c.field.Name] = bound
			m.bounds++
		}
	}
	if bounds != nil {
		extra["bounds"] = bounds
	}
	return nil
}

// extraValue is what extra keeps of a value that no field takes; nil for nothing.
func extraValue(value any) any {
	switch v := value.(type) {
	case flawed:
		return nil
	case cellNumber:
		return json.Number(v.text)
	case string:
		if strings.TrimSpace(v) == "" {
			return nil
		}
	}
	return value
}

// takeExtra takes over the object that an export of ours wrote.
func (m *Mapper) takeExtra(value any, extra map[string]any) {
	object, ok := objectValue(value)
	if !ok {
		return
	}
	for name, v := range object.(map[string]any) {
		extra[name] = v
	}
}

func (m *Mapper) columnValue(c column, layer string, value any) (any, string, error) {
	if s, ok := scalarText(value); ok && layer == "region" && s != "" {
		v, err := m.tagValue(c.field, layer, s)
		return v, "", err
	}
	return m.loose(c.field, value, c.unit)
}
