/** Writes infra/clickhouse/ddl and access from the schema: `npm run ddl`; `--check` exits 1 where a file is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { accessSql, warehouseDdl } from '@cairn/warehouse'

const text = (statements: readonly string[]): string =>
  `-- Written by \`npm run ddl\` from packages/warehouse.\n\n${statements.join(';\n\n')};\n`

/** The files by their path; a cluster is called `cairn` in them. */
export const files: Readonly<Record<string, string>> = {
  'ddl/single.sql': text(warehouseDdl()),
  'ddl/cluster.sql': text(warehouseDdl({ cluster: 'cairn' })),
  'access/single.sql': text(accessSql()),
  'access/cluster.sql': text(accessSql({ cluster: 'cairn' })),
}

/** Those that are not as the schema has them. */
export function stale(): string[] {
  return Object.entries(files).flatMap(([path, wanted]) => {
    try {
      return readFileSync(new URL(path, import.meta.url), 'utf8') === wanted ? [] : [path]
    } catch {
      return [path]
    }
  })
}

if (import.meta.main) {
  const paths = stale()
  if (process.argv.includes('--check')) {
    for (const path of paths) process.stderr.write(`${path} is stale: npm run ddl\n`)
    process.exit(paths.length === 0 ? 0 : 1)
  }
  for (const path of paths) {
    const file = new URL(path, import.meta.url)
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, files[path]!)
  }
}
