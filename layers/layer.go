package layers

// Text is a label in both languages of the product.
type Text struct {
	Zh, En string
}

// Kind is a kind of geometry, by the name that PostGIS and GeoJSON give it.
type Kind string

// The kinds that layers hold.
const (
	Point           Kind = "Point"
	LineString      Kind = "LineString"
	MultiLineString Kind = "MultiLineString"
	Polygon         Kind = "Polygon"
	MultiPolygon    Kind = "MultiPolygon"
)

// Layer declares one layer: its table, what its features are, and how they are shown.
type Layer struct {
	ID         string // collection id and tile-layer id
	Table      string
	Only       *Only // the rows of the table that belong to the layer; nil for all
	Title      Text
	Geometry   []Kind
	Fields     []Field  // own fields first, then the shared ones
	FirstZoom  int      // the first zoom at which features are drawn one by one
	ZoomBy     *ZoomBy  // where the first zoom depends on a class
	Provenance Text     // 口径: whose ledger, how complete; printed with every figure
	Collection bool     // a collection of the inventory; false for reference
	Group      Group    // where the layer panel lists it
	Hidden     bool     // not shown on the map until switched on
	Labels     *Labels  // which areas have a label point; nil for all
	Density    *Density // what stands in for features not drawn one by one; nil for nothing
	Drawings   []Drawing
	Legend     []LegendItem
	Orders     []Order  // days that may not come before others
	Roadside   bool     // its features lie at the edge of a street: what lies elsewhere may be shifted
	Filed      bool     // reference that offices bring as files: it may be imported by the service too, by who writes everywhere
	Whole      string   // the field that names the region of which a row is the whole; "" for none: every row has its own place
	Subject    []string // the fields that say what kind of thing a feature is, coarse first: thresholds and code classes go by their values
}

// Only restricts a layer to the rows of its table in which Column has Value.
type Only struct {
	Column, Value string
}

// ZoomBy gives the first zoom of a feature by one of its enumerated fields.
type ZoomBy struct {
	Field string
	Zoom  map[string]int
}

// Group is a heading of the layer panel.
type Group string

// The headings of the layer panel.
const (
	GroupInventory Group = "inventory"
	GroupNet       Group = "net"
	GroupReference Group = "reference"
)

// Type is the type of a field's values.
type Type string

// The types of fields. Enum values are text from Field.Values; Object is a JSON object; Date is a calendar day, ISO 8601.
const (
	String  Type = "string"
	Integer Type = "integer"
	Number  Type = "number"
	Boolean Type = "boolean"
	Date    Type = "date"
	Time    Type = "time"
	Enum    Type = "enum"
	Object  Type = "object"
)

// Access tells who may see a field.
type Access int

// Public fields are seen by everybody, internal ones by staff. The zero value is Public: what must not be shown says so.
const (
	Public Access = iota
	Internal
)

// Field declares one property of a feature.
type Field struct {
	Name       string // of the column and of the property
	Type       Type
	Title      Text
	Unit       string // UCUM: m, m2, 1; empty where there is none
	Values     []Value
	Standard   string // where the term or code table comes from
	Access     Access
	Filterable bool
	Tile       bool // sent in tiles
	Held       bool // kept in memory, though neither tiles nor filters have it; an object as its text
	Required   bool
	ReadOnly   bool     // kept by the record itself
	Aliases    []string // other headings by which imports know it
	Derive     Derive   // computes the value; nil for a column
	Range      *Range   // of numbers; nil for any
	Members    Type     // of an object's members; "" for any
	Default    any      // what the column holds where nothing is said; nil for NULL
}

// Value is one entry of an enumeration.
type Value struct {
	Code  string
	Label Text
}

// Derive computes a derived field from the other fields of a row (nil where empty) and the rules in force.
// It returns nil where nothing can be said.
type Derive func(field func(name string) any, rules *Rules) any

// Field finds a field by name, or nil.
func (l *Layer) Field(name string) *Field {
	for i := range l.Fields {
		if l.Fields[i].Name == name {
			return &l.Fields[i]
		}
	}
	return nil
}

// Columns lists the fields that are columns, in catalogue order.
func (l *Layer) Columns() []*Field {
	var columns []*Field
	for i := range l.Fields {
		if l.Fields[i].Derive == nil {
			columns = append(columns, &l.Fields[i])
		}
	}
	return columns
}

// TileFields lists the fields that tiles carry, in catalogue order.
func (l *Layer) TileFields() []*Field {
	var fields []*Field
	for i := range l.Fields {
		if l.Fields[i].Tile {
			fields = append(fields, &l.Fields[i])
		}
	}
	return fields
}

// Holds tells whether features of the layer may have geometry of a kind.
func (l *Layer) Holds(k Kind) bool {
	for _, g := range l.Geometry {
		if g == k {
			return true
		}
	}
	return false
}

// Lowest is the first zoom at which any feature of the layer is drawn.
func (l *Layer) Lowest() int {
	lowest := l.FirstZoom
	if l.ZoomBy != nil {
		for _, z := range l.ZoomBy.Zoom {
			lowest = min(lowest, z)
		}
	}
	return lowest
}

// Latest is the first zoom at which all features of the layer are drawn.
func (l *Layer) Latest() int {
	latest := l.FirstZoom
	if l.ZoomBy != nil {
		for _, z := range l.ZoomBy.Zoom {
			latest = max(latest, z)
		}
	}
	return latest
}

// Has tells whether code is a value of the enumeration.
func (f *Field) Has(code string) bool {
	for _, v := range f.Values {
		if v.Code == code {
			return true
		}
	}
	return false
}
