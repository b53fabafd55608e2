import { type CodeSet, codeSets, unknown } from '@cairn/contracts'
import type { Characteristic } from '@cairn/metrics'
import { ArgsType, Field, ObjectType, registerEnumType } from 'type-graphql'
import { refused } from '../errors.ts'
import { labelOf, placeOf } from '../figures/labels.ts'
import { type Asked, refuseMoved, SupportArgs } from './asked.ts'

export enum PupilsBy {
  NC_YEAR = 'nc_year',
  SEX = 'sex',
  SEN = 'sen_provision',
  FSM = 'fsm',
  ETHNICITY = 'ethnicity',
}
registerEnumType(PupilsBy, {
  name: 'PupilsBy',
  description: 'A characteristic of pupils, read as at the day of what is counted; ethnicity by major group.',
})

/** The argument as questions declare it. */
export const pupilsByField = {
  nullable: true,
  description:
    'Tells pupils apart: a row for each value. Of an academic year alone, and all values or none: of a whole authority, ' +
    'or of a school to its own lead.',
}

/** Questions that can tell pupils apart. */
@ArgsType()
export class PupilArgs extends SupportArgs {
  @Field(() => PupilsBy, pupilsByField)
  pupilsBy?: PupilsBy | null
}

@ObjectType({ description: 'Pupils with one value of a characteristic; `unknown` where nothing was sent.' })
export class PupilGroup {
  @Field(() => String)
  value!: string

  @Field(() => String)
  label!: string
}

const setOf: Readonly<Record<Characteristic, string>> = {
  nc_year: 'nc-year',
  sex: 'sex',
  sen_provision: 'sen-provision',
  fsm: 'fsm',
  ethnicity: 'ethnicity-group',
}

/** A question that tells pupils apart, checked. */
export interface AskedBy extends Asked {
  readonly pupilsBy: Characteristic
}

/**
 * Undefined where pupils are not told apart.
 * @param moved arguments that would make another table of the same pupils
 * @throws GraphQLError naming the argument: who asks otherwise could tell one table from another
 */
export function readPupilsBy(
  { pupilsBy }: Pick<PupilArgs, 'pupilsBy'>,
  asked: Asked,
  moved: Readonly<Record<string, boolean>> = {},
): AskedBy | undefined {
  if (pupilsBy == null) return undefined
  if (asked.query.grain !== 'year') throw refused('period.grain', 'ACADEMIC_YEAR, with pupilsBy')
  refuseMoved(moved, 'with pupilsBy')
  return { ...asked, pupilsBy: pupilsBy as Characteristic }
}

/** Those values of a characteristic in the order of its code set; where there are none, all of it. */
export function valuesOf(by: `${PupilsBy}`, shown: ReadonlySet<string>): PupilGroup[] {
  const set: CodeSet | undefined = codeSets.get(setOf[by])
  const every = new Set([...(set?.codes ?? []).map(({ code }) => code), unknown])
  return [...(shown.size > 0 ? shown : every)]
    .sort((a, b) => (placeOf(set, a) < placeOf(set, b) ? -1 : 1))
    .map((value) => ({ value, label: labelOf(set, value) }))
}
