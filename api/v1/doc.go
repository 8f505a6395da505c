// Package v1 answers below /api/v1: schemes, grids, people, duties, figures, accounts and logs. 网格、人员、职责与账号的接口。
//
// Decisions:
//
//   - A route is a value: method, path, what it needs by package rights, what it takes and what it answers. Package api mounts it; the API document
//     (openapi.json), the tests of the document and the matrix of rights are made from the same table, so none of them can forget a route.
//   - Handlers ask memory where memory knows (grids, people, duties), the record elsewhere. Writes go through Handler.write: one transaction with the
//     caller's name, an optional Idempotency-Key, If-Match where a row changes, and the revision in the answer.
//   - A route's Action is asked before the handler runs (might this role do it anywhere?); the place is asked where the target is known, by the
//     handler for reads and inside the transaction for writes.
package v1
