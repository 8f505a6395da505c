// Package reply writes answers: it chooses an encoding, tags what it sends, and answers 304 where the caller has it already.
// 应答的编码与缓存协商。
//
// Decisions:
//
//   - A strong ETag names encoded bytes, so each encoding has a tag of its own: the tag of the content with the encoding's
//     name behind it. Vary goes with every answer that was negotiated, 304 included.
//   - If-None-Match is compared weakly, may be a list or *, and is parsed rather than cut at commas: a foreign tag may
//     have commas inside.
//   - Accept-Encoding is followed to the letter: weights, *, and identity;q=0. A caller that accepts nothing we have gets
//     [ErrNotAcceptable] and not bytes it cannot read.
//   - New encodings are one entry in [Encodings] and one case in Writer.encode.
package reply
