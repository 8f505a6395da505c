// Package photo looks at photos that officers took: what they are, whether they are whole, what their EXIF says; and it makes the copies that are
// shown. Bytes in, values out: keeping them is the business of api/depot. 照片：识别、检查、EXIF、展示副本与水印。
//
// Decisions:
//
//   - What a file is follows from its bytes; its name and the media type that somebody claims are not looked at. JPEG, PNG, WebP and HEIC are photos.
//   - A photo is accepted after a walk over its structure, to its end mark, not after decoding: a 10 MB JPEG takes a millisecond, and what a phone
//     recorded is kept even where our decoder would stumble over it. Its pixels, and how often a JPEG goes
//     over them, are bounded before anything is decoded.
//   - What comes after the end mark is left alone where cameras put such things (a second JPEG, a short film, a maker's block). Archives, documents,
//     programs and web pages there, or scripts anywhere, make it a file of two kinds, which is refused.
//   - EXIF is a claim. A position of 0,0 and a time before 2000 or in the future become flags of the photo, never reasons to refuse it.
//   - Shown copies are drawn anew, so nothing of the metadata is left in them. They are turned by the EXIF orientation; HEIC says it in
//     its own way, which the decoder obeys.
//   - Without a CJK font watermarks keep their ASCII: times, codes and numbers.
package photo
