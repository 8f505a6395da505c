package api

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"testing"

	"wangge/api/auth"
	"wangge/grid/rights"
	"wangge/layers/city"
)

// accountsSQL gives the small city an account of each role, named like the role: the street's over 370281001, the department's over D1, and an officer
// who is responsible for the duty grid Z-01.
const accountsSQL = `
INSERT INTO holder (id, code, kind, name, phone, dept_code, title, is_sample) VALUES (901, 'P-901', 'person', '王小明', '13812345678', 'D2', '网格员', true);
INSERT INTO duty (id, holder_id, role, target_kind, target_id, valid_from) VALUES (9901, 901, 'grid_officer', 'grid', 13, '2020-01-01');
INSERT INTO account (id, name, title, role, region_code, dept_code, holder_id) VALUES
    (801, 'admin', '管理员', 'admin', NULL, NULL, NULL), (802, 'auditor', '审计', 'auditor', NULL, NULL, NULL),
    (803, 'bureau', '主管局', 'bureau', NULL, NULL, NULL), (804, 'street', '阜安街道办', 'street', '370281001', NULL, NULL),
    (805, 'department', '市政处', 'department', NULL, 'D1', NULL), (806, 'planner', '规划', 'planner', NULL, NULL, NULL),
    (807, 'officer', '网格员', 'officer', NULL, NULL, 901), (808, 'viewer', '查看', 'viewer', NULL, NULL, NULL)`

// as gives the headers of a request by somebody of a role, who has an API token; none for nobody. Accounts are made when they are first asked for.
func (w *town) as(t testing.TB, role rights.Role) []string {
	t.Helper()
	if role == rights.Nobody {
		return nil
	}
	token, sum := auth.NewToken()
	w.settle(t, fmt.Sprintf(`INSERT INTO api_token (account_id, name, hash)
		SELECT id, 'test ' || gen_random_uuid(), '\x%x' FROM account WHERE name = '%s'`, sum, role))
	return []string{"Authorization", "Bearer " + token}
}

// asBrowser gives the headers of a request by somebody of a role who signed in with a browser: what a token may not do, a session may.
func (w *town) asBrowser(t testing.TB, role rights.Role) []string {
	t.Helper()
	return w.withSession(t, string(role))
}

// withSession gives the headers of a browser in which an account is signed in.
func (w *town) withSession(t testing.TB, account string) []string {
	t.Helper()
	secret, _ := auth.NewToken() // chance like any other
	w.settle(t, fmt.Sprintf(`INSERT INTO session (id_hash, account_id, expires_at)
		SELECT '\x%x', id, now() + interval '1 day' FROM account WHERE name = '%s'`, sha256.Sum256([]byte(secret)), account))
	return []string{"Cookie", "wangge_session=" + secret}
}

// settle gives the city its accounts, where it has none yet, and then writes.
func (w *town) settle(t testing.TB, statements ...string) {
	t.Helper()
	var there bool
	if err := w.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM account WHERE id = 801)`).Scan(&there); err != nil {
		t.Fatal(err)
	}
	if !there {
		revision, err := strconv.ParseUint(w.write(t, accountsSQL), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.city.At(t.Context(), city.Revision(revision)); err != nil {
			t.Fatal(err)
		}
	}
	w.write(t, statements...)
}
