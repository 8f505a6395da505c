import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { precompress } from './precompress.ts'

/** Where `npm run dev` finds the server: a wangge, or the mock of tests/mock. */
const server = process.env.WANGGE_URL ?? 'http://127.0.0.1:8080'
const served = ['/api', '/ogc', '/tiles', '/style.json', '/sprite', '/healthz', '/readyz']

export default defineConfig({
  plugins: [vue(), precompress(), worker()],
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

/** The service worker of the officer's pages is a file of its own, with a list of the build's files in it. Its name never changes; the server never lets it be cached. */
function worker() {
  return VitePWA({
    strategies: 'injectManifest',
    srcDir: 'src/officer/store',
    filename: 'sw.ts',
    injectRegister: false,
    manifest: false, // public/today.webmanifest: only the officer's pages name it
    injectManifest: {
      globPatterns: ['**/*.{html,js,mjs,css,svg,png,webmanifest}'],
      dontCacheBustURLsMatching: /^assets\//,
      maximumFileSizeToCacheInBytes: 4 * 2 ** 20,
      rollupFormat: 'iife',
    },
  })
}

/** Browser tests drive Chromium from Node, one file at a time: WebGL in software takes a whole core. */
function browser(name: string, include: string) {
  return {
    extends: true as const,
    test: { name, include: [include], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
  }
}
