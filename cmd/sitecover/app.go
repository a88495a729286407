package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sitecover/cmd/internal/run"
	"sitecover/data"
)

// Exit codes, told in `sitecover --help` and docs/commands.md.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
	exitInput  = 3
	exitEarly  = 4
)

// app is what every command shares: where results and messages go, and in which language.
type app struct {
	out, err io.Writer
	lang     string // of messages, known before the flags are parsed
	langFlag string
	json     bool
	quiet    bool
	workers  int
	cache    string // folder of parsed inputs, "" = that of the user
	noCache  bool
	writer   data.Writer // of the cache
	search   run.Search
	gap      string // as written; read into search.Gap
	stop     *run.Stop
	version  string // of the program, as outputs tell it
}

// usageError marks a wrong use of the command line.
type usageError struct{ text data.Text }

func (e *usageError) Error() string { return e.text.EN }

// failure is an error that the user reads in their own language.
type failure struct {
	text data.Text
	err  error
}

func (e *failure) Error() string { return e.text.EN }
func (e *failure) Unwrap() error { return e.err }

// t picks the text of the user's language and fills it in.
func (a *app) t(zh, en string, args ...any) string { return data.T(zh, en, args...).In(a.lang) }

// printf writes one line of a result to stdout.
func (a *app) printf(zh, en string, args ...any) { fmt.Fprintln(a.out, a.t(zh, en, args...)) }

// usage makes an error that ends the program with exit code 2.
func usage(zh, en string, args ...any) error { return &usageError{data.T(zh, en, args...)} }

// execute is the whole program without signals: arguments in, exit code out.
func execute(ctx context.Context, args []string, out, errs io.Writer) int {
	return newApp(args, out, errs).run(ctx, args)
}

func newApp(args []string, out, errs io.Writer) *app {
	return &app{out: out, err: errs, lang: language(args), stop: run.NewStop(), version: version}
}

func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	a.cacheWritten(ctx)
	return a.report(ctx, err)
}

// interrupted is what Ctrl-C does: a running search ends and its best answer is given; where none runs, or when it is pressed
// again, the program gives up.
func (a *app) interrupted(abort context.CancelFunc) {
	if !a.stop.Request() {
		abort()
		return
	}
	fmt.Fprintln(a.err, a.t("正在收尾：给出当前最好的方案及其上限；再按一次 Ctrl-C 放弃", "stopping: the best answer so far comes with its bound; Ctrl-C again gives up"))
}

// language finds the language before the flags are parsed, because the help is written in it: --lang, then
// SITECOVER_LANG, then Chinese. A language that is none is passed over here and refused once the flags are parsed.
func language(args []string) string {
	lang := "zh"
	pick := func(v string) {
		if v == "zh" || v == "en" {
			lang = v
		}
	}
	pick(os.Getenv("SITECOVER_LANG"))
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			pick(v)
		} else if arg == "--lang" && i+1 < len(args) {
			pick(args[i+1])
		}
	}
	return lang
}

// report prints an error once, in the user's language, and maps it to the exit code: the only place that does.
func (a *app) report(ctx context.Context, err error) int {
	if err == nil && a.stop.Ended() {
		fmt.Fprintln(a.err, a.t("提前停止：结果是中断时的最好方案，完整写出", "stopped early: the results are whole, and the best found until then"))
		return exitEarly
	}
	if err == nil {
		return exitFine
	}
	var inputs data.InputErrors
	var input *data.InputError
	var use *usageError
	var fail *failure
	var told *checkFailed
	switch {
	case errors.As(err, &inputs):
		a.inputErrors(inputs)
		return exitInput
	case errors.As(err, &input):
		a.inputErrors(data.InputErrors{input})
		return exitInput
	case errors.As(err, &told):
		fmt.Fprintln(a.err, a.t("输入有 %d 处问题", "%d problem(s) in the inputs", told.errors))
		return exitInput
	case errors.As(err, &use):
		fmt.Fprintln(a.err, a.t("用法错误：", "usage: ")+use.text.In(a.lang))
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(a.err, a.t("已中断，没有写出任何结果", "interrupted, nothing was written"))
		return exitFailed
	case errors.As(err, &fail):
		fmt.Fprintln(a.err, a.t("失败：", "failed: ")+fail.text.In(a.lang))
		return exitFailed
	}
	if strings.HasPrefix(err.Error(), "unknown command") {
		fmt.Fprintln(a.err, a.t("用法错误：", "usage: ")+a.t("没有这个命令：%s", "%s", err))
		return exitUsage
	}
	fmt.Fprintln(a.err, a.t("失败：", "failed: ")+err.Error())
	return exitFailed
}

func (a *app) inputErrors(errs data.InputErrors) {
	for _, e := range errs {
		fmt.Fprintln(a.err, e.In(a.lang))
	}
	more := ""
	if len(errs) >= data.MaxErrors {
		more = a.t("（达到上限，可能还有更多）", " (the cap; there may be more)")
	}
	fmt.Fprintln(a.err, a.t("输入有 %d 处问题%s，没有写出任何结果", "%d problem(s) in the inputs%s, nothing was written", len(errs), more))
}

// emit writes v as indented JSON to stdout.
func (a *app) emit(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// open reads the study named by the first argument (default study.yaml).
func (a *app) open(cmd *cobra.Command, args []string) (*run.Session, error) {
	return run.Open(cmd.Context(), studyPath(args), a.options())
}

// studyPath is the study file that the first argument names.
func studyPath(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return "study.yaml"
}

func (a *app) options() run.Options {
	return run.Options{Workers: a.workers, Progress: a.progress(), Search: a.search, Stop: a.stop, Cache: a.parsed()}
}
