package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"sitecover/data"
)

// parsed is the cache of parsed inputs that the flags ask for. Without a cache folder of the user's there is none.
func (a *app) parsed() data.Cache {
	if a.noCache {
		return data.Cache{}
	}
	dir := a.cache
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return data.Cache{}
		}
		dir = filepath.Join(user, "sitecover")
	}
	return data.Cache{Dir: dir, Version: build(), Writer: &a.writer}
}

// cacheWritten waits until the cache holds what this run has computed, or gives up what is not written when the run was interrupted. A cache that
// cannot be written is told, and stops nothing.
func (a *app) cacheWritten(ctx context.Context) {
	defer context.AfterFunc(ctx, a.writer.Stop)()
	if err := a.writer.Wait(); err != nil {
		fmt.Fprintln(a.err, a.t("缓存写不进去，结果不受影响，下次运行仍要从头读入（--cache 可换文件夹，--no-cache 不用缓存）：%v",
			"the cache cannot be written: the results are not affected, and the next run reads everything anew (--cache names another folder, --no-cache uses none): %v", err))
	}
}

// build tells one build of the program from another: its version and revision, and for a build of changed sources the program file itself.
func build() string {
	out := version
	clean := false
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				out += " " + s.Value
			case "vcs.modified":
				clean = s.Value == "false"
			}
		}
	}
	if clean {
		return out
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			out += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return out
}
