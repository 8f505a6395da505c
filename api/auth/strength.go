package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WeakError says why a password will not do, in both languages. It never has the password in it.
type WeakError struct{ Detail, DetailEn string }

// Error is the reason in English.
func (e *WeakError) Error() string { return "the password " + e.DetailEn }

// The length of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 128
)

// minDifferent is how many different characters a password has at least.
const minDifferent = 5

// CheckPassword tells whether a password will do for an account of a name: nil, or a *WeakError. Length counts, not kinds of letters: rules about
// those make people write Password1! and think of it as good.
func CheckPassword(name, password string) error {
	folded := strings.ToLower(password)
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.IndexFunc(password, unicode.IsControl) >= 0:
		return &WeakError{"含有控制字符或不是 UTF-8", "has control characters or is not UTF-8"}
	case n < MinPassword:
		return &WeakError{"口令至少 10 个字符", "has fewer than 10 characters"}
	case n > MaxPassword:
		return &WeakError{"口令最多 128 个字符", "has more than 128 characters"}
	case name != "" && strings.Contains(folded, strings.ToLower(name)) && len(folded) < 2*len(name)+MinPassword:
		return &WeakError{"口令不能是账号名加几个字符", "is the account's name and little more"}
	case different(folded) < minDifferent:
		return &WeakError{"口令的字符过于单一", "has too few different characters"}
	case common(folded):
		return &WeakError{"口令过于常见", "is one of the most common ones"}
	}
	return nil
}

func different(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// common tells whether a password is one that everybody tries first: a known one, such a one twice or with digits behind, or a run along the
// keyboard or the alphabet.
func common(folded string) bool {
	bare := strings.TrimRight(folded, "0123456789!@#$.*_-")
	half := folded[:len(folded)/2]
	known := []string{
		"password", "passw0rd", "p@ssword", "p@ssw0rd", "administrator", "admin", "root", "test", "guest", "welcome", "letmein", "changeme", "iloveyou",
		"qwerty", "woaini", "wangge", "jiaozhou", "qingdao", "chengguan", "zhongguo", "mima", "abc", "abcd", "a", "aa", "qwe", "asd", "zxc", "",
	}
	runs := "01234567890123456789 98765432109876543210 abcdefghijklmnopqrstuvwxyz qwertyuiopasdfghjklzxcvbnm 1qaz2wsx3edc4rfv5tgb6yhn 1q2w3e4r5t6y7u8i9o0p zaq12wsxcde3 q1w2e3r4t5y6 147258369 123qweasdzxc"
	return slices.Contains(known, bare) || strings.Contains(runs, folded) || len(half) >= 3 && folded == half+half && (slices.Contains(known, half) || strings.Contains(runs, half))
}
