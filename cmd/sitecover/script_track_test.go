package main

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// toGB18030 runs `gb18030 FILE`: the file is written anew in GB18030, as Excel in China saves CSV.
func toGB18030(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: gb18030 file")
	}
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes(raw)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o644))
}

// holes runs `holes FILE`: the second half of its first page is zeroed, which breaks the database's table of contents and no rows.
func holes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: holes file")
	}
	raw, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	clear(raw[2048:4096])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o644))
}
