package patrol

import "fmt"

// Title of a kind of step in both languages; "" for none of ours.
func (k StepKind) Title() (zh, en string) {
	switch k {
	case StepReport:
		return "发现上报", "Report"
	case StepOnSpot:
		return "当场整改", "Rectified on the spot"
	case StepDispatch:
		return "交办", "Dispatch"
	case StepReturn:
		return "退回", "Return"
	case StepTake:
		return "接办", "Take"
	case StepRectify:
		return "整改完成", "Rectified"
	case StepPass:
		return "核查通过（销号）", "Verified and closed"
	case StepFail:
		return "核查不通过（返工）", "Failed, to be done again"
	case StepSuspend:
		return "挂账", "Suspend"
	case StepResume:
		return "恢复办理", "Resume"
	case StepVoid:
		return "不予受理", "Not accepted"
	case StepMerge:
		return "并案", "Merge"
	case StepLookBack:
		return "回头看", "Look back"
	case StepComment:
		return "批注", "Comment"
	}
	return "", ""
}

// Zh says in Chinese why a step is not possible.
func (e *StepError) Zh() string {
	step, _ := e.Kind.Title()
	state, _ := e.State.Title()
	switch e.Why {
	case WhySeen:
		return fmt.Sprintf("“%s”是按版本 %d 做出的，问题现为版本 %d（%s）", step, e.Seen, e.Now, state)
	case WhySelf:
		return "整改人不能核查自己的整改"
	case WhyReopened:
		return "该问题已因反弹重新立案"
	case WhyOther:
		return "不能并入该问题"
	case WhyState:
	}
	if e.State == Absent {
		return fmt.Sprintf("问题尚未上报，不能“%s”", step)
	}
	return fmt.Sprintf("问题现为“%s”（版本 %d），不能“%s”", state, e.Now, step)
}

// En says it in English.
func (e *StepError) En() string {
	_, step := e.Kind.Title()
	_, state := e.State.Title()
	switch e.Why {
	case WhySeen:
		return fmt.Sprintf("%q was made on revision %d, the problem is at revision %d (%s)", step, e.Seen, e.Now, state)
	case WhySelf:
		return "who rectified a problem does not verify it"
	case WhyReopened:
		return "it came back and is another problem now"
	case WhyOther:
		return "it cannot be merged into that problem"
	case WhyState:
	}
	if e.State == Absent {
		return fmt.Sprintf("%q is not possible before the report", step)
	}
	return fmt.Sprintf("%q is not possible: the problem is %q at revision %d", step, state, e.Now)
}
