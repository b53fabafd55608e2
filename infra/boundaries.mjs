/**
 * What imports cannot show: process.env is read in env.ts alone, SQL stands in the warehouse and in metric definitions
 * alone. Built-ins only. Exits 1 and names file and line where a rule is broken.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const rules = [
  {
    name: 'process.env is read in env.ts alone',
    pattern: /process\.env\b/,
    // Two files run before anything is installed or compiled.
    allowed: /\/env\.ts$|\.test\.ts$|^test\/|^services\/cli\/bin\.mjs$|^infra\/setup\.mjs$/,
  },
  {
    name: 'SQL stands in packages/warehouse, packages/metrics, the control plane and the event log’s adapter alone',
    pattern: /\b(SELECT\s+[\w*(]|INSERT INTO|CREATE TABLE|ALTER TABLE|DELETE FROM)/,
    allowed: /^packages\/(warehouse|metrics|control-plane|event-log)\/|\.test\.ts$|^test\//,
  },
  {
    name: 'clickhouse_settings are set in the warehouse client alone',
    pattern: /clickhouse_settings/,
    allowed: /^packages\/warehouse\/(client(\.test)?\.ts|engine\/)/,
  },
  {
    name: 'outside the gateway nothing but types is left out: Node runs it without a compiler',
    pattern:
      /^\s*(export )?(const )?enum \w|^\s*(private|protected|public) (readonly )?\w+\??:.*,$|^@[A-Z]\w*\(/,
    allowed: /^services\/gateway\/|^test\//,
  },
]

/** @param {string} folder @returns {string[]} */
const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules' || entry.name === 'dist') return []
    return entry.isDirectory() ? files(path) : /\.(ts|mjs)$/.test(entry.name) ? [path] : []
  })

let broken = 0
for (const file of ['packages', 'services', 'infra', 'test'].flatMap(files))
  for (const rule of rules.filter((r) => !r.allowed.test(file) && file !== 'infra/boundaries.mjs'))
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries())
      if (rule.pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line)) {
        console.error(`${file}:${index + 1}: ${rule.name}`)
        broken++
      }
console.log(broken === 0 ? 'boundaries: kept' : `boundaries: ${broken} broken`)
process.exit(broken === 0 ? 0 : 1)
