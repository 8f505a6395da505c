// Package grid is the grid-plus-person model: regions, schemes, grids and their codes. It works on values; loading them is the
// business of grid/postgres. 网格：区划、方案、编码、定位、划格。
//
// Our words, and no others:
//
//	单元网格       UnitGrid     a grid of the scheme "unit", about 1 ha, within one community
//	责任网格       DutyGrid     a grid of a net by which people are responsible
//	网格方案       Scheme       a net of grids with one owner, one code pattern, one set of rules
//	划格方案       Proposal     grids laid along streets or read from a file, for somebody to accept
//	区划           Region       a division (county, street, community …) or a zone
//	片区           Zone         a region that is no division
//	街道           Street       a division of a county, nine digits
//	社区           Community    a division of a street, twelve digits
//	部件           Component    a thing of the inventory
//	问题           Problem      what is found on the ground and followed to its end
//	职责           Duty         holder, role and target for a time
//	责任主体       Holder       a person or an organisation that has duties
//	角色           Role         网格长 grid_head, 网格员 grid_officer, 街长 street_head, 巷长 alley_head …
//	网格员         Officer      a person with the role grid_officer
//	责任对象       Target       what a duty is for: a grid, road, alley, place, region or zone; Subject is how people know it
//	定人要求       Requirement  how many of a role a target must have
//	缺口           Failure      where 格中定人 is not true: 缺员 missing, 到期 expired, 离岗无人代 absent, 超员 too many, 超负荷 overloaded
//	离岗           Absence      a time in which a holder does no duty; a substitute stands in (代理)
//	负荷           Load         how much a holder has of one thing, against a limit
//	花名册         Roster       all of that in memory
//	证明           Certificate  the figures of a region and day, to be computed again by anybody
//	部门           Department   who is competent, owns or maintains
//	口径           Provenance   whose ledger, as of when, how complete
//	调整           Edit         what is done to a net: split 拆分, merge 合并, redraw 重画, retire 停用 …
//	沿革           Lineage      what a grid comes of, and what came of it
//	完整性         Integrity    what is wrong with a net, as findings: gap 空白, overlap 重叠, sliver 碎缝 …
//	覆盖方案       Scenario     changes that are tried on coverage and kept by their author; nothing of it is in the inventory
//	阈值方案       Profile      a version of the thresholds that figures are held against; what a version says never changes
//	人口           Population   how many people live at a place, in an area or in a whole region; nobody's data
//	用地           Land use     what ground is used for, in the classes of the unit grids
//	账号           Account      who can sign in: a role of package rights × region × department; Actor is whoever calls
//	会话           Session      a browser that is signed in
//	令牌           Token        what a program calls with in place of a session
//	变更日志       Audit        who changed what
//	访问日志       Access log   who read personal data, signed in, was refused
//	台账           Inventory    the layers of the catalogue that are collections
//	点位           Place        where people check, of a kind that is data; it need be no component (Spot in memory)
//	检查计划       Plan         what is checked how often, with which checklist, by which role (grid/patrol)
//	检查清单       Checklist    the items of a check, in editions
//	检查           Check        one look at one subject; never changed
//	问题类别       Class        what kind of problem: photos, hours, department, how near a duplicate is
//	环节           Step         what is done with a problem: 交办 dispatch, 退回 return, 接办 take, 整改 rectify, 核查 pass or fail, 挂账 suspend, 并案 merge, 回头看 look back
//	销号           Close        a problem that was verified is closed
//	指令           Command      what a phone sends; its Outcome is 已生效 done, 有冲突 conflict, 未采纳 refused or 等待前序 waiting
//	终端           Device       one account on one phone
//	离线包         Pack         what a phone needs for a day without a network
//	台账核对       Finding      有 exists, 无 missing, 不符 differs, 新增 new: for staff to accept as a Proposal of a feature
//	轨迹           Track        where an officer went, on duty and only where the bureau keeps such things
//
// Decisions on laying and mending grids:
//
//   - [Lay] works on one arrangement of lines at a time (lattice.Cut): what stays of the lines after joining is cut once more, so neighbours have
//     the same vertices because they come of the same computation, not because they were adjusted.
//   - A building that a border would cut goes whole to one side: the border follows its walls. Cuts are straight and chosen to meet few
//     buildings; a search for a path between them was not needed then.
//   - Nothing that is laid or read becomes grids by itself: it is a proposal, and a person accepts it.
//   - [Mend] moves vertices to places that others have already, and never a cell's own vertices together: detail finer than the tolerance survives.
package grid
