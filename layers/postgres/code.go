package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

const (
	codeSchemesSQL = `SELECT code, segments, is_current FROM code_scheme ORDER BY code`
	codeClassesSQL = `SELECT scheme, layer, applies_to, class FROM code_class WHERE layer = $1`

	// takeNumberSQL takes the next number of a prefix: above all that were taken, and above the highest code that any layer ($6) has or had with the
	// prefix. Who comes second waits for the first.
	takeNumberSQL = `INSERT INTO code_counter AS c (scheme, prefix, last)
SELECT $1, $2, 1 + coalesce(max(substr(h.code, length($2) + 1)::bigint), 0)
FROM unnest($6::text[]) t (entity) CROSS JOIN LATERAL (
    SELECT r.code FROM code_registry r
    WHERE r.entity = t.entity AND r.code_scheme = $1 AND r.code BETWEEN $3 AND $4 AND length(r.code) = $5 AND r.code ~ '^[0-9]+$'
    ORDER BY r.code DESC LIMIT 1) h
ON CONFLICT (scheme, prefix) DO UPDATE SET last = greatest(c.last + 1, EXCLUDED.last)
RETURNING last`

	// ownCodeSQL tells whether a feature has or had a code: it may have it again, whatever codes look like today.
	ownCodeSQL = `SELECT EXISTS (SELECT FROM code_registry WHERE entity = $1 AND code_scheme = $2 AND code = $3 AND entity_id = $4)`

	// codeHolderSQL tells whether another feature has or had a code. In a scheme that is so in any layer; a code of no scheme is the layer's own.
	codeHolderSQL = `SELECT EXISTS (SELECT FROM unnest($4::text[]) t (entity) JOIN code_registry r ON r.entity = t.entity
    WHERE r.code_scheme = $1 AND r.code = $2 AND NOT (r.entity = $3 AND r.entity_id = $5) AND ($1 <> '' OR r.entity = $3))`

	keyHolderSQL = `SELECT EXISTS (SELECT FROM %s WHERE source = $1 AND source_key = $2 AND id <> $3)`
)

// coded lists the tables of layers whose features have codes.
func coded() (tables []string) {
	for _, l := range layers.Catalogue() {
		if Writable(l) {
			tables = append(tables, l.Table)
		}
	}
	return tables
}

// identify gives a new feature its code where it has none and a class is configured, and checks what it is known by.
func (w *writing) identify(ctx context.Context, values map[string]any, s spot) error {
	if err := w.checkKey(ctx, values, w.d.ID); err != nil {
		return err
	}
	if values["code"] != nil {
		return w.checkCode(ctx, values, w.d.ID)
	}
	scheme, err := w.codeScheme(ctx, text(values["code_scheme"]))
	if err != nil || scheme == nil {
		return err
	}
	classes, err := w.codeClasses(ctx)
	if err != nil {
		return err
	}
	class, ok := layers.ClassOf(classes, scheme.Code, w.l, values)
	if !ok || s.county == "" {
		if values["code_scheme"] != nil {
			return layers.Faults{{Pointer: "/properties/code", Zh: "按此方案不能生成标识码，请给出", En: "no code can be made by this scheme here: give one"}}
		}
		return nil
	}
	code, err := w.makeCode(ctx, scheme, s.county, class)
	if errors.Is(err, layers.ErrCodeScheme) && values["code_scheme"] == nil {
		return nil // a county without a code of six digits: the feature has none, as where no class is configured
	}
	values["code"], values["code_scheme"] = code, scheme.Code
	return err
}

// reidentify checks what a feature is known by, where that changes.
func (w *writing) reidentify(ctx context.Context, next map[string]any, changed []string) error {
	renamed, rekeyed := false, false
	for _, name := range changed {
		renamed = renamed || name == "code" || name == "code_scheme"
		rekeyed = rekeyed || name == "source" || name == "source_key"
	}
	if rekeyed {
		if err := w.checkKey(ctx, next, w.old.id); err != nil {
			return err
		}
	}
	if !renamed {
		return nil
	}
	if next["code"] == nil {
		return layers.Faults{{Pointer: "/properties/code", Zh: "标识码可以改，不能去掉", En: "a code can be changed, not taken away"}}
	}
	return w.checkCode(ctx, next, w.old.id)
}

