package v1

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wangge/grid/patrol"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/sheet"
)

func (h *Handler) patrolRateRoutes() []Route {
	return []Route{{
		Path: "/patrol/rates", Needs: rights.ReadPatrol, Reads: true, Title: "整改率、销号率、当场整改率、返工率：分子、分母与比值", TitleE: "Rates of problems with numerator and denominator",
		Params: []Param{
			{Name: "by", Title: "street、region、county、class、major、source、dept、officer、place_kind", TitleE: "what rates are told apart by"},
			{Name: "within", Title: "区划或片区代码", TitleE: "code of a division or zone"},
			{Name: "from", Title: "发现日期自", TitleE: "found from this day"}, {Name: "to", Title: "发现日期至（含）", TitleE: "to this day"},
			{Name: "class", Title: "类别：小类或大类", TitleE: "class, or one at the top"}, {Name: "source", Title: "来源", TitleE: "source"},
			{Name: "f", Title: "json、csv、xlsx", TitleE: "format"}},
		Reply: ratesJSON{}, Also: []string{"text/csv", xlsxType}, Serve: h.rates,
	}}
}

type ratesJSON struct {
	By      postgres.RateBy `json:"by"`
	Basis   string          `json:"basis" doc:"口径"`
	BasisEn string          `json:"basis_en"`
	From    *string         `json:"from"`
	To      *string         `json:"to"`
	Items   []rateJSON      `json:"items"`
	Total   rateJSON        `json:"total"`
}

// rateJSON counts problems and what became of them. A share of 0 of 0 is null.
type rateJSON struct {
	Code      string        `json:"code"`
	Name      *string       `json:"name"`
	Found     int64         `json:"found"`
	Rectified int64         `json:"rectified"`
	Closed    int64         `json:"closed"`
	OnTheSpot int64         `json:"on_the_spot"`
	Returned  int64         `json:"returned"`
	Reworked  int64         `json:"reworked"`
	Suspended int64         `json:"suspended"`
	Handled   int64         `json:"handled" doc:"整改过的（含后来返工的），返工率的分母"`
	Shares    patrol.Shares `json:"shares"`
}

const (
	ratesBasis = "按发现时间归入期间；不含不予受理和并案的；已整改指待核查或已销号，按当前状态计；比值的分母：整改、销号、当场整改为发现数，返工为整改过的数；0/0 为空"
	ratesBasEn = "Problems by the time they were found; void and merged ones left out; rectified is to be verified or closed, as they stand now; shares of what was found, rework of what was rectified once; 0/0 is empty"
)

func rateOf(r *patrol.Rate, name string) rateJSON {
	return rateJSON{r.Code, orNull(name), r.Found, r.Rectified, r.Closed, r.OnTheSpot, r.Returned, r.Reworked, r.Suspended, r.Handled, r.Shares()}
}

func (h *Handler) rates(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	words := make([]string, 0, len(postgres.RatesBy()))
	for _, by := range postgres.RatesBy() {
		words = append(words, string(by))
	}
	by, format := postgres.RateBy(q.OneOf("by", words...)), q.OneOf("f", "json", "csv", "xlsx")
	t, err := h.problemTeller(r)
	if err != nil {
		return err
	}
	f := &postgres.ProblemFilter{Who: t.actor, Day: t.day, Class: q.Text("class", maxCodeRunes), Source: patrol.Source(q.OneOf("source", sourceWords()...))}
	t.problemRegion(q, "within", f)
	h.problemPeriod(r, t, f)
	if err := q.Err(); err != nil {
		return err
	}
	list, err := h.Store.Rates(r.Context(), f, by)
	if err != nil {
		return err
	}
	names, err := h.rateNames(r, t, by)
	if err != nil {
		return err
	}
	table := ratesJSON{By: by, Basis: ratesBasis, BasisEn: ratesBasEn, From: orNull(q.Text("from", maxDayRunes)), To: orNull(q.Text("to", maxDayRunes)), Items: []rateJSON{}}
	total := patrol.Rate{Name: "合计"}
	for i := range list {
		x := rateOf(&list[i], names(list[i].Code))
		if by == postgres.ByOfficer {
			x.Code = t.holderCode(x.Code)
		}
		table.Items = append(table.Items, x)
		total.Add(list[i].Count)
	}
	slices.SortStableFunc(table.Items, func(a, b rateJSON) int {
		return cmp.Or(-cmp.Compare(min(len(a.Code), 1), min(len(b.Code), 1)), strings.Compare(a.Code, b.Code))
	})
	table.Total = rateOf(&total, total.Name)
	if err := h.logRead(r, t.teller); err != nil {
		return err
	}
	return h.ratesAs(w, r, format, &table)
}

