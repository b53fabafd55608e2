/**
 * Bundles every service and the command line: dist/SERVICE/main.js, and what they share in dist/chunks. One run for all,
 * so that the image holds each package once. See docs/adr/0006.
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Packages in CommonJS ask for what an ES module does not have. */
const banner = `import { createRequire as cairnCreateRequire } from 'node:module'
const require = cairnCreateRequire(import.meta.url)
const __filename = import.meta.filename
const __dirname = import.meta.dirname`

rmSync(`${root}/dist`, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    'ingest/main': 'services/ingest/main.ts',
    'aggregator/main': 'services/aggregator/main.ts',
    // A thread is started from a file: what it runs must not stand in one with what starts it.
    'aggregator/reader-thread': 'services/aggregator/reader-thread.ts',
    'gateway/main': 'services/gateway/main.ts',
    'cli/main': 'services/cli/main.ts',
  },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Names of classes and functions are read: by type-graphql, and by whoever reads an error.
  keepNames: true,
  sourcemap: false,
  banner: { js: banner },
  external: ['chdb'],
  logLevel: 'warning',
  metafile: true,
})
const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
console.log(`dist: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1e6).toFixed(1)} MB`)
