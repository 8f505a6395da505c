import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { precompress } from './precompress.ts'

/** Where `npm run dev` finds the server: a wangge, or the mock of tests/mock. */
const server = process.env.WANGGE_URL ?? 'http://127.0.0.1:8080'
const served = ['/api', '/ogc', '/tiles', '/style.json', '/sprite', '/healthz', '/readyz']

export default defineConfig({
  plugins: [vue(), precompress()],
  server: { proxy: Object.fromEntries(served.map((path) => [path, server])) },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // one rule for every asset: its own hashed file
    chunkSizeWarningLimit: 1500, // MapLibre is one module of a megabyte
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'maplibre', test: /maplibre-gl/ }, { name: 'vue', test: /@vue|vue\/dist/ }] },
      },
    },
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'happy-dom' } },
      browser('app', 'tests/app/**/*.test.ts'),
      browser('e2e', 'tests/e2e/**/*.test.ts'),
    ],
  },
})

/** Browser tests drive Chromium from Node, one file at a time: WebGL in software takes a whole core. */
function browser(name: string, include: string) {
  return {
    extends: true as const,
    test: { name, include: [include], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
  }
}
