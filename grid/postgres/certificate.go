package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid"
	"wangge/grid/rights"
)

// Issued is a certificate in the record.
type Issued struct {
	ID       int64
	Number   string
	Day      grid.Day
	Region   string // code
	Document []byte // JSON
	Digest   string
	IssuedAt time.Time
	IssuedBy string
}

const (
	newestSQL = `SELECT coalesce(max(txid)::text, '0') FROM change`

	// Numbers of one day and place are given one after the other.
	lockNumbersSQL = `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`
	serialSQL      = `SELECT count(*) + 1, now() FROM certificate WHERE starts_with(number, $1)`
	issueSQL       = `
INSERT INTO certificate (number, on_day, scope, document, digest, issued_at) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, issued_by`

	issuedSQL = `SELECT id, number, on_day, scope, document::text, digest, issued_at, issued_by FROM certificate`
	oneSQL    = issuedSQL + ` WHERE number = $1`
	listSQL   = issuedSQL + ` WHERE id < $1 ORDER BY id DESC LIMIT $2`
	countSQL  = `SELECT count(*) FROM certificate`
)

// Attest computes from the record, in one state of it, what a certificate says of a region on a day. ErrNotFound where there was no such region.
// It reads all grids, people and roads: a second for a city.
func (s *Store) Attest(ctx context.Context, region string, day grid.Day) (c grid.Certificate, prefix string, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		c, prefix, err = attest(ctx, tx, region, day)
		return err
	})
	return c, prefix, interpret(err)
}

func attest(ctx context.Context, tx pgx.Tx, code string, day grid.Day) (c grid.Certificate, prefix string, err error) {
	held, err := Model{}.Load(ctx, tx)
	if err != nil {
		return c, "", err
	}
	people, err := RosterModel{}.Load(ctx, tx)
	if err != nil {
		return c, "", err
	}
	net, _ := held.(*grid.Net)
	roster, _ := people.(*grid.Roster)
	then := net.At(day)
	region := then.Region(code)
	if region == nil {
		return c, "", fmt.Errorf("region %q on %s: %w", code, day, ErrNotFound)
	}
	ways, err := readWays(ctx, tx)
	if err != nil {
		return c, "", err
	}
	c = roster.Certify(then, grid.NewWays(ways), day, region)
	return c, grid.CertificatePrefix(then, region, day), tx.QueryRow(ctx, newestSQL).Scan(&c.Inputs.Revision)
}

// IssueCertificate numbers a certificate and keeps it for good.
func (t *Tx) IssueCertificate(ctx context.Context, c grid.Certificate, prefix string) (Issued, error) {
	if err := t.Caller.Actor.May(rights.Certify, rights.Place{Region: c.Region.Code}); err != nil {
		return Issued{}, err
	}
	if _, err := t.tx.Exec(ctx, lockNumbersSQL, prefix); err != nil {
		return Issued{}, err
	}
	var serial int
	out := Issued{Day: c.Day, Region: c.Region.Code}
	if err := t.tx.QueryRow(ctx, serialSQL, prefix).Scan(&serial, &out.IssuedAt); err != nil {
		return Issued{}, err
	}
	c.Number = fmt.Sprintf("%s%04d", prefix, serial)
	c.IssuedAt, c.IssuedBy = out.IssuedAt.UTC().Format(time.RFC3339), t.Caller.Actor.Name
	var err error
	if out.Document, err = c.Canonical(); err != nil {
		return Issued{}, err
	}
	if out.Digest, err = grid.Digest(out.Document); err != nil {
		return Issued{}, err
	}
	out.Number = c.Number
	err = t.tx.QueryRow(ctx, issueSQL, out.Number, c.Day.Time(), out.Region, json.RawMessage(out.Document), out.Digest, out.IssuedAt).Scan(&out.ID, &out.IssuedBy)
	return out, err
}

// Certificate finds a certificate by its number. ErrNotFound where there is none.
func (s *Store) Certificate(ctx context.Context, number string) (Issued, error) {
	rows, err := s.pool.Query(ctx, oneSQL, number)
	if err != nil {
		return Issued{}, interpret(err)
	}
	found, err := pgx.CollectRows(rows, readIssued)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("certificate %q: %w", number, ErrNotFound)
	}
	if err != nil {
		return Issued{}, interpret(err)
	}
	return found[0], nil
}

// Certificates lists certificates, the newest first, from below an id on, and counts all.
func (s *Store) Certificates(ctx context.Context, below int64, limit int) (list []Issued, total int, err error) {
	rows, err := s.pool.Query(ctx, listSQL, below, limit)
	if err != nil {
		return nil, 0, interpret(err)
	}
	if list, err = pgx.CollectRows(rows, readIssued); err != nil {
		return nil, 0, interpret(err)
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countSQL).Scan(&total))
}

func readIssued(row pgx.CollectableRow) (i Issued, err error) {
	var day time.Time
	var document string
	err = row.Scan(&i.ID, &i.Number, &day, &i.Region, &document, &i.Digest, &i.IssuedAt, &i.IssuedBy)
	i.Day, i.Document = grid.DayOf(day), []byte(document)
	return i, err
}
