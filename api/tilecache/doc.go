// Package tilecache keeps encoded tiles in bounded memory and makes what is asked for by many at once only once. 编码瓦片缓存。
//
// It knows nothing of HTTP, cities or encodings: a tile is bytes under the entity tag that names them.
//
// Decisions:
//
//   - A tile is kept under its entity tag, which is a hash over everything that decides its bytes. So nothing in the cache can
//     become stale and nothing is ever invalidated: what nobody asks for any longer makes room.
//   - Working out an entity tag costs more than sending a tile. Before the tiles stand the tags, by the address that they were
//     worked out for and the version of the city at that time: while the version stands still the address is enough.
//     Addresses point to tags and not to tiles, so that a tile that was dropped is not held by the addresses it had.
//   - Both count bytes, with what an entry costs besides its own. The addresses get an eighth of the bound.
//   - A nil Cache is one that is switched off.
//   - One who asks for what is being made waits for it. The work has a context of its own, which ends when the last of those who wait
//     has left and not when the first does. It runs on the goroutine of the first: a goroutine more for each tile
//     would be felt. The others get its error as their own, but never its panic, and the next one begins afresh.
package tilecache
