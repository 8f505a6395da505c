package depot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wangge/grid/patrol/photo"
)

// ErrBusy says that copies of many photos are asked for at once. HTTP 503.
var ErrBusy = errors.New("too many photos are looked at")

const (
	decoders = 2
	patience = 20 * time.Second // for one copy, the wait for a decoder included
)

// darkroom makes copies, a few at a time.
type darkroom struct {
	any, heic chan struct{} // tokens
	face      *photo.Face
	file      *os.File // of the face; nil for none
}

// newDarkroom looks for a font, in the files that are named or, where none is, in the usual folders.
func newDarkroom(fonts []string) (*darkroom, error) {
	r := &darkroom{any: make(chan struct{}, decoders), heic: make(chan struct{}, 1)}
	named := len(fonts) > 0
	if !named {
		fonts = usualFonts()
	}
	for _, path := range fonts {
		err := r.open(path)
		if err == nil {
			return r, nil
		}
		if named {
			return nil, fmt.Errorf("%s has no Chinese characters that watermarks could be written with: %w", path, err)
		}
	}
	var err error
	r.face, err = photo.PlainFace()
	return r, err
}

func (r *darkroom) open(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	if r.face, err = photo.NewFace(file); err != nil {
		return errors.Join(err, file.Close())
	}
	r.file = file
	return nil
}

// usualFonts are the CJK fonts that the usual folders have, sans before serif.
func usualFonts() (list []string) {
	home, _ := os.UserHomeDir()
	for _, name := range []string{"NotoSansCJK*-Regular.*", "SourceHanSans*-Regular.*", "wqy-*.ttc", "NotoSerifCJK*-Regular.*"} {
		for _, dir := range []string{"/usr/share/fonts", "/usr/local/share/fonts", filepath.Join(home, ".fonts"), filepath.Join(home, ".local/share/fonts")} {
			list = append(list, find(dir, name)...)
		}
	}
	return list
}

func find(dir, name string) (list []string) {
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error { // what cannot be read has no font for us
		if err != nil {
			return fs.SkipDir
		}
		if ok, _ := filepath.Match(name, entry.Name()); ok && !entry.IsDir() {
			list = append(list, path)
		}
		return nil
	})
	return list
}

func (r *darkroom) close() error {
	if r == nil || r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Original is a photo of the depot.
type Original struct {
	Key         string // of the object
	MediaType   string
	Orientation int
}

// Copy gives the copy of an original that is shown, no longer than side, with lines of a watermark; nil for none. It is made when it is asked for the
// first time. photo.ErrNoCopy where none can be made, ErrBusy where it takes too long.
func (d *Depot) Copy(ctx context.Context, o Original, side int, lines []string) ([]byte, error) {
	key := copyKey(o.Key, side, lines, d.Chinese())
	kept, err := d.Read(ctx, key)
	if !errors.Is(err, ErrGone) {
		return kept, err
	}
	made, err := d.rooms.develop(ctx, o.MediaType, func() ([]byte, error) {
		content, err := d.Read(ctx, o.Key) // not before there is room for it
		if err != nil {
			return nil, err
		}
		return photo.Copy(content, o.Orientation, side, lines, d.rooms.face)
	})
	if err != nil {
		return nil, err
	}
	return made, d.Keep(ctx, key, made, photo.JPEG)
}

// copyVersion is part of the names of copies: raise it when they are drawn in another way.
const copyVersion = 1

func copyKey(original string, side int, lines []string, chinese bool) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %t\n%s", copyVersion, side, chinese, strings.Join(lines, "\n")))
	return copiesOf(original) + hex.EncodeToString(sum[:12]) + ".jpg"
}

// develop waits for a decoder and makes a copy. One that takes too long keeps its decoder until it ends.
func (r *darkroom) develop(ctx context.Context, mediaType string, draw func() ([]byte, error)) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, ErrBusy)
	defer cancel()
	rooms := []chan struct{}{r.any}
	if mediaType == photo.HEIC {
		rooms = []chan struct{}{r.heic, r.any}
	}
	for i, room := range rooms {
		select {
		case room <- struct{}{}:
		case <-ctx.Done():
			leave(rooms[:i])
			return nil, context.Cause(ctx)
		}
	}
	type result struct {
		made []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer leave(rooms)
		made, err := draw()
		done <- result{made, err}
	}()
	select {
	case res := <-done:
		return res.made, res.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func leave(rooms []chan struct{}) {
	for _, room := range rooms {
		<-room
	}
}

// Enter waits until there is memory for one more photo that is held whole. leave is to be called when it is let go.
func (d *Depot) Enter(ctx context.Context) (leave func(), err error) {
	select {
	case d.whole <- struct{}{}:
		return func() { <-d.whole }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
