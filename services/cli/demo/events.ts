import { simulate } from '@cairn/simulation'
import { demoSchools, demoWeeks } from './county.ts'

export const demoSource = 'urn:cairn:demo'

/** Every event of the demonstration, one JSON text each, the same ones each time: ids too, so a second load adds nothing. */
export function* demoEvents(seed = 20_250_901): Generator<string> {
  const options = { authorities: 1, schools: demoSchools.length, weeks: demoWeeks, seed }
  for (const { bytes } of simulate(options, undefined, { schools: demoSchools, source: demoSource }))
    yield* Buffer.from(bytes).toString('latin1').trimEnd().split('\n')
}
