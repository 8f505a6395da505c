package v1

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/gorilla/mux"

	"wangge/api/depot"
	"wangge/api/param"
	"wangge/api/reply"
	"wangge/grid"
	"wangge/grid/patrol/photo"
	"wangge/grid/postgres"
	"wangge/grid/rights"
)

// What a request about a photo can meet, besides what packages photo and depot say.
var (
	// ErrPhotoHash: the bytes are not those of the hash. HTTP 422.
	ErrPhotoHash = errors.New("the bytes have another hash")
	// ErrPhotoLong: more bytes than a photo may have. HTTP 413.
	ErrPhotoLong = errors.New("the photo has too many bytes")
	// ErrPhotoCut: the connection was lost, or too slow; what came stays. HTTP 408.
	ErrPhotoCut = errors.New("the upload was cut off")
	// ErrPhotoRoom: the account has sent many photos of which no record speaks. HTTP 429.
	ErrPhotoRoom = errors.New("too many photos without a record")
	// ErrPhotoAway: the photo that a record promises is not here. HTTP 404.
	ErrPhotoAway = errors.New("the photo has not come")
)

// Bounds of photos.
const (
	MaxPhotoBytes   = 20 << 20 // of one
	maxPhotosUnsaid = 4 << 30  // bytes of an account of which no record speaks
)

func (h *Handler) patrolPhotosRoutes() []Route {
	upload := []Param{
		{Name: "Upload-Offset", Title: "本段从第几个字节开始，缺省为 0", TitleE: "where the piece begins, 0 by default"},
		{Name: "Upload-Length", Title: "整张照片的字节数，缺省为 Content-Length", TitleE: "bytes of the whole photo, Content-Length by default"},
	}
	size := Param{Name: "size", Title: "thumb 缩略图、shown 带水印的展示图（缺省）、original 原件", TitleE: "thumb, shown (by default; with a watermark) or original"}
	return []Route{
		{Method: http.MethodPost, Path: "/patrol/photos/status", Needs: rights.Report, Safe: true, Title: "照片是否已存", TitleE: "What the server has of photos, by hash; 500 at most",
			Body: photoStatusBody{}, Reply: photoStatusReply{}, Serve: h.photoStatus},
		{Method: http.MethodPut, Path: "/patrol/photos/{sha256}", Needs: rights.Report, Stream: true, Safe: true, MaxBytes: MaxPhotoBytes, Headers: upload,
			Title: "上传照片（可断点续传，最多 20 MB）", TitleE: "Upload a photo, in pieces if need be, 20 MB at most; 202 as long as bytes are missing", Body: uploadBody{}, BodyType: "application/octet-stream",
			Reply: photoUploadReply{}, Status: http.StatusCreated, Or: http.StatusAccepted, Serve: h.putPhoto},
		{Path: "/patrol/photos/{id}", Needs: rights.Report, Reads: true, Stream: true, Params: []Param{size}, Title: "一张照片", TitleE: "A photo of a record, for who may read the record; originals for staff of the place and for who took it",
			ReplyType: photo.JPEG, Also: []string{photo.PNG, photo.WebP, photo.HEIC}, Serve: h.photo},
	}
}

var photoID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// The sizes of a photo.
const (
	sizeThumb    = "thumb"
	sizeShown    = "shown"
	sizeOriginal = "original"
)

// photo answers with a photo.
func (h *Handler) photo(w http.ResponseWriter, r *http.Request) error {
	q := h.Query(r)
	size := q.OneOf("size", sizeShown, sizeThumb, sizeOriginal)
	if err := q.Err(); err != nil {
		return err
	}
	id := mux.Vars(r)["id"]
	if !photoID.MatchString(id) {
		return fmt.Errorf("photo %q: %w", param.Shown(id), postgres.ErrNotFound)
	}
	p, err := h.Store.Photo(r.Context(), id)
	if err != nil {
		return err
	}
	v, err := h.viewer(r, p)
	switch {
	case err != nil:
		return err
	case h.Photos == nil:
		return depot.ErrNone
	case p.State != postgres.PhotoStored:
		return ErrPhotoAway
	}
	w.Header().Add("Vary", "Authorization, Cookie")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if size == sizeOriginal {
		return h.originalPhoto(w, r, v)
	}
	return h.shownPhoto(w, r, v, size)
}

