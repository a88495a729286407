package main

import (
	"sitecover/cmd/internal/run"
)

// checkPage writes the findings as one page.
func (a *app) checkPage(c *run.Checkup, study, file string) error {
	return c.WritePage(study, file, run.PageOptions{Lang: a.lang, Version: version})
}
