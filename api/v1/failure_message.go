package v1

import (
	"fmt"

	"wangge/grid"
)

// failureMessage says in a sentence what is not true.
func failureMessage(f grid.Failure, j failureJSON) (message, messageEn string) {
	target := j.Target.Name
	if target == "" {
		target = j.Target.Code
	}
	who, whoEn, since, sinceEn := "", "", "", ""
	if j.Holder != nil {
		who, whoEn = "（"+j.Holder.Name+"）", " ("+j.Holder.Name+")"
	}
	if f.Since != 0 {
		since, sinceEn = "，自 "+f.Since.String()+" 起", " since "+f.Since.String()
	}
	switch f.Kind {
	case grid.Expired:
		return fmt.Sprintf("%s 的%s%s已到期%s无人接任", target, j.Title, who, since),
			fmt.Sprintf("%s: the term of the %s%s is over%s and nobody follows", target, j.TitleEn, whoEn, sinceEn)
	case grid.Absent:
		return fmt.Sprintf("%s 的%s%s离岗%s无人代理", target, j.Title, who, since),
			fmt.Sprintf("%s: the %s%s is away%s and nobody stands in", target, j.TitleEn, whoEn, sinceEn)
	case grid.TooMany:
		return fmt.Sprintf("%s 有 %d 名主责%s，最多 %d 名", target, f.Have, j.Title, f.AtMost),
			fmt.Sprintf("%s has %d of primary rank as %s, %d at most", target, f.Have, j.TitleEn, f.AtMost)
	case grid.Overloaded:
		return fmt.Sprintf("%s%s负责 %d 处，最多 %d 处", j.Title, who, f.Have, f.AtMost),
			fmt.Sprintf("%s%s has %d, %d at most", j.TitleEn, whoEn, f.Have, f.AtMost)
	default:
		return fmt.Sprintf("%s 缺%s：有 %d 名，至少 %d 名", target, j.Title, f.Have, f.AtLeast),
			fmt.Sprintf("%s lacks a %s: %d of %d", target, j.TitleEn, f.Have, f.AtLeast)
	}
}
