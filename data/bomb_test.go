package data

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protowire"
)

// bombZip is an archive whose files are as given, but for one that unpacks to so many bytes of spaces.
func bombZip(t *testing.T, name string, size int64, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for n, text := range files {
		w, err := z.Create(n)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create(name)
	spaces := bytes.Repeat([]byte{' '}, 1<<20)
	for left := size; err == nil && left > 0; left -= int64(len(spaces)) {
		_, err = w.Write(spaces)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestArchiveBombs: a workbook and a KMZ of under a megabyte that unpack to hundreds are refused, for less than a gigabyte of memory.
func TestArchiveBombs(t *testing.T) {
	files := toyFiles()
	files["study.yaml"] = useXLSX["study.yaml"]
	files["sites.xlsx"] = bombZip(t, "xl/worksheets/sheet1.xml", maxUnpacked+1<<20, map[string]string{"[Content_Types].xml": "<Types/>"})
	costs(t, "workbook", 1000, func() {
		if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "is not a readable Excel file") {
			t.Errorf("workbook: %v", err)
		}
	})
	files = toyFiles()
	files["study.yaml"] = layerStudy("file: b.kmz")
	files["b.kmz"] = bombZip(t, "doc.kml", maxKMZ+1<<20, nil)
	costs(t, "KMZ", 1000, func() {
		if _, err := readToy(t, files); err == nil || !strings.Contains(err.Error(), "unpacks to more than 200 MB") {
			t.Errorf("KMZ: %v", err)
		}
	})
}

// TestPBFBombs: a block says how large it unpacks, at most 32 MB, and is believed to the byte: neither zlib nor zstd may make more.
func TestPBFBombs(t *testing.T) {
	bomb := bytes.Repeat([]byte{0}, 64<<20)
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	var deflated bytes.Buffer
	appendBlob(&deflated, "OSMData", bomb)
	for name, file := range map[string][]byte{
		"a block that says 64 MB":               deflated.Bytes(),
		"zlib that makes more than it says":     pbfOf(3, 1000, deflatedOf(t, bomb)),
		"zstd that makes more than it says":     pbfOf(7, 1000, encoder.EncodeAll(bomb, nil)),
		"zstd that says 2 GB":                   pbfOf(7, 2<<30, encoder.EncodeAll(bomb, nil)),
		"a block of which 4 GB are to be there": {0, 0, 0, 12, 0x0a, 7, 'O', 'S', 'M', 'D', 'a', 't', 'a', 0x18, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		costs(t, name, 300, func() {
			if _, err := readPBF(context.Background(), bytes.NewReader(append([]byte(toyPBF()), file...)), 1); err == nil {
				t.Errorf("%s is read", name)
			}
		})
	}
}

// costs checks how many MB of heap a call takes at most.
func costs(t *testing.T, name string, most uint64, call func()) {
	t.Helper()
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	watch := watchHeap()
	call()
	if peak := watch(); peak > before.HeapAlloc+most<<20 {
		t.Errorf("%s: %d MB of memory", name, (peak-before.HeapAlloc)>>20)
	}
}

func deflatedOf(t *testing.T, content []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	appendBlob(&file, "OSMData", content)
	size, _, _, err := readBlobHeader(&file, make([]byte, maxBlobHeader), 1)
	if err != nil {
		t.Fatal(err)
	}
	w := wire{b: file.Bytes()[file.Len()-size:]}
	for w.next() {
		if w.field == 3 {
			return w.bytes()
		}
		w.skip()
	}
	t.Fatal("no zlib data")
	return nil
}

// pbfOf is a blob with data of one kind of compression that says how large it unpacks.
func pbfOf(kind protowire.Number, raw uint64, packed []byte) []byte {
	blob := protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), raw)
	blob = protowire.AppendBytes(protowire.AppendTag(blob, kind, protowire.BytesType), packed)
	header := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "OSMData")
	header = protowire.AppendVarint(protowire.AppendTag(header, 3, protowire.VarintType), uint64(len(blob)))
	return append(append([]byte{0, 0, 0, byte(len(header))}, header...), blob...)
}
