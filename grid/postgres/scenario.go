package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"wangge/grid/rights"
)

// Scenario is a plan of coverage that somebody keeps: a question, and changes that are tried. Nothing of it is in the inventory. 覆盖方案。
type Scenario struct {
	ID        int64
	Name      string
	Note      string
	Service   string          // id of a service of coverage
	Question  json.RawMessage // an object
	Changes   json.RawMessage // a list; nil in lists of scenarios
	Count     int             // of changes
	Shared    bool            // everybody who has signed in may read it
	Owner     int64           // the account whose it is; the only one that may change it
	OwnerName string          // its name
	Revision  int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ScenarioFilter says which scenarios are wanted: those that an account may read, the newest first.
type ScenarioFilter struct {
	Account int64
	Service string // "" for any
	Before  int64  // the id of the last one of the page before; 0 for none
	Limit   int
}

// What a scenario may be.
const (
	MaxScenarios     = 1000    // of one account
	MaxScenarioBytes = 1 << 18 // of question and changes, as JSON
)

const (
	visibleSQL = ` FROM coverage_scenario s JOIN account a ON a.id = s.owner_id WHERE (s.owner_id = $1 OR s.shared)`

	scenarioColumnsSQL = `SELECT s.id, s.name, s.note, s.service, s.question, s.changes, jsonb_array_length(s.changes), s.shared, s.owner_id, a.name, s.revision, s.created_at, s.updated_at`

	scenarioSQL     = scenarioColumnsSQL + visibleSQL + ` AND s.id = $2`
	holdScenarioSQL = scenarioSQL + ` FOR UPDATE OF s`

	// The changes of a page of scenarios would be megabytes that no list shows.
	scenariosSQL = `
SELECT s.id, s.name, s.note, s.service, s.question, NULL::jsonb, jsonb_array_length(s.changes), s.shared, s.owner_id, a.name, s.revision, s.created_at, s.updated_at` +
		visibleSQL + ` AND ($2 = '' OR s.service = $2) AND ($3::bigint = 0 OR s.id < $3) ORDER BY s.id DESC LIMIT $4`
	countScenariosSQL = `SELECT count(*)` + visibleSQL + ` AND ($2 = '' OR s.service = $2)`

	ownScenariosSQL = `SELECT count(*) FROM coverage_scenario WHERE owner_id = $1`

	addScenarioSQL = `
INSERT INTO coverage_scenario (name, note, service, question, changes, shared, owner_id) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`
	setScenarioSQL = `
UPDATE coverage_scenario SET name = $2, note = $3, service = $4, question = $5, changes = $6, shared = $7 WHERE id = $1`
	dropScenarioSQL = `DELETE FROM coverage_scenario WHERE id = $1`
)

// Scenarios lists those that an account may read: its own and the shared ones, without their changes. total counts all pages.
func (s *Store) Scenarios(ctx context.Context, f ScenarioFilter) (list []Scenario, total int, err error) {
	if list, err = collect(ctx, s, scenariosSQL, []any{f.Account, f.Service, f.Before, f.Limit}, readScenario); err != nil {
		return nil, 0, err
	}
	return list, total, interpret(s.pool.QueryRow(ctx, countScenariosSQL, f.Account, f.Service).Scan(&total))
}

// Scenario is one of those that an account may read. ErrNotFound for any other.
func (s *Store) Scenario(ctx context.Context, account, id int64) (Scenario, error) {
	list, err := collect(ctx, s, scenarioSQL, []any{account, id}, readScenario)
	return only(list, err)
}

// only is the one row of a query by number.
func only[T any](list []T, err error) (one T, _ error) {
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return one, err
	}
	return list[0], nil
}

func readScenario(row pgx.CollectableRow) (x Scenario, err error) {
	return x, row.Scan(&x.ID, &x.Name, &x.Note, &x.Service, &x.Question, &x.Changes, &x.Count, &x.Shared, &x.Owner, &x.OwnerName, &x.Revision, &x.CreatedAt, &x.UpdatedAt)
}

// AddScenario keeps a new scenario of the caller's. Errors: rights', ErrTooMany.
func (t *Tx) AddScenario(ctx context.Context, x Scenario) (Scenario, error) {
	who := t.Caller.Actor
	if err := who.May(rights.Plan, rights.Place{Own: true}); err != nil {
		return Scenario{}, err
	}
	var held int64
	if err := t.tx.QueryRow(ctx, holdAccountSQL, who.Account).Scan(&held); err != nil { // one at a time counts
		return Scenario{}, interpret(err)
	}
	var there int
	if err := t.tx.QueryRow(ctx, ownScenariosSQL, who.Account).Scan(&there); err != nil {
		return Scenario{}, err
	}
	if there >= MaxScenarios {
		return Scenario{}, ErrTooMany
	}
	var id int64
	if err := t.tx.QueryRow(ctx, addScenarioSQL, x.Name, x.Note, x.Service, x.Question, x.Changes, x.Shared, who.Account).Scan(&id); err != nil {
		return Scenario{}, err
	}
	return only(query(ctx, t.tx, scenarioSQL, []any{who.Account, id}, readScenario))
}

// SetScenario makes a scenario of the caller's what it is to be. revision is the one that the caller read, 0 for any. Errors: rights', ErrNotFound, ErrStale.
func (t *Tx) SetScenario(ctx context.Context, id, revision int64, x Scenario) (Scenario, error) {
	if err := t.holdScenario(ctx, id, revision); err != nil {
		return Scenario{}, err
	}
	if _, err := t.tx.Exec(ctx, setScenarioSQL, id, x.Name, x.Note, x.Service, x.Question, x.Changes, x.Shared); err != nil {
		return Scenario{}, err
	}
	return only(query(ctx, t.tx, scenarioSQL, []any{t.Caller.Actor.Account, id}, readScenario))
}

// DropScenario forgets a scenario of the caller's. Errors: those of SetScenario.
func (t *Tx) DropScenario(ctx context.Context, id, revision int64) error {
	if err := t.holdScenario(ctx, id, revision); err != nil {
		return err
	}
	_, err := t.tx.Exec(ctx, dropScenarioSQL, id)
	return err
}

// holdScenario finds the scenario that is to be changed. What somebody shares is theirs all the same.
func (t *Tx) holdScenario(ctx context.Context, id, revision int64) error {
	who := t.Caller.Actor
	if err := who.May(rights.Plan, rights.Place{Own: true}); err != nil {
		return err
	}
	x, err := only(query(ctx, t.tx, holdScenarioSQL, []any{who.Account, id}, readScenario))
	switch {
	case err != nil:
		return err
	case x.Owner != who.Account:
		return fmt.Errorf("%w: scenario %d is somebody else's", rights.ErrForbidden, id)
	case revision != 0 && revision != x.Revision:
		return ErrStale
	}
	return nil
}
