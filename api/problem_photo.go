package api

import (
	"errors"
	"net/http"

	"wangge/api/depot"
	v1 "wangge/api/v1"
	"wangge/grid/patrol/photo"
)

// photoProblems are what photos can meet.
func photoProblems() []kind {
	return []kind{
		{photo.ErrRefused, http.StatusUnprocessableEntity, "photo-refused", "照片未采纳", "Not accepted as a photo", 0},
		{photo.ErrNoCopy, http.StatusUnprocessableEntity, "photo-not-shown", "无法生成展示图，原件已保存", "No copy of this photo can be shown; the original is kept", 0},
		{depot.ErrNone, http.StatusServiceUnavailable, "no-photo-store", "服务器没有设置照片存放位置（--photos），暂不能接收或查看照片", "The server has no place to keep photos in (--photos)", 3600},
		{depot.ErrGap, http.StatusConflict, "upload-offset", "前面的内容尚未收到，请从 Upload-Offset 处继续", "A piece before this one is missing: go on at Upload-Offset", 0},
		{depot.ErrManyPartials, http.StatusTooManyRequests, "too-many-uploads", "未完成的上传过多，请先完成已开始的", "Too many uploads were begun: end some first", 60},
		{depot.ErrBusy, http.StatusServiceUnavailable, "photos-busy", "正在处理其他照片，请稍后再试", "Other photos are being worked on: try again", 5},
		{v1.ErrPhotoHash, http.StatusUnprocessableEntity, "photo-hash", "收到的内容与 SHA-256 不符，请重新上传", "The bytes are not those of the hash: send them again", 0},
		{v1.ErrPhotoLong, http.StatusRequestEntityTooLarge, "photo-too-large", "照片超过 20 MB", "The photo has more than 20 MB", 0},
		{v1.ErrPhotoCut, http.StatusRequestTimeout, "upload-cut", "上传中断，已收到的部分保留，可继续", "The upload was cut off; what came is kept", 0},
		{v1.ErrPhotoRoom, http.StatusTooManyRequests, "too-many-photos", "已上传的照片过多而没有对应的记录，请先提交记录", "Too many photos without a record: send the records first", 60},
		{v1.ErrPhotoAway, http.StatusNotFound, "photo-awaited", "照片尚未到达或未被采纳", "The photo has not come, or was not accepted", 0},
	}
}

// addPhoto says why a photo was refused.
func (p *problem) addPhoto(err error) {
	if refusal, ok := errors.AsType[*photo.Refusal](err); ok {
		p.Detail, p.DetailEn = refusal.Zh, refusal.En
	}
}
