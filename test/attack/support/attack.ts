import { live, standard } from '@cairn/disclosure'
import { type Installation, installation } from '../../../services/gateway/installation.ts'
import { Memory } from '../api/memo.ts'
import { type Judged, judgeAll } from './judge.ts'
import { Known, maskOf, type Numbers, periods, type Relations } from './known.ts'
import { insertSupport } from './world.ts'

export interface SupportAttack {
  readonly seed: number
  /** The year alone, one reader, kinds told apart by type and pupils by sex, all put together in one way. */
  readonly isShort?: boolean
}

/** What readers across schools were told, put together in more and more ways. */
export interface AttackedSupport extends Judged {
  readonly by: string
  readonly numbers: number
}

const ways = [
  { by: 'each period alone', periods: false, kinds: false, pupils: false },
  { by: '… periods together', periods: true, kinds: false, pupils: false },
  { by: '… kinds told apart in several ways', periods: false, kinds: true, pupils: false },
  { by: '… pupils told apart', periods: false, kinds: false, pupils: true },
  { by: 'all of it', periods: true, kinds: true, pupils: true },
] as const

const authority = 855
const year = 2024
const urns = Array.from({ length: 9 }, (_, i) => 812301 + i)

interface SupportQuestion {
  readonly name: string
  readonly args?: string
  readonly fields: string
}

interface Question extends SupportQuestion {
  readonly when: typeof periods
}

