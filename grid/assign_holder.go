package grid

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// What texts about people may be, in characters.
const (
	maxName  = 64
	maxHours = 64
	maxNote  = 500
)

var (
	holderCode = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$`)
	mobile     = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	landline   = regexp.MustCompile(`^(0(?:10|2[0-9]|[3-9][0-9]{2}))?([2-9][0-9]{6,7})$`)
	hoursOf    = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})\s*[-~–—至到]\s*([0-9]{1,2}):([0-9]{2})$`)
)

// IsHolderCode tells whether a text can be the code of a holder: 1 to 32 ASCII letters, digits, dots, dashes and underscores.
func IsHolderCode(code string) bool { return holderCode.MatchString(code) }

// Plain makes one text of the many that ledgers have for the same: full-width digits and letters become ASCII, spaces of any kind one space, and what
// cannot be seen goes. 全角转半角、空白归一。
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xfeff || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(width.Fold.String(s)), " ")
}

// CleanName takes the spaces out of a Chinese name, 王 小明 → 王小明, and leaves single ones in others. ok is false for what can be no name: empty,
// longer than 64 characters, or without a letter.
func CleanName(s string) (name string, ok bool) {
	name = Plain(s)
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		name = strings.ReplaceAll(name, " ", "")
	}
	return name, strings.ContainsFunc(name, unicode.IsLetter) && utf8.RuneCountInString(name) <= maxName
}

// CleanPhone reads a telephone number of the mainland as people write it: a mobile one becomes 13812345678, a landline 0532-82280000 or 82280000, an
// extension is kept as -8001. Prefixes +86, 0086 and 86 go.
func CleanPhone(s string) (phone string, ok bool) {
	s = Plain(s)
	for _, mark := range []string{"转", "分机", "ext.", "ext", "*", "#"} {
		if head, tail, found := strings.Cut(s, mark); found {
			return phoneOf(head, tail, true)
		}
	}
	if phone, ok = phoneOf(s, "", false); ok {
		return phone, true
	}
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		return phoneOf(s[:i], s[i+1:], true)
	}
	return "", false
}

// phoneOf reads a number and perhaps an extension.
func phoneOf(s, ext string, extended bool) (phone string, ok bool) {
	number, ext := onlyDigits(s), strings.TrimSpace(ext)
	if strings.Trim(s, "0123456789+-()–—./ ") != "" || extended && (ext != onlyDigits(ext) || ext == "" || len(ext) > 6) {
		return "", false
	}
	for _, prefix := range []string{"0086", "86"} {
		if rest, found := strings.CutPrefix(number, prefix); found && len(rest) >= 9 {
			number = rest
			if !mobile.MatchString(number) && number[0] != '0' {
				number = "0" + number // +86 532 … is 0532 …
			}
			break
		}
	}
	if mobile.MatchString(number) && !extended {
		return number, true
	}
	m := landline.FindStringSubmatch(number)
	if m == nil {
		return "", false
	}
	phone = m[2]
	if m[1] != "" {
		phone = m[1] + "-" + phone
	}
	if extended {
		phone += "-" + ext
	}
	return phone, true
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// CleanHours reads hours of duty: 8:00-18:00 in any writing becomes 08:00-18:00, other words stay. ok is false for hours that no clock shows, and for
// more than 64 characters.
func CleanHours(s string) (hours string, ok bool) {
	hours = Plain(s)
	if m := hoursOf.FindStringSubmatch(hours); m != nil {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[0] > 23 || n[1] > 59 || n[2] > 24 || n[3] > 59 || n[2] == 24 && n[3] > 0 {
			return "", false
		}
		return fmt.Sprintf("%02d:%02d-%02d:%02d", n[0], n[1], n[2], n[3]), true
	}
	return hours, utf8.RuneCountInString(hours) <= maxHours
}

// Clean brings what was written of a holder into its one form, or refuses it.
func (h Holder) Clean() (Holder, error) {
	var bad Refusals
	var ok bool
	if h.Code != "" && !IsHolderCode(h.Code) {
		bad.add("/code", "1 到 32 个字母、数字、点、横线或下划线", "must be 1 to 32 letters, digits, dots, dashes or underscores")
	}
	if h.Name, ok = CleanName(h.Name); !ok {
		bad.add("/name", "1 到 64 个字符，须含文字", "must be 1 to 64 characters with a letter")
	}
	if h.Phone != "" {
		if h.Phone, ok = CleanPhone(h.Phone); !ok {
			bad.add("/phone", "不是内地手机或固定电话号码", "is no mobile or landline number of the mainland")
		}
	}
	h.Title = cleanText(&bad, "/title", h.Title, maxName)
	h.Note = cleanText(&bad, "/note", h.Note, maxNote)
	if h.Term.To != 0 && h.Term.To < h.Term.From {
		bad.add("/valid_to", "离岗早于到岗", "leaves before coming")
	}
	return h, bad.Err()
}

// Clean brings what was written of a duty into its one form, or refuses it.
func (d Duty) Clean() (Duty, error) {
	var bad Refusals
	var ok bool
	if d.Rank == "" {
		d.Rank = Primary
	}
	if d.Hours, ok = CleanHours(d.Hours); !ok {
		bad.add("/hours", "时段如 08:00-18:00，或不超过 64 个字符的文字", "must be hours like 08:00-18:00, or at most 64 characters of text")
	}
	d.Note = cleanText(&bad, "/note", d.Note, maxNote)
	return d, bad.Err()
}

func cleanText(bad *Refusals, field, s string, most int) string {
	s = strings.TrimSpace(s)
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		bad.add(field, "含有控制字符", "has control characters")
	case utf8.RuneCountInString(s) > most:
		bad.add(field, fmt.Sprintf("超过 %d 个字符", most), fmt.Sprintf("is longer than %d characters", most))
	}
	return s
}
