package grid

import (
	"strings"
	"unicode/utf8"
)

// What a mask leaves of a phone number, in digits: those of the network and those at its end.
const (
	phoneHead   = 3
	phoneTail   = 4
	phoneDigits = 11 // of a mobile number; shorter ones show their end at most
	phoneShort  = 7
)

// Shown is how a holder's name and phone leave the server: in full where the caller's rights say so, else masked. A name keeps its first
// character, 王小明 → 王**; a phone its first three and last four digits, 13812345678 → 138****5678, shorter ones less. The name of an
// organisation is not personal.
func Shown(h *Holder, full bool) (name, phone string) {
	switch {
	case full:
		return h.Name, h.Phone
	case h.Kind == Organisation:
		return h.Name, maskPhone(h.Phone)
	}
	return MaskName(h.Name), maskPhone(h.Phone)
}

// MaskName keeps the first character of a person's name.
func MaskName(name string) string {
	name = strings.TrimSpace(name)
	if name == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(name)
	if first == utf8.RuneError {
		return "**"
	}
	return string(first) + strings.Repeat("*", min(max(utf8.RuneCountInString(name[size:]), 1), 2))
}

// maskPhone keeps some digits at the ends of a number and nothing else of it.
func maskPhone(phone string) string {
	if strings.TrimSpace(phone) == "" {
		return ""
	}
	var digits []byte
	for i := range len(phone) {
		if c := phone[i]; '0' <= c && c <= '9' {
			digits = append(digits, c)
		}
	}
	if len(digits) == phoneDigits+2 && digits[0] == '8' && digits[1] == '6' { // the country's prefix is nobody's
		digits = digits[2:]
	}
	const stars = "****"
	switch n := len(digits); {
	case n >= phoneDigits:
		return string(digits[:phoneHead]) + stars + string(digits[n-phoneTail:])
	case n > phoneShort:
		return stars + string(digits[n-phoneTail:])
	}
	return stars
}
