import { type Installation, installation, seed } from '../../../services/gateway/installation.ts'
import { judged, secretsOf } from './judge.ts'
import { Knowledge, keyOf } from './knowledge.ts'
import { linearBounds } from './linear.ts'
import { readAnswer } from './read.ts'
import { look } from './rules.ts'
import { attacked, cellsOf, happened, randomOf, schoolsOf, truthOf, type Week } from './world.ts'

export interface AttackedAuthorities {
  readonly questions: number
  readonly numbers: number
  /** Of both authorities together. */
  readonly joint: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
  readonly linear: { readonly asked: number; readonly exposed: number }
}

const codes = [855, 856] as const
const year = 2024
const metrics = ['headcount', 'incidents', 'exclusions', 'pupils_with_incident', 'check_ins']

/**
 * Two authorities, each with its release, and readers of the one, of the other and of both: totals over both, over phases and
 * over lists of schools from either, whole numbers and parts. What all of them are told is put together.
 */
export async function attackAuthorities({
  seed: number,
  linear = 0,
  isShort = false,
}: {
  readonly seed: number
  readonly linear?: number
  /** Two metrics by year alone. */
  readonly isShort?: boolean
}): Promise<AttackedAuthorities> {
  // Of each a dozen: all of them fit one mask.
  const each = codes.map((code, i) => schoolsOf(number + i, code * 1000 + 1).slice(1, 13))
  const schools = each.flat()
  const urns = schools.map(({ urn }) => urn)
  const gateway = await installation({
    authorities: codes.map((code) => ({ code, name: `Authority ${code}` })),
    schools: each.flatMap((own, i) =>
      own.map(({ urn, phase }) => ({ urn, authority: codes[i]!, name: `School ${urn}`, phase })),
    ),
    now: () => Date.parse('2025-09-02T12:00:00Z'),
    limits: { perKey: 1e9, perAddress: 1e9 },
  })
  try {
    const [calendar] = await gateway.controlPlane.calendars.weeks([codes[0]], { from: year, to: year })
    const weeks: Week[] = calendar!.weeks
    const truth = truthOf(schools, year, happened(schools, weeks, number * 10 + year))
    for (const [i, code] of codes.entries()) {
      const own = new Set(each[i]!.map(({ urn }) => urn))
      await seed(
        gateway.warehouse,
        cellsOf(truth, code).filter(({ school }) => own.has(school)),
      )
      await gateway.release({ authority: code, year })
    }
    const knowledge = new Knowledge(schools, year)
    knowledge.declare('released', { truth, weeks })
    const masks = [0, 1].map((i) => (2 ** each[i]!.length - 1) * 2 ** (i * each[0]!.length))
    const phases = schools.map(({ phase }) => phase)
    const counts = { questions: 0, numbers: 0, joint: 0 }
    const random = randomOf(number * 17)
    for (const of of [[0], [1], [0, 1]]) {
      const key = await gateway.keyOf(
        `reader-${of.join('-')}`,
        'commissioner',
        of.map((i) => codes[i]!),
      )
      const mine = of.reduce((so, i) => so + masks[i]!, 0)
      for (const { field, mask } of questionsOf(urns, mine, random, isShort)) {
        counts.questions++
        for (const row of await rowsOf(gateway, key, field)) {
          const at = codes.indexOf(row.authorityCode)
          const among = at >= 0 ? mask & masks[at]! : mask
          for (const { place, low, high } of readAnswer([row], { urns, phases, mask: among }).told) {
            const figure = { ...place, state: 'released' }
            if (!knowledge.has(figure)) continue
            const figureAt = knowledge.at(figure)
            const value = knowledge.truth[figureAt]!
            if (value < low || value > high)
              throw new Error(`${keyOf(figure)} is ${value}, told ${low}: ${field}`)
            counts.numbers++
            if (masks.every((one) => place.mask & one)) counts.joint++
            knowledge.system.learn(figureAt, low, high)
          }
        }
      }
    }
    const found = look(knowledge)
    const { system } = knowledge
    const open = secretsOf(knowledge)
    const asked = Array.from({ length: linear }, () =>
      open.splice(Math.floor(random() * open.length), 1),
    ).flat()
    const bounds = await linearBounds(system, asked)
    const told = [...bounds].filter(([at, { low, high }]) => judged(knowledge, at, low, high) !== 'safe')
    return { ...counts, ...found, linear: { asked: bounds.size, exposed: told.length } }
  } finally {
    await gateway.close()
  }
}

async function rowsOf(gateway: Installation, key: string, field: string): Promise<any[]> {
  const { data, errors } = await gateway.ask(key, `{ answer: ${field} }`)
  if (errors && !errors[0]!.extensions.field) throw new Error(`${errors[0]!.message}: ${field}`)
  return data?.answer.rows ?? []
}

/** Of all that the reader sees, of phases, of authorities, and of schools of either: without one, and some. */
function questionsOf(
  urns: readonly number[],
  mine: number,
  random: () => number,
  isShort: boolean,
): { field: string; mask: number }[] {
  const schools = [...urns.keys()].filter((i) => mine & (2 ** i))
  const some = (mask: number) => ({
    mask,
    filter: `, filters: { schools: [${schools.filter((i) => mask & (2 ** i)).map((i) => urns[i])}] }`,
  })
  const lists = Array.from({ length: 4 }, (_, n) => {
    const one = 2 ** schools[Math.floor(random() * schools.length)]!
    return some(n % 2 ? mine & ~one : schools.reduce((so, i) => (random() < 0.5 ? so + 2 ** i : so), 0) | one)
  })
  return (isShort ? metrics.slice(0, 2) : metrics).flatMap((metric) => {
    const grains =
      isShort || metric === 'headcount' ? ['ACADEMIC_YEAR'] : ['HALF_TERM', 'TERM', 'ACADEMIC_YEAR']
    const singles = Object.keys(attacked.headcount!)
    const ask = (
      grain: string,
      groups: readonly string[],
      { mask, filter } = { mask: mine, filter: '' },
    ) => ({
      mask,
      field: `figures(metric: "${metric}", groupBy: [${groups.map((one) => `"${one}"`)}], first: 5000,
        period: { grain: ${grain}, academicYears: ["202425"] }${filter}) { rows { metricId timePeriod timeIdentifier
        authorityCode schoolUrn phase n numerator denominator value status release dimensions { name value } } }`,
    })
    return grains.flatMap((grain) => [
      ...[[], ['authority'], ['phase'], ['school']].map((groups) => ask(grain, groups)),
      ...lists.map((list) => ask(grain, [], list)),
      ...(grain === 'ACADEMIC_YEAR'
        ? singles.flatMap((one) => [ask(grain, [one]), ask(grain, ['school', one])])
        : []),
    ])
  })
}