// holderCode is the code of a holder by its number as text.
func (t *problemTeller) holderCode(id string) string {
	n, _ := strconv.ParseInt(id, 10, 64)
	if x := t.roster.Holder(n); x != nil {
		return x.Code
	}
	return ""
}

// rateNames gives names to what rates are by. People's are masked as rights say.
func (h *Handler) rateNames(r *http.Request, t *problemTeller, by postgres.RateBy) (func(code string) string, error) {
	switch by {
	case postgres.ByCounty, postgres.ByStreet, postgres.ByRegion:
		return func(code string) string {
			if x := t.net.Region(code); x != nil {
				return x.Name
			}
			return ""
		}, nil
	case postgres.BySource:
		return func(code string) string { zh, _ := patrol.Source(code).Title(); return zh }, nil
	case postgres.ByDept:
		return func(code string) string { return given(t.deptName(code)) }, nil
	case postgres.ByOfficer:
		return func(id string) string {
			n, _ := strconv.ParseInt(id, 10, 64)
			if x := t.holderByID(n); x != nil {
				return x.Name
			}
			return ""
		}, nil
	}
	titles := map[string]string{}
	if by == postgres.ByPlaceKind {
		kinds, _, err := h.Store.PlaceKinds(r.Context())
		for _, k := range kinds {
			titles[k.Code] = k.Title
		}
		return func(code string) string { return titles[code] }, err
	}
	classes, err := h.Store.Classes(r.Context())
	for _, c := range classes {
		titles[c.Code] = c.Title
	}
	return func(code string) string { return titles[code] }, err
}

// ratesAs answers with a table of rates in a format.
func (h *Handler) ratesAs(w http.ResponseWriter, r *http.Request, format string, table *ratesJSON) error {
	if format == "json" {
		return h.json(w, r, table)
	}
	media := xlsxType
	if format == "csv" {
		media = csvMedia
	}
	body, err := ratesFile(format, table)
	if err != nil {
		return err
	}
	nameFile(w, "rates", "问题统计", format)
	return h.fresh(w, r, media, body)
}

func ratesFile(format string, table *ratesJSON) ([]byte, error) {
	columns := []sheet.Column{{Heading: "代码", Width: 16}, {Heading: "名称", Width: 24}, {Heading: "发现"}, {Heading: "已整改"}, {Heading: "已销号"}, {Heading: "当场整改"}, {Heading: "退回过"},
		{Heading: "返工过"}, {Heading: "挂账中"}, {Heading: "整改过"}, {Heading: "整改率"}, {Heading: "销号率"}, {Heading: "当场整改率"}, {Heading: "返工率"}}
	return written(func(b *bytes.Buffer) (err error) {
		var rows sheet.Rows
		if format == "csv" {
			rows, err = sheet.NewCSVWriter(b, columns)
		} else {
			rows, err = sheet.NewWriter(b, "问题统计", "口径", columns, func() [][2]string {
				return [][2]string{{"口径", table.Basis}, {"期间", given(table.From) + " — " + given(table.To)}}
			})
		}
		if err != nil {
			return err
		}
		for _, x := range append(slices.Clip(table.Items), table.Total) {
			s := x.Shares
			if err := rows.Row([]any{x.Code, given(x.Name), x.Found, x.Rectified, x.Closed, x.OnTheSpot, x.Returned, x.Reworked, x.Suspended, x.Handled,
				shareCell(s.Rectified.Share), shareCell(s.Closed.Share), shareCell(s.OnTheSpot.Share), shareCell(s.Rework.Share)}); err != nil {
				return err
			}
		}
		return rows.Close()
	})
}
