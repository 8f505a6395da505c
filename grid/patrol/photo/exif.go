package photo

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/bep/imagemeta"
	"github.com/paulmach/orb"

	"wangge/grid/patrol"
)

// Years of clocks that are believed begin here: no phone is older.
const firstYear = 2000

// readEXIF notes what EXIF claims. What it cannot read is not there: metadata is no reason to lose a photo.
func (i *Info) readEXIF(data []byte, now time.Time, zone *time.Location) {
	tags := readTags(data, i.MediaType)
	if tags == nil {
		return
	}
	if n, ok := tags["Orientation"].(uint16); ok && n >= 1 && n <= 8 && i.MediaType != HEIC {
		i.Orientation = int(n)
	}
	i.readTime(tags, now, zone)
	i.readPlace(tags)
	slices.Sort(i.Flags)
}

// readTags reads the few tags that matter; nil for none, or in a format that has none worth reading.
func readTags(data []byte, mediaType string) map[string]any {
	format, ok := map[string]imagemeta.ImageFormat{JPEG: imagemeta.JPEG, WebP: imagemeta.WebP, HEIC: imagemeta.HEIF}[mediaType]
	if !ok {
		return nil
	}
	wanted := []string{"Orientation", "DateTimeOriginal", "OffsetTimeOriginal", "GPSLatitude", "GPSLatitudeRef", "GPSLongitude", "GPSLongitudeRef"}
	tags := map[string]any{}
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: format, Sources: imagemeta.EXIF, LimitNumTags: 2000, LimitTagSize: 1000,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			return strings.HasPrefix(t.Namespace, "IFD0") && slices.Contains(wanted, t.Tag)
		},
		HandleTag: func(t imagemeta.TagInfo) error { tags[t.Tag] = t.Value; return nil },
	})
	if err != nil && !errors.Is(err, imagemeta.ErrStopWalking) && len(tags) == 0 {
		return nil
	}
	return tags
}

// readTime notes when the photo was taken. A clock that cannot be right is a flag.
func (i *Info) readTime(tags map[string]any, now time.Time, zone *time.Location) {
	text, _ := tags["DateTimeOriginal"].(string)
	if text == "" {
		return
	}
	const layout = "2006:01:02 15:04:05"
	at, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone)
	if offset, ok := tags["OffsetTimeOriginal"].(string); ok {
		if t, wrong := time.Parse(layout+"-07:00", strings.TrimSpace(text)+strings.TrimSpace(offset)); wrong == nil {
			at = t
		}
	}
	if err != nil || at.Year() < firstYear || at.After(now.Add(24*time.Hour)) {
		i.Flags = append(i.Flags, patrol.FlagClock)
	}
	if err == nil && at.Year() > 0 {
		i.TakenAt = at
	}
}

// readPlace notes where the photo was taken. 0,0 and what is not on Earth are flags.
func (i *Info) readPlace(tags map[string]any) {
	lat, there := tags["GPSLatitude"].(float64)
	lon, too := tags["GPSLongitude"].(float64)
	if !there && !too {
		return
	}
	if ref, _ := tags["GPSLatitudeRef"].(string); strings.HasPrefix(ref, "S") {
		lat = -lat
	}
	if ref, _ := tags["GPSLongitudeRef"].(string); strings.HasPrefix(ref, "W") {
		lon = -lon
	}
	if !there || !too || lat == 0 && lon == 0 || !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) {
		i.Flags = append(i.Flags, patrol.FlagZero)
		return
	}
	i.At = &orb.Point{lon, lat}
}
