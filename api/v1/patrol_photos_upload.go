package v1

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"wangge/api/depot"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid/patrol/photo"
	"wangge/grid/postgres"
)

// photoTime bounds one upload: what came by then stays, and the next goes on from there.
const photoTime = 10 * time.Minute

// maxPhotoHashes bounds one question.
const maxPhotoHashes = 500

var photoHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

type photoStatusBody struct {
	Hashes []string `json:"hashes" doc:"原件的 SHA-256，十六进制小写，至多 500 个"`
}

type photoStatusReply struct {
	Items []photoStatusJSON `json:"items"`
}

type photoStatusJSON struct {
	SHA256   string `json:"sha256"`
	State    string `json:"state" doc:"absent 没有、partial 不完整、stored 已存、refused 未采纳"`
	Offset   int64  `json:"offset" doc:"从这个字节继续上传"`
	Type     string `json:"type,omitempty" doc:"未采纳的原因"`
	Title    string `json:"title,omitempty"`
	TitleEn  string `json:"title_en,omitempty"`
	Detail   string `json:"detail,omitempty"`
	DetailEn string `json:"detail_en,omitempty"`
}

type photoUploadReply struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes" doc:"整张照片的字节数"`
	State  string `json:"state" doc:"stored 已存、partial 不完整"`
	Offset int64  `json:"offset" doc:"从这个字节继续上传"`
}

// States of photos on their way, besides those of the record.
const (
	photoAbsent  = "absent"
	photoPartial = "partial"
	photoStored  = string(postgres.PhotoStored)
	photoRefused = string(postgres.PhotoRefused)
)

// photoStatus tells a device which of its photos are here.
func (h *Handler) photoStatus(w http.ResponseWriter, r *http.Request) error {
	var body photoStatusBody
	if err := param.Body(r, &body); err != nil {
		return err
	}
	if len(body.Hashes) > maxPhotoHashes {
		return param.InBody("/hashes", "最多 500 个", "must not have more than 500 items")
	}
	for i, hash := range body.Hashes {
		if !photoHash.MatchString(hash) {
			return param.InBody(fmt.Sprintf("/hashes/%d", i), "64 个十六进制小写字符", "must be 64 hexadecimal digits in lower case")
		}
	}
	if h.Photos == nil {
		return depot.ErrNone
	}
	blobs, err := h.Store.Blobs(r.Context(), body.Hashes)
	if err != nil {
		return err
	}
	answer := photoStatusReply{Items: make([]photoStatusJSON, len(body.Hashes))}
	for i, hash := range body.Hashes {
		if answer.Items[i], err = h.statusOfPhoto(hash, blobs, h.Who(r).Account); err != nil {
			return err
		}
	}
	return h.json(w, r, answer)
}

func (h *Handler) statusOfPhoto(hash string, blobs map[string]postgres.Blob, account int64) (photoStatusJSON, error) {
	s := photoStatusJSON{SHA256: hash, State: photoAbsent}
	b, known := blobs[hash]
	switch {
	case !known:
		size, err := h.Photos.Partial(account, hash).Size()
		if s.Offset = size; size > 0 {
			s.State = photoPartial
		}
		return s, err
	case b.State == postgres.PhotoRefused:
		refusal := photo.RefusalOf(b.Reason)
		s.State, s.Type = photoRefused, "urn:wangge:problem:photo-refused"
		s.Title, s.TitleEn = h.Words(refusal)
		s.Detail, s.DetailEn = refusal.Zh, refusal.En
	default:
		s.State, s.Offset = photoStored, b.Bytes
	}
	return s, nil
}

// uploadAsk is one upload, or one piece of it.
type uploadAsk struct {
	sha256         string
	offset, length int64
}

// readUpload reads what the path and the headers say of an upload.
func readUpload(r *http.Request) (u uploadAsk, err error) {
	u.sha256 = mux.Vars(r)["sha256"]
	if !photoHash.MatchString(u.sha256) {
		return u, param.InPath("sha256", "64 个十六进制小写字符", "must be 64 hexadecimal digits in lower case")
	}
	var faults param.Faults
	read := func(name string, absent int64) int64 {
		text := r.Header.Get(name)
		if text == "" {
			return absent
		}
		n, err := strconv.ParseUint(text, 10, 62)
		if err != nil {
			faults = append(faults, param.Fault{In: "header", Name: name, Detail: "须为非负整数", DetailEn: "must be a whole number, 0 or more"})
		}
		return int64(n)
	}
	u.offset = read("Upload-Offset", 0)
	u.length = read("Upload-Length", r.ContentLength)
	switch {
	case len(faults) > 0:
	case u.length < 0:
		faults = param.Faults{{In: "header", Name: "Upload-Length", Detail: "未注明 Content-Length 时必填", DetailEn: "is required where Content-Length is not given"}}
	case u.length > MaxPhotoBytes:
		return u, ErrPhotoLong
	case u.offset > u.length:
		faults = param.Faults{{In: "header", Name: "Upload-Offset", Detail: "超出照片的长度", DetailEn: "is beyond the end of the photo"}}
	case r.ContentLength > u.length-u.offset:
		faults = param.Faults{{In: "header", Name: "Upload-Length", Detail: "小于所发送的字节数", DetailEn: "is less than what is sent"}}
	}
	if faults != nil {
		return u, faults
	}
	return u, nil
}

