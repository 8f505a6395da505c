package grid

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Certificate is a dated statement of the figures of a region, with all that is needed to compute them again. It has whole numbers and texts only,
// so that its canonical form is the same whoever writes it.
type Certificate struct {
	Number   string                `json:"number"`
	Day      Day                   `json:"at"`
	IssuedAt string                `json:"issued_at"` // RFC 3339
	IssuedBy string                `json:"issued_by"` // account
	Region   CertifiedRegion       `json:"region"`
	Figures  CertifiedFigures      `json:"figures"`
	Inputs   CertifiedInputs       `json:"inputs"`
	Rules    CertifiedRules        `json:"rules"`
	Method   map[string]FigureText `json:"method"`
}

// CertifiedRegion is what a certificate is about.
type CertifiedRegion struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	AreaM2 int64  `json:"area_m2"`
}

// CertifiedShare is a figure in whole units.
type CertifiedShare struct {
	Have    int64  `json:"have"`
	Of      int64  `json:"of"`
	Unit    string `json:"unit"`
	Percent string `json:"percent"` // two digits, cut and not rounded; "" of nothing
}

// CertifiedScheme has the figures of one net.
type CertifiedScheme struct {
	Scheme  string         `json:"scheme"`
	Title   string         `json:"title"`
	Gridded CertifiedShare `json:"gridded"`
	Manned  CertifiedShare `json:"manned"`
	Dutiful CertifiedShare `json:"dutiful"`
}

// CertifiedFigures are the figures of all nets that have a grid in the region, and what all of them cover.
type CertifiedFigures struct {
	Schemes []CertifiedScheme `json:"schemes"`
	Area    CertifiedShare    `json:"covered_area"`
	Road    CertifiedShare    `json:"covered_road"`
	Alley   CertifiedShare    `json:"covered_alley"`
}

// CertifiedInputs count what the figures were computed from.
type CertifiedInputs struct {
	Revision string         `json:"revision"` // of the newest write in the record
	Grids    map[string]int `json:"grids"`    // in force in the region that day, by scheme
	Duties   int            `json:"duties"`   // in force in the region that day
	Absences int            `json:"absences"` // of any holder that day
	Roads    int            `json:"roads"`
	Alleys   int            `json:"alleys"`
	Failures map[string]int `json:"failures"` // by kind
}

// CertifiedRules are the rules by which it was judged, with what they go back to and whether somebody held them against its text.
type CertifiedRules struct {
	Requirements []CertifiedRequirement `json:"requirements"`
	Limits       []CertifiedLimit       `json:"load_limits"`
}

// CertifiedRequirement is a requirement as it was.
type CertifiedRequirement struct {
	Kind    TargetKind `json:"target_kind"`
	Applies string     `json:"applies_to"`
	Role    string     `json:"role"`
	AtLeast int        `json:"at_least"`
	AtMost  int        `json:"at_most"` // 0: as many as there are
}

// CertifiedLimit is a load limit as it was.
type CertifiedLimit struct {
	Role     string     `json:"role"`
	Kind     TargetKind `json:"target_kind"`
	Applies  string     `json:"applies_to"`
	AtMost   int        `json:"at_most"`
	Standard string     `json:"standard"`
	Verified bool       `json:"verified"`
}

// Certify computes what a certificate says of a region of the day's net. Number, issue and revision are the issuer's to add.
func (r *Roster) Certify(n *Net, w *Ways, day Day, region *Region) Certificate {
	c := Certificate{
		Day: day, Region: CertifiedRegion{region.Code, region.Name, region.Kind, int64(math.Round(region.AreaM2))}, Method: FigureMethod(),
		Figures: CertifiedFigures{Schemes: []CertifiedScheme{}},
		Inputs:  CertifiedInputs{Grids: map[string]int{}, Failures: map[string]int{}},
		Rules:   r.certifiedRules(),
	}
	in := n.within(region.Code)
	for _, s := range n.schemes {
		for _, g := range n.Grids(s.Code) {
			if in.grid(g) {
				c.Inputs.Grids[s.Code]++
			}
		}
		if c.Inputs.Grids[s.Code] > 0 {
			f := r.Figures(n, w, day, s.Code, region)
			c.Figures.Schemes = append(c.Figures.Schemes, CertifiedScheme{s.Code, s.Title, certified(f.Gridded), certified(f.Manned), certified(f.Dutiful)})
		}
	}
	all := r.Figures(n, w, day, "", region)
	c.Figures.Area, c.Figures.Road, c.Figures.Alley = certified(all.CoveredArea), certified(all.CoveredRoad), certified(all.CoveredAlley)
	for _, kind := range FailureKinds() {
		c.Inputs.Failures[string(kind)] = 0
	}
	for _, f := range r.Failures(n, day, FailureFilter{Region: region.Code}) {
		c.Inputs.Failures[string(f.Kind)]++
	}
	r.countInputs(&c.Inputs, w, day, in)
	return c
}

