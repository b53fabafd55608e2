import { createRequire } from 'node:module'
import fc from 'fast-check'
import type { GraphQLArgument, GraphQLField, GraphQLInputType, GraphQLOutputType } from 'graphql'
import { buildGatewaySchema } from '../schema.ts'
import { plainSupport } from '../support/isolation/testing.ts'
import { plainTiers } from '../tiers/isolation/testing.ts'
import { generatorsWith, mostly, seldom } from './generators.ts'
import { alpha } from './tenants.ts'

// The copy of graphql that the schema was built with: vitest would give its own.
const { getNamedType, isInputObjectType, isListType, isNonNullType, isObjectType }: typeof import('graphql') =
  createRequire(import.meta.url)('graphql')

export type QueryField = GraphQLField<unknown, unknown>

/** Every query that the schema has. */
export const queries: readonly QueryField[] = Object.values(buildGatewaySchema().getQueryType()!.getFields())

/** All that a type can answer. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type)
  if (!isObjectType(named)) return ''
  const fields = Object.values(named.getFields()).map((f) => {
    if (f.args.length > 0)
      throw new Error(`${named.name}.${f.name} takes arguments: teach isolation/questions.ts to vary them`)
    return `${f.name}${selectionOf(f.type)}`
  })
  return ` { ${fields.join(' ')} }`
}

/** The query with all its arguments as variables and all that it can answer. */
export const documentOf = ({ name, args, type }: QueryField): string => {
  const declared = args.map((a: GraphQLArgument) => `$${a.name}: ${a.type}`).join(', ')
  const given = args.map((a) => `${a.name}: $${a.name}`).join(', ')
  return `query${declared && `(${declared})`} { ${name}${given && `(${given})`}${selectionOf(type)} }`
}

/** Any query with any arguments; `cursors` may be filled in later. */
export function anyQueryWith(cursors: readonly string[]) {
  const generators = generatorsWith(() => fc.constantFrom(...cursors))
  function generatorOf(path: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
    if (isNonNullType(type)) return required(path, type.ofType)
    const given = required(path, type)
    const absent = { weight: seldom.has(path) ? 8 : 1, arbitrary: fc.constant(undefined) }
    return fc.oneof(absent, { weight: mostly.has(path) ? 12 : 1, arbitrary: given })
  }

  function required(path: string, type: GraphQLInputType): fc.Arbitrary<unknown> {
    const named = getNamedType(type)
    if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields())
      const one = fc.record(
        Object.fromEntries(fields.map((f) => [f.name, generatorOf(`${named.name}.${f.name}`, f.type)])),
      )
      return isListType(type) ? fc.array(one, { maxLength: 2 }) : one
    }
    const make = generators[path]
    if (!make)
      throw new Error(`${path} has no generator: say in isolation/generators.ts what it is to be tried with`)
    return make()
  }
  const argumentsOf = ({ name, args }: QueryField): fc.Arbitrary<Record<string, unknown>> =>
    fc.record(Object.fromEntries(args.map((a) => [a.name, generatorOf(`Query.${name}.${a.name}`, a.type)])))

  /** Figures hold the numbers: they are asked most. */
  const weighted = () =>
    fc.oneof(...queries.map((q) => ({ weight: q.args.length > 3 ? 6 : 1, arbitrary: fc.constant(q) })))
  return () => weighted().chain((field) => argumentsOf(field).map((variables) => ({ field, variables })))
}

/** One plain question of each kind, so that the comparison above holds real answers. */
export const year = { academicYears: ['201617', '201718'] }

export const plain: Record<string, object> = {
  ...plainTiers(alpha),
  authority: { code: alpha.code },
  metric: { id: 'exclusions' },
  figures: { metric: 'exclusion_rate', groupBy: ['school'], period: year },
  compareSchools: {
    ...{ metric: 'exclusion_rate', period: { academicYears: ['201617'] }, authority: alpha.code },
    ...{ against: 'AUTHORITY', orderBy: 'NAME' },
  },
  trend: { metric: 'exclusion_rate', period: { grain: 'TERM', ...year }, authority: alpha.code },
  inequality: { metric: 'exclusion_rate', by: 'sex', period: { academicYears: ['201617'] } },
  association: {
    ...{ metricX: 'exclusion_rate', metricY: 'incident_rate', period: { academicYears: ['201617'] } },
  },
  similarSchools: { urn: alpha.urns[0], n: 5, academicYear: '201617' },
  ...plainSupport,
  releasedFigures: { release: `${alpha.code}/201617/1`, metric: 'incident_rate' },
}
