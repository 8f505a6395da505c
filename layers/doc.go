// Package layers is the catalogue of what wangge keeps and shows: one file per layer, as data.
//
// A layer is declared once. Its columns are checked at start-up (layers/postgres), and queryables, JSON Schema, tile
// attributes, import mapping, validation, legend and map style are made from the declaration. To add a layer, add one file
// here, list it in catalogue.go, and write one migration that ends with make_inventory_layer('its_table').
//
// Decisions:
//   - A field has the name of its column. What is computed from other fields and from thresholds (compliance of a ramp, measures met
//     by a site) is a derived field: it has no column and is computed wherever the row is read, so it is never stale.
//   - Enumerations are short ASCII codes with labels in both languages; an import accepts code or label.
//   - ground, region, land_use and population are declared here too, because they are drawn and counted with, but they are reference and no collections.
//   - What a value may be is said here (Range, Members, Orders, Required, lengths of check.go) and once more by the CHECK constraints of the record, which
//     hold for who writes behind the server's back. A test holds the two against each other. Read takes JSON strictly; files are read more
//     kindly by package ingest, and both are held against the same Check.
//   - Codes of features are configured by rows, see code.go: a row of code_scheme says of which segments a code is made (region: the county's six digits; class;
//     sequence, at the end), a row of code_class which class a layer has, or a kind of its features ("motor/lot", "motor", ""; the narrowest
//     holds). A new feature without a code gets the next of the current scheme where a class is configured, and none elsewhere. To change over to
//     another standard, insert the scheme and its classes and make it is_current; codes that were given stay as they are.
//   - What looks like GCJ-02 (shift.go) is a doubt and not an error: who insists is believed.
//   - Colours are names of a flavour ("$toilet"), resolved by layers/style, so that a layer is drawn alike in every theme.
//
// The package knows no SQL, HTTP or logging. It works on values.
package layers
