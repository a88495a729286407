package main

import (
	"runtime"

	"github.com/spf13/cobra"
)

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   a.t("显示版本", "show the version"),
		Example: "  sitecover version --json",
		Args:    a.noArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.emit(map[string]string{"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			a.printf("sitecover %s（%s，%s/%s）", "sitecover %s (%s, %s/%s)", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
