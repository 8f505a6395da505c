package depot

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"wangge/grid/patrol/photo"
)

// stores are a folder, and a server that speaks S3.
func stores(t *testing.T) map[string]*Depot {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("photos"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	all := map[string]*Depot{}
	for name, address := range map[string]string{
		"folder": "file://" + t.TempDir(),
		"s3":     "s3://photos?region=us-east-1&use_path_style=true&endpoint=" + server.URL + "&partials=" + t.TempDir(),
	} {
		d, err := Open(t.Context(), address)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Cleanup(func() { _ = d.Close() })
		all[name] = d
	}
	return all
}

func smallJPEG(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		img.Set(i%40, i/40, color.RGBA{uint8(i), 100, 0, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStores(t *testing.T) {
	data := smallJPEG(t)
	hash := strings.Repeat("ab", 32)
	for name, d := range stores(t) {
		ctx := t.Context()
		one, two := NewKey(hash, "ONE"), NewKey(hash, "TWO")
		if _, err := d.Read(ctx, one); !errors.Is(err, ErrGone) {
			t.Errorf("%s: read of nothing: %v", name, err)
		}
		for _, key := range []string{one, two} {
			if err := d.Keep(ctx, key, data, photo.JPEG); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if got, err := d.Read(ctx, one); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		plain, err := d.Copy(ctx, Original{Key: one, MediaType: photo.JPEG, Orientation: 1}, photo.ThumbSide, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		marked, err := d.Copy(ctx, Original{Key: one, MediaType: photo.JPEG, Orientation: 1}, photo.ThumbSide, []string{"2026"})
		if err != nil || bytes.Equal(plain, marked) {
			t.Errorf("%s: another watermark is not another copy: %v", name, err)
		}
		if again, err := d.Copy(ctx, Original{Key: one, MediaType: photo.JPEG, Orientation: 1}, photo.ThumbSide, nil); err != nil || !bytes.Equal(plain, again) {
			t.Errorf("%s: the copy was not kept: %v", name, err)
		}
		for range 2 { // what is gone may be removed
			if err := d.Remove(ctx, one); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		left := 0
		if err := d.each(ctx, "", func(string) error { left++; return nil }); err != nil || left != 1 {
			t.Errorf("%s: %d objects are left, %v", name, left, err)
		}
		if _, err := d.Copy(ctx, Original{Key: one, MediaType: photo.JPEG}, photo.ThumbSide, nil); !errors.Is(err, ErrGone) {
			t.Errorf("%s: a copy of nothing: %v", name, err)
		}
		if got, err := d.Read(ctx, two); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: the other one with that hash went, too: %v", name, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"", "photos", "/var/photos", "file://photos", "file:///tmp?x=1", "ftp://host/x", "s3://", "file://" + file, "file:// %"} {
		if d, err := Open(t.Context(), address); err == nil {
			t.Errorf("%q was opened: %+v", address, d)
		}
	}
	if _, err := Open(t.Context(), "file://"+t.TempDir(), file); err == nil {
		t.Error("a font that is none was taken")
	}
	var none *Depot
	if err := none.Close(); err != nil {
		t.Error(err)
	}
}

// slow gives its bytes one by one and then fails.
type slow struct {
	data []byte
	err  error
}

func (s *slow) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, s.err
	}
	p[0], s.data = s.data[0], s.data[1:]
	return 1, nil
}

func TestPartials(t *testing.T) {
	d := stores(t)["folder"]
	p := d.Partial(7, strings.Repeat("a", 64))
	lost := errors.New("lost")
	if size, err := p.Write(0, &slow{[]byte("0123"), lost}); !errors.Is(err, lost) || size != 4 {
		t.Errorf("what came before the line was lost: %d, %v", size, err)
	}
	if size, err := p.Write(5, strings.NewReader("56")); !errors.Is(err, ErrGap) || size != 4 {
		t.Errorf("a gap: %d, %v", size, err)
	}
	var group sync.WaitGroup
	for from := range 5 {
		group.Go(func() {
			if _, err := p.Write(int64(from), strings.NewReader("0123456789"[from:])); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got, err := p.Content(); err != nil || string(got) != "0123456789" {
		t.Errorf("%q %v", got, err)
	}
	if err := errors.Join(p.Remove(), p.Remove()); err != nil {
		t.Error(err)
	}
	if size, err := p.Size(); size != 0 || err != nil {
		t.Errorf("%d %v", size, err)
	}
	for i := range maxPartials {
		if _, err := d.Partial(8, strconv.Itoa(i)).Write(0, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Partial(8, "more").Write(0, strings.NewReader("x")); !errors.Is(err, ErrManyPartials) {
		t.Errorf("one too many: %v", err)
	}
	if _, err := d.Partial(8, "0").Write(1, strings.NewReader("y")); err != nil {
		t.Errorf("one that was begun: %v", err)
	}
	if _, err := d.Partial(9, "0").Write(0, strings.NewReader("y")); err != nil {
		t.Errorf("another account's: %v", err)
	}
}

// forgetful is a record that has forgotten some photos.
type forgetful struct {
	keys [][]string
	err  error
}

func (f *forgetful) PurgeBlobs(context.Context) (keys []string, err error) {
	if len(f.keys) > 0 {
		keys, f.keys = f.keys[0], f.keys[1:]
	}
	return keys, f.err
}

func (f *forgetful) PurgeTracks(context.Context) (int64, error) { return 0, nil }

func TestPurge(t *testing.T) {
	d := stores(t)["folder"]
	ctx, now := t.Context(), time.Now()
	old, young := d.Partial(1, "old"), d.Partial(1, "young")
	for _, p := range []Partial{old, young} {
		if _, err := p.Write(0, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old.path, now, now.Add(-partialAge-time.Second)); err != nil {
		t.Fatal(err)
	}
	key := NewKey(strings.Repeat("cd", 32), "X")
	if err := d.Keep(ctx, key, smallJPEG(t), photo.JPEG); err != nil {
		t.Fatal(err)
	}
	if err := d.PurgeOnce(ctx, &forgetful{keys: [][]string{{"", key}, {key}}}, now); err != nil {
		t.Fatal(err)
	}
	a, _ := old.Size()
	b, _ := young.Size()
	if _, err := d.Read(ctx, key); !errors.Is(err, ErrGone) || a != 0 || b != 1 {
		t.Errorf("old %d, young %d, object %v", a, b, err)
	}
	away := errors.New("away")
	if err := d.PurgeOnce(ctx, &forgetful{err: away}, now); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	(*Depot)(nil).Purge(ended, &forgetful{}, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

// However many ask at once, no more than two photos are decoded at a time, and each asker has an answer.
func TestDarkroomIsBounded(t *testing.T) {
	room, err := newDarkroom(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = room.close() }()
	var mu sync.Mutex
	now, most := 0, 0
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			mediaType := photo.JPEG
			if i%3 == 0 {
				mediaType = photo.HEIC
			}
			_, err := room.develop(t.Context(), mediaType, func() ([]byte, error) {
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				mu.Lock()
				defer mu.Unlock()
				now--
				return nil, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most < 1 || most > decoders || len(room.any)+len(room.heic) != 0 {
		t.Errorf("%d at a time, %d and %d rooms are taken at the end", most, len(room.any), len(room.heic))
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	stuck := make(chan struct{})
	if _, err := room.develop(gone, photo.HEIC, func() ([]byte, error) { <-stuck; return nil, nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait: %v", err)
	}
	close(stuck)
}
