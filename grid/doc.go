// Package grid is the grid-plus-person model: regions, schemes, grids and their codes. It works on values; loading them is the
// business of grid/postgres. 网格：区划、方案、编码、定位、划格。
//
// Our words, and no others:
//
//	单元网格       UnitGrid     a grid of the scheme "unit", about 1 ha, within one community
//	责任网格       DutyGrid     a grid of a net by which people are responsible
//	网格方案       Scheme       a net of grids with one owner, one code pattern, one set of rules
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
//	部门           Department   who is competent, owns or maintains
//	口径           Provenance   whose ledger, as of when, how complete
//	台账           Inventory    the layers of the catalogue that are collections
package grid
