// Package cql2 reads filters in the Common Query Language (CQL2, OGC 21-065r2), as text and as JSON, and tests features with them, in
// memory and in PostGIS. 过滤表达式。
//
//	f, err := cql2.Parse("status = '完好' AND capacity > 20")     // or ParseJSON
//	program, err := f.Compile(field)                              // once for each layer
//	program.Match(truth)                                          // for each feature
//	where, args, err := f.SQL(cql2.Columns{…})                    // SELECT … WHERE where, args...
//
// Text and JSON become one tree: properties, literals, and operations under the names that they have in CQL2's JSON. What is printed
// (String, JSON), compiled and sent as SQL is made from the tree alone.
//
// Decisions on the language:
//
//   - Parse reads the whole language, spatial, temporal and array functions included. Compile and SQL refuse what they cannot answer,
//     with its place: whether a construct is known is one question, whether it is answered here another. An error tells the character
//     and, of JSON, the JSON pointer.
//   - The canonical text (String) is good for cache keys: equal filters that differ in spaces, case of keywords, needless
//     parentheses, spelling of numbers, NOT x LIKE y against x NOT LIKE y have the same. It reads back as the same tree, and so does
//     the JSON.
//   - Bounds: Limit bytes of text or JSONLimit of JSON; Depth of nesting; MaxTests conditions; MaxPositions in geometries. There is
//     no backtracking: time is linear.
//   - Keywords that stand alone (AND, OR, NOT, IS, NULL, LIKE, BETWEEN, IN, DIV, TRUE, FALSE) are reserved. Those that begin a call
//     (DATE, POINT, S_WITHIN …) are names where no parenthesis follows; the canonical text quotes them.
//   - Backslash in a string: \' and \\ and the control characters of the standard (\a \b \t \n \v \f \r); before any other
//     character it stays, so that 'a\%' is the pattern that one expects. The standard says nothing of \\ , yet without it a
//     string could not end with a backslash.
//   - Full-width punctuation （，＝“”） is refused by name where the grammar would take it into a property name: it is the most
//     frequent slip of an input method.
//   - More than the grammar asks for: BETWEEN of dates and texts, NOT NOT, a minus before parentheses, a bare boolean property as
//     a condition, MULTIPOINT(1 2, 3 4), time stamps with an offset (they become UTC), instants where only intervals are foreseen
//     (T_DURING(surveyed_on, …): an instant begins and ends at once).
//   - The minus of -x is -1 * x, as the standard's JSON has no other way to say it.
//   - In JSON, a member that is not foreseen or is there twice, null, and an operation in the wrong case are refused: each is a slip.
//     An array of a single number or condition within another array or a function is ErrUnsupported: text cannot say it.
//
// Decisions on what is true, the same in memory and in SQL (random filters are held against each other in tests):
//
//   - Truth is three-valued. In memory NOT is pushed down to the tests (De Morgan holds there too); what is left asks of each
//     test only whether it has one wanted value, so a program is a chain of jumps without a stack, and Unknown never passes.
//   - Numbers are computed as float64, as columns hold them: integers are exact up to 2^53. Division of integers is not cut off
//     (DIV does that); x % y is what DIV leaves, with the sign of x. Computing reaches to 2^500, in steps of no less than 2^-500:
//     a larger operand, x / 0, a root of a negative number are null, and nothing overflows. NaN in a column compares with nothing.
//   - Texts compare by bytes. An enumerated field compares by code; a string literal may be its code or a label in either language.
//   - A date compares with dates and a time with times, never one with the other: a date has no time zone. Times are exact to the
//     microsecond, as the record is.
//   - Temporal functions are what the standard says with comparisons of their ends (temporal.go), and are turned into these. The open
//     end of an interval is before or after all; a property that is null makes the condition unknown.
//   - CASEI is the full case folding of Unicode. ACCENTI takes the combining marks of Latin, Greek and Cyrillic off and leaves those
//     that make another letter in other scripts (Japanese voicing, vowel signs).
//
// Decisions on SQL:
//
//   - Of a filter only its shape is in the text of the SQL, all values are parameters: the same text serves all values, literals of IN
//     are one array. Literals are folded, read as dates and looked up as codes here.
//   - No filter makes PostgreSQL raise an error: numbers are kept within reach before each step, divisors of 0 are null, powers are
//     asked whether they have a value, geometries are checked before they are sent (geo.CheckShape; the record's own are valid).
//     What an operator needs twice is named in a subquery, so that nested computations do not grow exponentially.
//   - CASEI and ACCENTI need no extension, and CASEI no locale either: what folding does to each character beyond ASCII goes along as
//     a parameter (a table of 25 kB, used for values that have such characters), ASCII is lower() in the collation C. ACCENTI is
//     normalize(NFD), the marks off, normalize(NFC): the database must be UTF8. Such conditions read every row (4 to 15 µs each, measured on 200,000 names).
//   - Equality and IN of texts, dates and truths, and the spatial functions but S_DISJOINT, use indexes. Numbers are compared as
//     float8, which the index of an integer column does not serve.
//   - The feature's geometry is the property geom. Literals are degrees of the record (CGCS2000), or what Columns.Shape makes into
//     such; heights are left out. A BBOX whose west is east of its east crosses the antimeridian; in other coordinates than degrees
//     its edges are curves of 16 pieces.
//   - A collection of points, lines and areas can be met or missed (S_INTERSECTS, S_DISJOINT); the other functions refuse it, for
//     GEOS before 3.13 cannot relate it. Collections of one kind are united first.
//   - Array functions are ErrUnsupported: no field is an array. So are functions that the standard does not define.
//   - The test suite of the standard (274 predicates) finds the numbers of items that it says, but for three of ACCENTI with LIKE whose
//     number it has wrong (corpus_test.go).
package cql2
