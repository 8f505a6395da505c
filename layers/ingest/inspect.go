package ingest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"wangge/geo/datum"
	"wangge/layers"
	"wangge/layers/sheet"
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

// table looks at a ledger.
func (l *looker) table(ctx context.Context, f *File) error {
	book, err := openLedger(ctx, f, &l.o)
	if err != nil {
		return err
	}
	defer book.close()
	if err := l.sheets(ctx, f, book); err != nil {
		return err
	}
	head, err := book.head(ctx, book.sheet, &l.o)
	if err != nil {
		return err
	}
	if head.row == 0 {
		return noHeader()
	}
	l.in.HeaderRow = head.row
	if err := l.preview(ctx, book); err != nil {
		return err
	}
	m, err := l.mapper(head.columns)
	if err != nil {
		return err
	}
	t, _, err := m.openTable(ctx, book)
	if err != nil {
		return err
	}
	l.positions(t)
	return l.rows(ctx, book, t, head.row)
}

// sheets lists the sheets with the layers that they look like.
func (l *looker) sheets(ctx context.Context, f *File, book *ledger) error {
	if f.Format == CSV {
		charset, others := book.book.Charset()
		l.in.Charset = &charset
		l.in.Charsets = append([]string{charset}, others...)
		for _, c := range sheet.Charsets() {
			if !slices.Contains(l.in.Charsets, c) {
				l.in.Charsets = append(l.in.Charsets, c)
			}
		}
	}
	for i, info := range book.book.Sheets() {
		open := l.o
		open.Layer, open.HeaderRow = nil, 0
		head, err := book.head(ctx, i, &open)
		if err != nil {
			return err
		}
		guess := SheetGuess{Name: info.Name}
		if layer := guessLayer(head.columns); layer != "" {
			guess.LayerGuess = &layer
		}
		if guess.Rows, err = book.count(ctx, i, head.row); err != nil {
			return err
		}
		l.in.Sheets = append(l.in.Sheets, guess)
	}
	if f.Format != CSV {
		l.in.Sheet = &l.in.Sheets[book.sheet].Name
	}
	return nil
}

