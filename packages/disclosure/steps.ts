/** Work that may be broken off between steps, so that whoever has other work can do it. */
export type Steps<Result> = Generator<void, Result>

/** Does all of it at once. */
export function toEnd<Result>(steps: Steps<Result>): Result {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}
