import { authority, openAuthority } from './authority.ts'
import { Memory } from './memo.ts'
import { readersOf } from './readers.ts'
import { type Leak, Run } from './run.ts'
import { Years } from './years.ts'

export interface Attack {
  readonly programs: number
  readonly seed: number
  /** How many open secrets of each year are tried by linear programming besides. */
  readonly linear?: number
  readonly progress?: (line: string) => void
}

export interface Attacked {
  readonly programs: number
  readonly questions: number
  readonly answered: number
  readonly refused: number
  readonly numbers: number
  readonly secrets: number
  readonly exposed: number
  readonly exposedToLeads: number
  /** By how few a figure moved between two times. */
  readonly exposedSince: number
  readonly exposedSinceToLeads: number
  readonly linear: { readonly asked: number; readonly exposed: number }
  readonly leaks: readonly Leak[]
  readonly since: readonly Leak[]
  readonly seconds: { readonly world: number; readonly all: number }
}

/** Loads an invented authority into a real warehouse, asks the public API over time, and works out what it can. */
export async function attackApi({
  programs,
  seed: number,
  linear: sample,
  progress,
}: Attack): Promise<Attacked> {
  const started = performance.now()
  const clock = { now: 0 }
  const memory = new Memory()
  const { gateway, schools, urns } = await openAuthority(number, {
    now: () => clock.now,
    wrap: memory.wrap,
  })
  try {
    const readers = await readersOf(gateway, authority, urns)
    const years = await Years.open({
      gateway,
      key: readers[0]!.key,
      authority,
      schools,
      clock,
      memory,
      seed: number,
    })
    const run = new Run(gateway, readers, years.knowledge, number)
    const world = performance.now()
    const shares = [0.2, 0.2, 0.25, 0.15, 0.2]
    let from = 0
    for (const [i, share] of shares.entries()) {
      const { stage, states } = await years.next()
      run.enter(stage, states)
      const to = i === shares.length - 1 ? programs : from + Math.round(programs * share)
      await run.programs(from, to, progress)
      from = to
    }
    const linear = await run.linear(sample ?? 0)
    const toLeads = run.leads()
    return {
      programs,
      ...run.counts(),
      ...toLeads,
      linear,
      leaks: run.leaks,
      since: run.since,
      seconds: {
        world: Math.round((world - started) / 100) / 10,
        all: Math.round((performance.now() - started) / 100) / 10,
      },
    }
  } finally {
    await gateway.close()
  }
}
