// Package rights decides who may do what: role × region subtree × department. It works on values; whoever serves a request finds out who is
// calling (api/auth) and where the target lies, and asks here. 权限：角色 × 区域 × 部门。
//
// Decisions:
//
//   - One table, rule by rule, read by a test that walks every route × role × inside or outside the own area.
//   - What everybody may read needs no Actor: Nobody is an actor too, and its role has the open actions.
//   - A right in an area needs the target to lie in the actor's region subtree (codes of divisions begin with their parent's; zones are no
//     parents of anything), or to belong to the actor's department. Empty scope of a role that is bound to an area means nowhere, so an
//     account that was made carelessly can do too little, never too much.
//   - An officer's own area is what the officer's holder is responsible for. Officers propose; they do not edit.
package rights
