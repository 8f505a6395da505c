package api

import (
	"net/http"
	"strings"
	"testing"

	"wangge/grid/rights"
)

// inboxMatrix are the rows of what phones send and fetch.
func inboxMatrix() []row {
	return []row{
		{"POST /api/v1/patrol/commands", rights.Patrol, of("/api/v1/patrol/commands", noBody), []int{http.StatusBadRequest}},
		{"GET /api/v1/patrol/commands", rights.Patrol, of("/api/v1/patrol/commands?device=" + uuid(1, 1)), []int{http.StatusOK}},
		{"GET /api/v1/patrol/pack", rights.Patrol, of("/api/v1/patrol/pack"), []int{http.StatusOK, http.StatusUnprocessableEntity}}, // who has no duties has no pack
	}
}

func TestBatchesThatAreNone(t *testing.T) {
	w := newTown(t)
	h := newHandset(t, w, rights.Officer, 1)
	const device = `"device": {"id": "00000001-0000-4000-8000-000000000001"}`
	const sent = `"sent_at": "2026-01-01T00:00:00Z"`
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"empty":                 {``, http.StatusBadRequest},
		"no JSON":               {`{`, http.StatusBadRequest},
		"a list":                {`[]`, http.StatusBadRequest},
		"no device":             {`{` + sent + `, "commands": []}`, http.StatusBadRequest},
		"a device by name":      {`{"device": {"id": "phone"}, ` + sent + `, "commands": []}`, http.StatusBadRequest},
		"no clock":              {`{` + device + `, "commands": []}`, http.StatusBadRequest},
		"a clock of words":      {`{` + device + `, "sent_at": "noon", "commands": []}`, http.StatusBadRequest},
		"a negative floor":      {`{` + device + `, ` + sent + `, "floor": -1, "commands": []}`, http.StatusBadRequest},
		"the number 0":          {`{` + device + `, ` + sent + `, "commands": [{"seq": 0, "key": "` + uuid(2, 1) + `", "kind": "check", "made_at": "", "body": {}}]}`, http.StatusBadRequest},
		"a key that is none":    {`{` + device + `, ` + sent + `, "commands": [{"seq": 1, "key": "k", "kind": "check", "made_at": "", "body": {}}]}`, http.StatusBadRequest},
		"an unknown member":     {`{` + device + `, ` + sent + `, "commands": [], "urgent": true}`, http.StatusBadRequest},
		"201 commands":          {`{` + device + `, ` + sent + `, "commands": [` + strings.Repeat(`{},`, 200) + `{}]}`, http.StatusBadRequest},
		"two mebibytes":         {`{` + device + `, ` + sent + `, "commands": [{"body": "` + strings.Repeat("x", 2<<20) + `"}]}`, http.StatusRequestEntityTooLarge},
		"a body of 65 KiB":      {`{` + device + `, ` + sent + `, "commands": [{"seq": 1, "key": "` + uuid(2, 1) + `", "kind": "check", "made_at": "", "body": {"note": "` + strings.Repeat("x", 65<<10) + `"}}]}`, http.StatusBadRequest},
		"nothing, in good form": {`{` + device + `, ` + sent + `, "commands": []}`, http.StatusOK},
	} {
		a := w.send(t, http.MethodPost, "/api/v1/patrol/commands", strings.NewReader(c.body), h.who...)
		if a.StatusCode != c.status {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
		if c.status >= 400 && !strings.Contains(string(a.body), "title_en") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	for _, path := range []string{"/api/v1/patrol/commands", "/api/v1/patrol/commands?device=x", "/api/v1/patrol/commands?device=" + h.device + "&after_seq=-1", "/api/v1/patrol/pack?grid=1"} {
		if a := w.get(t, path, h.who[:2]...); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
}
