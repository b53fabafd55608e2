/** What one snapshot says of a pupil; texts are codes, `unknown` where it says nothing. */
export interface Snapshot {
  readonly ncYear: string
  readonly sex: string
  readonly sen: string
  /** Major group, as it is published. */
  readonly ethnicity: string
  /** Categories of free school meals by the week they begin in, oldest first. */
  readonly fsm: readonly (readonly [type: string, week: number])[]
}

/** Something that says where a pupil was, in the order of the evidence; `snapshot` where it is one. */
export interface Whereabouts {
  readonly week: number
  readonly school: number
  readonly snapshot?: Snapshot
}

/** What holds of a pupil at the end of a week. */
interface Context extends Omit<Snapshot, 'fsm'> {
  readonly school: number
  readonly fsm: string
}

const fields = ['school', 'ncYear', 'sex', 'sen', 'ethnicity', 'fsm'] as const

/** One entry for each week in which something changed: it holds from the end of that week until the next. */
export type ContextOverTime = { readonly from: number[] } & {
  readonly [Field in keyof Context]: Context[Field][]
}

const nothing: Snapshot = { ncYear: 'unknown', sex: 'unknown', sen: 'unknown', ethnicity: 'unknown', fsm: [] }

/**
 * A pupil's context over time: in each week the newest snapshot whose day has come by its end, the category of free
 * school meals read as at that week. The school is the snapshot's; before there is any, that of the newest evidence.
 */
export function contextOverTime(whereabouts: readonly Whereabouts[]): ContextOverTime {
  const over: ContextOverTime = {
    ...{ from: [], school: [], ncYear: [], sex: [], sen: [], ethnicity: [], fsm: [] },
  }
  const weeks = new Set(whereabouts.map(({ week }) => week))
  const first = whereabouts[0]?.week ?? 0
  for (const { snapshot, week } of whereabouts)
    for (const [, from] of snapshot?.fsm ?? []) if (from > week && from > first) weeks.add(from)
  let next = 0
  let school = 0
  let snapshot: Snapshot | undefined
  for (const week of [...weeks].sort((a, b) => a - b)) {
    for (; next < whereabouts.length && whereabouts[next]!.week <= week; next++) {
      const here = whereabouts[next]!
      if (here.snapshot) snapshot = here.snapshot
      if (here.snapshot || !snapshot) school = here.school
    }
    const { ncYear, sex, sen, ethnicity, fsm } = snapshot ?? nothing
    const meals = fsm.findLast(([, from]) => from <= week)?.[0] ?? 'unknown'
    const now: Context = { school, ncYear, sex, sen, ethnicity, fsm: meals }
    if (over.from.length > 0 && fields.every((field) => over[field].at(-1) === now[field])) continue
    over.from.push(week)
    for (const field of fields) (over[field] as Context[typeof field][]).push(now[field])
  }
  return over
}
