import { type Characteristic, characteristics } from '@cairn/metrics'
import { factTable } from './schema.ts'

/** Where pupils' characteristics come from. */
export const contextFact = 'pupil_context'

const columns = ['nc_year', 'sex', 'sen_provision', 'fsm_types', 'fsm_from', 'ethnicity']

/**
 * Snapshots of pupils, by the day that they begin on. Of several on one day the last in the order of a pupil's evidence
 * counts, as for tiers: identity after day.
 * @param where which ones, over the fact's columns
 */
export const contextsSql = (where: string): string => `
  SELECT authority, pupils[1] AS pupil, day AS since, ${columns.map((name) => `${name} AS of_${name}`).join(', ')}
  FROM ${factTable(contextFact)} FINAL
  WHERE ${where}
  ORDER BY id DESC LIMIT 1 BY authority, pupil, since`

/**
 * Rows (authority, who, day, …) with the characteristics that held of the pupil `who` on that `day`, under their names.
 * @param contexts where `contextsSql` stands: a name, or a subquery
 */
export const withCharacteristics = (rows: string, names: readonly string[], contexts: string): string => `
  SELECT r.*, ${names.map((name) => `${characteristics[name]!.value} AS ${name}`).join(', ')}
  FROM (${rows}) AS r
  ASOF LEFT JOIN ${contexts} AS c ON c.authority = r.authority AND c.pupil = r.who AND c.since <= r.day`

/**
 * Rows (authority, who, day, …) with `value`, that of one characteristic as at the day; '' where none is asked for.
 * @param where whose snapshots, over the fact's columns
 */
export function withValue(
  rows: string,
  name: Characteristic | undefined,
  where = 'authority = {authority:UInt16}',
): string {
  if (name === undefined) return `SELECT *, '' AS value FROM (${rows})`
  const contexts = `(${contextsSql(where)})`
  return `SELECT * EXCEPT ${name}, ${name} AS value FROM (${withCharacteristics(rows, [name], contexts)})`
}
