// Package patrol is the officer's day: what is due, checks, problems followed to their end, what a phone sends. It works on values only; loading them
// is the business of grid/postgres. 巡查：检查计划、检查、问题、照片、离线指令。
//
// Decisions:
//
//   - What is due follows from plans and the last checks whenever somebody asks (Plan, slots): nothing has to run at night to create it.
//     A phone without a network does the same from timetables that the server works out ahead, so that calendars and zones are known here alone.
//   - Everything that a device makes has an id that the device chose, so that whatever comes twice is known. A check is never changed; a problem is
//     what its events say, and Step is the only way from one state to the next.
//   - What is found on the ground is recorded even where the officer's duty, the grid or the clock are not what they should be: such things are flags
//     of the record, never reasons to lose it. What it would change in the inventory is another matter: see Effect.
//   - Problem.Next is asked by storage too, so that no client and no right makes a step that the state does not admit. Its revision rises with steps,
//     not with comments: a step that was made on an older one meets another's step, and both are told. Who rectified a problem does not verify it; what
//     came back after it was closed is another problem, linked to it. What was rectified on the spot is verified like all else.
//   - Rates count problems by the time they were found and as they stand now, void and merged ones left out; 0 of 0 is no share.
package patrol
