package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"wangge/grid"
	"wangge/grid/postgres"
)

// checkCertificateCmd computes a certificate again.
type checkCertificateCmd struct {
	recordFlags
	Certificate string `arg:"" help:"Number of a certificate, or a file of one as the server answers it. 证明编号或文件" placeholder:"FILE|NUMBER"`
	JSON        bool   `help:"End with one line of JSON. 以 JSON 输出结果" name:"json"`
}

// Why a certificate does not hold.
var (
	errNoCertificate = errors.New("not a certificate 不是证明")
	errUnlike        = errors.New("the certificate does not hold 证明与重算结果不符")
)

// maxCertificate bounds the file of a certificate, in bytes.
const maxCertificate = 4 << 20

// Run holds the certificate against its digest and the record of its day, and fails where they differ.
func (c *checkCertificateCmd) Run(ctx context.Context, console *console) error {
	r, err := c.open(ctx, true)
	if err != nil {
		return err
	}
	defer r.close(ctx)
	if err := ready(ctx, r.pool); err != nil {
		return err
	}
	store := postgres.NewStore(r.pool)
	document, digest, err := c.read(ctx, store)
	if err != nil {
		return err
	}
	var certified grid.Certificate
	if err := json.Unmarshal(document, &certified); err != nil || certified.Region.Code == "" || certified.Day == 0 {
		return errNoCertificate
	}
	result := struct {
		Number      string   `json:"number"`
		Digest      string   `json:"digest"`
		Differences []string `json:"differences"`
	}{Number: certified.Number, Differences: []string{}}
	if result.Digest, err = grid.Digest(document); err != nil {
		return err
	}
	if digest != "" && digest != result.Digest {
		result.Differences = append(result.Differences, fmt.Sprintf("digest: %s ≠ %s", digest, result.Digest))
	}
	again, _, err := store.Attest(ctx, certified.Region.Code, certified.Day)
	if err != nil {
		return err
	}
	result.Differences = append(result.Differences, certified.Unlike(again)...)
	if c.JSON {
		err = json.NewEncoder(console.out).Encode(result)
	} else {
		for _, d := range result.Differences {
			fmt.Fprintln(console.out, d)
		}
		_, err = fmt.Fprintf(console.out, "%s sha256:%s differences 差异 %d\n", result.Number, result.Digest, len(result.Differences))
	}
	if err == nil && len(result.Differences) > 0 {
		err = errUnlike
	}
	return err
}

// read finds the document and the digest that it came with: in a file, else in the record. A bare document has no digest.
func (c *checkCertificateCmd) read(ctx context.Context, store *postgres.Store) (document []byte, digest string, err error) {
	info, err := os.Stat(c.Certificate)
	if errors.Is(err, fs.ErrNotExist) {
		issued, err := store.Certificate(ctx, c.Certificate)
		return issued.Document, issued.Digest, err
	}
	if err == nil && info.Size() > maxCertificate {
		return nil, "", errNoCertificate
	}
	if err != nil {
		return nil, "", err
	}
	text, err := os.ReadFile(c.Certificate)
	if err != nil {
		return nil, "", err
	}
	var answer struct {
		Document json.RawMessage `json:"document"`
		Digest   string          `json:"digest"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, "", fmt.Errorf("%w: %w", errNoCertificate, err)
	}
	if answer.Document == nil {
		return text, "", nil
	}
	return answer.Document, answer.Digest, nil
}
