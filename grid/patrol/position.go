package patrol

import (
	"time"

	"github.com/paulmach/orb"
)

// Fix is where a device says that it is, as it came.
type Fix struct {
	Lon       float64    `json:"lon"`
	Lat       float64    `json:"lat"`
	AccuracyM float64    `json:"accuracy_m,omitempty"` // radius of 68 %; 0 unknown
	Datum     string     `json:"datum,omitempty"`      // wgs84 (default), gcj02, bd09: as the device claims
	Source    string     `json:"source,omitempty"`     // gps, pin (moved by hand), exif
	GPS       *orb.Point `json:"gps,omitempty"`        // where the device was, when the pin was moved away from it, in the same datum
}

// Flag is something about a record that should be looked at. None is a reason to refuse it.
type Flag string

// The flags.
const (
	FlagNoPosition  Flag = "no_position"  // 无定位
	FlagZero        Flag = "zero"         // 坐标为 0,0 or out of range: the position was dropped
	FlagInaccurate  Flag = "inaccurate"   // 精度差: accuracy worse than the limit
	FlagFar         Flag = "far"          // 距对象过远
	FlagOutside     Flag = "outside"      // outside every region of the record
	FlagShifted     Flag = "shifted"      // 疑似坐标系不符 (GCJ-02)
	FlagMoved       Flag = "moved"        // 图钉移动
	FlagClock       Flag = "clock"        // 时钟不准: the time was corrected
	FlagNotOwn      Flag = "not_own"      // 非本人网格: no duty for it at the time
	FlagGridRetired Flag = "grid_retired" // 网格已停用 since
	FlagGone        Flag = "gone"         // the subject is not in the record any more
	FlagLate        Flag = "late"         // came more than a day after it was made
	FlagNoPhoto     Flag = "no_photo"     // a photo that was promised was refused
)

// Place is where something was, settled: degrees of CGCS2000.
type Place struct {
	At        *orb.Point // nil where nothing usable came
	AccuracyM float64
	DistanceM float64 // to the subject; negative where it cannot be told
	Flags     []Flag
}

// Moment is when something was made, settled.
type Moment struct {
	At       time.Time // by the server's clock
	Device   time.Time // as the device had it
	Received time.Time
	Flags    []Flag
}

// PhotoRef promises a photo that comes apart from the record.
type PhotoRef struct {
	ID      string    `json:"id"`     // UUID, chosen by the device
	SHA256  string    `json:"sha256"` // hex, of the original bytes
	Bytes   int64     `json:"bytes"`
	Kind    string    `json:"kind"` // near 近景, far 远景, reference 参照, before 整改前, after 整改后, other
	TakenAt time.Time `json:"taken_at,omitzero"`
}
