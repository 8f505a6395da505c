// Package sheet reads and writes tables as bureaus exchange them: xlsx workbooks and csv. 电子表格：安全读取，流式写出。
//
// It works on values and streams: a row is in memory at a time, with the workbook's shared texts beside it. What the rows mean is the business of whoever
// reads them (layers/ingest, grid/ledger).
//
// Decisions:
//
//   - A file that could do harm is refused whole, before a row of it is read: macros, links to other files, embedded objects, a password, a document type
//     definition, parts that unpack to more than the caller's limits. What a part's header says of its size is held against what it unpacks to.
//   - xlsx is read by a small scanner of our own. excelize (2.10) unpacks all parts into memory or temporary files and needs the whole file in memory
//     first; this reads from an io.ReaderAt, about as fast as the file inflates, and keeps nothing but shared texts. Its tests compare it with excelize, which
//     is imported by tests only.
//   - Cells are read raw: codes have not been rounded for display, a percentage is a fraction. A number is given in its shortest form, so that 2.1 is 2.1
//     and not 2.1000000000000001, and a telephone number has no exponent. Dates, which are numbers with a format, are given as ISO 8601.
//   - A whole number of more than 15 digits has been rounded by the spreadsheet program when it was typed: it is marked, because a code it is no more.
//   - What a formula made is marked: the file may have anything for its value. The caller decides.
//   - A merged cell holds for all cells it covers, in rows that have anything of their own. Merged ranges stand behind the rows in the file, so they are
//     looked for first; a file without any is searched for their name only.
//   - csv: byte order marks are believed, else UTF-8 if all of the file is, else GB18030 (which has GBK inside) if all of it is, else nothing: the caller may name
//     a charset, and then what cannot be read becomes U+FFFD. The delimiter is the one of comma, tab, semicolon and bar that gives the most even table.
//   - Writing csv: a text that a spreadsheet program would take for a formula gets an apostrophe before it, which reading takes off again; one that
//     has such an apostrophe already gets one more, so that every text comes back as it was. In xlsx a text is a text by its type.
package sheet
