import { type Code, type CodeSet, codeSets } from '@cairn/contracts'
import type { StoredMetric } from '@cairn/metrics'

/**
 * The code set behind a dimension: it has the dimension's name, or the event's and the dimension's (`reason` of
 * `exclusion.recorded` is `exclusion-reason`). Undefined where values are names of their own (an instrument).
 */
export function codeSetOf(metric: StoredMetric, dimension: string): CodeSet | undefined {
  const name = dimension.replaceAll('_', '-')
  const subject = metric.facts.type.split('.')[0]
  return codeSets.get(name) ?? codeSets.get(`${subject}-${name}`)
}

const notKnown = 'unknown'

/** What a reader sees for a value; the value itself where its set does not have it. */
export function labelOf(set: CodeSet | undefined, value: string): string {
  const code = set?.codes.find((each) => each.code === value)
  return code?.label ?? (value === notKnown ? 'Not known' : value)
}

/** Codes that may be used on some day of the academic year. */
export function codesInForce(set: CodeSet | undefined, year: number): string[] {
  const [first, last] = [`${year}-08-01`, `${year + 1}-07-31`]
  const inForce = ({ validFrom = '', validTo = '9999' }: Code) => validFrom <= last && validTo >= first
  return (set?.codes ?? []).filter(inForce).map(({ code }) => code)
}

/** Sorts as the code set does; values that it does not have come after, by themselves. */
export function placeOf(set: CodeSet | undefined, value: string): string {
  const at = set?.codes.findIndex((each) => each.code === value) ?? -1
  return `${String(at < 0 ? 999 : at).padStart(3, '0')}${value}`
}
