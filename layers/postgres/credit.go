package postgres

import (
	"context"
	"fmt"
)

// credits are what the licence of a source asks a map to say: © and whom. The map shows the setting "attribution".
var credits = map[string]string{
	"osm": "© OpenStreetMap contributors", // ODbL 1.0, section 4.3
}

// creditSQL adds one line to the setting, once.
const creditSQL = `INSERT INTO setting (key, value) VALUES ('attribution', to_jsonb(ARRAY[$1::text]))
ON CONFLICT (key) DO UPDATE SET value = setting.value || excluded.value WHERE NOT setting.value @> excluded.value`

// credit sees to it that the map names the sources of the rows just merged.
func (r *run) credit(ctx context.Context) error {
	for source, line := range credits {
		for _, s := range r.stages {
			if !s.created {
				continue
			}
			var has bool
			if err := r.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+s.stage()+" WHERE source = $1)", source).Scan(&has); err != nil {
				return fmt.Errorf("sources of %s: %w", s.layer.ID, err)
			}
			if !has {
				continue
			}
			if _, err := r.tx.Exec(ctx, creditSQL, line); err != nil {
				return fmt.Errorf("crediting %s: %w", source, err)
			}
			break
		}
	}
	return nil
}
