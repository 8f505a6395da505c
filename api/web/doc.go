// Package web is the web app 网页: its TypeScript lives beside this file, Vite builds it into dist, and the binary
// carries the result. Nothing is loaded from outside.
//
// Decisions.
//
// A fresh clone must build, vet and test without npm, and dist is not tracked. An embed pattern has to match something,
// so it is dist* and the tracked page dist-missing.html matches always: it is what is answered until `make build`
// (or `npm ci && npm run build` in this folder) has been run. No build tag, no second way to compile.
//
// Vite writes .br and .gz beside each text file: nothing is compressed while answering. Files below assets carry a hash
// in their name and never change; everything else is asked for again each time, by ETag.
//
// The workspaces of the app have one URL each. Only those answer with index.html; any other unknown path is a 404 of the
// router, so that a mistyped address of the API or a lost asset never looks like a page.
//
// The officer's pages (/today) work without a network: sw.js, the service worker, keeps the files of the build, and the map of the own area where
// an officer downloaded it (src/officer/store/sw.ts). It never touches the API, and the desk's pages come from here like before. Its name never
// changes, so it must never be cached: like everything outside assets it is asked for again each time. The manifest is named by /today alone.
package web
