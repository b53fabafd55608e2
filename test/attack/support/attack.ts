import { live, type Profile } from '@cairn/disclosure'
import { type Installation, installation } from '../../../services/gateway/installation.ts'
import { Memory } from '../api/memo.ts'
import { type Judged, judgeAll } from './judge.ts'
import { Known, maskOf, type Numbers, periods, type Relations } from './known.ts'
import { insertSupport } from './world.ts'

export interface SupportAttack {
  readonly seed: number
  /** One reader and the year alone: then there is one way to put answers together. */
  readonly isShort?: boolean
}

/** What was told to one reader, or to several, and is put together in more and more ways. */
export interface AttackedSupport extends Judged {
  readonly by: string
  readonly numbers: number
}

const ways = [
  { by: 'one reader, each period alone', alone: true, periods: false, kinds: false },
  { by: '… periods together', alone: true, periods: true, kinds: false },
  { by: '… kinds told apart in several ways', alone: true, periods: false, kinds: true },
  { by: 'readers of other schools besides', alone: false, periods: false, kinds: false },
  { by: 'all of it', alone: false, periods: true, kinds: true },
] as const

const authority = 855
const year = 2024
const urns = Array.from({ length: 9 }, (_, i) => 812301 + i)

const mean = '{ n }'
const share = '{ numerator denominator }'
/** Everything that counts pupils, plans or interventions; `by` tells one kind of intervention apart in several ways. */
const queries: readonly { readonly name: string; readonly args?: string; readonly fields: string }[] = [
  ...['TYPE', 'TECHNIQUE', 'TARGET_DOMAIN'].map((by) => ({
    ...{ name: 'fidelity', args: `by: ${by}` },
    fields: `kind sessions ${mean} minutes ${mean} atBar ${share} dose ${mean}`,
  })),
  ...['TYPE', 'TECHNIQUE', 'TARGET_DOMAIN'].map((by) => ({
    ...{ name: 'interventionEffect', args: `by: ${by}, subscale: "bonding"` },
    fields: 'rows { kind subscale n improved unchanged deteriorated }',
  })),
  { name: 'goalProgress', fields: `area rating ${mean} progress ${mean}` },
  {
    name: 'planCompliance',
    fields: `rows { domain reviewedOnTime ${share} upToDate ${share} withLivePlan ${share} }`,
  },
  { name: 'screeningToSupport', fields: `medianWeeks ${mean} supported ${share}` },
  { name: 'unmetNeed', fields: `unmet ${share}` },
]
const idFields = ['kind', 'area', 'domain', 'subscale']

function numbersIn(value: any, path: string, found: Numbers): Numbers {
  if (Array.isArray(value)) for (const one of value) numbersIn(one, path, found)
  else if (value && typeof value === 'object') {
    const own = idFields.flatMap((id) => (typeof value[id] === 'string' ? [`${id}=${value[id]}`] : []))
    const here = [path, ...own].join(' ')
    for (const [name, one] of Object.entries(value))
      if (typeof one === 'number') found.set(`${here} ${name}`, one)
      else numbersIn(one, name === 'rows' ? here : `${here} ${name}`, found)
  }
  return found
}

interface Reader {
  readonly key: string
  /** Places in `urns`. */
  readonly schools: readonly number[]
}

/**
 * Asks every question about support, of every school and period, as a reader of all schools and as readers of some, and
 * puts the answers together; what is true the same gateway says once nothing is held back.
 */
export async function attackSupport({ seed, isShort = false }: SupportAttack): Promise<AttackedSupport[]> {
  const gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: urns.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'PS' })),
    now: () => Date.parse('2025-09-20T12:00:00Z'),
    wrap: new Memory().wrap,
    limits: { perKey: 1e9, perAddress: 1e9 },
  })
  try {
    await insertSupport(gateway.warehouse, { authority, urns, year }, seed)
    const all = urns.map((_, i) => i)
    const reader = async (name: string, schools: readonly number[]): Promise<Reader> => ({
      key: await gateway.keyOf(
        name,
        'analyst',
        [authority],
        schools === all ? null : schools.map((i) => urns[i]!),
      ),
      schools,
    })
    const readers = isShort
      ? [await reader('all', all)]
      : [
          await reader('all', all),
          await reader('some', [0, 1, 2, 3, 4]),
          await reader('others', [3, 4, 5, 6]),
        ]
    const when = isShort ? periods.slice(0, 1) : periods
    const told = new Map<Reader, Numbers>()
    for (const one of readers) told.set(one, await askAll(gateway, one, when))
    const truths = await withoutRules(() =>
      Promise.all(readers.map(async (one) => [one, await askAll(gateway, one, when)] as const)),
    )
    const [one] = readers as [Reader]
    return (isShort ? ways.slice(0, 1) : ways).map(({ by, alone, ...relations }) => ({
      by,
      ...look(alone ? [one] : readers, told, new Map(truths), relations),
    }))
  } finally {
    await gateway.close()
  }
}

/** The rules are data: for as long as this takes, they hold nothing back. */
async function withoutRules<T>(work: () => Promise<T>): Promise<T> {
  const before: Profile = { ...live }
  Object.assign(live, { smallestDenominator: 1, smallestCount: 1, smallestSample: 1 })
  try {
    return await work()
  } finally {
    Object.assign(live, before)
  }
}

/** By `unit | period | query path`: the unit is the schools together, as a mask. */
async function askAll(
  gateway: Installation,
  { key, schools }: Reader,
  when: typeof periods,
): Promise<Numbers> {
  const found: Numbers = new Map()
  const units = [undefined, ...schools]
  for (const { name, args = '', fields } of queries)
    for (const { id, args: period } of when)
      await Promise.all(
        units.map(async (unit) => {
          const of = unit === undefined ? '' : `, school: ${urns[unit]}`
          const asked = [`period: { ${period} }, authority: ${authority}${of}`, ...(args ? [args] : [])]
          const { data, errors } = await gateway.ask(
            key,
            `{ answer: ${name}(${asked.join(', ')}) { ${fields} } }`,
          )
          if (errors) throw new Error(`${errors[0]!.message}: ${name}`)
          const mask = unit === undefined ? maskOf(schools) : 2 ** unit
          for (const [path, value] of numbersIn(data.answer, `${name} ${args}`.trim(), new Map()))
            found.set(`${mask} | ${id} | ${path}`, value)
        }),
      )
  return found
}

/** Writes what is known to hold between figures whatever they are, and what was told; then looks. */
function look(
  readers: readonly Reader[],
  told: ReadonlyMap<Reader, Numbers>,
  truths: ReadonlyMap<Reader, Numbers>,
  relations: Relations,
): Judged & { numbers: number } {
  const known = new Known()
  for (const one of readers) for (const [key, value] of truths.get(one)!) known.add(key, value)
  known.relateAll(
    readers.map(({ schools }) => schools),
    relations,
  )
  let numbers = 0
  for (const one of readers)
    for (const [key, value] of told.get(one)!) {
      numbers++
      known.learn(key, value)
    }
  return { numbers, ...judgeAll(known) }
}
