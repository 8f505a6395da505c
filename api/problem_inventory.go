package api

import (
	"errors"
	"fmt"

	"wangge/api/draft"
	v1 "wangge/api/v1"
	"wangge/layers"
)

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
