package coverage

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// plainCity is a random city: demand on a lattice of hexagon-like points whose weight falls away from the centre, candidates anywhere, sets by distance.
func plainCity(seed uint64, candidates, side int, reach float64) Problem {
	r := rand.New(rand.NewPCG(seed, 11))
	p := Problem{Goal: Most, Bound: true, First: []uint32{0}}
	middle := float64(side) / 2
	for i := range side * side {
		d := math.Hypot(float64(i%side)-middle, float64(i/side)-middle)
		p.Weight = append(p.Weight, int64(float64(50+r.IntN(200))*math.Exp(-2*d/middle)*10))
	}
	for range candidates {
		x, y := r.Float64()*float64(side), r.Float64()*float64(side)
		for row := max(int(y-reach), 0); row < min(int(y+reach)+1, side); row++ {
			for col := max(int(x-reach), 0); col < min(int(x+reach)+1, side); col++ {
				// what is near is reached, less so near the rim: streets are no circles
				if d := math.Hypot(float64(col)-x, float64(row)-y); d < reach*(0.6+0.4*chance(uint64(row/3)<<20|uint64(col/3))) {
					p.Items = append(p.Items, uint32(row*side+col))
				}
			}
		}
		p.First = append(p.First, uint32(len(p.Items)))
	}
	return p
}

// TestSolveAgainstCBC holds value and bound against the optimum that an integer programming solver proves.
func TestSolveAgainstCBC(t *testing.T) {
	if _, err := exec.LookPath("cbc"); err != nil {
		t.Skip("no program cbc (Debian: coinor-cbc) to compare with")
	}
	for _, seed := range []uint64{0, 3, 5} {
		p := plainCity(seed, 250, 50, 5)
		p.K = 10
		plan, err := Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		checkPlan(t, &p, plan)
		best := optimum(t, &p)
		t.Logf("k = 10 of 250: value %d, optimum %d, bound %d, gap %.4f, %d swaps, %d steps", plan.Value, best, plan.UpperBound, plan.Gap, plan.Swaps, plan.Iterations)
		if plan.UpperBound < best || best < plan.Value {
			t.Errorf("bound %d, optimum %d, value %d", plan.UpperBound, best, plan.Value)
		}
		if plan.Gap > 0.02 || float64(plan.Value) < 0.99*float64(best) {
			t.Errorf("value %d, optimum %d, gap %.4f", plan.Value, best, plan.Gap)
		}
	}
}

// optimum has cbc solve a problem of K sites: y ≤ the sum of what covers it, x whole.
func optimum(t *testing.T, p *Problem) int64 {
	t.Helper()
	model, answer := filepath.Join(t.TempDir(), "model.lp"), filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(model, []byte(linearProgram(p)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "cbc", model, "ratio", "0", "allow", "0", "solve", "solution", answer).CombinedOutput(); err != nil {
		t.Fatalf("cbc: %v\n%s", err, out)
	}
	file, err := os.Open(answer)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var set []uint32
	lines := bufio.NewScanner(file)
	lines.Scan()
	if !strings.HasPrefix(lines.Text(), "Optimal") {
		t.Fatalf("cbc found no optimum: %s", lines.Text())
	}
	for lines.Scan() {
		var row int
		var name string
		var value float64
		if _, err := fmt.Sscan(lines.Text(), &row, &name, &value); err == nil && strings.HasPrefix(name, "x") && value > 0.5 {
			var c uint32
			fmt.Sscanf(name, "x%d", &c)
			set = append(set, c)
		}
	}
	if len(set) == 0 || len(set) > p.K {
		t.Fatalf("cbc chose %d of %d", len(set), p.K)
	}
	return worthOf(p, set)
}

func linearProgram(p *Problem) string {
	by := make([][]uint32, len(p.Weight))
	var b strings.Builder
	b.WriteString("Maximize\n value:")
	for c := range len(p.First) - 1 {
		for _, i := range p.Items[p.First[c]:p.First[c+1]] {
			by[i] = append(by[i], uint32(c))
		}
	}
	for i, w := range p.Weight {
		if len(by[i]) > 0 {
			fmt.Fprintf(&b, " + %d y%d\n", w, i)
		}
	}
	b.WriteString("Subject To\n sites:")
	for c := range len(p.First) - 1 {
		fmt.Fprintf(&b, " + x%d\n", c)
	}
	fmt.Fprintf(&b, " <= %d\n", p.K)
	for i := range by {
		if len(by[i]) == 0 {
			continue
		}
		fmt.Fprintf(&b, " y%d", i)
		for _, c := range by[i] {
			fmt.Fprintf(&b, " - x%d\n", c)
		}
		b.WriteString(" <= 0\n")
	}
	b.WriteString("Bounds\n")
	for i := range by {
		if len(by[i]) > 0 {
			fmt.Fprintf(&b, " 0 <= y%d <= 1\n", i)
		}
	}
	b.WriteString("Binaries\n")
	for c := range len(p.First) - 1 {
		fmt.Fprintf(&b, " x%d\n", c)
	}
	return b.String() + "End\n"
}

// BenchmarkSolve is k of 5,000 with the swap pass and the certificate, coverage sets given.
func BenchmarkSolve(b *testing.B) {
	for _, k := range []int{10, 30, 100} {
		p := plainCity(1, 5000, 200, 6)
		p.K = k
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			var plan Plan
			for b.Loop() {
				var err error
				if plan, err = Solve(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(plan.Gap*100, "gap%")
			b.ReportMetric(float64(plan.Iterations), "steps")
			b.ReportMetric(float64(plan.Evaluations), "evaluations")
		})
	}
}
