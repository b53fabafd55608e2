const started = performance.now()
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Cairn needs Node 24 or newer; this is ${process.version}\n`)
  process.exit(1)
}
// Before anything else is loaded: compiled code is kept from one start to the next.
const { enableCompileCache } = await import('node:module')
enableCompileCache()
const { serve } = await import('./serve.ts')
await serve(started)

export {}
