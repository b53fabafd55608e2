import { dataschemaOf } from '@cairn/contracts'
import type { SimulatedSchool } from './county.ts'
import type { Outbox } from './outbox.ts'
import type { Streams } from './random.ts'
import { dateOf } from './school-year.ts'

/** A key of an authority that may use this source may send for all its schools. */
export const simulatedSource = 'urn:cairn:simulated'

export const lateShare = 0.03
export const duplicateShare = 0.01

/** Of all that is sent. */
export class Counts {
  emitted = 0
  unique = 0
  superseded = 0
  duplicates = 0
  retracted = 0
  late = 0
  readonly types: Record<string, number> = {}
}

/** Writes events and keeps count of them. Lines are put together by hand: all in them is a code, a number or a date. */
export class Sender {
  readonly #counts: Counts
  readonly #outbox: Outbox
  readonly #schools: readonly SimulatedSchool[]
  readonly #r: Streams
  readonly #source: string
  readonly #lanes: readonly number[]
  readonly #heads = new Map<string, string>()

  /** `lanes`: of each school, the one of its authority. Several senders may keep the same counts. */
  constructor(
    outbox: Outbox,
    schools: readonly SimulatedSchool[],
    lanes: readonly number[],
    r: Streams,
    source: string,
    counts: Counts,
  ) {
    this.#counts = counts
    this.#source = source
    this.#lanes = lanes
    this.#outbox = outbox
    this.#schools = schools
    this.#r = r
  }

  /** A new event of `day`; some are sent late, some twice. `burst`: in the hour in which all schools begin. */
  first(type: string, school: number, id: string, day: number, data: string, burst = false): void {
    this.#counts.unique++
    if (this.#send(type, school, id, day, data, 1, burst)) this.#counts.late++
  }

  /** The second version of an event, sent one or two weeks later. */
  corrected(type: string, school: number, id: string, day: number, data: string): void {
    this.#counts.superseded++
    this.#send(type, school, id, day + this.#r.whole(7, 14), data, 2, false)
  }

  /** Takes back an event that was sent once. */
  retract(school: number, id: string, day: number): void {
    this.#counts.retracted++
    this.#counts.unique++
    const source = this.#sourceOf(school)
    const data = `{"source":"${source}","id":"${id}","version":2,"reason":"entered_in_error"}`
    this.#send('event.retracted', school, `${id}-back`, day + this.#r.whole(1, 10), data, 1, false)
  }

  /** How another event is named. */
  reference(school: number, id: string): string {
    return `{"source":"${this.#sourceOf(school)}","id":"${id}"}`
  }

  #sourceOf = (school: number): string => `${this.#source}/${this.#schools[school]!.urn}`

  #headOf(type: string): string {
    let head = this.#heads.get(type)
    if (!head) {
      head = `{"specversion":"1.0","type":"${type}","dataschema":"${dataschemaOf(type, 1)}","source":"${this.#source}/`
      this.#heads.set(type, head)
    }
    return head
  }

  /** True where it was sent late. */
  #send(
    type: string,
    school: number,
    id: string,
    day: number,
    data: string,
    version: number,
    burst: boolean,
  ) {
    const r = this.#r
    let sentOn = day
    const late = r.chance(lateShare)
    if (late) sentOn += r.whole(7, 42)
    const minute = burst ? r.whole(510, 569) : r.whole(490, 960)
    const two = (n: number) => (n < 10 ? `0${n}` : `${n}`)
    const time = `${dateOf(sentOn)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00Z`
    const line =
      `${this.#headOf(type)}${this.#schools[school]!.urn}","id":"${id}",${version > 1 ? `"version":${version},` : ''}` +
      `"time":"${time}","data":${data}}`
    const lane = this.#lanes[school]!
    this.#outbox.post(sentOn, lane, line)
    this.#count(type)
    if (!r.chance(duplicateShare)) return late
    this.#outbox.post(sentOn + 1, lane, line)
    this.#counts.duplicates++
    this.#count(type)
    return late
  }

  #count(type: string): void {
    this.#counts.emitted++
    const { types } = this.#counts
    types[type] = (types[type] ?? 0) + 1
  }
}
