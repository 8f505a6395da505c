// Package depot keeps the bytes of photos: originals and the copies that are shown, in a folder or in any store that speaks S3, through
// gocloud.dev/blob. It knows no rights and no records: who may have what is decided before. 照片库：文件夹或 S3。
//
// Decisions:
//
//   - An original has a name of its own, made of its hash and a random part, and the record knows which name stands for a hash. So removing one that
//     nobody wants can never take away the same photo that comes again meanwhile.
//   - Uploads in pieces grow in a local folder (partials), one file for each account and hash, even where the store is far away. All writers of
//     a file put the same bytes at the same places, so none waits for another and none needs a lock; the hash decides at the end. A partial
//     survives a restart. Another server has other partials: there an upload begins anew.
//   - Kept means durable: in a folder, file and folder are synced before Keep returns; S3 acknowledges by itself.
//   - Copies are made when first asked for and kept beside the originals, named by the original and by what is written on them, so that another
//     watermark is another copy. They can be removed at any time.
//   - Two photos are decoded at a time, one of them HEIC at most: its decoder runs in WebAssembly, where it can do no harm, but cannot be stopped.
package depot
