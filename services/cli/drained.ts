import { setTimeout as delay } from 'node:timers/promises'
import type { Position } from '@cairn/control-plane'
import type { DataFolder } from './data-folder.ts'
import { Fault } from './fault.ts'
import { withControlPlane, withLog } from './open.ts'

export interface DrainedOptions {
  /** `drained`: in the weekly cells and all that is summed from them. `settled`: in those of longer periods and in tiers too. */
  readonly mark: 'drained' | 'settled'
  /** Gives up when nothing has moved for so long. */
  readonly patienceMs: number
  readonly signal?: AbortSignal
  onProgress?(done: number, total: number): void
}

const lookEveryMs = 200

const markOf = (position: Position | undefined, mark: DrainedOptions['mark']): number =>
  position === undefined
    ? 0
    : mark === 'drained'
      ? position.drained
      : Math.min(position.settled, position.tiered)

/**
 * Waits until everything that the log holds now is in the cells; what comes later is not waited for.
 * @throws Fault where nothing moves any more
 */
export function untilDrained(folder: DataFolder, options: DrainedOptions): Promise<void> {
  const { mark, patienceMs, signal, onProgress } = options
  return withControlPlane(folder, (controlPlane) =>
    withLog(folder, async (log) => {
      const ends = await log.endOffsets()
      const total = [...ends.values()].reduce((sum, end) => sum + end, 0)
      let moved = { taken: -1, at: performance.now() }
      for (;;) {
        const positions = new Map((await controlPlane.ledger.positions()).map((one) => [one.partition, one]))
        const done = [...ends].reduce(
          (sum, [p, end]) => sum + Math.min(end, markOf(positions.get(p), mark)),
          0,
        )
        onProgress?.(done, total)
        if (done >= total) return
        const taken = [...positions.values()].reduce(
          (sum, one) => sum + one.offset + one.drained + one.settled + one.tiered,
          0,
        )
        if (taken !== moved.taken) moved = { taken, at: performance.now() }
        if (performance.now() - moved.at > patienceMs)
          throw new Fault(
            `${total - done} events wait for the aggregator, and for ${patienceMs / 1000} s it has taken none.`,
            `Look at ${folder.logs}/aggregator.log; they are safe in the log.`,
          )
        await delay(lookEveryMs, undefined, signal ? { signal } : {})
      }
    }),
  )
}
