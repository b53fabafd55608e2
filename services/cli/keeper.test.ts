import { describe, expect, test, vi } from 'vitest'
import { Keeper, type Launch } from './keeper.ts'

/** A process that runs until it is told to stop, or until `die`. */
function fake() {
  const started: number[] = []
  const stopped: number[] = []
  let end: (how: string) => void = () => {}
  const launch: Launch = async () => {
    const pid = started.push(started.length + 1)
    const exited = new Promise<string>((resolve) => {
      end = resolve
    })
    return {
      pid,
      exited,
      stop: () => {
        stopped.push(pid)
        end('code 0')
      },
      kill: () => end('SIGKILL'),
    }
  }
  return { launch, started, stopped, die: () => end('SIGKILL') }
}

const silent = { change: () => {}, trouble: () => {} }

describe('a keeper', () => {
  test('starts again what ends by itself, and says so', async () => {
    const { launch, started, die } = fake()
    const trouble: string[] = []
    const keeper = new Keeper('part', launch, { change: () => {}, trouble: (line) => trouble.push(line) })
    await keeper.start()
    expect(keeper.pid).toBe(1)
    die()
    await vi.waitFor(() => expect(keeper.pid).toBe(2))
    expect(trouble).toEqual(['part ended (SIGKILL) and is started again'])
    await keeper.stop()
    expect(started).toHaveLength(2)
  })

  test('what was told to stop is not started again', async () => {
    const { launch, started, stopped } = fake()
    const keeper = new Keeper('part', launch, silent)
    await keeper.start()
    await keeper.stop()
    expect(stopped).toEqual([1])
    expect(keeper.pid).toBeUndefined()
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(started).toHaveLength(1)
  })

  test('what is told to stop while it starts is stopped once it has started', async () => {
    const { launch, stopped } = fake()
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const keeper = new Keeper('part', async (signal) => gate.then(() => launch(signal)), silent)
    const starting = keeper.start()
    const stopping = keeper.stop()
    go()
    await starting
    await stopping
    expect(stopped).toEqual([1])
  })

  test('a first start that fails is told to whoever asked for it', async () => {
    const keeper = new Keeper('part', () => Promise.reject(new Error('no such folder')), silent)
    await expect(keeper.start()).rejects.toThrow('no such folder')
    await keeper.stop()
  })
})
