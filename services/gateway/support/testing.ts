import { eventTypes, identityOf } from '@cairn/contracts'
import { weekOf } from '@cairn/metrics'
import { instruments, scorer } from '@cairn/mtss'
import { insertFacts, noWeek, type Warehouse } from '@cairn/warehouse'

export interface Happened {
  readonly type: string
  readonly id: string
  readonly data: any
}

const source = 'urn:test'
const score = scorer(instruments)
let offset = 1

/** For tests: facts as the aggregator writes them, without a log. A later one of the same id replaces an earlier one. */
export async function insertHappened(
  warehouse: Warehouse,
  authority: number,
  events: readonly Happened[],
  /** Under whose name check-ins stand; absent: the one that they give. */
  instrument?: string,
): Promise<void> {
  const lines = new Map<string, string[]>()
  for (const { type, id, data } of events) {
    const { makes } = eventTypes.get(type)!
    if (makes.kind !== 'fact') throw new TypeError(`${type} makes no fact`)
    const { table, place, pupils, row } = makes.fact
    const { school, day, follows } = place(data)
    const common = [
      ...[authority, follows ? noWeek : weekOf(day!), school, identityOf(source, id), offset, offset, day],
      follows ? identityOf(follows.source, follows.id) : null,
      pupils(data),
    ]
    offset++
    lines.set(table, [
      ...(lines.get(table) ?? []),
      JSON.stringify([
        ...common,
        ...row(data, { score }).map((v, i) =>
          type === 'checkin.submitted' && i === 0 && instrument ? instrument : v,
        ),
      ]),
    ])
  }
  for (const [fact, rows] of lines) await insertFacts(warehouse, fact, rows.join('\n'))
}

const uuid = (authority: number, p: number) =>
  `00000000-0000-4000-8${String(authority).padStart(3, '0')}-${String(p).padStart(12, '0')}`

export interface Supported {
  readonly authority: number
  readonly school: number
  /** First of the pupils' numbers. */
  readonly from: number
  /** Scores on bonding before and after, one pupil each; answers are 1 to 5, alike on all three items. */
  readonly answers: readonly (readonly [before: number, after: number])[]
  readonly year: number
  /** Of 10 planned, each of 30 minutes. */
  readonly sessions: number
  readonly tier?: number
  /** Ecological level of each pupil's intervention; absent: individual. */
  readonly levels?: readonly string[]
}

/** Pupils who each had ten weeks of one intervention, with a plan, between two check-ins. */
export function supportOf(of: Supported): Happened[] {
  const { authority, school, from, answers, year, sessions, tier, levels = [] } = of
  return answers.flatMap(([before, after], i) => {
    const who = { school: String(school), pupil: uuid(authority, from + i) }
    const id = `${authority}-${from + i}`
    const checkin = (name: string, day: string, answer: number): Happened => ({
      ...{ type: 'checkin.submitted', id: `${id}-${name}` },
      data: {
        ...{ ...who, instrument: 'resilience-wheel@2', informant: 'self', submittedOn: `${year}-${day}` },
        answers: { bonding_1: answer, bonding_2: answer, bonding_3: answer },
      },
    })
    const intervention = { source, id: `${id}-i` }
    const plan = { source, id: `${id}-p` }
    return [
      checkin('before', '09-10', before),
      checkin('after', '12-05', after),
      {
        ...{ type: 'intervention.started', id: intervention.id },
        data: {
          ...{ ...who, startedOn: `${year}-09-22`, type: 'cbt', approach: 'other', technique: 'reappraisal' },
          ...{ targetDomain: 'cognitive', level: levels[i] ?? 'individual' },
          ...{ plannedSessions: 10, plannedMinutes: 300 },
        },
      },
      ...Array.from({ length: sessions }, (_, s) => ({
        ...{ type: 'intervention.session.delivered', id: `${intervention.id}-${s}` },
        data: { ...who, intervention, deliveredOn: `${year}-10-01`, minutes: 30, technique: 'reappraisal' },
      })),
      {
        ...{ type: 'intervention.ended', id: `${intervention.id}-end` },
        data: { ...who, intervention, endedOn: `${year}-12-01`, reason: 'planned_end' },
      },
      {
        ...{ type: 'plan.created', id: plan.id },
        data: {
          ...{ ...who, createdOn: `${year}-09-22`, domain: 'semh', reviewDueOn: `${year}-11-03` },
          goals: [{ id: 'g1', area: 'coping' }],
        },
      },
      {
        ...{ type: 'plan.reviewed', id: `${plan.id}-r` },
        // Every other plan, in time.
        data: { ...who, plan, reviewedOn: `${year}-${i % 2 ? '11-01' : '11-10'}`, outcome: 'continue' },
      },
      ...(tier === undefined
        ? []
        : [
            {
              ...{ type: 'tier.assigned', id: `${id}-t` },
              data: {
                ...{ ...who, domain: 'semh', tier, assignedOn: `${year}-09-15` },
                ...{ reason: 'screening', decidedBy: 'senco' },
              },
            },
          ]),
    ]
  })
}
