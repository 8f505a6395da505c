package walk

import (
	"os"
	"strconv"
)

// Rounds is how often a random test tries: a few times, or as often as WANGGE_ROUNDS says.
func Rounds(few int) int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_ROUNDS")); err == nil {
		return n
	}
	return few
}
