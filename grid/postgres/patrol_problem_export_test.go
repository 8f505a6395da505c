package postgres

// ProblemStatements are the statements about problems, classes and rates, by the name of their constant.
func ProblemStatements() map[string]string {
	return map[string]string{
		"allClassesSQL": allClassesSQL, "oneClassSQL": oneClassSQL, "holdClassSQL": holdClassSQL, "keepClassSQL": keepClassSQL, "putClassSQL": putClassSQL, "classesSQL": classesSQL,
		"countClassesSQL": countClassesSQL, "classUsesSQL": classUsesSQL, "problemSQL": problemSQL, "holdProblemSQL": holdProblemSQL, "numberSQL": numberSQL,
		"addProblemSQL": addProblemSQL, "setProblemSQL": setProblemSQL, "problemPlaceSQL": problemPlaceSQL, "foundSubjectSQL": foundSubjectSQL, "gridsHeldSQL": gridsHeldSQL,
		"addEventSQL": addEventSQL, "lastEventSQL": lastEventSQL, "eventOfSQL": eventOfSQL, "deptExistsSQL": deptExistsSQL, "holderExistsSQL": holderExistsSQL,
		"holdTwoSQL": holdTwoSQL, "eventsSQL": eventsSQL, "problemsSQL": problemsSQL, "latestProblemsSQL": latestProblemsSQL, "earliestProblemsSQL": earliestProblemsSQL,
		"deadlineProblemsSQL": deadlineProblemsSQL, "countProblemsSQL": countProblemsSQL, "duplicatesSQL": duplicatesSQL, "photosAfterSQL": photosAfterSQL, "ratesSQL": ratesSQL,
	}
}
