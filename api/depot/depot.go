package depot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // opens s3://
	"gocloud.dev/gcerrors"
)

var (
	// ErrNone says that the server keeps no photos. HTTP 503.
	ErrNone = errors.New("no place to keep photos in")
	// ErrGone says that the store does not have an object that the record speaks of.
	ErrGone = errors.New("not in the store")
)

// Depot keeps photos. It is safe for concurrent use. A nil one keeps none.
type Depot struct {
	bucket   *blob.Bucket
	folder   string // of the bucket; "" where it is no folder
	partials string
	rooms    *darkroom
	whole    chan struct{} // tokens: photos that are held in memory on their way in
}

// wholePhotos bounds how many photos are in memory on their way in.
const wholePhotos = 8

// PartialsParam is the parameter of an s3:// address that names the folder of partials.
const PartialsParam = "partials"

// Open opens a depot at file:///folder, which is made where there is none, or at s3://bucket?region=… with the parameters of gocloud.dev/blob/s3blob
// (endpoint, use_path_style …) and partials=/folder, by default wangge-partials in the folder for temporary files. fonts are
// files to look for a CJK font in, for watermarks.
func Open(ctx context.Context, address string, fonts ...string) (*Depot, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address of a store of photos: %w", address, err)
	}
	var d *Depot
	switch u.Scheme {
	case fileblob.Scheme:
		d, err = openFolder(u)
	case "s3":
		d, err = openS3(ctx, u)
	default:
		return nil, fmt.Errorf("%q is neither file:///folder nor s3://bucket", address)
	}
	if err != nil {
		return nil, err
	}
	d.whole = make(chan struct{}, wholePhotos)
	if d.rooms, err = newDarkroom(fonts); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func openFolder(u *url.URL) (*Depot, error) {
	if u.Host != "" || !filepath.IsAbs(u.Path) || u.RawQuery != "" {
		return nil, fmt.Errorf("%q is not of the form file:///folder", u)
	}
	store, partials := filepath.Join(u.Path, "store"), filepath.Join(u.Path, "partials")
	for _, dir := range []string{store, partials} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	bucket, err := fileblob.OpenBucket(store, &fileblob.Options{NoTempDir: true, DirFileMode: 0o700, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, err
	}
	return &Depot{bucket: bucket, folder: store, partials: partials}, nil
}

func openS3(ctx context.Context, u *url.URL) (*Depot, error) {
	q := u.Query()
	partials := q.Get(PartialsParam)
	if partials == "" {
		partials = filepath.Join(os.TempDir(), "wangge-partials")
	}
	q.Del(PartialsParam)
	u.RawQuery = q.Encode()
	if err := os.MkdirAll(partials, 0o700); err != nil {
		return nil, err
	}
	bucket, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, err
	}
	if there, err := bucket.IsAccessible(ctx); err != nil || !there {
		return nil, errors.Join(fmt.Errorf("there is no bucket %s, or it lets nobody in", u.Host), err, bucket.Close())
	}
	return &Depot{bucket: bucket, partials: partials}, nil
}

// Close ends what is open.
func (d *Depot) Close() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.bucket.Close(), d.rooms.close())
}

// Chinese tells whether watermarks have Chinese in them.
func (d *Depot) Chinese() bool { return d.rooms.face.Chinese() }

// Keep writes an object and returns when it is durable.
func (d *Depot) Keep(ctx context.Context, key string, content []byte, mediaType string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a writer whose context ends writes nothing
	w, err := d.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: mediaType, DisableContentTypeDetection: true})
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		cancel()
		return errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return err
	}
	if d.folder == "" {
		return nil
	}
	return d.settle(key)
}

// settle syncs a file of the folder, and every folder above it that may be new.
func (d *Depot) settle(key string) error {
	path := filepath.Join(d.folder, filepath.FromSlash(key))
	for {
		if err := syncPath(path); err != nil {
			return err
		}
		if path == d.folder {
			return nil
		}
		path = filepath.Dir(path)
	}
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Read gives an object whole. ErrGone where there is none.
func (d *Depot) Read(ctx context.Context, key string) ([]byte, error) {
	r, err := d.bucket.NewReader(ctx, key, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

// Remove removes an object, and what was made of it. One that is not there is no error.
func (d *Depot) Remove(ctx context.Context, key string) error {
	keys := []string{key}
	err := d.each(ctx, copiesOf(key), func(k string) error {
		keys = append(keys, k)
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := d.bucket.Delete(ctx, k); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return err
		}
	}
	return nil
}

// Names of objects: originals/ab/abcd…-random, and copies/ab/abcd…-random/what.jpg.
const (
	originals = "originals/"
	copies    = "copies/"
)

// NewKey is the name of an original that is to be kept: another one each time.
func NewKey(sha256, random string) string {
	return originals + sha256[:2] + "/" + sha256 + "-" + random
}

// copiesOf begins the names of what was made of an original.
func copiesOf(key string) string { return copies + strings.TrimPrefix(key, originals) + "/" }

// Originals names the originals in the store.
func (d *Depot) Originals(ctx context.Context) (keys []string, err error) {
	err = d.each(ctx, originals, func(key string) error {
		keys = append(keys, key)
		return nil
	})
	return keys, err
}

// each goes through the names that begin with a prefix.
func (d *Depot) each(ctx context.Context, prefix string, do func(key string) error) error {
	for all := d.bucket.List(&blob.ListOptions{Prefix: prefix}); ; {
		one, err := all.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(one.Key); err != nil {
			return err
		}
	}
}
