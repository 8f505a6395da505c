// Package inbox takes what phones send: commands, applied in the order in which each device made them, whatever comes twice, late or out of order.
// It joins the rooms that a command touches (checks and problems in grid/postgres, the inventory in layers/postgres) in one transaction. 收件：终端指令。
//
// Decisions:
//
//   - Each command has a transaction of its own, in which its device is locked: what was answered is in the record, and what was not is sent again.
//     An outcome is written with its command and never made anew, so it is the same however often it is asked for.
//   - A command whose forerunner has not come is kept and waits (parked). The forerunner may come by another request, or the device may say that
//     it has nothing below a number any more (floor): then the gap is given up and counted as lost.
//   - A key is one command of an account, whatever device brings it: a phone that goes on under another id sends again what it has. What waited under the old
//     one is applied under the new.
//   - A command that cannot be applied is refused, and stays in the record with its body (of a track, which is personal, with a digest of it). That holds
//     for faults of ours too: one bad command must not keep a day's work on a phone. Only what may pass (the record is away, the caller left) ends the
//     request.
//   - What a check changes in the inventory is settled field by field (layers/postgres.Settle). Clashes are told with both versions; the check itself is
//     recorded whatever they are.
package inbox
