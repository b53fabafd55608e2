import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { flawsAcross } from './cross-rules.ts'
import type { InstrumentDefinition } from './definition.ts'
import type { DefinitionFlaw } from './rules.ts'
import { definitionSchema } from './schema.ts'

let compiled: ValidateFunction | undefined

/** Checks a definition whole: its structure by the JSON Schema first, then the rules across its fields. */
export function validateDefinition(
  definition: unknown,
): { readonly ok: InstrumentDefinition } | { readonly refused: readonly DefinitionFlaw[] } {
  compiled ??= new Ajv2020({ strict: true, allErrors: true, strictTypes: false }).compile(definitionSchema)
  if (!compiled(definition)) {
    const flaws = (compiled.errors ?? []).map(flawOf)
    return { refused: [...new Map(flaws.map((flaw) => [`${flaw.field} ${flaw.rule}`, flaw])).values()] }
  }
  const refused = flawsAcross(definition as InstrumentDefinition)
  return refused.length > 0 ? { refused } : { ok: definition as InstrumentDefinition }
}

/** A name that nobody defined is repeated only where it is short and plain. */
const plain = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z][A-Za-z_]{0,39}$/.test(name)

function flawOf({ instancePath, keyword, params }: ErrorObject): DefinitionFlaw {
  // Ids of items are the one name that a definition's author chooses; they stand in `wording` alone.
  const field = instancePath.replace(/^(\/wording\/[a-z]+)\/.*$/, '$1')
  if (keyword === 'not') return { field, rule: 'noDiagnosis' }
  if (keyword === 'required') return { field: `${field}/${params.missingProperty}`, rule: keyword }
  if (keyword === 'additionalProperties' && plain(params.additionalProperty))
    return { field: `${field}/${params.additionalProperty}`, rule: keyword }
  return { field, rule: keyword }
}
