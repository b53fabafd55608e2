/** One code of a code set. Dates are the first and the last day on which it may be used; absent = no bound. */
export interface Code {
  readonly code: string
  readonly label: string
  readonly validFrom?: string
  readonly validTo?: string
}

/** Versioned reference data: codes are added or closed, never renamed or removed. */
export interface CodeSet<C extends Code = Code> {
  readonly id: string
  /** Goes up with each change of the list. */
  readonly version: number
  readonly title: string
  /** Where the list comes from. */
  readonly source: string
  readonly codes: readonly C[]
}

export function codesOf(set: CodeSet): string[] {
  return set.codes.map(({ code }) => code)
}

/** Label of a code, or the code itself where the set does not have it (a newer set wrote it). */
export function labelOf(set: CodeSet, code: string): string {
  return set.codes.find((each) => each.code === code)?.label ?? code
}

/**
 * The codes valid on an ISO date. Sets of codes change on few days, so one Set stands for each stretch between
 * two changes: asking costs a few comparisons of strings, for every event.
 */
export function validOn(set: CodeSet): (date: string) => ReadonlySet<string> {
  const changes = [
    ...new Set(set.codes.flatMap(({ validFrom, validTo }) => [validFrom, validTo && dayAfter(validTo)])),
  ]
    .filter((date): date is string => date !== undefined && date !== '')
    .sort()
  const stretches = ['0000-01-01', ...changes].map(
    (start) =>
      new Set(
        set.codes
          .filter(({ validFrom = '', validTo = '9999' }) => validFrom <= start && start <= validTo)
          .map(({ code }) => code),
      ),
  )
  return (date) => {
    let stretch = 0
    while (stretch < changes.length && changes[stretch]! <= date) stretch++
    return stretches[stretch]!
  }
}

function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
