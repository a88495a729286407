package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// progress shows stages on stderr: a bar with rate and time left on a terminal, a plain line a stage elsewhere. nil when
// --quiet asks for silence.
func (a *app) progress() run.Progress {
	if a.quiet {
		return nil
	}
	if f, ok := a.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return (&terminal{lang: a.lang, out: a.err}).show
	}
	last := ""
	start := time.Now()
	return func(stage data.Text, _, _ int64) {
		if s := stage.In(a.lang); s != last {
			last = s
			fmt.Fprintf(a.err, "[%6.1f s] %s\n", time.Since(start).Seconds(), s)
		}
	}
}

// terminal draws one bar a stage.
type terminal struct {
	lang  string
	out   io.Writer
	stage string
	bar   *progressbar.ProgressBar
}

func (p *terminal) show(stage data.Text, done, total int64) {
	if total <= 0 {
		total = -1
	}
	if s := stage.In(p.lang); s != p.stage {
		if p.bar != nil {
			_ = p.bar.Finish()
			fmt.Fprintln(p.out)
		}
		p.stage = s
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(s),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionUseANSICodes(true))
	}
	if total > 0 {
		p.bar.ChangeMax64(total)
		_ = p.bar.Set64(done)
	}
}
