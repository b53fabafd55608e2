/** A cube, a release or a profile that cannot be taken: which field, against which rule. */
export class DisclosureError extends Error {
  readonly field: string
  readonly rule: string

  // No parameter properties: threads run these files with their types stripped alone.
  constructor(field: string, rule: string) {
    super(`${field}: ${rule}`)
    this.name = 'DisclosureError'
    this.field = field
    this.rule = rule
  }
}
