import { dataschemaOf } from '@cairn/contracts'

/** What a sender says of one event. */
export interface Outgoing<Data> {
  readonly type: string
  readonly id: string
  readonly source: string
  readonly version?: number
  readonly data: Data
}

/** A CloudEvent in structured JSON form, on one line. */
export const lineOf = <Data>({ type, id, source, version, data }: Outgoing<Data>): string =>
  JSON.stringify({
    specversion: '1.0',
    type,
    source,
    id,
    dataschema: dataschemaOf(type, 1),
    ...(version === undefined ? {} : { version }),
    data,
  })
