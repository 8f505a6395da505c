package grid

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// What rules may say.
const (
	maxRules   = 500
	maxApplies = 32
	maxPeople  = 1000
)

// CheckRequirements finds what is wrong with a table of requirements; fields are /items/3/role. schemes are the codes of the city's schemes.
func CheckRequirements(want []Requirement, roles []Role, schemes map[string]bool) error {
	var bad Refusals
	seen := map[Requirement]bool{}
	for i, r := range want {
		at := fmt.Sprintf("/items/%d", i)
		bad = append(bad, checkRule(at, r.Role, r.Kind, r.Applies, roles, schemes)...)
		if r.AtLeast < 0 || r.AtLeast > maxPeople {
			bad.add(at+"/at_least", fmt.Sprintf("0 到 %d", maxPeople), fmt.Sprintf("must be 0 to %d", maxPeople))
		}
		if r.AtMost != 0 && (r.AtMost < r.AtLeast || r.AtMost > maxPeople) {
			bad.add(at+"/at_most", "不能少于最少人数", "must not be less than at_least")
		}
		if r.AtLeast == 0 && r.AtMost == 0 {
			bad.add(at, "没有要求任何东西", "requires nothing")
		}
		key := Requirement{Kind: r.Kind, Applies: r.Applies, Role: r.Role}
		if seen[key] {
			bad.add(at, "与前面的一条重复", "repeats one before")
		}
		seen[key] = true
	}
	return few(bad, len(want))
}

// CheckLoadLimits finds what is wrong with a table of load limits.
func CheckLoadLimits(want []LoadLimit, roles []Role, schemes map[string]bool) error {
	var bad Refusals
	seen := map[LoadLimit]bool{}
	for i, l := range want {
		at := fmt.Sprintf("/items/%d", i)
		bad = append(bad, checkRule(at, l.Role, l.Kind, l.Applies, roles, schemes)...)
		if l.AtMost < 1 || l.AtMost > maxPeople {
			bad.add(at+"/at_most", fmt.Sprintf("1 到 %d", maxPeople), fmt.Sprintf("must be 1 to %d", maxPeople))
		}
		if utf8.RuneCountInString(l.Standard) > maxNote {
			bad.add(at+"/standard", "太长", "is too long")
		}
		key := LoadLimit{Role: l.Role, Kind: l.Kind, Applies: l.Applies}
		if seen[key] {
			bad.add(at, "与前面的一条重复", "repeats one before")
		}
		seen[key] = true
	}
	return few(bad, len(want))
}

func checkRule(at, role string, kind TargetKind, applies string, roles []Role, schemes map[string]bool) (bad Refusals) {
	if !slices.ContainsFunc(roles, func(r Role) bool { return r.Code == role }) {
		bad.add(at+"/role", "没有这个角色", "there is no such role")
	}
	if !slices.Contains(TargetKinds(), kind) {
		bad.add(at+"/target_kind", "没有这类对象", "there is no such kind of targets")
	}
	if kind == TargetGrid && !schemes[applies] {
		bad.add(at+"/applies_to", "没有这个网格方案", "there is no such scheme")
	}
	if utf8.RuneCountInString(applies) > maxApplies {
		bad.add(at+"/applies_to", "太长", "is too long")
	}
	return bad
}

func few(bad Refusals, n int) error {
	if n > maxRules {
		bad.add("/items", fmt.Sprintf("超过 %d 条", maxRules), fmt.Sprintf("more than %d", maxRules))
	}
	return bad.Err()
}
