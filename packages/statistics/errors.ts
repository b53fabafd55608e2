/** An argument is outside a method's domain. Names the argument and the rule, never the value. */
export class StatisticsError extends Error {
  readonly code = 'STATISTICS_DOMAIN'
  readonly argument: string
  readonly rule: string
  constructor(argument: string, rule: string) {
    super(`${argument}: ${rule}`)
    this.name = 'StatisticsError'
    this.argument = argument
    this.rule = rule
  }
}

/** Throws unless the condition holds. */
export function demand(condition: boolean, argument: string, rule: string): asserts condition {
  if (!condition) throw new StatisticsError(argument, rule)
}

export function demandCount(value: number, argument: string): void {
  demand(Number.isSafeInteger(value) && value >= 0, argument, 'must be a whole number from 0')
}

export function demandPositive(value: number, argument: string): void {
  demand(Number.isFinite(value) && value > 0, argument, 'must be above 0')
}

/** A probability at which a quantile exists: its end points lie at infinity. */
export function demandProbability(value: number, argument: string): void {
  demand(value > 0 && value < 1, argument, 'must be between 0 and 1, both excluded')
}
