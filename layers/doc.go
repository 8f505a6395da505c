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
//   - ground and region are declared here too, because they are drawn, but they are reference and no collections.
//   - Colours are names of a flavour ("$toilet"), resolved by layers/style, so that a layer is drawn alike in every theme.
//
// The package knows no SQL, HTTP or logging. It works on values.
package layers
