#!/usr/bin/env node
// Writes the lists of event types and of metrics from their folders, so that adding one is adding a file.
// `--check` writes nothing and fails where a list is stale. Node's built-ins only: setup runs it before anything is installed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Folders, and how the one constant of each file begins. */
const registries = [
  {
    folder: 'packages/contracts/events',
    declaration: /^export const (\w+)(?::[^=]+)? = eventType\b/gm,
    type: { name: 'EventType', from: '../event-type.ts' },
    exportEach: true,
  },
  {
    folder: 'packages/metrics/metrics',
    declaration: /^export const (\w+)(?::[^=]+)? = \w+\(/gm,
  },
]

/** The text of a folder's index. */
function indexOf({ folder, declaration, type, exportEach }) {
  const files = readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -'.ts'.length))
    .sort()
    .map((name) => `${name}.ts`)
  const entries = files.map((file) => {
    const names = [...readFileSync(join(root, folder, file), 'utf8').matchAll(declaration)].map(
      ([, name]) => name,
    )
    if (names.length !== 1)
      throw new Error(
        `${folder}/${file} must export exactly one constant of the registry; it exports ${names.length}`,
      )
    return { file, name: names[0] }
  })
  const names = entries.map(({ name }) => name)
  const typed = type ? `: readonly ${type.name}[]` : ''
  const oneLine = `export const all${typed} = [${names.join(', ')}]`
  return [
    '// Written by infra/registries.mjs from the files of this folder. Do not edit: add a file and run it.',
    ...(type ? [`import type { ${type.name} } from '${type.from}'`] : []),
    ...entries.map(({ file, name }) => `import { ${name} } from './${file}'`),
    '',
    ...(exportEach ? [...entries.map(({ file }) => `export * from './${file}'`), ''] : []),
    ...(oneLine.length <= 110
      ? [oneLine]
      : [`export const all${typed} = [`, ...names.map((name) => `  ${name},`), ']']),
    '',
  ].join('\n')
}

let stale = 0
for (const registry of registries) {
  if (!existsSync(join(root, registry.folder))) continue
  const file = join(root, registry.folder, 'index.ts')
  const text = indexOf(registry)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (process.argv.includes('--check')) {
    stale++
    console.error(`${relative(root, file)} is stale: run node infra/registries.mjs`)
  } else {
    writeFileSync(file, text)
    console.log(`wrote ${relative(root, file)}`)
  }
}
process.exitCode = stale > 0 ? 1 : 0
