package city

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// errCopy: what PostgreSQL sends is not its binary COPY format.
var errCopy = errors.New("not binary COPY data")

// copySignature begins every binary COPY; flags and the length of an extension follow.
var copySignature = []byte("PGCOPY\n\xff\r\n\x00")

// copyBytes is how much goes at once from the connection to the reader.
const copyBytes = 256 << 10

// copyOut runs COPY (…) TO STDOUT (FORMAT binary) and calls row for each row, in another goroutine than the one that reads from the
// network, so that both cores work. Fields are nil for null and good until row returns.
func copyOut(ctx context.Context, conn *pgconn.PgConn, sql string, row func(fields [][]byte) error) error {
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := readCopy(bufio.NewReaderSize(pr, copyBytes), row)
		pr.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // unblocks the writer where reading ended early
		done <- err
	}()
	w := bufio.NewWriterSize(pw, copyBytes)
	_, err := conn.CopyTo(ctx, w, sql)
	if err == nil {
		err = w.Flush()
	}
	pw.CloseWithError(err) // nil is the end of the data
	return errors.Join(<-done, err)
}

// readCopy parses the binary COPY format.
func readCopy(r *bufio.Reader, row func(fields [][]byte) error) error {
	if err := readCopyHeader(r); err != nil {
		return err
	}
	var buf []byte
	var fields [][]byte
	var sizes []int32
	for {
		n, err := readUint(r, 2)
		if err != nil {
			return err
		}
		if n == 0xffff {
			if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
				return errCopy
			}
			return nil
		}
		buf, sizes = buf[:0], sizes[:0]
		for range n {
			size, err := readUint(r, 4)
			if err != nil {
				return err
			}
			sizes = append(sizes, int32(size))
			if int32(size) > 0 {
				if buf, err = appendN(r, buf, int(size)); err != nil {
					return err
				}
			}
		}
		fields = cut(fields[:0], buf, sizes)
		if err := row(fields); err != nil {
			return err
		}
	}
}

func readCopyHeader(r *bufio.Reader) error {
	head := make([]byte, len(copySignature)+8)
	if _, err := io.ReadFull(r, head); err != nil {
		return err
	}
	if !bytes.HasPrefix(head, copySignature) {
		return errCopy
	}
	_, err := r.Discard(int(binary.BigEndian.Uint32(head[len(copySignature)+4:])))
	return err
}

// cut finds the fields in the bytes of a row.
func cut(fields [][]byte, b []byte, sizes []int32) [][]byte {
	for _, size := range sizes {
		if size < 0 {
			fields = append(fields, nil)
			continue
		}
		fields = append(fields, b[:size:size])
		b = b[size:]
	}
	return fields
}

func readUint(r *bufio.Reader, n int) (v uint32, err error) {
	b, err := r.Peek(n)
	if err != nil {
		return 0, errors.Join(errCopy, err)
	}
	for _, x := range b {
		v = v<<8 | uint32(x)
	}
	_, err = r.Discard(n)
	return v, err
}

// fieldStep is how much of a field is taken at a time: a length that is a lie costs no memory.
const fieldStep = 1 << 20

func appendN(r *bufio.Reader, b []byte, n int) ([]byte, error) {
	for n > 0 {
		step := min(n, fieldStep)
		at := len(b)
		b = slices.Grow(b, step)[:at+step]
		if _, err := io.ReadFull(r, b[at:]); err != nil {
			return b, err
		}
		n -= step
	}
	return b, nil
}