// putPhoto takes a photo or a piece of one. It answers 201 when the photo is kept for good, however often it is asked.
func (h *Handler) putPhoto(w http.ResponseWriter, r *http.Request) error {
	u, err := readUpload(r)
	if err != nil {
		return err
	}
	if h.Photos == nil {
		return depot.ErrNone
	}
	ctx, cancel := context.WithTimeout(r.Context(), photoTime)
	defer cancel()
	for _, set := range []func(time.Time) error{http.NewResponseController(w).SetReadDeadline, http.NewResponseController(w).SetWriteDeadline} {
		if err := set(time.Now().Add(photoTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
	}
	if b, known, err := h.knownPhoto(ctx, u.sha256); err != nil || known {
		_, _ = io.Copy(io.Discard, r.Body) // a device that is still sending would not read the answer
		return h.sayPhoto(w, b, err)
	}
	unsaid, err := h.Store.Unpromised(ctx, h.Who(r).Name, u.sha256)
	switch {
	case err != nil:
		return err
	case unsaid > maxPhotosUnsaid:
		return ErrPhotoRoom
	}
	part := h.Photos.Partial(h.Who(r).Account, u.sha256)
	size, err := part.Write(u.offset, io.LimitReader(r.Body, u.length-u.offset))
	w.Header().Set("Upload-Offset", strconv.FormatInt(size, 10))
	switch long := (*http.MaxBytesError)(nil); {
	case errors.Is(err, depot.ErrGap) || errors.Is(err, depot.ErrManyPartials) || errors.As(err, &long):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrPhotoCut, err)
	case size < u.length:
		return sendPhoto(w, http.StatusAccepted, photoUploadReply{SHA256: u.sha256, Bytes: u.length, State: photoPartial, Offset: size})
	}
	b, err := h.finishPhoto(ctx, r, u, part)
	return h.sayPhoto(w, b, err)
}

// knownPhoto tells what became of a photo that came before.
func (h *Handler) knownPhoto(ctx context.Context, hash string) (b postgres.Blob, known bool, err error) {
	blobs, err := h.Store.Blobs(ctx, []string{hash})
	b, known = blobs[hash]
	return b, known, err
}

// sayPhoto answers with what became of a photo.
func (h *Handler) sayPhoto(w http.ResponseWriter, b postgres.Blob, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Upload-Offset", strconv.FormatInt(b.Bytes, 10))
	if b.State == postgres.PhotoRefused {
		return photo.RefusalOf(b.Reason)
	}
	return sendPhoto(w, http.StatusCreated, photoUploadReply{SHA256: b.SHA256, Bytes: b.Bytes, State: photoStored, Offset: b.Bytes})
}

func sendPhoto(w http.ResponseWriter, status int, value photoUploadReply) error {
	body, err := reply.Marshal(value)
	if err != nil {
		return err
	}
	head := w.Header()
	head.Set("Cache-Control", reply.NoStore)
	head.Set("Content-Type", "application/json")
	head.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}

// finishPhoto looks at a photo that is whole and keeps it, or remembers why not. Bytes that are not those of the hash are thrown away: nothing is
// said about the right ones by that.
func (h *Handler) finishPhoto(ctx context.Context, r *http.Request, u uploadAsk, part depot.Partial) (b postgres.Blob, err error) {
	leave, err := h.Photos.Enter(ctx)
	if err != nil {
		return b, err
	}
	defer leave()
	content, err := part.Content()
	if err != nil {
		return b, err
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != u.sha256 {
		if b, known, err := h.knownPhoto(ctx, u.sha256); err != nil || known { // another request took it away, having kept it
			return b, err
		}
		return b, errors.Join(ErrPhotoHash, part.Remove())
	}
	b = postgres.Blob{SHA256: u.sha256, Bytes: int64(len(content)), State: postgres.PhotoStored, By: h.Who(r).Name}
	if err := h.examine(r, content, &b); err != nil {
		return b, err
	}
	if b.State == postgres.PhotoStored {
		b.Key = depot.NewKey(u.sha256, rand.Text())
		if err := h.Photos.Keep(ctx, b.Key, content, b.MediaType); err != nil {
			return b, err
		}
	}
	if b, err = h.noteBlob(ctx, b); err != nil {
		return b, err
	}
	return b, part.Remove()
}

// examine notes what the bytes of a photo say, or why they are refused.
func (h *Handler) examine(r *http.Request, content []byte, b *postgres.Blob) error {
	view, err := h.City(r)
	if err != nil {
		return err
	}
	info, err := photo.Examine(content, time.Now(), netOf(view).Zone())
	var refusal *photo.Refusal
	if errors.As(err, &refusal) {
		b.State, b.Reason = postgres.PhotoRefused, refusal.Code
		return nil
	}
	b.MediaType, b.Width, b.Height, b.Orientation = info.MediaType, info.Width, info.Height, info.Orientation
	b.TakenAt, b.At, b.Flags = info.TakenAt, info.At, info.Flags
	return err
}

// noteBlob writes into the record what became of a photo. Where another upload of it was first, that one counts, and the object of this one goes.
func (h *Handler) noteBlob(ctx context.Context, b postgres.Blob) (postgres.Blob, error) {
	for {
		kept, err := h.Store.KeepBlob(ctx, b)
		if err != nil || kept {
			return b, err // without an answer from the record nobody knows whether the object is wanted: it stays
		}
		if first, known, err := h.knownPhoto(ctx, b.SHA256); err != nil || known {
			if err == nil && b.Key != "" {
				err = h.Photos.Remove(ctx, b.Key)
			}
			return first, err
		}
	}
}
