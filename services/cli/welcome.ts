import { relative } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import type { DemoKeys } from './demo/load.ts'

/** What a person wants to know once everything runs. */
export function welcome(
  at: { readonly gateway: string; readonly ingest: string },
  folder: DataFolder,
  demo: DemoKeys | undefined,
  seconds: number,
): string {
  const near = relative(process.cwd(), folder.path)
  const here = near.startsWith('..') ? folder.path : near || '.'
  const data = here === '.cairn' ? '' : ` --data ${here}`
  return [
    '',
    `Cairn is ready after ${seconds.toFixed(1)} s.`,
    '',
    `  Look here       ${at.gateway}/          what runs, how fresh it is, queries to click`,
    `  Ask             ${at.gateway}/graphql   GraphiQL`,
    `  Send events to  ${at.ingest}/v1/events`,
    ...(demo ? demoLines(at.gateway, demo, data) : ownLines(data)),
    '',
    `  Logs: ${here}/logs.  How it stands: npm run cairn -- status${data}.  Stop: Ctrl-C.`,
    '',
  ].join('\n')
}

function demoLines(gateway: string, demo: DemoKeys, data: string): string[] {
  const query =
    '{ figures(metric: \\"incident_rate\\", groupBy: [\\"school\\"], period: { academicYears: [\\"202526\\"] }) ' +
    '{ rows { schoolName value lower upper status release } asOf } }'
  return [
    '',
    `  Demonstration: authority ${demo.authority}, ${demo.name}; every school in it is invented.`,
    `    analyst key      ${demo.analyst}`,
    `    school lead key  ${demo.schoolLead}`,
    `    ingest key       ${demo.ingest}`,
    '',
    '  A first question:',
    `    curl -s ${gateway}/graphql -H 'content-type: application/json' \\`,
    `      -H 'authorization: Bearer ${demo.analyst}' -d '{"query":"${query}"}'`,
    '',
    `  What has closed of it is released: npm run cairn -- release list${data}`,
    '  What runs still is in no release: the lead alone sees it, of the own school.',
  ]
}

const ownLines = (data: string): string[] => [
  '',
  '  Begin with an authority, its schools and a key:',
  `    npm run cairn -- authority add 855${data}`,
  `    npm run cairn -- school import FILE.csv${data}`,
  `    npm run cairn -- key create --authority 855 --source urn:mis:855${data}`,
]
