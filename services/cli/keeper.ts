import { setTimeout as delay } from 'node:timers/promises'

/** One running process, as a keeper sees it. */
export interface Running {
  readonly pid: number
  /** Resolves when it has ended, with how. */
  readonly exited: Promise<string>
  /** Asks it to end. */
  stop(): void
  kill(): void
}

/** Starts the process; resolves once it is ready, rejects with its reason if it ends before. */
export type Launch = (signal: AbortSignal) => Promise<Running>

const shortestWaitMs = 250
const longestWaitMs = 5_000
/** After so long a run, the next end is a new trouble and not the same one again. */
const steadyMs = 2_000
const stopLimitMs = 25_000

/** Keeps one process running: starts it again, ever more patiently, until it is told to stop. */
export class Keeper {
  readonly name: string
  readonly #launch: Launch
  readonly #onChange: () => void
  readonly #onTrouble: (line: string) => void
  readonly #stopping = new AbortController()
  #running: Running | undefined
  #loop: Promise<void> | undefined

  constructor(name: string, launch: Launch, on: { change(): void; trouble(line: string): void }) {
    this.name = name
    this.#launch = launch
    this.#onChange = on.change
    this.#onTrouble = on.trouble
  }

  get pid(): number | undefined {
    return this.#running?.pid
  }

  /** Resolves when it is ready for the first time; a first start that fails is not tried again. */
  async start(): Promise<void> {
    const first = this.#launch(this.#stopping.signal)
    this.#loop = first.then(
      (running) => this.#keep(running),
      () => {},
    )
    await first
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#running?.stop()
    const late = setTimeout(() => {
      this.#onTrouble(`${this.name} did not stop in ${stopLimitMs / 1000} s and is ended`)
      this.#running?.kill()
    }, stopLimitMs)
    await this.#loop
    clearTimeout(late)
    this.#running = undefined
    this.#onChange()
  }

  async #keep(first: Running): Promise<void> {
    let running: Running | undefined = first
    let waitMs = shortestWaitMs
    while (running) {
      this.#running = running
      this.#onChange()
      // It may have been told to stop while it started.
      if (this.#stopping.signal.aborted) running.stop()
      const since = performance.now()
      const how = await running.exited
      if (this.#stopping.signal.aborted) return
      this.#running = undefined
      this.#onChange()
      if (performance.now() - since > steadyMs) waitMs = shortestWaitMs
      this.#onTrouble(`${this.name} ended (${how}) and is started again`)
      running = await this.#again(() => {
        const wait = waitMs
        waitMs = Math.min(waitMs * 2, longestWaitMs)
        return wait
      })
    }
  }

  async #again(nextWait: () => number): Promise<Running | undefined> {
    while (!this.#stopping.signal.aborted) {
      await delay(nextWait(), undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return undefined
      try {
        return await this.#launch(this.#stopping.signal)
      } catch (error) {
        if (!this.#stopping.signal.aborted)
          this.#onTrouble(`${this.name} cannot be started: ${(error as Error).message}`)
      }
    }
    return undefined
  }
}
