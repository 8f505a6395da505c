// Package param reads what a request says: its query, and the names in its path. 请求参数。
//
// Decisions:
//
//   - A wrong parameter is never ignored and never guessed at: unknown names, repeated names, broken escapes and values
//     out of range are all answered, together, as [Faults], which package api turns into a 400 with the name of each.
//   - Numbers are plain decimals. What strconv takes besides (NaN, Inf, hexadecimals, underscores) is refused, so no
//     reader behind this package meets a number that is not one.
//   - Text is valid UTF-8 without control characters: PostgreSQL has no NUL, and logs stay on one line.
//   - A cursor is opaque to the caller and stands for a position in an order, not for a row: the page after it exists
//     even when the row is gone.
package param
