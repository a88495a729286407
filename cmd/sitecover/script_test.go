package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts under testdata/script run the program as a user does: arguments, files, output, exit code.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sitecover": main,
	})
}

func TestScript(t *testing.T) {
	shared, err := filepath.Abs("../../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHARED", shared)
			env.Setenv("SITECOVER_LANG", "en")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			return cond == "shared" && isDir(shared), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"addsup":   addsUp,
			"agree":    agree,
			"realdata": realData,
			"broken":   broken,
			"damaged":  damaged,
			"refused":  refused,
			"gb18030":  toGB18030,
			"holes":    holes,
			"encode":   encode,
			"replace":  replaceIn,
			"grow":     grow,
			"spoilall": spoilAll,
		},
	})
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// exitCode runs `exitcode N sitecover args...` and fails unless the program ends with N. Its output is then open to stdout
// and stderr patterns like that of exec.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N program args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = exitStatus(err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s\nstderr:\n%s", got, args[0], ts.ReadFile("stderr"))
	}
}

// exitStatus is the exit code in an error of os/exec, or the error itself.
func exitStatus(err error) string {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return strconv.Itoa(e.ExitCode())
	}
	return err.Error()
}
