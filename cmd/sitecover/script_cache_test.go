package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/protobuf/encoding/protowire"
)

// grow runs `grow FILE BYTES`: it appends blocks of a kind that readers pass over to an OSM PBF file until it has so many bytes.
func grow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: grow file bytes")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	path := ts.MkAbs(args[0])
	content, err := os.ReadFile(path)
	ts.Check(err)
	body := make([]byte, 1<<20)
	var header []byte
	header = protowire.AppendTag(header, 1, protowire.BytesType)
	header = protowire.AppendString(header, "Filler")
	header = protowire.AppendTag(header, 3, protowire.VarintType)
	header = protowire.AppendVarint(header, uint64(len(body)))
	for len(content) < want {
		content = binary.BigEndian.AppendUint32(content, uint32(len(header)))
		content = append(append(content, header...), body...)
	}
	ts.Check(os.WriteFile(path, content, 0o644))
}

// spoilAll runs `spoilall FOLDER`: one bit in the middle of every file there is turned over.
func spoilAll(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoilall folder")
	}
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*"))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("nothing in %s", args[0])
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		ts.Check(err)
		content[len(content)/2] ^= 1
		ts.Check(os.WriteFile(path, content, 0o644))
	}
}
