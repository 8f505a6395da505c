package v1

import "wangge/grid/coverage"

// askedScenario is the scenario that a question is asked of.
type askedScenario struct {
	id       string
	revision int64
	changes  []coverage.Change
}
