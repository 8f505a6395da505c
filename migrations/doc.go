// Package migrations holds the record's schema as numbered SQL files, and brings a database up to it.
//
// A file is named NNNN_verb_noun.sql (0007_add_hydrant.sql) and applied in the order of its number, in a transaction of
// its own. Files run forward only: they have no "goose Down" part, and one that has reached the main branch is never
// edited, for databases have it already. What was wrong is put right by the next number.
//
// goose (pressly/goose) does the work. It keeps its books in the table goose_db_version, and an advisory lock lets one
// server at a time migrate; the others wait, then find nothing to do.
package migrations
