package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sitecover/cmd/internal/run"
)

// unasked are the flags that change no result, and those that the manifest holds in another way.
var unasked = []string{"json", "quiet", "workers", "cache", "no-cache", "lang", "help"}

// given lists the flags that a command was given, as verify gives them to it again: those that name its output are left out.
func (a *app) given(cmd *cobra.Command) []string {
	out := []string{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if slices.Contains(unasked, f.Name) || f.Name == run.OutputFlag(commandOf(cmd)) {
			return
		}
		value := f.Value.String()
		if list, several := f.Value.(pflag.SliceValue); several {
			value = strings.Join(list.GetSlice(), ",")
		}
		if f.Name == "font" || f.Name == "ledger" { // a file: found again from any folder
			if full, err := filepath.Abs(value); err == nil {
				value = full
			}
		}
		out = append(out, "--"+f.Name+"="+value)
	})
	return out
}

// commandOf names a command without the program: "track status".
func commandOf(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// seal writes the manifest of a file beside it, in the language of what the file says.
func (a *app) seal(cmd *cobra.Command, s *run.Session, command, file, lang string) error {
	return s.SealFile(cmd.Context(), command, file, run.ReportOptions{Lang: lang, Version: a.version, Asked: a.given(cmd)})
}

// again runs a command once more as its manifest says, silently, as the version that wrote it.
func (a *app) again(ctx context.Context, m *run.ReportManifest, study, out string) error {
	args := strings.Fields(m.Command)
	args = append(args, m.Asked...)
	args = append(args, "--quiet", "--json", fmt.Sprintf("--workers=%d", a.workers), "--"+run.OutputFlag(m.Command)+"="+out)
	if m.Options.Lang != "" {
		args = append(args, "--lang="+m.Options.Lang)
	}
	if a.noCache {
		args = append(args, "--no-cache")
	}
	if a.cache != "" {
		args = append(args, "--cache="+a.cache)
	}
	b := &app{out: io.Discard, err: io.Discard, lang: language(args), stop: a.stop, version: m.Version}
	root := b.root()
	root.SetArgs(append(args, study))
	root.SetOut(io.Discard)
	root.SetErr(io.Discard)
	return root.ExecuteContext(ctx)
}
