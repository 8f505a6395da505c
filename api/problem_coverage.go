package api

import (
	"errors"
	"net/http"

	v1 "wangge/api/v1"
	"wangge/grid/coverage"
)

// coverageProblems are what questions of coverage can meet, besides faulty parameters.
func coverageProblems() []kind {
	return []kind{
		{v1.ErrNoCoverage, http.StatusNotFound, "no-such-service", "没有这类设施的覆盖分析", "No such service of coverage", 0},
		{v1.ErrManySitings, http.StatusServiceUnavailable, "busy", "正在进行的选址与道路试算过多，请稍后再试", "Too many sitings and changes of streets at a time, try again", 2},
		{v1.ErrLongSiting, http.StatusServiceUnavailable, "siting-too-long", "选址计算超过 20 秒：请减少候选点、缩小范围，或稍后再试", "Choosing sites took more than 20 s: take fewer candidates or a smaller area, or try again", 10},
		{v1.ErrOldScenario, http.StatusConflict, "scenario-outdated", "情景中的变更与现状不符", "Changes of the scenario do not fit the city any more", 0},
		{coverage.ErrNoService, http.StatusNotFound, "no-such-service", "没有这类设施、类别或出行方式的覆盖分析", "No such service, kind or profile of coverage", 0},
		{coverage.ErrNoQuestion, http.StatusNotFound, "no-such-question", "没有这个问题", "No such question", 0},
		{coverage.ErrNoArea, http.StatusNotFound, "no-such-area", "没有这种或这个统计单元", "No such area, or kind of areas", 0},
		{coverage.ErrRadius, http.StatusBadRequest, "invalid-request", "半径超出范围", "A radius is out of bounds", 0},
		{coverage.ErrProblem, http.StatusUnprocessableEntity, "siting-contradiction", "选址条件自相矛盾", "The conditions of the siting contradict one another", 0},
		{coverage.ErrTooLarge, http.StatusUnprocessableEntity, "question-too-large", "问题过大：请缩小范围、减小半径或减少候选点", "The question is too large: a smaller area or radius, or fewer candidates", 0},
	}
}

// addCoverage says which change of a scenario does not fit, or what of a question is too much.
func (p *problem) addCoverage(err error) {
	if refusal, ok := errors.AsType[*coverage.Refusal](err); ok {
		p.Detail, p.DetailEn = refusal.Zh, refusal.En
	}
	if old, ok := errors.AsType[*v1.OldScenario](err); ok && len(old.Faults) > 0 {
		f := old.Faults[0]
		p.Detail, p.DetailEn = f.Pointer+"："+f.Zh, f.Pointer+": "+f.En
	}
}

// wordsOf is what an error is called, as its problem would be, or why it was refused: for answers that have begun and can be no problem any more.
func wordsOf(err error) (zh, en string) {
	if refusal, ok := errors.AsType[*coverage.Refusal](err); ok {
		return refusal.Zh, refusal.En
	}
	k, _ := classify(err)
	return k.title, k.titleEn
}
