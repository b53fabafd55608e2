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

/** One entry for each week in which something changed: it holds from the end of that week until the next. */
export interface ContextOverTime {
  readonly from: number[]
  readonly school: number[]
  readonly ncYear: string[]
  readonly sex: string[]
  readonly sen: string[]
  readonly ethnicity: string[]
  readonly fsm: string[]
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
    const last = over.from.length - 1
    const same =
      over.school[last] === school &&
      over.ncYear[last] === ncYear &&
      over.sex[last] === sex &&
      over.sen[last] === sen &&
      over.ethnicity[last] === ethnicity &&
      over.fsm[last] === meals
    if (same) continue
    over.from.push(week)
    over.school.push(school)
    over.ncYear.push(ncYear)
    over.sex.push(sex)
    over.sen.push(sen)
    over.ethnicity.push(ethnicity)
    over.fsm.push(meals)
  }
  return over
}