// viewer is somebody who may see a photo.
type viewer struct {
	postgres.PhotoRow
	*teller
	place rights.Place
	made  bool // the viewer made the record
}

// viewer tells whether the caller may see a photo: who made its record may, who reported the problem, and who may read the record where it lies.
func (h *Handler) viewer(r *http.Request, p postgres.PhotoRow) (*viewer, error) {
	view, err := h.City(r)
	if err != nil {
		return nil, err
	}
	now := netOf(view)
	day := h.today(now)
	v := &viewer{PhotoRow: p, teller: newTeller(now.At(day), rosterOf(view), day, h.Who(r))}
	who := v.actor
	v.made = p.Account == who.Name || who.Holder != 0 && p.Holder == who.Holder
	v.place = rights.Place{Region: p.Region, Own: v.made || v.isOwn()}
	if slices.Contains(p.Depts, who.Dept) {
		v.place.Dept = who.Dept
	}
	if !v.made && p.Reporter.Account != who.Name {
		err = who.May(rights.ReadPatrol, v.place)
	}
	return v, err
}

// isOwn tells whether the record lies in one of the viewer's grids, or is the viewer's to rectify or to follow.
func (v *viewer) isOwn() bool {
	holder := v.actor.Holder
	if holder == 0 {
		return false
	}
	return v.Assignee == holder || v.Reporter.Holder == holder || slices.ContainsFunc(v.roster.OwnGrids(v.net, holder, v.day), func(g *grid.Grid) bool {
		return g.ID == v.GridID || slices.Contains(v.Grids, g.ID)
	})
}

// originalPhoto answers with the bytes that came. They are for staff of the place and for who took the photo, and each time there is a line in the access log.
func (h *Handler) originalPhoto(w http.ResponseWriter, r *http.Request, v *viewer) error {
	if !v.made {
		staff := v.place
		staff.Own = false
		if err := v.actor.May(rights.Dispatch, staff); err != nil {
			return err
		}
	}
	content, err := h.Photos.Read(r.Context(), v.Key)
	if err != nil {
		return err
	}
	call := h.Call(r)
	if err := h.Store.LogAccess(r.Context(), postgres.AccessEntry{
		Actor: v.actor.Name, Action: postgres.ReadPhoto, Entity: "patrol_photo", Detail: map[string]any{"photo": v.ID}, Remote: call.Remote, RequestID: call.ID,
	}); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.ID+extensionOf(v.MediaType)+`"`)
	return h.Reply.Send(w, r, reply.Content{Type: v.MediaType, Cache: reply.NoStore, Bytes: content})
}

func extensionOf(mediaType string) string {
	switch mediaType {
	case photo.PNG:
		return ".png"
	case photo.WebP:
		return ".webp"
	case photo.HEIC:
		return ".heic"
	}
	return ".jpg"
}

// shownPhoto answers with a copy. Browsers may keep it, but ask each time: rights change.
func (h *Handler) shownPhoto(w http.ResponseWriter, r *http.Request, v *viewer, size string) error {
	side, lines := photo.ThumbSide, []string(nil)
	if size == sizeShown {
		side, lines = photo.ShownSide, v.watermark()
	}
	original := depot.Original{Key: v.Key, MediaType: v.MediaType, Orientation: v.Orientation}
	content, err := h.Photos.Copy(r.Context(), original, side, lines)
	if err != nil {
		return err
	}
	if err := h.logRead(r, v.teller); err != nil {
		return err
	}
	return h.Reply.Send(w, r, reply.Content{Type: photo.JPEG, Cache: "private, no-cache", Tag: reply.Hash(content), Bytes: content})
}
