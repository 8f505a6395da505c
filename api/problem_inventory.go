package api

import (
	"errors"
	"fmt"
	"net/http"

	"wangge/api/draft"
	v1 "wangge/api/v1"
	"wangge/layers"
	"wangge/layers/postgres"
)

// inventoryProblems are what writing features can meet.
func inventoryProblems() []kind {
	return []kind{
		{v1.ErrBatch, http.StatusUnprocessableEntity, "batch", "批量操作未执行", "The batch was not done", 0},
		{layers.ErrInvalid, http.StatusUnprocessableEntity, "invalid-feature", "对象内容有误", "Not a feature of this collection", 0},
		{layers.ErrShift, http.StatusUnprocessableEntity, "suspicious-shift", "坐标疑似 GCJ-02（火星坐标）偏移", "The position looks shifted by GCJ-02", 0},
		{postgres.ErrOutside, http.StatusUnprocessableEntity, "outside-regions", "位于所有已知区域之外；确为新区域请用 accept=new-area", "Outside every known region; accept=new-area takes it as a new area", 0},
		{postgres.ErrStale, http.StatusPreconditionFailed, "stale", "数据已被他人修改", "Changed since it was read", 0},
		{postgres.ErrCodeTaken, http.StatusConflict, "code-taken", "标识码已给过别的对象，不得再用", "The code was given to another feature", 0},
		{postgres.ErrKeyTaken, http.StatusConflict, "source-key-taken", "来源和来源标识已属于别的对象", "Another feature has this source and key", 0},
		{layers.ErrCodesUsedUp, http.StatusConflict, "codes-used-up", "此区划和类别的标识码已用完", "The codes of this place and class are used up", 0},
		{layers.ErrCodeScheme, http.StatusUnprocessableEntity, "code-scheme", "按此编码方案不能生成标识码", "No code can be made by this scheme", 0},
		{postgres.ErrFixed, http.StatusMethodNotAllowed, "method-not-allowed", "网格在网格编辑中调整（拆分、合并、重画），不能逐个写入", "Grids are edited as nets (split, merge, redraw), not one by one", 0},
	}
}

// addInventory says what there is to say about a feature that was not written: the places that are wrong, the metres, or the results of a batch.
func (p *problem) addInventory(err error) {
	var faults layers.Faults
	if errors.As(err, &faults) {
		p.addFaults(draft.InBody("", faults))
	}
	var shift *layers.Shift
	if errors.As(err, &shift) {
		p.Detail = fmt.Sprintf("坐标距最近道路约 %.0f 米；按 GCJ-02（火星坐标）还原后约 %.0f 米。确认无误请用 accept=shift", shift.HereM, shift.BackM)
		p.DetailEn = fmt.Sprintf("%.0f m from the nearest street as given, %.0f m with the shift of GCJ-02 taken off; accept=shift takes it all the same", shift.HereM, shift.BackM)
	}
	var batch *v1.BatchError
	if errors.As(err, &batch) {
		p.Results = batch.Results
		p.Detail, p.DetailEn = fmt.Sprintf("%d 项操作中有 %d 项不能执行，没有写入任何数据", len(batch.Results), batch.Refused()), fmt.Sprintf("%d of %d operations cannot be done; nothing was written", batch.Refused(), len(batch.Results))
	}
}
