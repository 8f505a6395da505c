package api

import (
	"errors"
	"net/http"
	"sync/atomic"
	"time"
)

// maxAfloat bounds the bytes of all tiles that are being sent, be it to callers who are slow to take them.
const maxAfloat = 128 << 20

var errBusy = errors.New("too much is being sent already")

// afloat counts the bytes of what is being sent.
type afloat struct {
	most  int64
	bytes atomic.Int64
}

// take asks for room for n bytes, to be given back.
func (f *afloat) take(n int) bool {
	if f.bytes.Add(int64(n)) > f.most {
		f.give(n)
		return false
	}
	return true
}

func (f *afloat) give(n int) { f.bytes.Add(int64(-n)) }

// slowest is the rate in bytes a second below which a stream of HTTP/2 is given up.
const slowest = 4 << 10

// hurry bounds the time for sending a body on a stream of HTTP/2. There a caller who takes nothing keeps his stream waiting and not the
// connection, so that its patience (see patient) is not asked.
func hurry(w http.ResponseWriter, r *http.Request, n int) {
	if r.ProtoMajor < 2 {
		return
	}
	limit := time.Now().Add(patience + time.Duration(n)*time.Second/slowest)
	_ = http.NewResponseController(w).SetWriteDeadline(limit) // without one the server's own limit holds
}
