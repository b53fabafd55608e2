import { register } from 'node:module'
import { argv, stdout } from 'node:process'
import { type GatewayRule, gatewayRules } from './gateway-rules.ts'

/** A program of its own: the same attack on a gateway in which one line is another. Arguments: rule, programs (0: short), seed. */
const [rule, programs, seed] = argv.slice(2) as [GatewayRule, string, string]
const { file, line, instead, by } = gatewayRules[rule]

// Hooks that see modules of every kind run beside tsx's in a thread of their own, which reads no TypeScript.
const hook = `
  import { readFileSync } from 'node:fs'
  import { stripTypeScriptTypes } from 'node:module'
  import { fileURLToPath } from 'node:url'
  let change
  export function initialize(given) { change = given }
  export function load(url, context, next) {
    if (url.split('?')[0] !== change.url) return next(url, context)
    const source = readFileSync(fileURLToPath(change.url), 'utf8')
    if (source.split(change.line).length !== 2) throw new Error(change.url + ' has not once: ' + change.line)
    const code = stripTypeScriptTypes(source.replace(change.line, () => change.instead), { mode: 'transform' })
    return { format: 'module', source: 'globalThis.withoutRule = true\\n' + code, shortCircuit: true }
  }`
register(`data:text/javascript,${encodeURIComponent(hook)}`, {
  data: { url: new URL(`../../../${file}`, import.meta.url).href, line, instead },
})

const look = async () => {
  if (by === 'programs') {
    const { attackApi } = await import('./attack.ts')
    return attackApi({ programs: Number(programs), seed: Number(seed) })
  }
  if (by === 'tiers') {
    const { attackTiers, together } = await import('../tiers/attack.ts')
    return together(await attackTiers({ seed: Number(seed), isShort: Number(programs) === 0 }))
  }
  if (by === 'means') {
    const { attackMeans } = await import('./means.ts')
    return attackMeans({ seed: Number(seed), linear: 0 })
  }
  const { attackSupport } = await import('../support/attack.ts')
  return (await attackSupport({ seed: Number(seed), isShort: true }))[0]
}
const found = await look()
if (!('withoutRule' in globalThis)) throw new Error(`${file} was not loaded`)
stdout.write(JSON.stringify(found))
