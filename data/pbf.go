package data

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"sitecover/geo/network"
)

// The limits of the format, which also bound what a hostile file can make us allocate.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// errPBF is the family of everything wrong with an OSM PBF file.
var errPBF = errors.New("not a valid OSM PBF file")

// pbfError is a problem with one blob of the file.
type pbfError struct {
	offset int64
	what   Text
	hint   Text
	cause  error
}

func (e *pbfError) Error() string {
	return fmt.Sprintf("%v: at byte %d: %s", errPBF, e.offset, e.what.EN)
}

func (e *pbfError) Unwrap() []error { return []error{errPBF, e.cause} }

// pbfBlob is a packed piece of the file, decoded apart from the others.
type pbfBlob struct {
	index  int
	offset int64
	data   []byte
}

// pbfBlock is what one blob says about roads.
type pbfBlock struct {
	nodeID   []int64
	lon, lat []int32       // 1e-7 degrees, OSM's own precision
	ways     []network.Way // that someone may use; First and Count are in refs
	refs     []int64       // node ids of all ways, concatenated
	closed   int           // roads that nobody may use
	areas    int           // tagged highway or route, but no road
	skipped  int           // relations and other ways: not needed
}

// readPBF decodes all blobs, several at a time. The result is in the order of the file, whatever the number of workers: every block
// has its place, and of several errors that of the first blob is returned.
func readPBF(ctx context.Context, r io.Reader, workers int) ([]*pbfBlock, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	pool := &pbfPool{blobs: make(chan pbfBlob, workers), free: make(chan []byte, 2*workers+2)}
	done := make([]pbfDone, workers)
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() { done[w] = pool.work(ctx) })
	}
	total, err := pool.split(ctx, r)
	close(pool.blobs)
	group.Wait()
	if ctxErr := ctx.Err(); ctxErr != nil {
		return nil, ctxErr
	}
	first := total
	out := make([]*pbfBlock, total)
	for _, d := range done {
		if d.err != nil && d.failed < first {
			first, err = d.failed, d.err
		}
		for k, block := range d.blocks {
			out[d.index[k]] = block
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// pbfDone is what one worker made.
type pbfDone struct {
	blocks []*pbfBlock
	index  []int // of the blobs, parallel
	failed int   // blob of err
	err    error
}

// pbfPool passes blobs to the workers and their buffers back.
type pbfPool struct {
	blobs chan pbfBlob
	free  chan []byte
}

// work decodes blobs until there are no more. After an error it only takes them off the channel: those that come later in the file
// cannot matter any more.
func (p *pbfPool) work(ctx context.Context) (done pbfDone) {
	var d pbfDecoder
	for blob := range p.blobs {
		if done.err != nil || ctx.Err() != nil {
			continue
		}
		block, err := d.decode(blob)
		if err != nil {
			done.err, done.failed = err, blob.index
			continue
		}
		done.blocks, done.index = append(done.blocks, block), append(done.index, blob.index)
		select {
		case p.free <- blob.data[:0]:
		default:
		}
	}
	return done
}

// split cuts the file into blobs, and returns how many of data there were.
func (p *pbfPool) split(ctx context.Context, r io.Reader) (count int, err error) {
	offset := int64(0)
	header := make([]byte, maxBlobHeader)
	for ctx.Err() == nil {
		size, kind, n, err := readBlobHeader(r, header, offset)
		if err == io.EOF {
			break
		}
		if err != nil {
			return count, err
		}
		var data []byte
		select {
		case data = <-p.free:
		default:
		}
		data, err = readBlob(r, data, size, offset)
		if err != nil {
			return count, err
		}
		switch {
		case kind == "OSMData":
			p.blobs <- pbfBlob{index: count, offset: offset, data: data}
			count++
		case kind == "OSMHeader":
			if err := checkPBFHeader(data, offset); err != nil {
				return count, err
			}
		case offset == 0:
			return count, notPBF(offset, nil)
		}
		offset += n + int64(size)
	}
	if offset == 0 {
		return 0, notPBF(0, nil)
	}
	return count, nil
}

func notPBF(offset int64, cause error) *pbfError {
	return &pbfError{offset, T("不是 OSM PBF 文件", "is not an OSM PBF file"), T("需要 .osm.pbf；XML 的扩展名是 .osm", "an .osm.pbf is needed; OSM XML ends in .osm"), cause}
}

func cutOff(offset int64) *pbfError {
	return &pbfError{offset, T("文件不完整，在第 %d 字节附近中断", "is cut off near byte %d", offset), T("重新下载或复制这个文件", "download or copy the file again"), io.ErrUnexpectedEOF}
}

func damaged(offset int64, cause error) *pbfError {
	return &pbfError{offset, T("第 %d 字节处的数据块已损坏（%v）", "has a damaged block at byte %d (%v)", offset, cause), T("重新下载或复制这个文件", "download or copy the file again"), cause}
}

// readBlobHeader returns the size and kind of the next blob, and how many bytes its header took. It returns io.EOF at the end.
func readBlobHeader(r io.Reader, buffer []byte, offset int64) (size int, kind string, n int64, err error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		if err == io.EOF {
			return 0, "", 0, io.EOF
		}
		return 0, "", 0, shortRead(err, offset)
	}
	headerSize := binary.BigEndian.Uint32(length[:])
	if headerSize == 0 || headerSize >= maxBlobHeader {
		if offset == 0 {
			return 0, "", 0, notPBF(offset, nil)
		}
		return 0, "", 0, damaged(offset, errWire)
	}
	buffer = buffer[:headerSize]
	if _, err := io.ReadFull(r, buffer); err != nil {
		return 0, "", 0, shortRead(err, offset)
	}
	w := wire{b: buffer}
	for w.next() {
		switch w.field {
		case 1:
			kind = string(w.bytes())
		case 3:
			size = int(min(w.number(), maxBlob+1))
		default:
			w.skip()
		}
	}
	switch {
	case w.err != nil && offset == 0 || kind == "" && offset == 0:
		return 0, "", 0, notPBF(offset, w.err)
	case w.err != nil:
		return 0, "", 0, damaged(offset, w.err)
	case size > maxBlob:
		return 0, "", 0, damaged(offset, errors.New("a block larger than 32 MB"))
	}
	return size, kind, 4 + int64(headerSize), nil
}

func shortRead(err error, offset int64) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return cutOff(offset)
	}
	return fmt.Errorf("data: read: %w", err)
}

