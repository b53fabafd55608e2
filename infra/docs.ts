/** Writes docs/reference from the registries: `npm run docs`; `--check` exits 1 where a page is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { asyncApi, eventReferenceMarkdown } from '@cairn/contracts'
import { type Metric, metrics } from '@cairn/metrics'
import { definitionSchema, instrumentReferenceMarkdown } from '@cairn/mtss'
import { schemaSdl } from '../services/gateway/sdl.ts'
import { variableTable } from './variables.ts'

const folder = new URL('../docs/reference/', import.meta.url)

function metricReference(): string {
  const lines = [
    '# Metrics',
    '',
    'Written by `npm run docs` from `packages/metrics`: one file a metric. Every figure says which of these it is.',
    '',
  ]
  for (const m of metrics.values()) {
    lines.push(
      `## ${m.title}`,
      '',
      `\`${m.id}\` · ${m.unit} · ${m.polarity} · ${methodOf(m)}`,
      '',
      m.definition,
      '',
    )
    const groupings = groupingsOf(m)
    if (groupings.length > 0) lines.push(`Broken down by: ${groupings.join('; ')}.`, '')
    if (m.answers.length > 0) lines.push(`Domain reference, rows ${m.answers.join(', ')}.`, '')
  }
  return lines.join('\n')
}

function methodOf(m: Metric): string {
  if (m.kind === 'median') return `exact median of \`${m.of.id}\``
  if (m.kind === 'stored')
    return { none: 'a count', wilson: 'Wilson', rate: 'rate', 'mean-t': 'mean with Student’s t' }[m.interval]
  const over = `\`${m.numerator.id}\` over \`${m.denominator.id}\``
  return m.kind === 'proportion'
    ? `${over}, Wilson 95 %`
    : `${over} × ${m.per}, exact Poisson below 10 and Byar from 10, 95 %`
}

function groupingsOf(m: Metric): string[] {
  const stored = m.kind === 'stored' ? m : m.kind === 'median' ? m.of : m.numerator
  return stored.breakdowns
    .filter((b) => b.length > 0 && !b.some((d) => stored.dimensions[d]!.internal))
    .map((b) => b.map((d) => `\`${d}\``).join(' × '))
}

/** The guide with its table of variables, which stands between two marks. @throws where a mark is missing */
function withVariables(guide: string): string {
  const [begin, end] = ['<!-- variables: npm run docs -->', '<!-- end of variables -->']
  const [from, to] = [guide.indexOf(begin), guide.indexOf(end)]
  if (from < 0 || to < from) throw new Error('docs/deploy.md lacks the marks of its table of variables')
  return `${guide.slice(0, from + begin.length)}\n\n${variableTable()}\n\n${guide.slice(to)}`
}

const pages: Record<string, string> = {
  'events.md': eventReferenceMarkdown(),
  'instruments.md': instrumentReferenceMarkdown(),
  'instrument.schema.json': `${JSON.stringify(definitionSchema, null, 2)}\n`,
  'asyncapi.json': `${JSON.stringify(asyncApi(), null, 2)}\n`,
  'metrics.md': metricReference(),
  'schema.graphql': await schemaSdl(),
  '../deploy.md': withVariables(readFileSync(new URL('../deploy.md', folder), 'utf8')),
}

const pathOf = (name: string) => (name.startsWith('../') ? `docs/${name.slice(3)}` : `docs/reference/${name}`)

mkdirSync(folder, { recursive: true })
let stale = 0
for (const [name, text] of Object.entries(pages)) {
  const file = new URL(name, folder)
  let there = ''
  try {
    there = readFileSync(file, 'utf8')
  } catch {
    // Written for the first time.
  }
  if (there === text) continue
  if (process.argv.includes('--check')) {
    console.error(`${pathOf(name)} is stale: npm run docs`)
    stale++
  } else {
    writeFileSync(file, text)
    console.log(`${pathOf(name)} written`)
  }
}
process.exit(stale === 0 ? 0 : 1)
