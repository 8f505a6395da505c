package v1

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"

	"wangge/api/param"
	"wangge/grid/ledger"
	"wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers/sheet"
)

// xlsxType is the media type of a workbook.
const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// ErrNotWorkbook says that the body is no xlsx workbook by its media type. HTTP 415.
var ErrNotWorkbook = errors.New("the body is not an xlsx workbook")

// ledgerBody stands for the workbook where two requests with one Idempotency-Key are compared.
type ledgerBody struct {
	Digest [sha256.Size]byte
}

func (h *Handler) ledgerRoutes() []Route {
	return []Route{{
		Method: http.MethodPost, Path: "/persons/import", Needs: rights.EditPeople, Title: "导入人员台账（xlsx）", TitleE: "Import a people ledger (xlsx)", MaxBytes: ledger.MaxBytes,
		Params: []Param{
			{Name: "dry_run", Title: "true 则只核对、不写入", TitleE: "true: everything is checked, nothing stays"},
			{Name: "scheme", Title: "台账中的网格属于哪个方案；缺省为任何方案", TitleE: "which net the ledger's grids are of; any by default"},
		},
		Body: ledgerBody{}, BodyType: xlsxType, Reply: postgres.LedgerResult{}, Serve: h.importLedger,
	}}
}

func (h *Handler) importLedger(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	dry := q.OneOf("dry_run", "false", "true") == "true"
	scheme := q.Text("scheme", maxSchemeRunes)
	if err := q.Err(); err != nil {
		return err
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != xlsxType && media != "application/octet-stream" {
		return ErrNotWorkbook
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return param.InBody("", "请求体为空", "the body is empty")
	}
	book, err := ReadLedger(r.Context(), data)
	if err != nil {
		return err
	}
	return h.change(w, r, ledgerBody{sha256.Sum256(data)}, func(ctx context.Context, t *postgres.Tx) (result, error) {
		done, err := t.ImportLedger(ctx, book, scheme)
		return result{value: done, dryRun: dry}, err
	})
}

// ReadLedger reads a people ledger from a workbook. The errors are those of layers/sheet and grid/ledger.
func ReadLedger(ctx context.Context, data []byte) (ledger.Ledger, error) {
	book, err := sheet.Open(ctx, bytes.NewReader(data), int64(len(data)), sheet.Limits{
		Bytes: ledger.MaxBytes, Unpacked: ledger.MaxUnpacked, Columns: ledger.MaxColumns, CellRunes: ledger.MaxCellRunes,
	})
	if err != nil {
		return ledger.Ledger{}, err
	}
	return ledger.Read(ctx, book)
}

const maxSchemeRunes = 31
