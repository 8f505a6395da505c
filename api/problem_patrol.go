package api

import (
	"errors"
	"net/http"

	"wangge/api/inbox"
	v1 "wangge/api/v1"
	"wangge/grid/patrol"
	gridpg "wangge/grid/postgres"
)

// patrolProblems are what checks, problems found on the ground and their steps can meet.
func patrolProblems() []kind {
	return []kind{
		{patrol.ErrUnknown, http.StatusUnprocessableEntity, "unknown-reference", "所引用的计划、检查表、类别或对象不存在", "A plan, checklist, class or subject that the record does not know", 0}, // before ErrBody: it is one, too, where it names a place
		{patrol.ErrBody, http.StatusUnprocessableEntity, "invalid-record", "巡查记录内容有误", "Not a record of patrol", 0},
		{patrol.ErrStep, http.StatusConflict, "impossible-step", "问题的当前状态不允许这一步", "The problem is in a state that this step does not begin in", 0},
		{patrol.ErrPhotos, http.StatusUnprocessableEntity, "photos-required", "此类问题须附照片", "Photos are compulsory for problems of this class", 0},
		{v1.ErrManyProblems, http.StatusUnprocessableEntity, "export-too-large", "问题过多：附照片至多 500 个，不附照片至多 50000 个，请缩小范围", "Too many problems: 500 with pictures, 50,000 without; narrow it", 0},
		{inbox.ErrGap, http.StatusConflict, "commands-missing", "等待前序的指令过多", "Too many commands wait for earlier ones", 0},
		{v1.ErrNoDuties, http.StatusUnprocessableEntity, "no-duties", "今天没有负责的网格或对象", "Responsible for nothing today", 0},
		{gridpg.ErrDevice, http.StatusConflict, "device-taken", "终端编号属于别的账号", "The device belongs to another account", 0},
	}
}

// addPatrol says what is wrong with a record, and where a step met another's step what the problem was and is.
func (p *problem) addPatrol(err error) {
	for _, fault := range patrol.Faults(err) {
		p.Errors = append(p.Errors, problemFault{In: "body", Pointer: &fault.Pointer, Detail: fault.Zh, DetailEn: fault.En})
		p.Detail, p.DetailEn = p.Errors[0].Detail, p.Errors[0].DetailEn
	}
	if step, ok := errors.AsType[*patrol.StepError](err); ok {
		p.Detail, p.DetailEn = step.Zh(), step.En()
	}
}

// commandWords are the words for a command that was refused: those that a request would have got.
func commandWords(err error) inbox.Words {
	k, known := classify(err)
	p := documentOf(k, err)
	w := inbox.Words{Type: p.Type, Title: p.Title, TitleEn: p.TitleEn, Detail: p.Detail, DetailEn: p.DetailEn, Known: known}
	if w.Detail == "" && len(p.Errors) > 0 {
		w.Detail, w.DetailEn = p.Errors[0].Detail, p.Errors[0].DetailEn
	}
	return w
}
