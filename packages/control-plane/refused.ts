/** A request that breaks a rule: names the field and the rule, never the value. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly field: string
  readonly rule: string

  constructor(field: string, rule: string) {
    super(`${field}: ${rule}`)
    this.field = field
    this.rule = rule
  }
}
