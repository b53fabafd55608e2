import { authority, openAuthority } from './authority.ts'
import { Memory } from './memo.ts'
import { programOf } from './programs.ts'
import { readersOf } from './readers.ts'
import { randomOf } from './world.ts'
import { Years } from './years.ts'

export interface Still {
  readonly asked: number
  /** Questions that are answered otherwise, though nothing was released. */
  readonly moved: readonly string[]
  /** The same of a school's lead, who sees the own school as it is. */
  readonly movedForLead: number
}

const together = 10

/**
 * Answers that no rows can be made of, too (limits, indices, correlations, distances, order, cursors, errors): between two
 * releases they are the same to the byte, whatever arrives, and so tell nothing of it.
 */
export async function attackStill(seed: number, programs: number): Promise<Still> {
  const clock = { now: 0 }
  const memory = new Memory()
  const { gateway, schools, urns } = await openAuthority(seed, {
    now: () => clock.now,
    wrap: memory.wrap,
  })
  try {
    const readers = await readersOf(gateway, authority, urns)
    const years = await Years.open({
      ...{ gateway, key: readers[0]!.key, authority, schools, clock, memory, seed },
    })
    let { stage } = await years.next()
    while (stage.name !== 'released') stage = (await years.next()).stage
    const random = randomOf(seed * 31)
    const period = 'period: { grain: ACADEMIC_YEAR, academicYears: ["202425"] }'
    const fields = [
      ...Array.from({ length: programs }, () => programOf(random, stage.setting)).flat(),
      ...urns.map((urn) => ({
        field: `similarSchools(urn: ${urn}, academicYear: "202425") { withoutRoll rows { schoolUrn distance missing reasons { feature difference share } } }`,
      })),
      ...['incident_rate', 'exclusion_rate', 'pupils_with_incident_share', 'check_in_response_rate'].flatMap(
        (metric) => [
          {
            field: `association(metricX: "${metric}", metricY: "incidents", ${period}, authority: ${authority}) { status reason n suppressed pearson { value lower } spearman { value } points { schoolUrn x y } }`,
          },
          ...['', ', standardiseBy: ["sex"]', ', standardiseBy: ["sex", "fsm"]'].map((strata) => ({
            field: `compareSchools(metric: "${metric}", ${period}, orderBy: VALUE${strata}) { suppressed funnel { status centre curve { denominator upper3s } } rows { schoolUrn judgement value funnel { lower2s upper3s significance } standardisedRate { value observed } standardisedRatio { strata value expected } } }`,
          })),
          {
            field: `inequality(metric: "${metric}", by: "fsm", ${period}) { status groups { value ratio { value lower } } bySchoolFsm { status reason suppressed quintiles { value population schools } slopeIndex { value lower } relativeIndex { value } } }`,
          },
          {
            field: `trend(metric: "${metric}", period: { grain: HALF_TERM, academicYears: ["202425", "202526"] }) { status reason suppressed variation points { value specialCause } phases { mean lower upper points } }`,
          },
        ],
      ),
    ].map(({ field }) => field)
    const [analyst, lead] = [readers[0]!, readers.at(-1)!]
    const ask = async (key: string, field: string) => {
      const { data, errors } = await gateway.ask(key, `{ answer: ${field} }`)
      return JSON.stringify(data ?? errors!.map(({ message }) => message))
    }
    const askAll = async () => {
      const texts: string[] = []
      for (const { key } of [analyst, lead])
        for (let at = 0; at < fields.length; at += together)
          texts.push(...(await Promise.all(fields.slice(at, at + together).map((field) => ask(key, field)))))
      return texts
    }
    const before = await askAll()
    await years.arrive()
    const after = await askAll()
    const moved = fields.filter((_, i) => before[i] !== after[i])
    const count = fields.length
    return {
      asked: count,
      moved: moved.map((field) => field.slice(0, 200)),
      movedForLead: before.filter((text, i) => i >= count && text !== after[i]).length,
    }
  } finally {
    await gateway.close()
  }
}
