import { setTimeout as delay } from 'node:timers/promises'
import { mergeAll } from './merge.ts'
import { type Aggregating, type Installation, sessionTimeoutMs } from './world-distributed.ts'

/** What was done, and how often. */
export const kinds = [
  'aggregatorKills',
  'lateOwners',
  'rebalances',
  'brokerKills',
  'brokerFreezes',
  'engineKills',
  'engineFreezes',
  'databaseKills',
  'databaseFreezes',
  'ingestKills',
  'rewinds',
  'merges',
] as const
export type Fault = (typeof kinds)[number]

/** How often each comes among a hundred. */
const weights: Record<Fault, number> = {
  aggregatorKills: 26,
  lateOwners: 13,
  rebalances: 15,
  brokerKills: 7,
  brokerFreezes: 5,
  engineKills: 7,
  engineFreezes: 4,
  databaseKills: 5,
  databaseFreezes: 3,
  ingestKills: 6,
  rewinds: 6,
  merges: 3,
}

/** What a fault befalls. */
export interface Stricken {
  readonly at: Installation
  readonly random: () => number
  /** Those that run, the newest last. */
  aggregators(): readonly Aggregating[]
  start(): Promise<void>
  retire(aggregator: Aggregating): Promise<void>
}

export function drawFault(random: () => number): Fault {
  let dice = random() * Object.values(weights).reduce((a, b) => a + b)
  for (const kind of kinds) {
    dice -= weights[kind]
    if (dice < 0) return kind
  }
  return 'aggregatorKills'
}

/** Lets one fault happen, and sees to it that what it took away comes back. */
export async function commit(fault: Fault, stage: Stricken): Promise<void> {
  const { at, random } = stage
  const { broker, postgres, engine } = at
  const pause = (from: number, to: number) => delay(from + random() * (to - from))
  const one = stage.aggregators()[Math.floor(random() * stage.aggregators().length)]!
  switch (fault) {
    case 'aggregatorKills':
      await stage.retire(one)
      return stage.start()
    case 'lateOwners':
      // It freezes in the middle of whatever it does, for longer than its session; the other takes over.
      one.child.kill('SIGSTOP')
      await pause(sessionTimeoutMs + 500, sessionTimeoutMs + 2_500)
      one.child.kill('SIGCONT')
      return
    case 'rebalances': {
      await stage.start()
      await pause(300, 2_000)
      return stage.retire(stage.aggregators().at(-1)!)
    }
    case 'brokerKills':
      await broker.kill()
      await pause(0, 1_500)
      return broker.restart()
    case 'brokerFreezes':
      broker.freeze()
      await pause(500, 4_000)
      return broker.thaw()
    case 'engineKills':
      return at.restartEngine()
    case 'engineFreezes':
      engine.kill('SIGSTOP')
      await pause(500, 3_000)
      engine.kill('SIGCONT')
      return
    case 'databaseKills':
      await postgres.kill()
      await pause(0, 1_000)
      return postgres.restart()
    case 'databaseFreezes':
      postgres.freeze()
      await pause(500, 3_000)
      return postgres.thaw()
    case 'ingestKills':
      return supervised(() => at.restartIngest())
    case 'rewinds': {
      // As far back as the day's beginning, or further: the whole of a partition now and then.
      const positions = await at.controlPlane.ledger.positions()
      const position = positions[Math.floor(random() * positions.length)]
      if (position)
        await at.controlPlane.ledger.rewind(
          position.partition,
          Math.floor(position.offset * Math.max(0, random() * 1.3 - 0.3)),
        )
      return
    }
    case 'merges':
      return mergeAll(at.warehouse)
  }
}

/** A service that cannot start while a broker or a database is away is started again until it can. */
export async function supervised<T>(start: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 120_000
  for (;;) {
    try {
      return await start()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(250)
    }
  }
}
