import { type InstrumentDefinition, nameOf } from './definition.ts'
import { type About, type Answers, type Scored, score } from './score.ts'

/**
 * By each name that a check-in may give, the definition that scores it: the one of that name or, where that has been
 * put right, the newest definition of the chain of corrections.
 */
export function inForce(
  definitions: readonly InstrumentDefinition[],
): ReadonlyMap<string, InstrumentDefinition> {
  const correction = new Map(
    definitions.flatMap((one) => (one.corrects ? [[one.corrects, one] as const] : [])),
  )
  const newest = (definition: InstrumentDefinition): InstrumentDefinition => {
    const by = correction.get(nameOf(definition))
    // A correction has a higher version than what it corrects, so the chain ends.
    return by && by.version > definition.version ? newest(by) : definition
  }
  return new Map(definitions.map((definition) => [nameOf(definition), newest(definition)]))
}

/** Names of all definitions that are scored by the same one as this is, itself included; empty where it is unknown. */
export function namesScoredWith(definitions: readonly InstrumentDefinition[], name: string): string[] {
  const scoring = inForce(definitions)
  const newest = scoring.get(name)
  return newest ? [...scoring].filter(([, by]) => by === newest).map(([one]) => one) : []
}

/** Scores check-ins by the instruments given; the shape that event types ask for (`Score` of contracts). */
export function scorer(
  definitions: readonly InstrumentDefinition[],
): (instrument: string, informant: string, answers: Answers, about?: About) => Scored {
  const byName = inForce(definitions)
  return (instrument, informant, answers, about) => {
    const definition = byName.get(instrument)
    return definition
      ? score(definition, informant, answers, about)
      : { refused: 'knownInstrument', field: '/data/instrument' }
  }
}
