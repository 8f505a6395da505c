import path from 'node:path'
import { runnerImport } from 'vite'

// Runs a TypeScript file of the tests: node tests/run.js FILE [ARGUMENT…]. Vite, which is here anyway, reads it.
const [, , file = ''] = process.argv
await runnerImport(path.resolve(file))
