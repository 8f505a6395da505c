// Package cql2 reads filters in the Common Query Language (CQL2 text, OGC 21-065r2) and tests features with them. 过滤表达式。
//
//	f, err := cql2.Parse("status = '完好' AND capacity > 20")
//	program, err := f.Compile(field)     // once for each layer
//	program.Match(truth)                 // for each feature
//
// Text becomes one tree: properties, literals, and operations under the names that they have in CQL2's JSON. What is printed,
// compiled, and later sent as SQL or JSON is made from the tree alone.
//
// Decisions:
//
//   - Parse reads the whole language, spatial, temporal and array functions included. Compile refuses what columns in memory cannot
//     answer, with its position: whether a construct is known is one question, whether it is answered here another.
//   - The canonical text (String) is good for cache keys: equal filters that differ in spaces, case of keywords, needless
//     parentheses, spelling of numbers, NOT x LIKE y against x NOT LIKE y have the same. It reads back as the same tree.
//   - Bounds: Limit bytes, so many tokens at most; Depth of nesting; MaxTests conditions. There is no backtracking: time is linear.
//   - Keywords that stand alone (AND, OR, NOT, IS, NULL, LIKE, BETWEEN, IN, DIV, TRUE, FALSE) are reserved. Those that begin a call
//     (DATE, POINT, S_WITHIN …) are names where no parenthesis follows; the canonical text quotes them.
//   - Backslash in a string: \' and \\ and the control characters of the standard (\a \b \t \n \v \f \r); before any other
//     character it stays, so that 'a\%' is the pattern that one expects. The standard says nothing of \\ , yet without it a
//     string could not end with a backslash.
//   - Full-width punctuation （，＝“”） is refused by name where the grammar would take it into a property name: it is the most
//     frequent slip of an input method.
//   - More than the grammar asks for: BETWEEN of dates and texts, NOT NOT, a minus before parentheses, a bare boolean property as
//     a condition, MULTIPOINT(1 2, 3 4), time stamps with an offset (they become UTC).
//   - Truth is three-valued as in SQL. NOT is pushed down to the tests (De Morgan holds there too); what is left asks of each
//     test only whether it has one wanted value, so a program is a chain of jumps without a stack, and Unknown never passes.
//   - Numbers are computed as float64, as columns hold them: integers are exact up to 2^53. Division of integers is not cut off
//     (DIV does that). What has no value (x / 0, overflow) is null.
//   - Texts compare by bytes. An enumerated field compares by code; a string literal may be its code or a label in either language.
//   - A date compares with dates and a time with times, never one with the other: a date has no time zone.
//   - CASEI is the full case folding of Unicode. ACCENTI takes the combining marks of Latin, Greek and Cyrillic off and leaves those
//     that make another letter in other scripts (Japanese voicing, vowel signs).
package cql2
