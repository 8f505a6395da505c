package v1

import (
	"cmp"
	"slices"
	"strings"

	"wangge/api/param"
	"wangge/grid/coverage"
)

// orderRows puts the rows of an answer in the order asked for: the worst of the first column that is seen first, where nothing is asked.
func orderRows(a *coverage.Answer, seen []int, by string) ([]int, error) {
	order := make([]int, len(a.Rows))
	for i := range order {
		order[i] = i
	}
	compare, err := comparer(a, seen, by)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Or(compare(x, y), cmp.Compare(a.Rows[x].Code, a.Rows[y].Code)) })
	return order, nil
}

// comparer compares two rows.
func comparer(a *coverage.Answer, seen []int, by string) (func(x, y int) int, error) {
	sign := 1
	key := strings.TrimPrefix(by, "+")
	switch {
	case key == "":
		first := a.Question.Columns[seen[0]]
		key = first.ID
		if first.LessIsBetter {
			sign = -1
		}
	case strings.HasPrefix(key, "-"):
		sign, key = -1, key[1:]
	}
	switch key {
	case "code":
		return func(x, y int) int { return sign * cmp.Compare(a.Rows[x].Code, a.Rows[y].Code) }, nil
	case "name":
		return func(x, y int) int { return sign * cmp.Compare(a.Rows[x].Name, a.Rows[y].Name) }, nil
	case "area":
		return func(x, y int) int { return sign * cmp.Compare(a.Rows[x].AreaM2, a.Rows[y].AreaM2) }, nil
	}
	id, side, _ := strings.Cut(key, ":")
	at := slices.IndexFunc(seen, func(c int) bool { return a.Question.Columns[c].ID == id })
	if at < 0 || side != "" && side != "num" && side != "den" {
		return nil, param.InQuery("sort", "必须是 code、name、area 或一列（可加 :num、:den），前可加 + 或 -", "must be code, name, area or a column, with :num or :den where wanted, and + or - before it")
	}
	column := seen[at]
	return func(x, y int) int {
		v, w := a.Rows[x].Values[column], a.Rows[y].Values[column]
		switch side {
		case "num":
			return sign * cmp.Compare(v.Numerator, w.Numerator)
		case "den":
			return sign * cmp.Compare(v.Denominator, w.Denominator)
		}
		return compareShares(v.Ratio, w.Ratio, sign)
	}, nil
}

// compareShares puts what has no share behind the others, whatever the direction.
func compareShares(x, y *float64, sign int) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return sign * cmp.Compare(*x, *y)
}
