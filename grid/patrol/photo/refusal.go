package photo

import "errors"

// ErrRefused is what every *Refusal is.
var ErrRefused = errors.New("not accepted as a photo")

// Refusal is why bytes are no photo that we keep. It is an ErrRefused.
type Refusal struct {
	Code   string // stable, as the record has it
	Zh, En string
}

// Error says it in English.
func (r *Refusal) Error() string { return r.En }

// Unwrap gives the sentinel.
func (r *Refusal) Unwrap() error { return ErrRefused }

// Codes of refusals.
const (
	Empty     = "empty"     // 0 bytes
	Unknown   = "not_image" // of no kind that is accepted
	Truncated = "truncated" // the end is missing
	Broken    = "broken"    // a header that no picture has
	TooLarge  = "too_large" // more pixels than are decoded
	TwoKinds  = "two_kinds" // something else beside the picture
	Animated  = "animated"  // more than one picture
)

// refusals are all of them.
func refusals() []Refusal {
	return []Refusal{
		{Empty, "照片是空的（0 字节）", "the photo is empty (0 bytes)"},
		{Unknown, "不是 JPEG、PNG、WebP 或 HEIC 照片", "is no photo in JPEG, PNG, WebP or HEIC"},
		{Truncated, "照片不完整，结尾缺失", "the photo is cut short"},
		{Broken, "照片已损坏，无法读取", "the photo is damaged"},
		{TooLarge, "照片像素过多（最多 1 亿像素）", "the photo has too many pixels (at most 100 million)"},
		{TwoKinds, "文件中夹带了照片以外的内容", "the file has something else beside the photo"},
		{Animated, "不接受动图", "moving pictures are not accepted"},
	}
}

// RefusalOf is the refusal of a code that the record has. One that this program does not know is told as damage.
func RefusalOf(code string) *Refusal {
	broken := Refusal{}
	for _, r := range refusals() {
		if r.Code == code {
			return &r
		}
		if r.Code == Broken {
			broken = r
		}
	}
	return &broken
}
