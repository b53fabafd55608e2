const started = performance.now()
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Cairn needs Node 24 or newer; this is ${process.version}\n`)
  process.exit(1)
}
// Before anything else is loaded: compiled code is kept from one start to the next.
const { enableCompileCache } = await import('node:module')
enableCompileCache()
const { runService } = await import('@cairn/config')
const { aggregatorEnv, readEnv } = await import('./env.ts')
await runService(
  {
    name: 'aggregator',
    does: 'turns the event log into facts and cells in the warehouse',
    schema: aggregatorEnv,
    readEnv,
    run: async (env) => (await import('./serve.ts')).serve(env, started),
  },
  process.argv.slice(2),
)

export {}
