package main

import (
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
	return data.Cache{Dir: dir, Version: build()}
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