// readBlob reads size bytes into the buffer, growing it as bytes really come: a size that the file only claims costs nothing.
func readBlob(r io.Reader, buffer []byte, size int, offset int64) ([]byte, error) {
	const step = 1 << 20
	for len(buffer) < size {
		n := min(step, size-len(buffer))
		at := len(buffer)
		buffer = slices.Grow(buffer, n)[:at+n]
		if _, err := io.ReadFull(r, buffer[at:]); err != nil {
			return nil, shortRead(err, offset)
		}
	}
	return buffer, nil
}

// inflater unpacks blobs, reusing its buffers.
type inflater struct {
	zlib io.ReadCloser
	zstd *zstd.Decoder
	out  []byte
}

// inflate returns the content of a blob; it is valid until the next call.
func (f *inflater) inflate(blob []byte) ([]byte, error) {
	w := wire{b: blob}
	var packed []byte
	kind, rawSize := 0, 0
	for w.next() {
		switch w.field {
		case 1, 3, 4, 5, 6, 7:
			kind, packed = w.field, w.bytes()
		case 2:
			rawSize = int(min(w.number(), maxBlob+1))
		default:
			w.skip()
		}
	}
	switch {
	case w.err != nil:
		return nil, w.err
	case kind == 1:
		return packed, nil
	case rawSize > maxBlob:
		return nil, errors.New("a block larger than 32 MB")
	case kind == 3:
		return f.unzlib(packed, rawSize)
	case kind == 7:
		return f.unzstd(packed, rawSize)
	case kind == 0:
		return nil, errors.New("an empty block")
	}
	return nil, errors.New("a compression that is not supported: use zlib or zstd")
}

func (f *inflater) unzlib(packed []byte, size int) ([]byte, error) {
	var err error
	if f.zlib == nil {
		f.zlib, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		err = f.zlib.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	if err != nil {
		f.zlib = nil
		return nil, err
	}
	f.out = slices.Grow(f.out[:0], size+1)[:size+1] // one byte more, so that a block longer than it says is found
	n, err := io.ReadFull(f.zlib, f.out)
	if n == size && (err == io.ErrUnexpectedEOF || err == io.EOF) {
		return f.out[:size], nil
	}
	if err == nil || err == io.ErrUnexpectedEOF || err == io.EOF {
		err = fmt.Errorf("a block of another size than the %d bytes it says", size)
	}
	return nil, err
}

func (f *inflater) unzstd(packed []byte, size int) ([]byte, error) {
	if f.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
		if err != nil {
			return nil, err
		}
		f.zstd = d
	}
	out, err := f.zstd.DecodeAll(packed, f.out[:0])
	if err != nil {
		return nil, err
	}
	f.out = out
	if len(out) != size {
		return nil, fmt.Errorf("a block of another size than the %d bytes it says", size)
	}
	return out, nil
}

// checkPBFHeader refuses files that need features which this reader does not have, such as history.
func checkPBFHeader(blob []byte, offset int64) error {
	var f inflater
	content, err := f.inflate(blob)
	if err != nil {
		return damaged(offset, err)
	}
	w := wire{b: content}
	for w.next() {
		if w.field != 4 {
			w.skip()
			continue
		}
		switch feature := string(w.bytes()); feature {
		case "OsmSchema-V0.6", "DenseNodes", "":
		default:
			return &pbfError{offset, T("需要不支持的特性 %s", "needs the feature %s, which is not supported", feature), T("换一个普通的提取文件", "use a plain extract"), nil}
		}
	}
	if w.err != nil {
		return damaged(offset, w.err)
	}
	return nil
}
