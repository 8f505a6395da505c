package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// pack is the zip file that a workbook is, by the names of its parts in small letters.
type pack map[string]*zip.File

// oleHeader begins encrypted workbooks, and xls files.
var oleHeader = []byte{0xd0, 0xcf, 0x11, 0xe0}

// inspect refuses what is no harmless workbook, by the names and sizes of its parts.
func inspect(ctx context.Context, r io.ReaderAt, size int64, lim Limits) (pack, error) {
	if size > lim.Bytes {
		return nil, tooLarge("%d bytes, %d are taken", size, lim.Bytes)
	}
	head := make([]byte, len(oleHeader))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else if bytes.Equal(head[:n], oleHeader) {
		return nil, ErrEncrypted
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, broken("%v", err)
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	if len(archive.File) > lim.Parts {
		return nil, tooLarge("%d parts", len(archive.File))
	}
	parts, unpacked := pack{}, uint64(0)
	for _, part := range archive.File {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		name := partName(part.Name)
		if err := checkPart(name, part); err != nil {
			return nil, err
		}
		if unpacked += part.UncompressedSize64; unpacked > uint64(lim.Unpacked) || part.UncompressedSize64 > uint64(lim.Unpacked) {
			return nil, tooLarge("it unpacks to more than %d bytes", lim.Unpacked)
		}
		if parts[name] != nil {
			return nil, broken("two parts have the name %q", name)
		}
		parts[name] = part
	}
	return parts, parts.checkTypes(ctx)
}

func partName(name string) string {
	return strings.ToLower(path.Clean(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/")))
}

// checkPart refuses parts that do harm.
func checkPart(name string, part *zip.File) error {
	if part.Flags&1 != 0 {
		return ErrEncrypted
	}
	within := "/" + name
	for _, sign := range []string{"vbaproject", "vbadata", "/macrosheets/", "/dialogsheets/"} {
		if strings.Contains(within, sign) {
			return ErrMacros
		}
	}
	for _, sign := range []string{"/externallinks/", "/embeddings/", "/activex/", "/querytables/", "/connections.xml"} {
		if strings.Contains(within, sign) {
			return ErrLinks
		}
	}
	return nil
}

// checkTypes looks for the type of workbooks with macros: they can be renamed, the type cannot.
func (p pack) checkTypes(ctx context.Context) error {
	if p["xl/workbook.bin"] != nil {
		return broken("a binary workbook (xlsb)")
	}
	macros := false
	err := p.read(ctx, "[content_types].xml", func(r io.Reader) error {
		types, err := io.ReadAll(io.LimitReader(r, 1<<20))
		macros = bytes.Contains(bytes.ToLower(types), []byte("macroenabled"))
		return err
	})
	switch {
	case macros:
		return ErrMacros
	case err != nil:
		return err
	case p["xl/workbook.xml"] == nil:
		return broken("it has no xl/workbook.xml")
	}
	return nil
}

// read reads a part. A part that is not there is empty.
func (p pack) read(ctx context.Context, name string, take func(io.Reader) error) error {
	part := p[name]
	if part == nil {
		return take(strings.NewReader(""))
	}
	r, err := part.Open()
	if err != nil {
		return broken("%s: %v", name, err)
	}
	err = take(&guardedReader{ctx: ctx, r: r, left: int64(part.UncompressedSize64)}) //nolint:gosec // held against the limit of the unpacked size
	return errors.Join(r.Close(), partError(name, err))
}

// partError says in which part of the file a fault is, whatever library found it.
func partError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrFile), errors.Is(err, ErrTooLarge):
		return fmt.Errorf("%s: %w", name, err)
	}
	return err
}

// guardedReader gives no more than the part said it has, and ends with the context.
type guardedReader struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

func (g *guardedReader) Read(b []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := g.r.Read(b)
	if g.left -= int64(n); g.left < 0 {
		return 0, tooLarge("a part has more than it says")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken("%v", err)
	}
	return n, err
}
