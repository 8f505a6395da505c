package grid

import (
	"fmt"
	"strings"

	"wangge/grid/lattice"
)

// namesShown bounds how many grids a sentence names.
const namesShown = 4

// Say tells of a finding in a sentence, in Chinese and English.
func (f Finding) Say() (zh, en string) {
	names := f.Grids[:min(len(f.Grids), namesShown)]
	of, ofEn := strings.Join(names, "、"), strings.Join(names, ", ")
	if len(f.Grids) > namesShown {
		of, ofEn = of+" 等", ofEn+" …"
	}
	size := fmt.Sprintf("%.1f m²", f.AreaM2)
	switch f.Kind {
	case lattice.Gap:
		return "无网格覆盖，" + size + "，邻 " + of, "covered by no grid, " + size + ", beside " + ofEn
	case lattice.Overlap:
		return of + " 重叠 " + size, ofEn + " overlap by " + size
	case lattice.Sliver:
		return fmt.Sprintf("%s 之间有碎缝，宽 %.3f m", of, f.WidthM), fmt.Sprintf("a sliver between %s, %.3f m wide", ofEn, f.WidthM)
	case lattice.Outside:
		return of + " 越出所在区划 " + size, ofEn + " leaves its division by " + size
	case lattice.Invalid:
		return of + " 图形无效", ofEn + " is not a valid shape"
	case lattice.Rectangle:
		return of + " 是矩形，可能是占位图形", ofEn + " is a rectangle, perhaps a placeholder"
	case KindDuplicateCode:
		return "代码 " + of + " 重复", "the code " + ofEn + " is given twice"
	}
	return of + " 的代码与所在区划不符", "the code " + ofEn + " names another place"
}
