// Package postgres stores the layers' features: it reads single ones, imports files, and checks what is derived.
//
// 图层对象的存取：读取单个对象、批量导入、核对派生数据。
//
// Decisions on writing one by one:
//
//   - Whoever writes brings the transaction and says where it may write (Authorize): the place that the feature has and the place that it will have are both
//     asked for. A feature belongs to a division and to any of its three departments.
//   - The order of refusals is: not there, not allowed, changed since, not as the catalogue wants it, not allowed there, outside, shifted, code. So nobody
//     learns by a refusal what the rights would not tell.
//   - What does not differ is not written: no revision, no line in the log. Geometry that differs by less than half a millimetre does not differ,
//     so that a client may send back what it read in whatever reference system.
//   - A replacement empties what it does not name, but for code and source: by them a feature is known again. A code is changed, never taken away, and
//     never given twice, nor is one of a scheme given in two layers.
//   - Numbers of codes come from code_counter, whose row makes the second writer wait for the first. They go on above the highest code that the registry has, so a
//     code that was given by hand is passed. A number whose transaction is rolled back is given again: nobody has seen it.
//   - Only the columns that change are in the statement, so that what else somebody wrote, and what Go would not keep to the last digit, stays as it is.
//   - Uniqueness is asked for before writing, so that a batch can tell all its faults at once; the indexes decide between two who write at once, and then the
//     transaction is over (ErrAborted).
//
// Decisions on what officers find out (proposals):
//
//   - A finding is kept as it came, with what its finder saw of the fields that it is about: so staff see three versions of each (seen, now, proposed), whatever
//     became of the feature meanwhile. What is wrong to say is refused with pointers at once; what is only doubtful (outside, shifted, deleted
//     meanwhile) is a flag, and whoever accepts it has to insist as with any other write.
//   - That a feature is there as recorded (exists) changes nothing in its row: it would give every toilet a revision a day. It is a row of its own, the
//     latest of which is the feature's last confirmation.
//   - That it is not there (missing) proposes status missing, not its deletion: a missing manhole cover is still to be replaced.
//   - A decision names what it takes; all else is not taken. It is written by Insert and Update as whoever decides, and the proposal names the revision that it
//     made, so that a history can be read with the reasons. Who says which revision he looked at (Seen) never writes over a later change of the same field.
//   - Two proposals about one feature are two. The second is held against what the first one made of it.
//   - Objects (measures) are proposed member by member, and merged when they are taken.
//
// Decisions on imports:
//
//   - One transaction. The file is streamed by COPY into temporary tables, one for each layer it fills, and merged by statements
//     over sets. Nobody sees half an import; a fault of the file, a lost connection or Ctrl-C leaves nothing.
//   - A feature is known again by its code (with the code's scheme) if it has one, else by source and key in the source. Within a
//     file the first holds and later ones are reported. A code that another feature has or ever had is refused.
//   - Only rows whose contents differ are written. The file owns the columns it has something to say about, and clears them where
//     it says nothing; all others are left to the record. OpenStreetMap clears nothing: that a tag is missing means that
//     nobody wrote it, and a bureau may have. Columns that cannot be empty take their default.
//   - The record's own CHECK constraints decide what a value may be: their text is taken from the database and asked of the
//     staged rows, so that a bad value is a row in the report and not the end of the import.
//   - Regions and grids are found by joins (place.go), with the row triggers told so by wangge.bulk. The answers are those of region_at and
//     grids_of; a test compares them, and `wangge check` does so on a whole record.
//   - The tables that are written are locked against other writers during the merge, not while the file is read; grids and
//     regions too, because a grid drawn meanwhile would not meet the new features. Readers are never stopped.
//   - A region without a parent gets the smallest one around it. That is done after each import of regions.
//   - A trial is the import itself, undone. It holds the same locks for as long.
//   - What somebody said of columns is remembered with the import, for the layer. What only was found out is not: it is found out again.
//   - Rows without a place are kept until somebody places them; pairs of new features of up to 200,000 that have like names (with the same numbers in them) within
//     50 m are proposed. Nothing is merged by itself.
//   - Uploaded files are imported by the server's [Runner]: its comment says why what is called done happened once.
package postgres
