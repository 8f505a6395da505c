package api

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"wangge/grid/patrol"
	"wangge/grid/rights"
)

// rounds is how often a random test runs: WANGGE_ROUNDS, or few.
func commandRounds() int {
	if n, err := strconv.Atoi(os.Getenv("WANGGE_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 3
}

// Whatever a network does to requests and answers (lost before, lost after, twice, late, out of order), each command is applied once, in the order of
// the device, and its outcome is always the same.
func TestCommandsOverAnUnreliableNetwork(t *testing.T) {
	w := newTown(t)
	for round := range commandRounds() {
		dice := rand.New(rand.NewPCG(7, uint64(round)))
		h := newHandset(t, w, rights.Officer, 100+round)
		all := make([]sent, 40)
		for i := range all {
			all[i] = command(int64(i+1), "problem", litter(1000*(round+1)+i))
			all[i].Key = uuid(300+round, i)
		}
		known := map[string]patrol.Outcome{}
		acknowledged := func(i int) bool { return known[all[i].Key].Status == patrol.Done }
		for left := len(all); left > 0; {
			first := dice.IntN(len(all))
			batch := append([]sent{}, all[first:min(len(all), first+1+dice.IntN(9))]...)
			dice.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			r := h.send(t, 1, batch...)
			if dice.IntN(3) == 0 {
				continue // the answer was lost
			}
			for _, o := range r.Outcomes {
				before := known[o.Key]
				if before.Status == patrol.Done && (o.Status != before.Status || o.Number != before.Number || o.ID != before.ID) {
					t.Fatalf("round %d: an outcome changed from %+v to %+v", round, before, o)
				}
				known[o.Key] = o
			}
			left = 0
			for i := range all {
				if !acknowledged(i) {
					left++
				}
			}
		}
		if n := w.count(t, fmt.Sprintf(`SELECT count(*) FROM problem WHERE device = '%s'`, h.device)); n != len(all) {
			t.Errorf("round %d: %d problems of %d commands", round, n, len(all))
		}
		if n := w.count(t, fmt.Sprintf(`SELECT count(*) FROM (SELECT p.number < lag(p.number) OVER (ORDER BY c.seq) AS early FROM patrol_command c
			JOIN problem p ON p.id::text = c.body ->> 'id' WHERE c.device_id = '%s') x WHERE early`, h.device)); n != 0 {
			t.Errorf("round %d: %d problems were numbered before those of earlier commands", round, n)
		}
	}
}
