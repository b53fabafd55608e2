import { ApolloArmor } from '@escape.tech/graphql-armor'

/** Bounds on one query. A page of figures with every field passes; what nobody writes by hand does not. */
export const limits = {
  bodyBytes: 100_000,
  tokens: 2_000,
  depth: 8,
  aliases: 15,
  directives: 20,
  cost: 400_000,
  timeMs: 15_000,
}

/**
 * Depth, cost, aliases and directives. Tokens are bounded by graphql's own parser (`maxTokens`), which answers 400:
 * armor's token limit comes out as 500. Field suggestions stay: introspection is on anyway.
 */
export function armor() {
  const { validationRules, allowBatchedHttpRequests, includeStacktraceInErrorResponses } = new ApolloArmor({
    maxDepth: { n: limits.depth, ignoreIntrospection: true },
    maxAliases: { n: limits.aliases },
    maxDirectives: { n: limits.directives },
    costLimit: { maxCost: limits.cost, ignoreIntrospection: true },
    maxTokens: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  }).protect()
  return { validationRules, allowBatchedHttpRequests, includeStacktraceInErrorResponses }
}
