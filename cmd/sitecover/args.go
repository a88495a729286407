package main

import (
	"strings"

	"github.com/spf13/cobra"

	"sitecover/data"
)

// usageOf turns cobra's own complaints into usage errors with a Chinese lead.
func usageOf(err error) error {
	return &usageError{data.Text{ZH: "无法识别的用法（" + err.Error() + "），请看 --help", EN: err.Error() + "; see --help"}}
}

func (a *app) noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s 不带参数，却给了 %q", "%s takes no argument, got %q", cmd.Name(), strings.Join(args, " "))
	}
	return nil
}

// oneArg allows one optional argument: the study file or folder.
func (a *app) oneArg(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage("%s 最多一个参数，却给了 %d 个：%q", "%s takes at most one argument, got %d: %q", cmd.Name(), len(args), strings.Join(args, " "))
	}
	return nil
}
