// Package postgres is the storage of package grid: it keeps the net in memory as the record has it, and writes grids.
//
// Decisions:
//
//   - [Model] has the shape that the follower of layers/city asks of a model, without knowing it: cmd brings the two together.
//   - A change reads only the rows it touched; the net is then made anew from values, some milliseconds for a city of 30,000 grids.
//   - Areas of regions are computed here (geo), those of grids are the record's.
package postgres
