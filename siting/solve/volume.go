package solve

import (
	"math"
	"sync"
	"sync/atomic"
)

// volume minimises a convex piecewise linear function f of multipliers by the volume algorithm (Barahona & Anbil,
// Mathematical Programming 87, 2000): steps are taken from the best point along an average of past subgradients, which at
// the same time averages the inner solutions into a near-optimal fractional one.
//
// Multipliers and values are integers in units of 2^-shift of a weight or cost. f is evaluated exactly, so that a bound
// can never be crossed by rounding.
type volume struct {
	shift  uint
	lambda []int64 // where f is evaluated next
	centre []int64 // the best point so far
	most   []int64 // upper limit of each multiplier; the lower one is 0
	best   int64   // f(centre)
	slack  []float64
	theta  float64 // step factor
	alpha  float64 // weight of the newest subgradient in the average
	stale  int     // evaluations since the best
	work   int
}

// scaleOf returns the shift that leaves every sum up to total exact.
func scaleOf(total int64) (shift uint) {
	for total<<(shift+1) <= MaxTotal && shift < 24 {
		shift++
	}
	return shift
}

func newVolume(most []int64, shift uint, workers int) volume {
	m := len(most)
	v := volume{shift: shift, lambda: make([]int64, m), centre: make([]int64, m), most: most, slack: make([]float64, m),
		best: math.MaxInt64, theta: 0.1, alpha: 0.05, work: workers}
	return v
}

// mix averages the subgradient component of multiplier i.
func (v *volume) mix(i int, s float64) {
	v.slack[i] = float64(v.alpha*s) + float64((1-v.alpha)*v.slack[i])
}

// adapt keeps lambda when f is smaller there, and steers step length and averaging: steps that fail in a row get shorter,
// and when they are short the average gets a longer memory and the steps start anew. The constants are tuned on the
// instances of docs/speed-siting.md. It reports whether lambda was kept.
func (v *volume) adapt(value int64) bool {
	if value < v.best {
		if v.best != math.MaxInt64 {
			v.theta = min(2, v.theta*1.1)
		}
		v.best, v.stale = value, 0
		copy(v.centre, v.lambda)
		return true
	}
	if v.stale++; v.stale%5 != 0 {
		return false
	}
	if v.theta *= 0.67; v.theta < 0.01 && v.alpha > 1e-3 {
		v.theta, v.alpha = 0.1, v.alpha/2
	}
	v.theta = max(v.theta, 1e-6)
	return false
}

// move sets lambda one step from the centre.
func (v *volume) move(target int64) {
	step := v.length(target)
	parallel(len(v.lambda), v.work, func(from, to int) {
		for i := from; i < to; i++ {
			v.lambda[i] = v.moved(i, step)
		}
	})
}

// moved returns multiplier i one step from the centre.
func (v *volume) moved(i int, step float64) int64 {
	by := float64(step * v.slack[i])
	if by > 1<<61 {
		return 0
	}
	if by < -1<<61 {
		return v.most[i]
	}
	whole := int64(by) // rounded by hand: this is where most time goes
	if rest := by - float64(whole); rest >= 0.5 {
		whole++
	} else if rest <= -0.5 {
		whole--
	}
	return min(max(v.centre[i]-whole, 0), v.most[i])
}

// length returns how long a step is, as long as if f could fall to target (Polyak).
func (v *volume) length(target int64) float64 {
	var norm float64
	for i, s := range v.slack {
		if s < 0 && v.centre[i] >= v.most[i] || s > 0 && v.centre[i] <= 0 {
			continue // the limit stops it
		}
		norm += float64(s * s)
	}
	if norm == 0 {
		norm = 1
	}
	over := math.Max(float64(v.best-target), math.Abs(float64(v.best))*1e-6)
	return v.theta * over / norm
}

// parallel calls f on consecutive ranges that make up 0..n. f must not depend on how the range is cut.
func parallel(n, workers int, f func(from, to int)) {
	workers = min(workers, n/1024)
	if workers <= 1 {
		f(0, n)
		return
	}
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() { f(n*k/workers, n*(k+1)/workers) })
	}
	wg.Wait()
}

// both runs the two, at the same time when there are workers for it. They must not share what either writes.
func both(workers int, bound func() int, search func()) (steps int) {
	if workers == 1 {
		search()
		return bound()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		search()
	}()
	steps = bound()
	<-done
	return steps
}

// spread calls f for every k below n, from several goroutines. f must only write what belongs to k.
func spread(n, workers int, f func(k int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				f(k)
			}
		})
	}
	wg.Wait()
}
