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
//   - Where a caller likes several encodings equally it gets Brotli, then zstd, then gzip: the smallest first, at levels at which the
//     time differs by less than the size does (encode.go). Identity comes last of all.
//   - A new encoding is one entry in [Encodings], one name among the weights and one compressor.
package reply
