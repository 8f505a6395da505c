// Package postgres is the storage of package grid: it keeps the net in memory as the record has it, and writes grids.
//
// Decisions:
//
//   - [Model] has the shape that the follower of layers/city asks of a model, without knowing it: cmd brings the two together.
//   - A change reads only the rows it touched; the net is then made anew from values, some milliseconds for a city of 30,000 grids.
//   - Areas of regions are computed here (geo), those of grids are the record's.
//   - One edit of nets happens at a time: it locks the rows of grid_scheme first. Locking neighbours alone is not enough, for whoever waited for a
//     grid that was split meanwhile does not see its parts. The grids themselves are locked too, in the order of their numbers, against those who
//     write features (hold_grids).
//   - An edit is planned on values (package lattice), then written: the grids that were in one statement, the new ones in another, so features are
//     assigned again twice and not once a grid. Where shapes lie, and whose right reaches there, is asked of the record, after the plan.
//   - What a net made of another is after an edit follows from its members. So an undo turns back the grids of its own scheme only, and refuses
//     where a later edit did anything to them: former shapes fit their neighbours only as long as nobody moved a vertex.
//   - A scenario is its author's: others may read it where it is shared, nobody else changes it. The log of changes has who did what, not the states of the drawing.
//     Lists of scenarios leave their changes out.
//   - A version of thresholds is added, never changed; one of each profile is current, and the city goes by it with the next batch of changes.
//   - Duties go on with what comes of a grid; where nothing does they end, and come back from the log of changes when that is undone.
package postgres
