// Package ledger reads the people ledgers of bureaus: xlsx files with persons, their posts and the grids, roads and alleys they look after. It makes
// values of them; who is meant by a name is found out by whoever knows the record (grid/postgres). 人员台账。
//
// Decisions:
//
//   - Nothing is guessed silently. A row that cannot be read, or can be read in two ways, is set aside with its number and the reason; a cell that was
//     taken apart (two names, two phones) is reported though it was taken.
//   - Values that formulas made are not trusted: what the file last computed may be anything, so rows that need one are set aside.
//   - Cells are read raw: 2026年1月1日 formatted by Excel is the number 46023 in the file, whatever the reader's language, and codes have not been
//     rounded for display.
//   - The file itself is opened elsewhere (layers/sheet), where files that do harm are refused: this package sees a Book.
package ledger
