import { type InstrumentDefinition, nameOf, scalesOf } from './definition.ts'
import { definitionRules } from './rules.ts'
import { instruments } from './shipped.ts'

/** The page of docs/reference about instruments: what a definition holds, its rules, and those that come with Cairn. */
export function instrumentReferenceMarkdown(): string {
  return [
    '# Instruments',
    '',
    'Written by `npm run docs` from `packages/mtss/instruments`. An instrument is data: `cairn instrument import FILE` adds a definition, of the structure in [instrument.schema.json](instrument.schema.json). A definition never changes; a check-in names it as `id@version`, and Cairn works out the scores.',
    '',
    'A fact holds for each subscale and total its score (the metric where the scale is converted), whether it was prorated and the severity of its band (0 best, −1 without a band), and for the check-in how many items were not answered and which definition scored it.',
    '',
    'To put a definition right, import one with a higher version and `"corrects": "id@version"`, then run `cairn rescore --instrument id@version` (docs/adr/0008). Check-ins that came before their definition: `cairn quarantine replay --all`.',
    '',
    '## Rules across fields',
    '',
    '| rule | what it says |',
    '|---|---|',
    ...Object.entries(definitionRules).map(([rule, sentence]) => `| \`${rule}\` | ${sentence} |`),
    '',
    '## Those that come with Cairn',
    '',
    ...instruments.flatMap(sectionOf),
  ].join('\n')
}

function sectionOf(definition: InstrumentDefinition): string[] {
  const {
    title,
    informants,
    items,
    licence,
    scoreOnly,
    needs = [],
    bands = [],
    conversions = [],
    reliability = [],
  } = definition
  const missing = {
    items: 'which item counts for which subscale: check-ins are counted, and have no scores',
    norms: 'norms: scores are raw',
  }
  return [
    `### ${title}, version ${definition.version}`,
    '',
    `\`${nameOf(definition)}\` · ${items.length} items · answered by ${informants.join(', ')} · ${scoreOnly ? 'score-only: Cairn holds no wording' : 'Cairn’s own'}`,
    '',
    `Licence: ${licence.holder}. ${licence.terms}`,
    '',
    ...needs.flatMap((need) => [
      `It lacks ${missing[need]}. An authority that may use them imports a version with them.`,
      '',
    ]),
    '| scale | how | range | better | bands |',
    '|---|---|---|---|---|',
    ...scalesOf(definition).map((scale) => {
      const how = 'of' in scale ? `${scale.method} of ${scale.of.join(', ')}` : methodOf(scale)
      const converted = conversions.some((one) => one.scale === scale.id) ? ', converted to a metric' : ''
      const own = bands.filter((one) => one.scale === scale.id)
      const steps = own.map(
        (one) =>
          `${one.informants ? `${one.informants.join(', ')}: ` : ''}${one.steps.map(({ upTo, label }) => `${label} to ${upTo}`).join(', ')}`,
      )
      const { id, title: name, range, polarity } = scale
      return `| ${name} (\`${id}\`) | ${how}${converted} | ${range.min} to ${range.max} | ${polarity.split(' ')[0]} | ${steps.join('; ') || '–'} |`
    }),
    '',
    ...reliabilityOf(reliability),
  ]
}

/** By source: what reliable change of each scale is worked out with. */
function reliabilityOf(list: NonNullable<InstrumentDefinition['reliability']>): string[] {
  const sources = [...new Set(list.map(({ source }) => source))]
  return sources.flatMap((source) => [
    `Reliability (and standard deviation). ${source}. ${list
      .filter((one) => one.source === source)
      .map((one) => `${one.scale}, ${one.informants?.join(', ') ?? 'all'}: ${one.reliability} (${one.sd})`)
      .join('; ')}.`,
    '',
  ])
}

const methodOf = ({ method, minAnswered, prorate }: InstrumentDefinition['subscales'][number]): string =>
  `${method === 'mean' ? 'mean of answers, rescaled' : method}; ${minAnswered} answers${prorate ? `, prorated (${prorate})` : ''}`
