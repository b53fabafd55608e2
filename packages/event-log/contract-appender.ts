/**
 * Run by the contract suite as a process of its own: appends numbered records until it is stopped and prints
 * how many of them are acknowledged. Arguments: the log's description as JSON, a name, an authority, how many.
 */
import type { EventLog } from './event-log.ts'

const [description, writer, authority, total] = process.argv.slice(2) as [string, string, string, string]
const { module, opener, options } = JSON.parse(description)
const log: EventLog = await (await import(module))[opener](options)

const CALL = 25
for (let first = 0; first < Number(total); first += CALL) {
  const records = Array.from({ length: CALL }, (_, index) => ({
    authority: Number(authority),
    headers: { ce_source: writer, ce_id: String(first + index) },
    value: JSON.stringify({ sequence: first + index, filler: 'é'.repeat(100) }),
  }))
  await log.append(records)
  process.stdout.write(`${first + CALL}\n`)
}
await log.close()