// makeCode takes the next code of a place and a class.
func (w *writing) makeCode(ctx context.Context, s *layers.CodeScheme, county, class string) (string, error) {
	prefix, err := s.Prefix(county, class)
	if err != nil {
		return "", err
	}
	var number int64
	low, high := prefix+strings.Repeat("0", s.Sequence()), prefix+strings.Repeat("9", s.Sequence())
	if err := w.q.QueryRow(ctx, takeNumberSQL, s.Code, prefix, low, high, s.Length(), coded()).Scan(&number); err != nil {
		return "", fmt.Errorf("taking a number of %s: %w", prefix, err)
	}
	return s.Make(prefix, number)
}

// checkCode holds a given code against its scheme, and tells whether another feature has or had it.
func (w *writing) checkCode(ctx context.Context, values map[string]any, id int64) error {
	code, name := text(values["code"]), text(values["code_scheme"])
	var own bool
	if err := w.q.QueryRow(ctx, ownCodeSQL, w.l.Table, name, code, id).Scan(&own); err != nil || own {
		return err
	}
	if name != "" {
		scheme, err := w.codeScheme(ctx, name)
		if err != nil {
			return err
		}
		if !scheme.Fits(code) {
			return layers.Faults{{Pointer: "/properties/code", Zh: fmt.Sprintf("不是 %s 的 %d 位数字码", name, scheme.Length()),
				En: fmt.Sprintf("is not a code of %d digits as %s has them", scheme.Length(), name)}}
		}
	}
	var taken bool
	if err := w.q.QueryRow(ctx, codeHolderSQL, name, code, w.l.Table, coded(), id).Scan(&taken); err != nil {
		return fmt.Errorf("looking for the code: %w", err)
	}
	if taken {
		return fmt.Errorf("%w: %.80q", ErrCodeTaken, code)
	}
	return nil
}

// checkKey tells whether another feature has the source and key.
func (w *writing) checkKey(ctx context.Context, values map[string]any, id int64) error {
	if values["source"] == nil || values["source_key"] == nil {
		return nil
	}
	var taken bool
	err := w.q.QueryRow(ctx, fmt.Sprintf(keyHolderSQL, quoted(w.l.Table)), values["source"], values["source_key"], id).Scan(&taken)
	if err == nil && taken {
		err = ErrKeyTaken
	}
	return err
}

// codeScheme finds a scheme by its name, or the current one for "", which there may not be: nil. A name of none is a fault.
func (w *writing) codeScheme(ctx context.Context, name string) (*layers.CodeScheme, error) {
	schemes, err := CodeSchemes(ctx, w.q)
	if err != nil {
		return nil, err
	}
	for i := range schemes {
		if s := &schemes[i]; s.Code == name || name == "" && s.Current {
			return s, nil
		}
	}
	if name == "" {
		return nil, nil //nolint:nilnil // no scheme is current: nothing gets a code
	}
	return nil, layers.Faults{{Pointer: "/properties/code_scheme", Zh: "没有这个编码方案", En: "there is no such code scheme"}}
}

// CodeSchemes reads the schemes that there are.
func CodeSchemes(ctx context.Context, q querier) ([]layers.CodeScheme, error) {
	rows, err := q.Query(ctx, codeSchemesSQL)
	if err != nil {
		return nil, fmt.Errorf("code schemes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[layers.CodeScheme])
}

func (w *writing) codeClasses(ctx context.Context) ([]layers.CodeClass, error) {
	rows, err := w.q.Query(ctx, codeClassesSQL, w.l.ID)
	if err != nil {
		return nil, fmt.Errorf("code classes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[layers.CodeClass])
}

// text is a value's text, "" for none.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// collectFloats reads rows of one number each.
func collectFloats(rows pgx.Rows) ([]float64, error) {
	return pgx.CollectRows(rows, pgx.RowTo[float64])
}
