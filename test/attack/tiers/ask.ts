import { mondayOfWeek } from '@cairn/mtss'
import type { Installation } from '../../../services/gateway/installation.ts'
import { cellsOfDecisions, everySchool, mixName } from './known.ts'
import { characteristics, type HalfTerm } from './world.ts'

/** Who asks: of all schools, of some of them, or as the lead of one. */
export interface TierReader {
  readonly key: string
  /** Places among the schools; undefined: all. */
  readonly schools?: readonly number[]
}

export interface Asking {
  readonly gateway: Installation
  readonly authority: number
  readonly urns: readonly number[]
  readonly domain: string
  readonly halfTerms: readonly HalfTerm[]
}

/** A number that was told: of a unit, the sum of these figures. */
export type ToldTier = readonly [unit: number, names: readonly string[], value: number]

export interface AskedTiers {
  readonly questions: number
  readonly refused: number
  readonly told: readonly ToldTier[]
}

interface Question {
  readonly field: string
  readonly read: (answer: any) => ToldTier[]
}

const noFigures = -2

/** Every question about the tiers of a domain that has to do with whole half-terms, and all numbers that are answered. */
export async function askTiers(asking: Asking, reader: TierReader): Promise<AskedTiers> {
  const told: ToldTier[] = []
  let refused = 0
  const all = questionsOf(asking, reader)
  for (let at = 0; at < all.length; at += 4)
    await Promise.all(
      all.slice(at, at + 4).map(async ({ field, read }) => {
        const { data, errors } = await asking.gateway.ask(reader.key, `{ answer: ${field} }`)
        if (errors && !errors[0]!.extensions.field) throw new Error(`${errors[0]!.message}: ${field}`)
        if (errors) refused++
        else
          told.push(
            ...read(data.answer).filter(([unit, , value]) => unit !== noFigures && typeof value === 'number'),
          )
      }),
    )
  return { questions: all.length, refused, told }
}

function questionsOf({ authority, urns, domain, halfTerms }: Asking, { schools }: TierReader): Question[] {
  const of = `authority: ${authority}, domain: "${domain}"`
  const monday = (week: number) => `"${mondayOfWeek(week)}"`
  const endOf = (e: number) => `week: ${monday(halfTerms[e]!.last)}`
  /** What an answer names no school for: all of the reader's. Of some schools together there are no figures here. */
  const whole = schools === undefined ? everySchool : schools.length === 1 ? schools[0]! : noFigures
  const unitOf = (urn: number | null) => (urn === null ? whole : urns.indexOf(urn))
  const ends = [...halfTerms.keys()]
  const questions: Question[] = ends.flatMap((e) => [
    ...['', ...Object.keys(characteristics)].map(
      (by): Question => ({
        field: `tierMix(${of}, ${endOf(e)}${by && `, pupilsBy: ${by.toUpperCase()}`}) { rows { schoolUrn value pupils tier1 tier2 tier3 } }`,
        read: ({ rows }) =>
          rows.flatMap((row: any) =>
            ['all', '1', '2', '3'].map(
              (name): ToldTier => [
                unitOf(row.schoolUrn),
                [mixName(e, row.value === null ? '' : by, row.value ?? '', name)],
                row[name === 'all' ? 'pupils' : `tier${name}`],
              ],
            ),
          ),
      }),
    ),
    {
      field: `timeInTier(${of}, ${endOf(e)}) { schoolUrn tier n }`,
      read: (rows) =>
        rows.map((row: any): ToldTier => [unitOf(row.schoolUrn), [`stays ${e} ${row.tier}`], row.n]),
    },
    {
      field: `tierReEntry(${of}, ${endOf(e)}) { schoolUrn numerator denominator }`,
      read: (rows) =>
        rows.flatMap((row: any): ToldTier[] => [
          [unitOf(row.schoolUrn), [`falls ${e} returned`], row.numerator],
          [unitOf(row.schoolUrn), [`falls ${e} all`], row.denominator],
        ]),
    },
  ])
  for (const e of ends)
    for (const f of ends) {
      if (f < e) continue
      const within = ends.filter((h) => h >= e && h <= f)
      const [first, last] = [halfTerms[e]!.first, halfTerms[f]!.last]
      const sunday = new Date(Date.parse(mondayOfWeek(last)) + 6 * 86_400_000).toISOString().slice(0, 10)
      questions.push({
        field: `tierExits(${of}, from: ${monday(first)}, to: "${sunday}") { schoolUrn reason exits of }`,
        read: (rows) =>
          rows.flatMap((row: any): ToldTier[] => [
            [unitOf(row.schoolUrn), within.map((h) => `exits ${h} ${row.reason}`), row.exits],
            [unitOf(row.schoolUrn), within.map((h) => `exits ${h} all`), row.of],
          ]),
      })
      questions.push({
        field: `tierAgreement(${of}, week: ${monday(first)}, later: ${monday(last)}) { decisions agreed { numerator denominator } }`,
        read: ({ decisions, agreed }) => [
          ...cellsOfDecisions.map(
            (cell): ToldTier => [
              whole,
              within.map((h) => `decided ${h} ${cell}`),
              decisions?.[Number(cell[0]) - 1][Number(cell[2]) - 1],
            ],
          ),
          [whole, within.map((h) => `decided ${h} agreed`), agreed.numerator],
          [whole, within.map((h) => `decided ${h} all`), agreed.denominator],
        ],
      })
      if (f === e) continue
      questions.push({
        field: `tierMovement(${of}, ${endOf(e)}, later: ${monday(halfTerms[f]!.last)}) { pupils entered left }`,
        read: ({ pupils, entered, left }) =>
          [1, 2, 3].flatMap((x) => [
            ...[1, 2, 3].map((y): ToldTier => [whole, [`move ${e} ${f} ${x} ${y}`], pupils?.[x - 1][y - 1]]),
            [whole, [`move ${e} ${f} 0 ${x}`], entered?.[x - 1]] as ToldTier,
            [whole, [`move ${e} ${f} ${x} 0`], left?.[x - 1]] as ToldTier,
          ]),
      })
    }
  return questions
}