// count counts the rows of a sheet behind its headings, up to a bound.
func (l *ledger) count(ctx context.Context, n, after int) (rows int64, err error) {
	err = l.book.Rows(ctx, n, func(line sheet.Line) error {
		if line.Number > after {
			rows++
		}
		if rows >= lookedRows {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, sheetFault(err)
}

// guessLayer is the layer that has fields for the most of some columns, more than one of them its own; "" for none.
func guessLayer(columns []string) string {
	best, most := "", 0
	joined := strings.Join(columns, " ")
	for _, l := range layers.Catalogue() {
		known, score, own := headings(l), 0, 0
		for _, c := range columns {
			f, _ := findHeading(known, heading(c))
			if f == nil {
				continue
			}
			score++
			if i := slices.IndexFunc(l.Fields, func(g layers.Field) bool { return g.Name == "code" }); i > 0 && slices.IndexFunc(l.Fields, func(g layers.Field) bool { return g.Name == f.Name }) < i {
				own++
			}
		}
		if strings.Contains(joined, l.Title.Zh) {
			own += 2
		}
		if own > 0 && score+2*own > most {
			best, most = l.ID, score+2*own
		}
	}
	return best
}

// preview shows the first rows as they stand.
func (l *looker) preview(ctx context.Context, book *ledger) error {
	err := book.book.Rows(ctx, book.sheet, func(line sheet.Line) error {
		for len(l.in.Preview) < line.Number-1 && len(l.in.Preview) < previewRows {
			l.in.Preview = append(l.in.Preview, []string{})
		}
		if len(l.in.Preview) >= previewRows {
			return errEnough
		}
		row := []string{}
		for _, c := range line.Cells[:min(len(line.Cells), previewCells)] {
			row = append(row, shortText(clean(c.Text)))
		}
		l.in.Preview = append(l.in.Preview, row)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return sheetFault(err)
}

// positions tells which columns positions are in.
func (l *looker) positions(t *tableReader) {
	g := &l.in.Geometry
	name := func(i int) *string {
		if i < 0 {
			return nil
		}
		return &t.columns[i]
	}
	g.Lon, g.Lat, g.WKT = name(t.at.lon), name(t.at.lat), name(t.at.wkt)
	switch {
	case g.WKT != nil:
		g.Kind = "wkt"
	case g.Lon != nil:
		g.Kind = "columns"
	default:
		g.Kind = "none"
	}
	for _, p := range coordinatePairs(t.columns) {
		g.Candidates = append(g.Candidates, LonLatBy{t.columns[p[0]], t.columns[p[1]]})
	}
	var taken []string
	for _, one := range []*string{g.Lon, g.Lat, g.WKT} {
		if one != nil {
			taken = append(taken, *one)
		}
	}
	l.begin(t.columns, t.m, taken...)
}

// rows looks at the rows behind the headings.
func (l *looker) rows(ctx context.Context, book *ledger, t *tableReader, after int) error {
	t.conv = &converter{identity: true}
	err := book.book.Rows(ctx, book.sheet, func(line sheet.Line) error {
		if line.Number <= after || t.isHead(line.Cells) {
			return nil
		}
		if l.in.Rows == lookedRows {
			l.in.RowsExact = false
			return errEnough
		}
		l.in.Rows++
		for i, c := range line.Cells[:min(len(line.Cells), len(t.columns))] {
			l.value(t.columns[i], clean(c.Text))
		}
		if o := t.object(line); o.geometry != nil {
			l.position(o.geometry)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return sheetFault(err)
}

// gdal looks at what GDAL reads.
func (l *looker) gdal(ctx context.Context, f *File) error {
	s, err := openGDAL(ctx, f, Charset(l.o.Charset))
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.choose(&l.o); err != nil {
		return err
	}
	for _, t := range s.tables {
		guess := SheetGuess{Name: t.name, Rows: t.rows}
		if layer := guessLayer(append([]string{t.name}, t.columns...)); layer != "" {
			guess.LayerGuess = &layer
		}
		l.in.Sheets = append(l.in.Sheets, guess)
	}
	t := s.tables[s.table]
	l.in.Sheet = &l.in.Sheets[s.table].Name
	if f.Format == Shapefile {
		if err := l.charset(t.path); err != nil {
			return err
		}
	}
	if name, _, _, _ := t.stated(); name != "" {
		l.in.Datum.Stated, l.stated = &name, true
		if _, err := t.system(&l.o); err != nil {
			l.problem(err)
		}
	}
	m, err := l.mapper(t.columns)
	if err != nil {
		return err
	}
	m.settle(t.columns)
	l.begin(t.columns, m)
	err = t.read(ctx, Charset(l.o.Charset), l.object(t.columns, guessedAt*4))
	l.in.Rows = max(l.in.Rows, t.rows)
	if errors.Is(err, errEnough) || errors.Is(err, ErrEmpty) {
		err = nil
	}
	return err
}

func (l *looker) charset(path string) error {
	charset, err := charsetOf(path, Charset(l.o.Charset))
	name := string(charset)
	if charset == CharsetGBK {
		name = "GBK"
	}
	l.in.Charset, l.in.Charsets = &name, []string{"UTF-8", "GBK"}
	return err
}

// object looks at features until there have been enough.
func (l *looker) object(columns []string, most int64) func(*object) error {
	return func(o *object) error {
		if l.in.Rows == most {
			l.in.RowsExact = false
			return errEnough
		}
		l.in.Rows++
		cells := make([]string, len(columns))
		for i, name := range columns {
			cells[i], _ = scalarText(o.props[name])
			l.value(name, cells[i])
		}
		if len(l.in.Preview) == 0 {
			l.in.Preview = append(l.in.Preview, columns[:min(len(columns), previewCells)])
		}
		if len(l.in.Preview) < previewRows {
			for i := range cells {
				cells[i] = shortText(cells[i])
			}
			l.in.Preview = append(l.in.Preview, cells[:min(len(cells), previewCells)])
		}
		if o.err == nil {
			l.position(o.geometry)
		}
		return nil
	}
}

// geoJSON looks at GeoJSON: first at the names that its features have, then at what they hold.
func (l *looker) geoJSON(ctx context.Context, f *File) error {
	var columns []string
	seen := map[string]bool{}
	names := func(o *object) error {
		for name := range o.props {
			if !seen[name] && len(columns) < MaxTableColumns {
				seen[name] = true
				columns = append(columns, name)
			}
		}
		if o.row == guessedAt {
			return errEnough
		}
		return nil
	}
	if err := readGeoJSON(ctx, f, nil, names); err != nil && !errors.Is(err, errEnough) {
		return err
	}
	slices.Sort(columns)
	m, err := l.mapper(columns)
	if err != nil {
		return err
	}
	guess := SheetGuess{}
	if layer := guessLayer(columns); layer != "" {
		guess.LayerGuess = &layer
	}
	l.in.Sheets = append(l.in.Sheets, guess)
	m.settle(columns)
	l.begin(columns, m)
	crs := func(name string) error {
		l.in.Datum.Stated = &name
		if l.o.Datum != "" {
			if err := l.o.checkCRS(name); err != nil {
				l.problem(err)
			}
		}
		return nil
	}
	err = readGeoJSON(ctx, f, crs, l.object(columns, lookedRows))
	if errors.Is(err, errEnough) {
		err = nil
	}
	l.in.Sheets[0].Rows = l.in.Rows
	return err
}

// problem notes why what was said of the datum cannot be.
func (l *looker) problem(err error) {
	var fault *Fault
	if errors.As(err, &fault) {
		l.in.Datum.Problem, l.in.Datum.ProblemEn = &fault.Zh, &fault.En
	}
}

// required lists the required fields that no column and no value gives.
func (l *looker) required() {
	if l.m == nil || l.o.Layer == nil {
		return
	}
	for _, f := range l.m.needed[l.o.Layer.ID] {
		_, set := l.m.sets[f.Name]
		if !set && !slices.ContainsFunc(l.in.Columns, func(c ColumnGuess) bool { return c.Field != nil && *c.Field == f.Name }) {
			l.in.MissingRequired = append(l.in.MissingRequired, f.Name)
		}
	}
}

// guessDatum tells what the numbers can be, unless the file says it, and holds what was said against them.
func (l *looker) guessDatum() {
	d := &l.in.Datum
	if l.places > 0 {
		d.BBox = []float64{l.box.Min[0], l.box.Min[1], l.box.Max[0], l.box.Max[1]}
	}
	d.Needed = !l.stated && l.in.Geometry.Kind != "none"
	if l.stated {
		return
	}
	for _, c := range append(datum.Guess(l.sample, l.o.Near), l.guessLocal()...) {
		zh, en := c.System.Title()
		axes := AxesEN
		if c.Swapped {
			axes = AxesNE
		}
		d.Candidates = append(d.Candidates, DatumCandidate{Code: c.System.Code(), Title: zh, TitleEn: en, Axes: axes, Fits: c.Share, Why: c.Why, WhyEn: c.WhyEn})
	}
	if l.o.Datum == "" {
		return
	}
	system, err := l.o.parseDatum(l.o.Datum)
	if err != nil {
		l.problem(err)
		return
	}
	d.AxesNeeded = hasTwoOrders(system) && l.o.Axes == ""
	conv := newConverter(&l.o, system)
	for _, p := range l.sample {
		_, _ = conv.convert(p) // what is outside is counted
	}
	if len(l.sample) > 0 && len(l.sample) < leastJudged && conv.outside == conv.read {
		conv.read, conv.outside = leastJudged, leastJudged // few, but all of them
	}
	if !d.AxesNeeded {
		if fault := conv.judge(); fault != nil {
			l.problem(fault)
		}
	}
}

// guessLocal tells whether the numbers can be of one of the city's own systems.
func (l *looker) guessLocal() (found []datum.Candidate) {
	if len(l.sample) == 0 || l.o.Near.IsEmpty() || l.o.Near.Min == l.o.Near.Max {
		return nil
	}
	area := l.o.Near.Pad(0.5)
	for _, s := range l.o.Local {
		for _, swap := range []bool{false, true} {
			inside := 0
			for _, p := range l.sample {
				if swap {
					p = orb.Point{p[1], p[0]}
				}
				if q, err := s.To(p); err == nil && area.Contains(q) {
					inside++
				}
			}
			if inside == 0 {
				continue
			}
			share := float64(inside) / float64(len(l.sample))
			percent := strconv.Itoa(int(math.Round(100 * share)))
			found = append(found, datum.Candidate{System: s, Swapped: swap, Share: share,
				Why: fmt.Sprintf("%s%% 的点在本市附近", percent), WhyEn: fmt.Sprintf("%s %% of the points are near the city", percent)})
		}
	}
	return found
}
