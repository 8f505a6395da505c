package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"wangge/layers"
)

// ChecklistItem is an entry of a checklist.
type ChecklistItem struct {
	Code, Title, TitleEn string
}

const checklistSQL = `SELECT code, title, title_en FROM checklist_item
WHERE checklist = $1 AND edition = (SELECT max(edition) FROM checklist_item WHERE checklist = $1) ORDER BY ordinal, code`

// Checklist reads the newest edition of a checklist; it is empty where there is none.
func (r *Reader) Checklist(ctx context.Context, checklist string) ([]ChecklistItem, error) {
	rows, err := r.pool.Query(ctx, checklistSQL, checklist)
	if err != nil {
		return nil, interpret(err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ChecklistItem])
	if err != nil {
		return nil, interpret(err)
	}
	return items, nil
}

// How many features of one layer lie in divisions ($1, codes) or in a zone ($1, its code): %[1]s is the layer's table, %[2]s what
// restricts it to the layer. A feature is in the zone that holds a point of its surface, as it is in one division.
const (
	inDivisionsSQL = `(SELECT count(*) FROM %[1]s f WHERE %[2]s f.region_code = ANY ($1))`
	inZoneSQL      = `(SELECT count(*) FROM %[1]s f JOIN region z ON z.code = $1 AND z.valid_to IS NULL
        AND f.geom && z.geom AND ST_Intersects(ST_PointOnSurface(f.geom), z.geom) WHERE %[2]s true)`
)

// composeFigures makes a statement with one column per layer.
func composeFigures(count string) string {
	var columns []string
	for _, l := range layers.Catalogue() {
		only := ""
		if l.Only != nil {
			only = "f.valid_to IS NULL AND f." + pgx.Identifier{l.Only.Column}.Sanitize() + " = " + quoteText(l.Only.Value) + " AND"
		}
		columns = append(columns, fmt.Sprintf(count, pgx.Identifier{l.Table}.Sanitize(), only))
	}
	return "SELECT " + strings.Join(columns, ", ")
}

// Figures counts the features in some divisions by layer, or in a zone where one is named. Its errors are ErrUnavailable or those of the
// context.
func (r *Reader) Figures(ctx context.Context, divisions []string, zone string) (map[string]int64, error) {
	statement, place := r.inDivisions, any(divisions)
	if zone != "" {
		statement, place = r.inZone, zone
	}
	all := layers.Catalogue()
	counts := make([]int64, len(all))
	targets := make([]any, len(all))
	for i := range counts {
		targets[i] = &counts[i]
	}
	if err := r.pool.QueryRow(ctx, statement, place).Scan(targets...); err != nil {
		return nil, fmt.Errorf("figures: %w", interpret(err))
	}
	figures := make(map[string]int64, len(all))
	for i, l := range all {
		figures[l.ID] = counts[i]
	}
	return figures, nil
}
