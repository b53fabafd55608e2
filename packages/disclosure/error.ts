/** A cube, a release or a profile that cannot be taken: which field, against which rule. */
export class DisclosureError extends Error {
  constructor(
    readonly field: string,
    readonly rule: string,
  ) {
    super(`${field}: ${rule}`)
    this.name = 'DisclosureError'
  }
}
