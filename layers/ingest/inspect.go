package ingest

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"wangge/layers"
)

// Inspection is what a look at a file tells before anything is read into the record: for somebody to confirm.
type Inspection struct {
	Format          Format        `json:"format"`
	Charset         *string       `json:"charset"`
	Charsets        []string      `json:"charsets"`
	Sheets          []SheetGuess  `json:"sheets"`
	Sheet           *string       `json:"sheet"`
	HeaderRow       int           `json:"header_row"` // from 1; 0 where there is none
	Preview         [][]string    `json:"preview"`
	Columns         []ColumnGuess `json:"columns"`
	Geometry        PositionGuess `json:"geometry"`
	Datum           DatumGuess    `json:"datum"`
	MissingRequired []string      `json:"missing_required"`
	Rows            int64         `json:"rows"`
	RowsExact       bool          `json:"rows_exact"` // false: there are more rows than were looked at
}

// SheetGuess is a sheet of a workbook or a layer of a file.
type SheetGuess struct {
	Name       string  `json:"name"`
	Rows       int64   `json:"rows"`
	LayerGuess *string `json:"layer_guess"`
}

// ColumnGuess is a column and the field that it seems to be.
type ColumnGuess struct {
	Heading string   `json:"heading"`
	Samples []string `json:"samples"`
	Filled  int64    `json:"filled"` // rows, of those that were looked at, with anything in the column
	Field   *string  `json:"field"`
	By      string   `json:"by"`
	Unit    *string  `json:"unit"`
	Units   []string `json:"units"`
}

// PositionGuess tells how the file says where things are.
type PositionGuess struct {
	Kind       string     `json:"kind"` // columns, wkt, file, none
	Lon        *string    `json:"lon,omitempty"`
	Lat        *string    `json:"lat,omitempty"`
	WKT        *string    `json:"wkt,omitempty"`
	Candidates []LonLatBy `json:"candidates"`
}

// LonLatBy is a pair of columns that may be coordinates.
type LonLatBy struct {
	Lon string `json:"lon"`
	Lat string `json:"lat"`
}

// DatumGuess tells which datum the file states, or which its numbers can be of.
type DatumGuess struct {
	Stated     *string          `json:"stated"`
	Needed     bool             `json:"needed"`
	AxesNeeded bool             `json:"axes_needed"` // of what was said: easting or northing first?
	Candidates []DatumCandidate `json:"candidates"`
	BBox       []float64        `json:"bbox"`    // of the numbers as they stand: minx, miny, maxx, maxy; null where there are none
	Problem    *string          `json:"problem"` // why what was said cannot be
	ProblemEn  *string          `json:"problem_en"`
}

// DatumCandidate is a system that the numbers can be of.
type DatumCandidate struct {
	Code    string  `json:"code"`
	Title   string  `json:"title"`
	TitleEn string  `json:"title_en"`
	Axes    string  `json:"axes"`
	Fits    float64 `json:"fits"` // the share of the positions that lie where they should
	Why     string  `json:"why"`
	WhyEn   string  `json:"why_en"`
}

// What a look takes.
const (
	previewRows  = 12
	previewCells = 60
	previewText  = 80 // runes
	sampleCount  = 5
	lookedRows   = 20_000
	guessedAt    = 500 // positions
)

// Inspect looks at a file: what it is, and what of it would become what. Its error is a *Fault where the file or the options are to blame.
func Inspect(ctx context.Context, f *File, o Options) (*Inspection, error) {
	in := &Inspection{Format: f.Format, Charsets: []string{}, Sheets: []SheetGuess{}, Preview: [][]string{}, Columns: []ColumnGuess{}, MissingRequired: []string{}, RowsExact: true}
	in.Geometry = PositionGuess{Kind: "file", Candidates: []LonLatBy{}}
	in.Datum.Candidates = []DatumCandidate{}
	l := &looker{in: in, o: o}
	var err error
	switch {
	case f.Format.fromOSM():
		stated := "CRS84"
		in.Datum.Stated, in.RowsExact = &stated, false
		return in, nil
	case f.Format.IsTable():
		err = l.table(ctx, f)
	case f.Format.byGDAL():
		err = l.gdal(ctx, f)
	default:
		err = l.geoJSON(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	l.required()
	l.guessDatum()
	return in, nil
}

// looker gathers what a look finds.
type looker struct {
	in      *Inspection
	o       Options
	m       *Mapper
	columns map[string]*ColumnGuess
	sample  []orb.Point
	box     orb.Bound
	places  int64
	stated  bool
}

// mapper is one for the layer, or for no layer yet: all columns are unknown then.
func (l *looker) mapper(columns []string) (*Mapper, error) {
	o := l.o
	if o.Layer == nil {
		if guess := guessLayer(columns); guess != "" {
			o.Layer = layers.ByID(guess)
		} else {
			o.Layer = layers.ByID("public_toilet") // any: nothing of it is known in the file
		}
		o.Maps, o.Sets, o.Remembered = nil, nil, nil
	}
	return newMapper(o, "look")
}

// begin lists the columns and what they seem to be.
func (l *looker) begin(columns []string, m *Mapper, positions ...string) {
	l.m = m
	l.columns = map[string]*ColumnGuess{}
	l.in.Columns = make([]ColumnGuess, len(columns))
	for i, name := range columns {
		c := m.column(name)
		guess := ColumnGuess{Heading: name, Samples: []string{}, By: c.by, Units: []string{}}
		if c.field != nil && (l.o.Layer != nil || l.in.layerGuess() != "") {
			guess.Field = &c.field.Name
			guess.Units = UnitsOf(c.field)
			if c.unit != nil {
				guess.Unit = &c.unit.name
			} else if len(guess.Units) > 0 {
				guess.Unit = &c.field.Unit
			}
		}
		if slices.Contains(positions, name) {
			guess.Field, guess.By = nil, ByNone
		}
		l.in.Columns[i] = guess
		l.columns[name] = &l.in.Columns[i]
	}
}

// layerGuess is the layer that the chosen sheet looks like.
func (in *Inspection) layerGuess() string {
	for _, s := range in.Sheets {
		if in.Sheet == nil || s.Name == *in.Sheet {
			if s.LayerGuess != nil {
				return *s.LayerGuess
			}
		}
	}
	return ""
}

// value notes a value of a column.
func (l *looker) value(name, text string) {
	c := l.columns[name]
	if c == nil || text == "" {
		return
	}
	c.Filled++
	if len(c.Samples) < sampleCount {
		if text = shortText(text); !slices.Contains(c.Samples, text) {
			c.Samples = append(c.Samples, text)
		}
	}
}

func shortText(s string) string {
	if r := []rune(s); len(r) > previewText {
		return string(r[:previewText]) + "…"
	}
	return s
}

// position notes where something is, as the numbers stand.
func (l *looker) position(g orb.Geometry) {
	p, ok := firstPoint(g)
	if !ok || math.IsNaN(p[0]+p[1]) || math.IsInf(p[0]+p[1], 0) {
		return
	}
	if len(l.sample) < guessedAt {
		l.sample = append(l.sample, p)
	}
	if l.places++; l.places == 1 {
		l.box = orb.Bound{Min: p, Max: p}
		return
	}
	l.box = l.box.Extend(p)
}
