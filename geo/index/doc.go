// Package index is a packed static R-tree over boxes in world units, in Hilbert order.
//
// Decisions
//
//   - The tree is built once and never changed: an array of boxes per level, 16 children a node, no pointers. Items
//     keep the order they are packed in, so leaf k holds the items 16k … 16k+15 and needs no list of them.
//   - [Pack] asks for the boxes of items instead of keeping them: a city that stores its features in columns computes
//     them from there, and the tree costs little more than one byte an item. [Build] keeps the boxes and the
//     permutation for callers that have items in an order of their own.
//   - Whole nodes are reported as runs of items ([Tree.Runs]), so that counting, or summing what was prepared per
//     item, need not visit items that are inside the question anyway.
//   - Boxes are closed: two that only touch intersect.
package index
