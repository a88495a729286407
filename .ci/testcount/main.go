// Command testcount reads `go test -json` and prints failures with their output, skips with their reasons, a line for each
// package, and the counts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

func main() {
	var passed, failed, skipped int
	output := map[string][]string{}
	failing := map[string]bool{} // packages with a failed test
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text())
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "build-output":
			fmt.Print(e.Output)
		case "output":
			output[key] = append(output[key], e.Output)
		case "pass":
			if e.Test != "" {
				passed++
			} else {
				fmt.Printf("ok    %7.2fs %s\n", e.Elapsed, e.Package)
			}
		case "fail":
			if e.Test != "" {
				failed++
				failing[e.Package] = true
			} else {
				if !failing[e.Package] { // it did not build, or died outside any test
					failed++
				}
				fmt.Printf("FAIL  %7.2fs %s\n", e.Elapsed, e.Package)
			}
			fmt.Print(strings.Join(output[key], ""))
		case "skip":
			if e.Test != "" {
				skipped++
				fmt.Printf("skipped %s: %s\n", e.Test, reason(output[key]))
			}
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

// reason is the line that t.Skip printed.
func reason(lines []string) string {
	for _, l := range lines {
		if s := strings.TrimSpace(l); s != "" && !strings.HasPrefix(s, "===") && !strings.HasPrefix(s, "---") {
			return s
		}
	}
	return "no reason given"
}
