import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type LogSettings, openEventLog } from '@cairn/event-log'
import { type InstrumentDefinition, instruments, scorer } from '@cairn/mtss'
import { openReader, type Reader, type ReaderOptions } from './reader.ts'
import type { BatchRows } from './rows.ts'

export interface ThreadOptions extends ReaderOptions {
  readonly log: LogSettings
}

type Call = {
  readonly call: number
  readonly method: 'next' | 'start' | 'define' | 'close'
  readonly args: unknown[]
}
type Answer = {
  readonly call: number
  readonly result?: unknown
  readonly error?: { message: string; retryable: boolean }
}

/**
 * A reader in a thread of its own. Reading a batch keeps a core busy for as long as the warehouse needs to write one;
 * in one thread the two would take turns, because the socket stands still while rows are made.
 */
export function openReaderThread(options: ThreadOptions): Reader {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: options,
    // A batch lives for a second: with the usual young generation most of it would be copied several times before it dies.
    resourceLimits: { maxYoungGenerationSizeMb: 96, maxOldGenerationSizeMb: 512 },
  })
  const waiting = new Map<number, { resolve(result: any): void; reject(error: unknown): void }>()
  let calls = 0
  let failed: unknown
  const fail = (error: unknown) => {
    // The first one is the cause; that the thread has then ended says nothing.
    failed ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', ({ call, result, error }: Answer) => {
    const waiter = waiting.get(call)
    waiting.delete(call)
    if (error) waiter?.reject(Object.assign(new Error(error.message), { retryable: error.retryable }))
    else waiter?.resolve(result)
  })
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the reader thread has ended')))
  const call = (method: Call['method'], ...args: unknown[]): Promise<any> =>
    new Promise((resolve, reject) => {
      if (failed) return reject(failed)
      waiting.set(++calls, { resolve, reject })
      worker.postMessage({ call: calls, method, args } satisfies Call)
    })
  return {
    next: (maxWaitMs) => call('next', maxWaitMs),
    start: (positions, erased) => call('start', positions, erased),
    define: (definitions, positions) => call('define', definitions, positions),
    async close() {
      await call('close')
      await worker.terminate()
    },
  }
}

/** Bytes are handed over, not copied. */
const bytesOf = (rows: BatchRows): ArrayBuffer[] =>
  [rows.receipts, rows.evidence, ...rows.facts.values()].map((part) => part.buffer as ArrayBuffer)

async function serve({ log: settings, ...options }: ThreadOptions): Promise<void> {
  const log = await openEventLog(settings)
  const reader = await openReader(log, { score: scorer(instruments) }, options)
  const answer = async ({ method, args }: Call): Promise<[result: unknown, transfer: ArrayBuffer[]]> => {
    if (method === 'next') {
      const taken = await reader.next(args[0] as number)
      return [taken, bytesOf(taken.rows)]
    }
    if (method === 'start')
      return [await reader.start(args[0] as Map<number, number>, args[1] as Set<string>), []]
    if (method === 'define')
      return [await reader.define(args[0] as InstrumentDefinition[], args[1] as Map<number, number>), []]
    await reader.close()
    return [await log.close(), []]
  }
  parentPort!.on('message', async (message: Call) => {
    try {
      const [result, transfer] = await answer(message)
      parentPort!.postMessage({ call: message.call, result } satisfies Answer, transfer)
    } catch (error) {
      // Error classes do not cross threads: what decides on a retry is carried as a plain field.
      const { message: text, retryable = false } = error as Error & { retryable?: boolean }
      parentPort!.postMessage({ call: message.call, error: { message: text, retryable } } satisfies Answer)
    }
  })
}

if (parentPort) await serve(workerData)
