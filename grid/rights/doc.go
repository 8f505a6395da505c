// Package rights decides who may do what: role × region subtree × department. It works on values; whoever serves a request finds out who is
// calling (api/auth) and where the target lies, and asks here. 权限：角色 × 区域 × 部门。
//
// Decisions:
//
//   - One table (table.go), a line for each action and a column for each role, read by a test that walks every route × role × inside or outside
//     the own area. Asking it allocates nothing: it is asked for every person on a list.
//   - What everybody may read needs no Actor: Nobody is an actor too, and its column has the open actions.
//   - A right in an area needs the target to lie in the actor's region subtree (codes of divisions begin with their parent's; zones are no
//     parents of anything), or to belong to the actor's department. Empty scope of a role that is bound to an area means nowhere, so an
//     account that was made carelessly can do too little, never too much.
//   - An officer's own area is what the officer's holder is responsible for. Officers propose; they do not edit.
//   - A token does what its account may, except what would outlive it: it makes no tokens and sets no passwords. Whoever finds one is rid of by
//     revoking it. (An administrator's token does make accounts, for a staff register to keep them in step; each new one is in the audit.)
//   - Who still has a password that somebody else chose can only change it: everything else waits, and open pages are as for nobody.
//   - Administrators see no personal data and edit no grids: they give rights, others use them. The operator, who has the record in hand anyway
//     (commands of the server), may everything and is no role that an account can have.
package rights
