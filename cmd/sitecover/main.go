// Command sitecover answers where public service sites go, whom they serve, and what to build in which year.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the Makefile from the release tag.
var version = "dev"

func main() {
	ctx, abort := context.WithCancel(context.Background())
	a := newApp(os.Args[1:], os.Stdout, os.Stderr)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for range signals {
			a.interrupted(abort)
		}
	}()
	os.Exit(a.run(ctx, os.Args[1:]))
}
