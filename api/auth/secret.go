package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
)

// secretBytes is how much chance is in the id of a session and in a token.
const secretBytes = 32

// newSession makes the id of a session. Only its sum is kept.
func newSession() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// TokenPrefix begins every token, so that one that lies around is known for what it is.
const TokenPrefix = "wg_"

// tokenDigits are as many digits of base 62 as hold secretBytes.
const tokenDigits = 43

// NewToken makes an API token, and the sum that is kept of it.
func NewToken() (token string, sum []byte) {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:])
	digits := new(big.Int).SetBytes(b[:]).Text(62)
	token = TokenPrefix + strings.Repeat("0", tokenDigits-len(digits)) + digits
	return token, SumOf(token)
}

// sane tells whether a text can be a token of ours at all.
func sane(token string) bool {
	digits, ok := strings.CutPrefix(token, TokenPrefix)
	if !ok || len(digits) != tokenDigits {
		return false
	}
	return strings.IndexFunc(digits, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) < 0
}

// SumOf is what the record keeps of a secret. The secrets have 256 bits of chance, so a plain hash is as good as a slow one.
func SumOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// passwordLetters have no two that look alike.
const passwordLetters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// NewPassword makes a password for somebody to type: 16 letters in groups of four, 92 bits.
func NewPassword() string {
	var s strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			s.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(passwordLetters))))
		if err != nil { // never, see crypto/rand
			panic(err)
		}
		s.WriteByte(passwordLetters[n.Int64()])
	}
	return s.String()
}
