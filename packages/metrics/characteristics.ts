import { ethnicities, unknown } from '@cairn/contracts'
import type { Dimension } from './dimension.ts'

const known = (column: string): string => `if(of_${column} = '', '${unknown}', toString(of_${column}))`
const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ')

export type Characteristic = 'nc_year' | 'sex' | 'sen_provision' | 'fsm' | 'ethnicity'

/**
 * By what a metric about pupils is broken down, named as the roll's rows are; `value` is SQL over the columns of the
 * pupil's snapshot that holds on the fact's `day` (with `of_` before their names), and over that day. Source: domain reference, section 2.2.
 */
export const characteristics: Readonly<Record<string, Dimension>> = {
  nc_year: { title: 'National curriculum year', value: known('nc_year'), ofPupil: true },
  sex: { title: 'Sex', value: known('sex'), ofPupil: true },
  sen_provision: { title: 'SEN provision', value: known('sen_provision'), ofPupil: true },
  fsm: {
    title: 'Free school meals',
    value:
      "transform(toString(arrayLast((t, s) -> s <= day, of_fsm_types, of_fsm_from)), ['none', ''], ['no', 'unknown'], 'yes')",
    ofPupil: true,
  },
  ethnicity: {
    title: 'Ethnic group',
    value: `transform(toString(of_ethnicity), [${quoted(ethnicities.codes.map(({ code }) => code))}], [${quoted(
      ethnicities.codes.map(({ group }) => group),
    )}], '${unknown}')`,
    ofPupil: true,
  },
}

const names = Object.keys(characteristics)

/** By two at once, and by what rates are standardised by: so many values that they are kept by academic year alone. */
export const characteristicsByYear: readonly (readonly string[])[] = [
  ...names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b])),
  ['nc_year', 'sex', 'fsm'],
]