const mean = '{ n }'
const share = '{ numerator denominator }'
/** Everything that counts pupils, plans or interventions; `by` tells one kind of intervention apart in several ways. */
const totals: readonly SupportQuestion[] = [
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
/** The same with pupils told apart, of a year; of some they are rows of their own beside the total. */
const tablesBy = (characteristics: readonly string[]): SupportQuestion[] =>
  characteristics.flatMap((by) =>
    totals.map(({ name, args, fields }) => {
      const apart = fields.replace(/^(rows { )?/, '$1pupils { value } ')
      return {
        ...{ name, args: [...(args ? [args] : []), `pupilsBy: ${by}`].join(', ') },
        fields: name === 'unmetNeed' || name === 'screeningToSupport' ? `values { ${apart} }` : apart,
      }
    }),
  )
const idFields = ['kind', 'area', 'domain', 'subscale']

function numbersIn(value: any, path: string, found: Numbers): Numbers {
  if (Array.isArray(value)) for (const one of value) numbersIn(one, path, found)
  else if (value && typeof value === 'object') {
    const pupils = value.pupils?.value
    const own = [
      ...idFields.flatMap((id) => (typeof value[id] === 'string' ? [`${id}=${value[id]}`] : [])),
      ...(typeof pupils === 'string' ? [`pupils=${pupils}`] : []),
    ]
    const here = [path, ...own].join(' ')
    for (const [name, one] of Object.entries(value))
      if (typeof one === 'number') found.set(`${here} ${name}`, one)
      else numbersIn(one, name === 'rows' || name === 'values' ? here : `${here} ${name}`, found)
  }
  return found
}

/** Who asks: of the whole authority, or the lead of one school. */
interface Reader {
  readonly key: string
  /** All schools of the reader, as places in `urns`. */
  readonly of: readonly number[]
  /** The one that is asked about; absent: all of them together. */
  readonly school?: number
}

/**
 * Asks every question about support, of every school and period, as an analyst of all schools and as a reader of some, and
 * puts the answers together. What is true of each school its lead says, once nothing is held back; of all together the sum
 * of the schools, or where the gateway answers without its rules, that.
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
    const analyst = await gateway.keyOf('all', 'analyst', [authority])
    const some = await gateway.keyOf('some', 'analyst', [authority], urns.slice(0, 5))
    const leads: Reader[] = []
    for (const school of all)
      leads.push({
        key: await gateway.keyOf(`lead-${school}`, 'school_lead', [authority], [urns[school]!]),
        ...{ of: [school], school },
      })
    const [whole] = periods
    const when = isShort ? [whole!] : periods
    const isAsked = ({ args }: SupportQuestion) => !isShort || !/TECHNIQUE|TARGET/.test(args ?? '')
    const questions: Question[] = [
      ...totals.map((one) => ({ ...one, when })),
      ...tablesBy(isShort ? ['SEX'] : ['SEX', 'SEN', 'NC_YEAR']).map((one) => ({ ...one, when: [whole!] })),
    ].filter(isAsked)
    const groups = [all, all.slice(0, 5)]
    const across = (isShort ? [analyst] : [analyst, some]).flatMap((key, i): Reader[] => {
      const of = groups[i]!
      return [{ key, of }, ...of.map((school) => ({ key, of, school }))]
    })
    const told = await askAll(gateway, across, questions)
    const truths = await withoutRules(async () => {
      const each = await askAll(gateway, leads, questions)
      return new Map([
        ...groups.flatMap((of) => [...sumsOf(each, of)]),
        ...each,
        ...(await askAll(gateway, [{ key: analyst, of: all }], questions)),
      ])
    })
    return (isShort ? ways.filter(({ pupils, periods }) => pupils && !periods) : ways).map(
      ({ by, ...relations }) => ({
        by,
        ...look(groups, told, truths, relations),
      }),
    )
  } finally {
    await gateway.close()
  }
}

/** Of several schools together, by what each lead says. */
function sumsOf(each: Numbers, schools: readonly number[]): Numbers {
  const sums: Numbers = new Map()
  for (const [key, value] of each) {
    const [mask, ...rest] = key.split(' | ')
    if ((Number(mask) & maskOf(schools)) === 0) continue
    const of = [maskOf(schools), ...rest].join(' | ')
    sums.set(of, (sums.get(of) ?? 0) + value)
  }
  return sums
}

/** The rules are data: for as long as this takes, they hold nothing back. */
async function withoutRules<T>(work: () => Promise<T>): Promise<T> {
  const before = [live, standard].map((profile) => ({ ...profile }))
  Object.assign(live, { smallestDenominator: 1, smallestCount: 1, smallestSample: 1 })
  Object.assign(standard, { smallestContributors: 1, largestShare: 1, smallestSchools: 1 })
  try {
    return await work()
  } finally {
    Object.assign(live, before[0])
    Object.assign(standard, before[1])
  }
}

/** By `unit | period | query path`: the unit is the schools together, as a mask. A question that is refused tells nothing. */
async function askAll(
  gateway: Installation,
  readers: readonly Reader[],
  questions: readonly Question[],
): Promise<Numbers> {
  const found: Numbers = new Map()
  for (const { name, args = '', fields, when } of questions)
    for (const { id, args: period } of when)
      await eachOf(readers, async ({ key, of: schools, school }) => {
        const of = school === undefined ? '' : `, school: ${urns[school]}`
        const asked = [`period: { ${period} }, authority: ${authority}${of}`, ...(args ? [args] : [])]
        const { data, errors } = await gateway.ask(
          key,
          `{ answer: ${name}(${asked.join(', ')}) { ${fields} } }`,
        )
        if (errors?.[0]?.extensions.code === 'BAD_USER_INPUT') return
        if (errors) throw new Error(`${errors[0]!.message}: ${name}`)
        const mask = school === undefined ? maskOf(schools) : 2 ** school
        for (const [path, value] of numbersIn(data.answer, `${name} ${args}`.trim(), new Map()))
          found.set(`${mask} | ${id} | ${path}`, value)
      })
  return found
}

/** Few at once: on a busy machine more would take too long each. */
async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 4) await Promise.all(all.slice(at, at + 4).map(work))
}

/** Writes what is known to hold between figures whatever they are, and what was told; then looks. */
function look(
  groups: readonly (readonly number[])[],
  told: Numbers,
  truths: Numbers,
  relations: Relations,
): Judged & { numbers: number } {
  const known = new Known()
  for (const [key, value] of truths) known.add(key, value)
  known.relateAll(groups, relations)
  for (const [key, value] of told) known.learn(key, value)
  return { numbers: told.size, ...judgeAll(known) }
}
