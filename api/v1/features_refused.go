package v1

import (
	"errors"
	"fmt"
	"strings"

	"wangge/api/param"
	gridpg "wangge/grid/postgres"
	"wangge/grid/rights"
	"wangge/layers"
	"wangge/layers/postgres"
)

// refuse writes down why an operation cannot be done. What is nobody's fault is an error and ends the batch.
func (r *BatchResult) refuse(at string, err error) error {
	var faults layers.Faults
	var unread param.Faults
	var shift *layers.Shift
	say := func(status, kind, pointer, zh, en string) {
		r.Status = status
		r.Errors = append(r.Errors, BatchFault{Pointer: at + pointer, Type: kind, Detail: zh, DetailEn: en})
	}
	switch {
	case errors.Is(err, postgres.ErrAborted):
		return err
	case errors.As(err, &faults):
		for _, f := range faults {
			pointer, ofOperation := strings.CutPrefix(f.Pointer, "!")
			if !ofOperation {
				pointer = "/feature" + f.Pointer
			}
			say("fault", "", pointer, f.Zh, f.En)
		}
	case errors.As(err, &unread):
		for _, f := range unread {
			say("fault", "", "/feature"+f.Name, f.Detail, f.DetailEn)
		}
	case errors.As(err, &shift):
		say("fault", "suspicious-shift", "/feature/geometry", fmt.Sprintf("疑似 GCJ-02 偏移：距最近道路约 %.0f 米，还原后约 %.0f 米", shift.HereM, shift.BackM),
			fmt.Sprintf("looks shifted by GCJ-02: %.0f m from the nearest street, %.0f m with the shift taken off", shift.HereM, shift.BackM))
	case errors.Is(err, postgres.ErrOutside):
		say("fault", "outside-regions", "/feature/geometry", "位于所有已知区域之外", "outside every known region")
	case errors.Is(err, postgres.ErrCodeTaken):
		say("fault", "code-taken", "/feature/properties/code", "标识码已给过别的对象，不得再用", "the code was given to another feature")
	case errors.Is(err, postgres.ErrKeyTaken):
		say("fault", "source-key-taken", "/feature/properties/source_key", "来源和来源标识已属于别的对象", "another feature has this source and key")
	case errors.Is(err, layers.ErrCodesUsedUp), errors.Is(err, layers.ErrCodeScheme):
		say("fault", "no-code", "/feature/properties/code", "不能生成标识码，请给出", "no code can be made: give one")
	case errors.Is(err, postgres.ErrFixed):
		say("fault", "method-not-allowed", "/layer", "网格在网格编辑中调整，不能逐个写入", "grids are edited as nets, not one by one")
	case errors.Is(err, postgres.ErrStale), errors.Is(err, gridpg.ErrStale):
		say("stale", "", "/match", "数据已被他人修改", "changed since it was read")
	case errors.Is(err, rights.ErrForbidden):
		say("forbidden", "", "", "没有此处的修改权限", "not allowed at this place")
	case errors.Is(err, postgres.ErrNotFound):
		say("not_found", "", "/id", "没有这个对象", "no such feature")
	default:
		return err
	}
	return nil
}