func (r *Roster) countInputs(c *CertifiedInputs, w *Ways, day Day, in *extent) {
	for _, d := range r.DutiesOn(day) {
		if in.target(r, d.Target) {
			c.Duties++
		}
	}
	for holder := range r.absences {
		if r.AbsentOn(holder, day) != nil {
			c.Absences++
		}
	}
	for i := range w.list {
		switch way := &w.list[i]; {
		case !in.has(way.Region, &way.At, way.place):
		case way.Target.Kind == TargetAlley:
			c.Alleys++
		default:
			c.Roads++
		}
	}
}

func (r *Roster) certifiedRules() CertifiedRules {
	c := CertifiedRules{Requirements: []CertifiedRequirement{}, Limits: []CertifiedLimit{}}
	for _, q := range r.requirements {
		c.Requirements = append(c.Requirements, CertifiedRequirement{q.Kind, q.Applies, q.Role, q.AtLeast, q.AtMost})
	}
	for _, l := range r.limits {
		c.Limits = append(c.Limits, CertifiedLimit{l.Role, l.Kind, l.Applies, l.AtMost, l.Standard, l.Verified})
	}
	return c
}

// certified puts a figure into whole units. What is not all does not become all by rounding.
func certified(s Share) CertifiedShare {
	c := CertifiedShare{Have: int64(math.Floor(s.Have)), Of: int64(math.Floor(s.Of)), Unit: s.Unit}
	if s.Of > 0 {
		hundredths := int64(math.Floor(10_000 * s.Have / s.Of))
		c.Percent = fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
	}
	return c
}

// Canonical is the form of a certificate that its digest is of: JSON with sorted members and without spaces.
func (c Certificate) Canonical() ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return Canonical(text)
}

// Canonical brings a JSON document into the form that digests are of, whatever keeps it: members sorted, no spaces, numbers as they are written.
func Canonical(document []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Digest is the SHA-256 of the canonical form of a document, in hexadecimal.
func Digest(document []byte) (string, error) {
	text, err := Canonical(document)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// CertificatePrefix begins the numbers of the certificates of a region and day: 全覆-370281-20261122-; a zone has the code of its county.
func CertificatePrefix(n *Net, region *Region, day Day) string {
	place := region.Code
	for _, x := range n.Path(region.Code) {
		if len(x.Code) == countyDigits && strings.Trim(x.Code, "0123456789") == "" {
			place = x.Code
		}
	}
	return fmt.Sprintf("全覆-%s-%s-", place, strings.ReplaceAll(day.String(), "-", ""))
}

// countyDigits is the length of a county's code (GB/T 2260).
const countyDigits = 6

// Unlike names the figures and failures in which two certificates differ, "" for none: what was computed again is held against what was certified.
func (c Certificate) Unlike(other Certificate) []string {
	var out []string
	note := func(what string, a, b any) {
		if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
			out = append(out, fmt.Sprintf("%s: %s ≠ %s", what, x, y))
		}
	}
	note("area_m2", c.Region.AreaM2, other.Region.AreaM2)
	note("covered_area", c.Figures.Area, other.Figures.Area)
	note("covered_road", c.Figures.Road, other.Figures.Road)
	note("covered_alley", c.Figures.Alley, other.Figures.Alley)
	note("failures", c.Inputs.Failures, other.Inputs.Failures)
	note("grids", c.Inputs.Grids, other.Inputs.Grids)
	for _, s := range c.Figures.Schemes {
		i := slices.IndexFunc(other.Figures.Schemes, func(o CertifiedScheme) bool { return o.Scheme == s.Scheme })
		if i < 0 {
			out = append(out, s.Scheme+": gone 已不存在")
			continue
		}
		o := other.Figures.Schemes[i]
		note(s.Scheme+" gridded", s.Gridded, o.Gridded)
		note(s.Scheme+" manned", s.Manned, o.Manned)
		note(s.Scheme+" dutiful", s.Dutiful, o.Dutiful)
	}
	return out
}
