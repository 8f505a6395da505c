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
//   - Answers of coverage have their tag before they are worked out: run of the server, state of the city, question. What a caller has is not computed again.
//     A question of a scenario needs somebody who may read it, and its answer is kept by nobody.
//   - A table of coverage is sorted by what stands in the cursor, so pages stay in step while rows change between them. Files have all rows.
//   - Previews and sitings are POSTs because they are long, not because they change anything: everybody may. They are bounded instead: 200 changes, 200,000
//     places, 20 seconds, four sitings at a time.
package v1
