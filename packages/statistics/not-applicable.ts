/** A figure that the data do not allow. A result and no error: the data are sound, there are too few. */
export interface NotApplicable {
  kind: 'not applicable'
  reason: string
}

export function notApplicable(reason: string): NotApplicable {
  return { kind: 'not applicable', reason }
}

export function isApplicable<T extends object>(result: T | NotApplicable): result is T {
  return !('kind' in result && result.kind === 'not applicable')
}
