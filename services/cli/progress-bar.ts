import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** How much of the total is done. */
  to(done: number, total?: number): void
  stop(): void
}

/** A bar on standard error where that is a terminal; nothing elsewhere, so that logs and pipes stay clean. */
export function progressBar(label: string, total: number): Progress {
  if (!process.stderr.isTTY) return { to: () => {}, stop: () => {} }
  const bar = new SingleBar(
    {
      format: `  ${label.padEnd(22)} {bar} {percentage} %  {value}/{total}  {duration_formatted}`,
      stream: process.stderr,
      hideCursor: true,
      barsize: 28,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return {
    to: (done, newTotal) => {
      if (newTotal !== undefined && newTotal !== bar.getTotal()) bar.setTotal(newTotal)
      bar.update(done)
    },
    stop: () => bar.stop(),
  }
}
