package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// Format is a format of files that can be read.
type Format string

// The formats.
const (
	GeoJSON Format = "geojson" // one text, or a sequence of texts
	PBF     Format = "osm.pbf"
	OSM     Format = "osm"
)

// File is a file to be read, once for GeoJSON, several times for OpenStreetMap.
type File struct {
	Path   string
	Format Format
	source func() (io.ReadCloser, error)
	size   int64
	passes int64 // how often the format is read, for the progress
	done   int64 // bytes of the passes before
	report func(done, total int64)
}

// Open looks at the beginning of a file and tells its format, by content first and by name where that says nothing.
// A *Fault tells what is wrong with it.
func Open(path string) (*File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening the file: %w", err)
	case !info.Mode().IsRegular():
		return nil, unknownFormat(path)
	case info.Size() == 0:
		return nil, empty()
	}
	return look(path, info.Size(), func() (io.ReadCloser, error) { return os.Open(path) })
}

// look tells the format of what source opens.
func look(path string, size int64, source func() (io.ReadCloser, error)) (*File, error) {
	f := &File{Path: path, source: source, size: size, passes: 1}
	file, err := source()
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	r, err := unzipped(file)
	if err != nil {
		return nil, err
	}
	head, err := bufio.NewReader(r).Peek(64)
	if err != nil && len(head) == 0 {
		return nil, readFault(err, "gzip")
	}
	if f.Format = sniff(head, path); f.Format == "" {
		return nil, unknownFormat(filepath.Base(path))
	}
	if f.Format != GeoJSON {
		f.passes = 4
	}
	return f, nil
}

// sniff tells the format from the first bytes, or else from the name; "" for none.
func sniff(head []byte, path string) Format {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
	switch {
	case bytes.Contains(head, []byte("OSMHeader")):
		return PBF
	case bytes.HasPrefix(text, []byte("{")):
		return GeoJSON
	case bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<osm")):
		return OSM
	}
	name := strings.TrimSuffix(strings.ToLower(path), ".gz")
	for suffix, format := range map[string]Format{".pbf": PBF, ".osm": OSM, ".geojson": GeoJSON, ".json": GeoJSON,
		".geojsonl": GeoJSON, ".geojsons": GeoJSON, ".geojsonseq": GeoJSON, ".ndjson": GeoJSON, ".jsonl": GeoJSON} {
		if strings.HasSuffix(name, suffix) {
			return format
		}
	}
	return ""
}

// stem is the file's name without its endings: the source of features with ids of their own.
func (f *File) stem() string {
	name := clean(filepath.Base(f.Path))
	if i := strings.IndexByte(name, '.'); i > 0 {
		return name[:i]
	}
	return name
}

// open starts one pass over the file's content, unzipped where it is gzip.
func (f *File) open(ctx context.Context) (io.ReadCloser, error) {
	file, err := f.source()
	if err != nil {
		return nil, fmt.Errorf("opening the file: %w", err)
	}
	r, err := unzipped(&countingReader{ctx: ctx, r: file, f: f, before: f.done})
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &pass{r, file, f}, nil
}

// unzipped is the content of what may be gzip.
func unzipped(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<18)
	magic, _ := buffered.Peek(2) // a fault of reading comes again with the first read
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return buffered, nil
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, readFault(err, "gzip")
	}
	return z, nil
}

// pass is one reading of the file.
type pass struct {
	io.Reader
	file io.Closer
	f    *File
}

func (p *pass) Close() error {
	p.f.done += p.f.size
	return p.file.Close()
}

// countingReader tells the progress and ends the reading when the context does.
type countingReader struct {
	ctx    context.Context
	r      io.Reader
	f      *File
	before int64
	read   int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(b)
	c.read += int64(n)
	if c.f.report != nil {
		c.f.report(c.before+c.read, c.f.size*c.f.passes)
	}
	return n, err
}

// readFault makes a fault of the file of an error while reading it; other errors stay what they are.
func readFault(err error, where string) error {
	var fault *Fault
	switch {
	case err == nil, errors.As(err, &fault), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return truncated(where)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return syntax(where + ": " + err.Error())
	}
	return fmt.Errorf("reading the file: %w", err)
}
