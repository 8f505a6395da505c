package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// The limits of the format (wiki.openstreetmap.org/wiki/PBF_Format).
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// zstdReader decodes the newer blobs. It is made once: a decoder keeps buffers.
var zstdReader = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
})

// readPBF reads one pass over an .osm.pbf file.
func readPBF(ctx context.Context, f *File, want string, do func(*element) error) error {
	r, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	p := &pbfReader{r: r, block: newBlock(want, do)}
	for {
		kind, blob, err := p.blob()
		switch {
		case errors.Is(err, io.EOF):
			if p.blobs == 0 {
				return empty()
			}
			return nil
		case err != nil:
			return err
		}
		if err := p.take(kind, blob); err != nil {
			return err
		}
	}
}

// pbfReader reads the blobs of a file.
type pbfReader struct {
	r     io.Reader
	buf   []byte
	data  bytes.Buffer
	blobs int
	block *block
}

func (p *pbfReader) where() string { return fmt.Sprintf("PBF, block %d", p.blobs+1) }

// blob reads the next blob as it is in the file. Its error is io.EOF only at the very end.
func (p *pbfReader) blob() (kind string, blob []byte, err error) {
	var size [4]byte
	if n, err := io.ReadFull(p.r, size[:]); err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return "", nil, io.EOF
		}
		return "", nil, readFault(err, p.where())
	}
	header, err := p.read(int64(binary.BigEndian.Uint32(size[:])), maxBlobHeader)
	if err != nil {
		return "", nil, err
	}
	length := int64(-1)
	m := message(header)
	for field, ok := m.next(); ok; field, ok = m.next() {
		switch field.number {
		case 1:
			kind = string(field.bytes)
		case 3:
			length = int64(field.value)
		}
	}
	if m.bad() || length < 0 {
		return "", nil, syntax(p.where() + ": no header")
	}
	blob, err = p.read(length, maxBlob)
	return kind, blob, err
}

// read reads n bytes, which are valid until the next read.
func (p *pbfReader) read(n, limit int64) ([]byte, error) {
	if n < 0 || n > limit {
		return nil, syntax(fmt.Sprintf("%s: %d bytes", p.where(), n))
	}
	if int64(cap(p.buf)) < n {
		p.buf = make([]byte, n+n/4)
	}
	b := p.buf[:n]
	if _, err := io.ReadFull(p.r, b); err != nil {
		return nil, readFault(err, p.where())
	}
	return b, nil
}

// take unpacks a blob and reads the block in it.
func (p *pbfReader) take(kind string, blob []byte) error {
	data, err := p.unpack(blob)
	if err != nil {
		return err
	}
	switch {
	case p.blobs == 0 && kind != "OSMHeader":
		return syntax(p.where() + ": no OSMHeader")
	case kind == "OSMHeader":
		err = readHeader(data)
	case kind == "OSMData":
		err = p.block.read(data)
	}
	if errors.Is(err, errBlock) {
		return syntax(p.where() + ": " + err.Error())
	}
	p.blobs++
	return err
}

func (p *pbfReader) unpack(blob []byte) ([]byte, error) {
	m := message(blob)
	for field, ok := m.next(); ok; field, ok = m.next() {
		switch field.number {
		case 1: // raw
			return field.bytes, nil
		case 3: // zlib
			return p.inflate(field.bytes)
		case 7: // zstd
			d, err := zstdReader()
			if err != nil {
				return nil, err
			}
			data, err := d.DecodeAll(field.bytes, nil)
			if err != nil || len(data) > maxBlob {
				return nil, syntax(p.where() + ": zstd")
			}
			return data, nil
		case 4, 5, 6:
			return nil, syntax(p.where() + ": lzma, bzip2, lz4")
		}
	}
	return nil, syntax(p.where() + ": no data")
}

func (p *pbfReader) inflate(b []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, syntax(p.where() + ": " + err.Error())
	}
	p.data.Reset()
	n, err := p.data.ReadFrom(io.LimitReader(z, maxBlob+1))
	if err != nil || n > maxBlob {
		return nil, syntax(p.where() + ": zlib")
	}
	return p.data.Bytes(), nil
}

// readHeader refuses a file that wants more than is understood here.
func readHeader(data []byte) error {
	m := message(data)
	for field, ok := m.next(); ok; field, ok = m.next() {
		if field.number != 4 { // required_features
			continue
		}
		switch feature := string(field.bytes); feature {
		case "OsmSchema-V0.6", "DenseNodes":
		default:
			return fmt.Errorf("%w: needs %.60q", errBlock, feature)
		}
	}
	if m.bad() {
		return fmt.Errorf("%w: header", errBlock)
	}
	return nil
}
