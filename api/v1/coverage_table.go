package v1

import (
	"context"
	"net/http"
	"strconv"

	"wangge/api/reply"
	"wangge/grid/coverage"
)

// coverageTable is figures by area.
type coverageTable struct {
	Method coverageMethod `json:"method"`
	By     string         `json:"by"`
	Within string         `json:"within"`
	RadiiM []uint32       `json:"radii_m"`
	Total  coverageRow    `json:"total"`
	Items  []coverageRow  `json:"items"`
	Next   *string        `json:"next" doc:"下一页的游标"`
	Count  int            `json:"count" doc:"所有页上的单元数"`
}

// tableAsk is what a request for a table wants.
type tableAsk struct {
	*serviceAsk
	order     rowOrder
	limit     int // 0 for all rows
	after     *rowKey
	format    string
	ambiguous bool
}

func (h *Handler) readTable(r *http.Request) (*tableAsk, error) {
	a, err := h.askService(r)
	if err != nil {
		return nil, err
	}
	q := h.Query(r)
	a.readRadii(q)
	a.readAreas(q)
	t := &tableAsk{serviceAsk: a, order: readOrder(q, a.radii), limit: q.Int("limit", pageLimit, 1, maxPageLimit), after: readRowCursor(q),
		format: q.OneOf("f", "json", "csv", "xlsx"), ambiguous: q.OneOf("ambiguous", "false", "true") == "true"}
	if t.format != "json" {
		unpaged(q)
		t.limit = 0
	}
	return t, q.Err()
}

// coverageTable answers with figures by area.
func (h *Handler) coverageTable(w http.ResponseWriter, r *http.Request) error {
	t, err := h.readTable(r)
	if err != nil {
		return err
	}
	media := map[string]string{"json": jsonMedia, "csv": csvMedia, "xlsx": xlsxMedia}[t.format]
	if t.format != "json" {
		nameFile(w, "coverage_"+t.service.ID, "覆盖指标_"+t.service.Title, t.format)
	}
	return h.answerCoverage(w, r, t.serviceAsk, media, func() ([]byte, error) {
		table, err := h.tableOf(r.Context(), t)
		if err != nil {
			return nil, err
		}
		if t.format == "json" {
			return reply.Marshal(table)
		}
		return coverageFile(t.format, table, t.service)
	}, t.order.text(), strconv.Itoa(t.limit), h.Query(r).Cursor("cursor"), strconv.FormatBool(t.ambiguous))
}

// tableOf is what is asked for of a table.
func (h *Handler) tableOf(ctx context.Context, t *tableAsk) (*coverageTable, error) {
	board, err := h.board(ctx, t.serviceAsk)
	if err != nil {
		return nil, err
	}
	table, err := board.Table(ctx, t.question, t.radii, t.by, t.within)
	if err != nil {
		return nil, err
	}
	if t.ambiguous {
		if err := board.Ambiguity(ctx, table); err != nil {
			return nil, err
		}
	}
	return describeTable(table, t), nil
}

// describeTable tells of a page of a table: what is asked for of its rows, in order.
func describeTable(table *coverage.Table, t *tableAsk) *coverageTable {
	j := &coverageTable{Method: describeMethod(&table.Method), By: table.By, Within: table.Within, RadiiM: table.RadiiM, Total: describeRow(&table.Total), Count: len(table.Rows)}
	var places []int
	places, j.Next = t.order.page(table.Rows, t.after, t.limit)
	j.Items = make([]coverageRow, len(places))
	for i, place := range places {
		j.Items[i] = describeRow(&table.Rows[place])
	}
	return j
}
