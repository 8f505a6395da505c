package v1

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/param"
	"wangge/grid"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// certificateOrder is what a certificate is asked for.
type certificateOrder struct {
	Region string    `json:"region" doc:"区划或片区代码"`
	At     *grid.Day `json:"at,omitempty" doc:"所证日期，缺省为今天"`
}

// certificateItem is a certificate in a list.
type certificateItem struct {
	Number   string     `json:"number"`
	At       grid.Day   `json:"at"`
	Region   *regionRef `json:"region"`
	Digest   string     `json:"digest" doc:"document 规范形式的 SHA-256"`
	IssuedAt time.Time  `json:"issued_at"`
	IssuedBy string     `json:"issued_by"`
}

// certificateJSON is a certificate with its document and how to compute it again.
type certificateJSON struct {
	certificateItem
	Document    json.RawMessage `json:"document"`
	Recompute   string          `json:"recompute"`
	RecomputeEn string          `json:"recompute_en"`
}

func (h *Handler) certificateRoutes() []Route {
	return []Route{
		{Path: "/certificates", Needs: rights.ReadFigures, Params: pagingParams(), Reads: true, Title: "全域覆盖证明", TitleE: "Certificates", Reply: page[certificateItem]{}, Serve: h.certificates},
		{Path: "/certificates/{number}", Needs: rights.ReadFigures, Reads: true, Title: "一份证明", TitleE: "A certificate", Reply: certificateJSON{}, Serve: h.certificate},
		{Method: http.MethodPost, Path: "/certificates", Needs: rights.Certify, Reads: true, Title: "出具证明", TitleE: "Issue a certificate", Body: certificateOrder{}, Reply: certificateJSON{}, Status: http.StatusCreated, Serve: h.issueCertificate},
	}
}

func itemOfIssued(n *grid.Net, c postgres.Issued) certificateItem {
	return certificateItem{c.Number, c.Day, refOfRegion(n.At(c.Day), c.Region), c.Digest, c.IssuedAt, c.IssuedBy}
}

func certificateOf(n *grid.Net, c postgres.Issued) certificateJSON {
	return certificateJSON{
		certificateItem: itemOfIssued(n, c), Document: c.Document,
		Recompute:   fmt.Sprintf("document 的规范形式（成员排序、无空白）的 SHA-256 即 digest；wangge check certificate %s 从数据库重算当日数字并比较", c.Number),
		RecomputeEn: fmt.Sprintf("digest is the SHA-256 of document with sorted members and without spaces; wangge check certificate %s computes the figures of that day again from the record", c.Number),
	}
}

func (h *Handler) certificates(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	win := windowOf(q)
	below := int64(math.MaxInt64)
	if win.after != "" {
		n, whole := param.Whole(win.after)
		if !whole {
			q.Fault("cursor", "不是本服务给出的游标", "is no cursor of this service")
		}
		below = n
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	if err := q.Err(); err != nil {
		return err
	}
	list, total, err := h.Store.Certificates(r.Context(), below, win.limit+1)
	if err != nil {
		return err
	}
	answer := page[certificateItem]{Items: []certificateItem{}, Total: total}
	for i, c := range list {
		if i == win.limit {
			next := param.Cursor(strconv.FormatInt(list[i-1].ID, 10))
			answer.Next = &next
			break
		}
		answer.Items = append(answer.Items, itemOfIssued(netOf(view), c))
	}
	return h.json(w, r, answer)
}

func (h *Handler) certificate(w http.ResponseWriter, r *http.Request) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	c, err := h.Store.Certificate(r.Context(), mux.Vars(r)["number"])
	if err != nil {
		return err
	}
	return h.json(w, r, certificateOf(netOf(view), c))
}

// issueCertificate computes the figures from the record and keeps them. A day to come cannot be certified.
func (h *Handler) issueCertificate(w http.ResponseWriter, r *http.Request) error {
	var order certificateOrder
	if err := param.Body(r, &order); err != nil {
		return err
	}
	view, err := h.City(r)
	if err != nil {
		return err
	}
	n := netOf(view)
	day := h.today(n)
	switch {
	case order.At == nil || *order.At == 0:
	case *order.At > day:
		return param.InBody("/at", "不能早于当天出具", "a day to come cannot be certified")
	default:
		day = *order.At
	}
	if n.At(day).Region(order.Region) == nil {
		return param.InBody("/region", "当日没有这个区域", "there was no such region that day")
	}
	if err := h.Who(r).May(rights.Certify, rights.Place{Region: order.Region}); err != nil {
		return err
	}
	certificate, prefix, err := h.Store.Attest(r.Context(), order.Region, day)
	if err != nil {
		return err
	}
	return h.write(w, r, order, func(ctx context.Context, t *postgres.Tx) (result, error) {
		issued, err := t.IssueCertificate(ctx, certificate, prefix)
		if err != nil {
			return result{}, err
		}
		return result{status: http.StatusCreated, value: certificateOf(n, issued), location: "/certificates/" + url.PathEscape(issued.Number)}, nil
	})
}
