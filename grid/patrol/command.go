package patrol

import (
	"encoding/json"
	"time"
)

// Command is one thing that a device asks for. Key makes it known when it comes again; Seq orders the commands of one device.
type Command struct {
	Seq    int64           `json:"seq"`     // 1, 2, 3 … of the device
	Key    string          `json:"key"`     // UUID
	Kind   string          `json:"kind"`    // check, problem, step, ledger, track, mine
	MadeAt time.Time       `json:"made_at"` // the device's clock
	Body   json.RawMessage `json:"body"`
}

// CommandTrack is the kind of the command that brings a Track. Its body is personal: once it is settled the record keeps a digest of it.
const CommandTrack = "track"

// Status is what became of a command.
type Status string

// The statuses.
const (
	Done     Status = "done"     // 已生效
	Conflict Status = "conflict" // 有冲突: recorded, but something of it met another's change; both versions are told
	Refused  Status = "refused"  // 未采纳, with the reason; nothing of it is in the record but the command itself
	Waiting  Status = "waiting"  // 等待前序: an earlier one of the device has not come yet
)

// Outcome is what a device is told of a command, the same however often it asks.
type Outcome struct {
	Seq     int64  `json:"seq"`
	Key     string `json:"key"`
	Status  Status `json:"status"`
	Type    string `json:"type,omitempty"`  // of the problem, where refused
	Title   string `json:"title,omitempty"` // Chinese
	TitleE  string `json:"title_en,omitempty"`
	Detail  string `json:"detail,omitempty"`
	DetailE string `json:"detail_en,omitempty"`
	Flags   []Flag `json:"flags,omitempty"`
	// ID of the check, problem or proposal; Number and State of a problem.
	ID     string `json:"id,omitempty"`
	Number string `json:"number,omitempty"`
	State  string `json:"state,omitempty"`
	// Clashes are the fields in which another's change stands against this one.
	Clashes  []Clash `json:"clashes,omitempty"`
	Revision uint64  `json:"revision,omitempty"` // of the city, that has it
}

// Clash is one field that two people changed.
type Clash struct {
	Field    string    `json:"field"`
	Title    string    `json:"title"`
	Base     any       `json:"base"`   // what the officer saw
	Mine     any       `json:"mine"`   // what the officer wants
	Theirs   any       `json:"theirs"` // what stands now
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Revision int64     `json:"revision"` // of the feature, that has theirs
}
