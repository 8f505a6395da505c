package coverage

import "sync"

// rerun chooses again with weights that are off by up to a tenth, and counts how often each of the chosen is chosen again.
func (s *solver) rerun() ([]int, error) {
	often := make([]int, len(s.plan.Chosen))
	if s.p.Reruns == 0 {
		return often, nil
	}
	var wait sync.WaitGroup
	var mutex sync.Mutex
	var failed error
	for w := range 2 {
		wait.Go(func() {
			for run := w; run < s.p.Reruns; run += 2 {
				chosen, err := s.again(uint64(run))
				mutex.Lock()
				if err != nil {
					failed = err
				}
				for k, c := range s.plan.Chosen {
					if err == nil && chosen[c] {
						often[k]++
					}
				}
				mutex.Unlock()
			}
		})
	}
	wait.Wait()
	return often, failed
}

// again chooses with other weights: the candidates that are in.
func (s *solver) again(run uint64) ([]bool, error) {
	weight := make([]int64, len(s.p.Weight))
	for i, w := range s.p.Weight {
		number := uint64(i)
		if s.p.Errors != nil {
			number = uint64(s.p.Errors[i])
		}
		weight[i] = w - w/10 + int64(float64(w/5)*chance(run<<32^number))
	}
	other, err := newSolver(s.ctx, s.p, weight)
	if err != nil {
		return nil, err
	}
	if err := other.choose(); err != nil {
		return nil, err
	}
	return other.in, nil
}

// chance turns a number into one between 0 and 1 that looks like chance and is always the same.
func chance(n uint64) float64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return float64((n^n>>31)>>11) / (1 << 53)
}
