package main

import (
	"time"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// defaultGap ends a search that has proved its answer to be this near to the best possible.
const defaultGap = "1%"

// searchFlags adds the flags that bound the solvers.
func (a *app) searchFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.gap, "gap", defaultGap, a.t("证明距最优不超过这个比例就停，例如 0.5%%；0%% 为直到证明最优", "stop when the answer is proved this near to the best possible, for example 0.5%%; 0%% = until proved optimal"))
	cmd.Flags().DurationVar(&a.search.Time, "time", 0, a.t("最多算多久，例如 60s；到时给出当前最好的方案及其上限（结果可能因机器快慢而异）", "search at most so long, for example 60s, then give the best so far with its bound (may differ between machines)"))
	cmd.Flags().IntVar(&a.search.Iterations, "iterations", 0, a.t("迭代预算，0 为默认；同样的预算在任何机器上结果相同", "iteration budget, 0 = default; the same budget gives the same answer on any machine"))
}

// readSearch checks them.
func (a *app) readSearch() error {
	gap, err := data.ParseShare(a.gap)
	switch {
	case err != nil || gap < 0 || gap > 1:
		return usage("--gap %q 不是 0 到 100 之间的百分数，例如 0.5%%", "--gap %q is not a percentage from 0 to 100, for example 0.5%%", a.gap)
	case a.search.Time < 0:
		return usage("--time 不能为负：%v", "--time must not be negative: %v", a.search.Time)
	case a.search.Time > 0 && a.search.Time < time.Second:
		return usage("--time 至少 1s，不能是 %v", "--time must be at least 1s, not %v", a.search.Time)
	case a.search.Iterations < 0:
		return usage("--iterations 不能为负：%d", "--iterations must not be negative: %d", a.search.Iterations)
	}
	a.search.Gap = gap
	return nil
}

// printStopped says that a search was ended early, and what its answer is then worth.
func (a *app) printStopped(why string) {
	switch why {
	case run.StoppedByUser:
		a.printf("提前停止（Ctrl-C）：这是中断时的最好方案；上限仍然有效", "stopped early (Ctrl-C): this is the best plan found until then; its bound holds")
	case run.StoppedByTime:
		a.printf("提前停止（到了 --time 的时限）：这是到时的最好方案；上限仍然有效", "stopped early (the limit of --time): this is the best plan found until then; its bound holds")
	}
}
