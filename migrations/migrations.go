package migrations

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var embedded embed.FS

// ErrNewer tells that the database was migrated by a newer wangge than this one, which must not touch it.
var ErrNewer = errors.New("the database is newer than this program")

// Migration is one file and whether the database has it.
type Migration struct {
	Version   int64
	Name      string    // of the file
	AppliedAt time.Time // zero: pending
}

// Up applies the pending migrations to the pool's database, and waits while another server does so. The pool itself is
// not used: its connections may want types that only the migrations bring.
func Up(ctx context.Context, pool *pgxpool.Pool) error {
	return up(ctx, pool, embedded)
}

// Status lists all migrations in order. It changes nothing but may make goose's table.
func Status(ctx context.Context, pool *pgxpool.Pool) ([]Migration, error) {
	return status(ctx, pool, embedded)
}

// Version is the number of the newest migration in this program.
func Version() int64 { return newest(embedded) }

// Digest is a hash over the names and contents of all migrations: equal digests, equal schemas.
func Digest() string {
	h := sha256.New()
	for _, name := range files(embedded) {
		b, err := fs.ReadFile(embedded, name)
		if err != nil {
			panic(err) // an embedded file that is listed can be read
		}
		_, _ = fmt.Fprintf(h, "%s %d\n%s", name, len(b), b) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

func up(ctx context.Context, pool *pgxpool.Pool, fsys fs.FS) error {
	return with(pool, fsys, func(p *goose.Provider) error {
		have, err := p.GetDBVersion(ctx)
		if err != nil {
			return err
		}
		if want := newest(fsys); have > want {
			return fmt.Errorf("%w: it has migration %d, the newest here is %d; install the newer wangge", ErrNewer, have, want)
		}
		_, err = p.Up(ctx)
		return err
	})
}

func status(ctx context.Context, pool *pgxpool.Pool, fsys fs.FS) (all []Migration, err error) {
	err = with(pool, fsys, func(p *goose.Provider) error {
		list, err := p.Status(ctx)
		for _, s := range list {
			all = append(all, Migration{Version: s.Source.Version, Name: path.Base(s.Source.Path), AppliedAt: s.AppliedAt})
		}
		return err
	})
	return all, err
}

// How a server waits while another migrates: one look a second, for an hour.
const (
	lockPeriodS = 1
	lockTries   = 3600
)

// with runs do with a goose provider on connections like the pool's.
func with(pool *pgxpool.Pool, fsys fs.FS, do func(*goose.Provider) error) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriodS, lockTries))
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*pool.Config().ConnConfig)
	defer func() { _ = db.Close() }() // nothing is pending
	p, err := goose.NewProvider(goose.DialectPostgres, db, fsys, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	err = do(p)
	if part, ok := errors.AsType[*goose.PartialError](err); ok {
		return fmt.Errorf("migration %s: %w", path.Base(part.Failed.Source.Path), part.Err)
	}
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// files lists the migrations by name, which is by number.
func files(fsys fs.FS) []string {
	names, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		panic(err) // the pattern is right
	}
	return names
}

func newest(fsys fs.FS) int64 {
	names := files(fsys)
	if len(names) == 0 {
		return 0
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	v, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0 // a test refuses such a name
	}
	return v
}
