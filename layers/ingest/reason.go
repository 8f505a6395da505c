package ingest

import (
	"errors"

	"wangge/geo"
)

// Code names a reason for setting a feature aside. It is stable: reports and programs rely on it. Codes of bad geometry are
// those of package geo.
type Code string

// The reasons that are not about the geometry's shape.
const (
	NoLayer         Code = "no_layer"         // nothing says which layer it belongs to
	NotAFeature     Code = "not_a_feature"    // JSON, but no GeoJSON object
	BadGeometry     Code = "bad_geometry"     // coordinates are not those of its type
	WrongKind       Code = "wrong_kind"       // the layer does not hold this kind of geometry
	RequiredMissing Code = "required_missing" // a field that the layer requires is empty
	BadValue        Code = "bad_value"        // a value that its field cannot hold
	MissingNodes    Code = "missing_nodes"    // a way refers to nodes that the file has not
	MissingMembers  Code = "missing_members"  // a relation refers to ways that the file has not
	BrokenRings     Code = "broken_rings"     // the ways of a relation do not close
	NotARoad        Code = "not_a_road"       // a highway value that is no way
	NotPublic       Code = "not_public"       // a toilet that the public may not use
	OutsideRegions  Code = "outside_regions"  // outside every region that the record knows
	DuplicateKey    Code = "duplicate_key"    // the same feature again in the file
	DuplicateCode   Code = "duplicate_code"   // a code that an earlier row of the file has
	CodeTaken       Code = "code_taken"       // a code that another feature has or had
	KeyConflict     Code = "key_conflict"     // code and source key name two different features
	Constraint      Code = "constraint"       // a rule of the record
	OutsideDatum    Code = "outside_datum"    // coordinates that cannot be those of the datum that was said
	NoPosition      Code = "no_position"      // neither coordinates nor a name or an address
	BadPosition     Code = "bad_position"     // coordinates that cannot be read
	LostDigits      Code = "lost_digits"      // a code that a spreadsheet program rounded
	Formula         Code = "formula"          // a value that a formula made
	CellError       Code = "cell_error"       // #N/A, #REF! and the like
	CellCut         Code = "cell_cut"         // a text longer than a cell may be
	TotalRow        Code = "total_row"        // a sum, no facility
	NotYours        Code = "not_yours"        // outside the area or the department of who imports
	NewArea         Code = "new_area"         // a remark, no reject: features outside known regions were taken
	Bounded         Code = "bounded"          // a remark: of these numbers the file has only a bound
	LooksShifted    Code = "looks_shifted"    // a remark: against the streets the file looks like GCJ-02
	NotSearched     Code = "not_searched"     // a remark: too many new features to look for duplicates among them
	UnknownRegion   Code = "unknown_region"   // no region has the code or the name
	AmbiguousRegion Code = "ambiguous_region" // several regions have the name
	Unplaced        Code = "unplaced"         // set aside until somebody puts it on the map
	Likely          Code = "likely_duplicate" // two features that may be one
)

type text struct{ zh, en string }

