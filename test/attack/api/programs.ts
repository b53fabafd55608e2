import { attacked, pairsOf } from './world.ts'

/** One question: a field of GraphQL, and the schools whose figures it puts together where a row names none. */
export interface Asked {
  readonly field: string
  /** Of those that the reader sees. */
  readonly mask: number
  /** Whether every further page is asked for as well. */
  readonly paged?: boolean
}

export interface Setting {
  readonly authority: number
  readonly urns: readonly number[]
  readonly phases: readonly ('PS' | 'SS')[]
  readonly years: readonly number[]
  /** Those that have begun. */
  readonly weeks: readonly { readonly week: string; readonly year: number }[]
  /** Names of the releases that can be asked for. */
  readonly releases: readonly string[]
}

const row = `metricId timePeriod timeIdentifier authorityCode schoolUrn phase n numerator denominator value lower upper
  status release schools responseRate profile dimensions { name value }`
const released = `release { name } totalCount rows { metricId timePeriod timeIdentifier grain authorityCode schoolUrn breakdown
  n numerator denominator value lower upper status profile }`
const figuresOf = (args: string) =>
  `figures(${args}) { totalCount pageInfo { endCursor hasNextPage } rows { ${row} } }`
const ratios: Record<string, string> = {
  incident_rate: 'incidents',
  exclusion_rate: 'exclusions',
  pupils_with_incident_share: 'pupils_with_incident',
  check_in_response_rate: 'pupils_checked_in',
  incident_resolution_rate: 'incidents_resolved',
}

/** Random questions of one aim: what a curious reader with a script would try. */
export function programOf(random: () => number, setting: Setting): Asked[] {
  const { authority, urns, phases, years } = setting
  const all = 2 ** urns.length - 1
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
  const metric = pick([...Object.keys(attacked), ...Object.keys(ratios)])
  const counted = ratios[metric] ?? metric
  const isRoll = counted === 'headcount'
  const own = [...Object.keys(attacked[counted]!).map((one) => [one]), ...pairsOf(counted)]
  const dimensions: readonly string[] = random() < 0.5 && own.length > 0 ? pick(own) : []
  const [dimension] = dimensions
  const isYearly = isRoll || dimensions.length > 1 || (dimension !== undefined && random() < 0.4)
  const grain = isYearly ? 'ACADEMIC_YEAR' : pick(['WEEK', 'HALF_TERM', 'TERM', 'ACADEMIC_YEAR'])
  const year = pick(years)
  const named = `${year}${String((year + 1) % 100).padStart(2, '0')}`
  const span = () => {
    if (grain === 'WEEK' && random() < 0.7) {
      const weeks = setting.weeks.filter((w) => w.year === year)
      const from = Math.floor(random() * weeks.length)
      const to = Math.min(weeks.length - 1, from + Math.floor(random() * 6))
      return `period: { grain: WEEK, from: "${weeks[from]!.week}", to: "${weeks[to]!.week}" }`
    }
    const index =
      random() < 0.5 && (grain === 'HALF_TERM' || grain === 'TERM')
        ? `, index: [${pick(grain === 'TERM' ? [1, 2, 3] : [1, 2, 3, 4, 5, 6])}]`
        : ''
    return `period: { grain: ${grain}, academicYears: ["${named}"]${index} }`
  }
  const period = span()
  const namesOf = (mask: number) => urns.filter((_, i) => mask & (2 ** i))
  const someSchools = () => {
    const size = 1 + Math.floor(random() ** 2 * (urns.length - 1))
    let mask = 0
    while (namesOf(mask).length < size) mask |= 2 ** Math.floor(random() * urns.length)
    return mask
  }
  const phaseMask = (phase: string) =>
    phases.reduce((mask, one, i) => (one === phase ? mask + 2 ** i : mask), 0)
  const over = (mask: number, by: readonly string[] = [], more = '', when = period): Asked => {
    const groups = [...by, ...dimensions].map((g) => `"${g}"`).join(', ')
    const filter = mask === all ? more : `schools: [${namesOf(mask)}] ${more}`
    return {
      field: figuresOf(
        `metric: "${metric}", groupBy: [${groups}], ${when}${filter ? `, filters: { ${filter} }` : ''}`,
      ),
      mask,
    }
  }
  const place = `authority: ${authority}`
  const kinds: (() => Asked[])[] = [
    // Totals minus parts.
    () => [over(all), over(all, ['school'])],
    () => [over(all), over(all, ['phase']), over(phaseMask('SS'), ['school'])],
    () => [over(all), over(phaseMask('PS'), [], 'phases: ["PS"]')],
    // All but one, and all: no negation is needed.
    () => [over(all), over(all & ~(2 ** Math.floor(random() * urns.length)))],
    () => {
      const mask = someSchools()
      return [over(mask), over(mask | (2 ** Math.floor(random() * urns.length))), over(all & ~mask)]
    },
    // Overlapping windows.
    () => [over(all, ['school'], '', span()), over(all, ['school'], '', span()), over(all, [], '', span())],
    // Values of a dimension, kept and together.
    () => {
      const values = dimension ? attacked[counted]![dimension]! : []
      const filter = values.length
        ? `dimensions: [{ name: "${dimension}", values: ["${pick(values)}"] }]`
        : ''
      const mask = someSchools()
      return [over(mask, [], filter), over(mask, [])]
    },
    // Page by page.
    () => {
      const one = over(all, ['school'])
      return [{ ...one, field: one.field.replace('figures(', 'figures(first: 5, '), paged: true }]
    },
    // The other queries.
    () => {
      const phased = random() < 0.5
      const strata =
        ratios[metric] && random() < 0.6
          ? `, standardiseBy: [${pick(['"sex"', '"fsm"', '"sex", "fsm"'])}]`
          : ''
      return [
        {
          field: `compareSchools(metric: "${metric}", ${place}, ${period}${phased ? ', phase: "PS"' : ''}, against: ${pick(['AUTHORITY', 'ALL_SCHOOLS'])}, orderBy: ${pick(['NAME', 'VALUE'])}${strata}) { rows { ${row} standardisedRate { strata observed value } standardisedRatio { strata observed expected } judgement funnel { lower2s upper2s significance } } benchmark { ${row} } funnel { status centre } suppressed }`,
          mask: phased ? phaseMask('PS') : all,
        },
        over(all),
      ]
    },
    () => [
      {
        field: `trend(metric: "${metric}", ${pick([place, `school: ${pick(urns)}`])}, period: { grain: ${pick(['WEEK', 'HALF_TERM', 'TERM'])}, academicYears: ["${named}"] }) { points { ${row} } suppressed }`,
        mask: all,
      },
    ],
    () => [
      {
        field: `inequality(metric: "${metric}", by: "${pick(['fsm', 'sex', 'sen_provision'])}", ${place}, ${period}) { total { ${row} } groups { ${row} ratio { value } } status }`,
        mask: all,
      },
    ],
  ]
  if (setting.releases.length > 0) {
    kinds.push(() => {
      const asked = pick(['incidents', 'pupils_with_incident', 'exclusions', 'headcount', 'incident_rate'])
      const only = random() < 0.5 ? '' : `, schools: [${namesOf(someSchools())}]`
      const grains =
        random() < 0.5 ? '' : `, grains: [${pick(['WEEK', 'HALF_TERM', 'TERM', 'ACADEMIC_YEAR'])}]`
      return setting.releases.map((name) => ({
        field: `releasedFigures(release: "${name}", metric: "${asked}"${only}${grains}, first: 5000) { ${released} }`,
        mask: all,
      }))
    })
  }
  return pick(kinds)()
}
