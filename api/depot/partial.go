package depot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

var (
	// ErrGap says that a piece begins beyond what is there. HTTP 409.
	ErrGap = errors.New("a piece before this one is missing")
	// ErrManyPartials says that an account has begun too many uploads. HTTP 429.
	ErrManyPartials = errors.New("too many uploads were begun and not ended")
)

// Bounds of partials.
const (
	maxPartials = 200                // of one account
	partialAge  = 3 * 24 * time.Hour // after which they are removed
)

// Partial is an upload that is not whole yet.
type Partial struct{ path string }

// Partial is the upload of a photo by an account. Nothing is there before something is written.
func (d *Depot) Partial(account int64, sha256 string) Partial {
	return Partial{filepath.Join(d.partials, strconv.FormatInt(account, 10), sha256)}
}

// Size is how many bytes there are: where the next piece begins.
func (p Partial) Size() (int64, error) {
	info, err := os.Stat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Write puts a piece in its place, as much of it as comes, and gives the size then. What is there already may come again. ErrGap where the piece
// begins beyond the end. What came before reading failed stays.
func (p Partial) Write(offset int64, piece io.Reader) (size int64, err error) {
	if err := p.room(); err != nil {
		return 0, err
	}
	file, err := os.OpenFile(p.path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	if offset > info.Size() {
		return info.Size(), ErrGap
	}
	_, failed := io.Copy(io.NewOffsetWriter(file, offset), piece)
	if info, err = file.Stat(); err != nil {
		return 0, err
	}
	return info.Size(), failed
}

// room makes the account's folder, and bounds what is in it.
func (p Partial) room() error {
	folder := filepath.Dir(p.path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(p.path); err == nil {
		return nil
	}
	list, err := os.ReadDir(folder)
	if err == nil && len(list) >= maxPartials {
		err = ErrManyPartials
	}
	return err
}

// Content is all that is there.
func (p Partial) Content() ([]byte, error) {
	content, err := os.ReadFile(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// Remove removes it. One that is not there is no error.
func (p Partial) Remove() error {
	if err := os.Remove(p.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// PurgePartials removes the uploads to which nothing was added for three days before an instant.
func (d *Depot) PurgePartials(ctx context.Context, now time.Time) (removed int, err error) {
	err = filepath.WalkDir(d.partials, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || entry.IsDir():
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && now.Sub(info.ModTime()) < partialAge {
			return nil
		}
		if err != nil {
			return err
		}
		if err := (Partial{path}).Remove(); err != nil {
			return fmt.Errorf("partial: %w", err)
		}
		removed++
		return nil
	})
	return removed, err
}
