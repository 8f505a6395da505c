package reply

import "net/http"

// Private is how answers may be kept that hold what not everybody may see: not at all.
const Private = "private, no-store"

// streamBytes is how much of a streamed answer is kept back before it is sent: a short one goes out whole, with its length, and an error before
// that is answered as one.
const streamBytes = 256 << 10

// streamSlack is how much of one feature usually fits behind that before the buffer grows.
const streamSlack = 16 << 10

// Stream sends an answer of unknown length with bounded memory. Nothing is sent before streamBytes are there or it is closed.
type Stream struct {
	rw       http.ResponseWriter
	w        *Writer
	encoding Encoding
	media    string
	kept     []byte
	z        compressor // nil before anything is sent, and for Identity
	started  bool
	err      error
}

// Stream begins an answer of status 200. Headers that it does not set itself are to be set before.
func (w *Writer) Stream(rw http.ResponseWriter, r *http.Request, mediaType, cache string) (*Stream, error) {
	e, err := w.Negotiate(rw, r, []Encoding{Gzip, Brotli, Identity})
	if err != nil {
		return nil, err
	}
	rw.Header().Set("Cache-Control", cache)
	s := &Stream{rw: rw, w: w, encoding: e, media: mediaType}
	if spare, ok := w.streams.Get().(*[]byte); ok {
		s.kept = (*spare)[:0]
	} else {
		s.kept = make([]byte, 0, streamBytes+streamSlack)
	}
	return s, nil
}

// Buffer is where to append what comes next; Keep takes it back.
func (s *Stream) Buffer() []byte { return s.kept }

// Keep takes what Buffer gave with more behind it, and sends it when it is enough. Once a caller has gone, what comes is dropped.
func (s *Stream) Keep(b []byte) {
	s.kept = b
	if len(b) < streamBytes {
		return
	}
	s.flush()
}

// Started tells whether anything was sent, so that an error can no more be answered.
func (s *Stream) Started() bool { return s.started }

// Gone is why nothing more can be sent; nil while it can.
func (s *Stream) Gone() error { return s.err }

func (s *Stream) flush() {
	if !s.started {
		s.begin()
	}
	if s.err == nil {
		if s.z != nil {
			_, s.err = s.z.Write(s.kept)
		} else {
			_, s.err = s.rw.Write(s.kept)
		}
	}
	s.kept = s.kept[:0]
}

func (s *Stream) begin() {
	s.started = true
	h := s.rw.Header()
	h.Set("Content-Type", s.media)
	if s.encoding != Identity {
		h.Set("Content-Encoding", string(s.encoding))
		s.z = s.w.encoder.pools[s.encoding].Get().(compressor)
		s.z.Reset(s.rw)
	}
	s.rw.WriteHeader(http.StatusOK)
}

// Close sends the rest.
func (s *Stream) Close() error {
	defer s.keepSpare()
	if !s.started {
		e := s.encoding
		if len(s.kept) < smallest {
			e = Identity
		}
		return s.w.Write(s.rw, e, s.media, s.kept)
	}
	s.flush()
	s.release()
	return nil // a caller that went away is nobody's error
}

// keepSpare gives the buffer to the next stream, unless it has grown.
func (s *Stream) keepSpare() {
	if cap(s.kept) <= 2*streamBytes {
		spare := s.kept[:0]
		s.w.streams.Put(&spare)
	}
	s.kept = nil
}

// Abort ends a stream whose answer cannot be finished: the caller sees that it broke off.
func (s *Stream) Abort() {
	s.z = nil // it may hold half of an answer
	panic(http.ErrAbortHandler)
}

func (s *Stream) release() {
	if s.z == nil {
		return
	}
	if err := s.z.Close(); s.err == nil {
		s.err = err
	}
	s.w.encoder.pools[s.encoding].Put(s.z)
	s.z = nil
}