// textOf is a function over a constant table, so that nobody can change it.
func textOf(c Code) text {
	switch c {
	case NoLayer:
		return text{"不知道属于哪个图层：请用 --layer 指明，或使用 OpenStreetMap 标签", "no layer: say --layer, or use OpenStreetMap tags"}
	case NotAFeature:
		return text{"不是 GeoJSON 要素", "not a GeoJSON feature"}
	case BadGeometry:
		return text{"坐标与几何类型不符", "coordinates do not fit the type of geometry"}
	case WrongKind:
		return text{"图层不接受这种几何类型", "the layer does not hold this kind of geometry"}
	case RequiredMissing:
		return text{"缺少必填字段", "a required field is empty"}
	case BadValue:
		return text{"字段值无法识别", "a value does not fit its field"}
	case MissingNodes:
		return text{"文件中缺少这条线的部分节点", "the file lacks nodes of this way"}
	case MissingMembers:
		return text{"文件中缺少这个关系的部分成员", "the file lacks members of this relation"}
	case BrokenRings:
		return text{"关系的边界线不能闭合成环", "the ways of this relation do not close to rings"}
	case NotARoad:
		return text{"highway 的取值不是道路", "this highway value is no way"}
	case NotPublic:
		return text{"不对公众开放的厕所", "a toilet that is not open to the public"}
	case OutsideRegions:
		return text{"位于所有已知区域之外：若确为新区域，请允许新区域（--new-area）", "outside every known region: if this is a new area, say --new-area"}
	case DuplicateKey:
		return text{"文件中重复的要素，以先出现的为准", "the same feature again in the file; the first holds"}
	case DuplicateCode:
		return text{"标识码与文件中前面的要素重复", "an earlier row of the file has this code"}
	case CodeTaken:
		return text{"标识码已给过别的对象，不得再用", "the code was given to another feature before"}
	case KeyConflict:
		return text{"标识码与来源标识指向两个不同的对象", "code and source key name two different features"}
	case Constraint:
		return text{"不符合台账的取值规则", "against a rule of the record"}
	case OutsideDatum:
		return text{"坐标不在所说坐标基准的范围内", "coordinates that cannot be of the datum that was said"}
	case NoPosition:
		return text{"没有坐标，也没有名称或地址", "neither coordinates nor a name or an address"}
	case BadPosition:
		return text{"坐标无法识别", "coordinates cannot be read"}
	case LostDigits:
		return text{"编码曾按数字保存，末尾数字已丢失：请按文本填写", "the code was kept as a number and lost its last digits: write it as text"}
	case Formula:
		return text{"值由公式得出：请粘贴为数值", "the value is made by a formula: paste it as a value"}
	case CellError:
		return text{"单元格是错误值", "the cell has an error"}
	case NewArea:
		return text{"接受了已知区域之外的要素", "features outside every known region were taken"}
	}
	return ledgerText(c)
}

// ledgerText is textOf for what only tables, and files as a whole, can be told of; other codes are those of package geo.
func ledgerText(c Code) text {
	switch c {
	case CellCut:
		return text{"单元格文字过长", "the text of the cell is too long"}
	case TotalRow:
		return text{"合计行，不是设施", "a row of sums, no facility"}
	case UnknownRegion:
		return text{"没有这个区域：请核对代码或名称", "no region has this code or name"}
	case AmbiguousRegion:
		return text{"有几个区域同名：请填区域代码", "several regions have this name: give the code"}
	case NotYours:
		return text{"不在导入人的管辖范围内", "outside the area or department of who imports"}
	case Bounded:
		return text{"数值只是约数或界限（如 1000余、>50），已取其数并记下比较符", "only a bound of the number is told (1000余, >50): the number was taken, its comparator kept in extra"}
	case LooksShifted:
		return text{"与道路相比，整个文件像是 GCJ-02 偏移坐标：请核对坐标基准", "against the streets the whole file looks like GCJ-02: check the datum"}
	case NotSearched:
		return text{"一次新增的对象过多，未查重", "too many new features at once: duplicates were not looked for"}
	case Unplaced:
		return text{"只有地址或名称，没有坐标：已列入待定位", "an address or a name without coordinates: set aside to be put on the map"}
	case Likely:
		return text{"与另一对象名称相近、位置相邻，可能重复", "another feature near it has a like name: perhaps the same"}
	}
	return text{geo.Code(c).Title(), geo.Code(c).TitleEn()}
}

// IsRemark tells whether a code is of a remark on the whole file and no reason to set anything aside.
func (c Code) IsRemark() bool {
	return c == NewArea || c == Bounded || c == LooksShifted || c == NotSearched
}

// Says is what a code means, in both languages.
func (c Code) Says() (zh, en string) {
	t := textOf(c)
	return t.zh, t.en
}

// Rejected makes a reject with the words of its code.
func Rejected(row int64, key, layer string, c Code, detail string) Reject {
	t := textOf(c)
	return Reject{Row: row, Key: key, Layer: layer, Code: c, Zh: t.zh, En: t.en, Detail: detail}
}

// refusal is a reason on its way from where it is found to where the feature is known.
type refusal struct {
	code   Code
	detail string
}

func (r *refusal) Error() string { return string(r.code) + ": " + r.detail }

func refuse(c Code, detail string) error { return &refusal{c, detail} }

// reason turns an error about one feature into code and detail; ok is false for any other error.
func reason(err error) (c Code, detail string, ok bool) {
	var r *refusal
	if errors.As(err, &r) {
		return r.code, r.detail, true
	}
	var f *geo.Fault
	if errors.As(err, &f) {
		return Code(f.Code), f.Error(), true
	}
	return "", "", false
}
