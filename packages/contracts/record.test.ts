import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type CloudEvent,
  eventTypes,
  fromLogRecord,
  incidentReported,
  type LogRecord,
  pseudonymise,
  pseudonymiseEvent,
  pupilPaths,
  toLogRecord,
  validateEvent,
} from './index.ts'

const pseudonymOf = (identifier: string) =>
  `k1:${createHmac('sha256', 'key').update(identifier).digest('hex').slice(0, 32)}`
const incident = incidentReported.examples.valid[0]!
const envelope = { specversion: '1.0', id: 'e-1', source: 'urn:mis:812345', type: 'incident.reported' }
const validated = (change: object = {}) => {
  const result = validateEvent({ ...envelope, data: incident, ...change })
  if ('refused' in result) throw new Error(JSON.stringify(result))
  return result
}
const written = (change: object = {}) => {
  const { ok, type } = validated(change)
  return pseudonymiseEvent(ok, type, pseudonymOf)
}
const record = (): LogRecord => {
  const result = written({ version: 3, time: '2025-10-06T10:00:00Z' })
  if ('refused' in result) throw new Error('refused')
  return toLogRecord(result.ok, 855)
}

describe('pupil identifiers', () => {
  it('are found from the schemas, in every event type that has a field for them', () => {
    const paths = Object.fromEntries(
      [...eventTypes.values()].map((type) => [type.type, pupilPaths(type).map((path) => path.join('.'))]),
    )
    expect(paths).toEqual({
      'attendance.recorded': ['pupil'],
      'checkin.submitted': ['pupil'],
      'event.retracted': [],
      'exclusion.recorded': ['pupil'],
      'incident.reopened': [],
      'incident.reported': ['participants.*.pupil'],
      'goal.rated': ['pupil'],
      'incident.resolved': [],
      'intervention.ended': ['pupil'],
      'intervention.session.delivered': ['pupil'],
      'intervention.started': ['pupil'],
      'plan.closed': ['pupil'],
      'plan.created': ['pupil'],
      'plan.reviewed': ['pupil'],
      'pupil.context.changed': ['pupil'],
      'pupil.erased': ['pupil'],
      'roll.snapshot.published': [],
      'tier.assigned': ['pupil'],
      'tier.exited': ['pupil'],
    })
  })

  it('are replaced everywhere, trimmed and in upper case, and the event passed in stays as it was', () => {
    const data = { ...incident, participants: [{ role: 'target' as const, pupil: '  z855400125001 ' }] }
    const replaced = pseudonymise(incidentReported, data, pseudonymOf)
    expect(replaced.participants).toEqual([{ role: 'target', pupil: pseudonymOf('Z855400125001') }])
    expect(data.participants[0]!.pupil).toBe('  z855400125001 ')
  })

  it('leave optional fields out where they were left out', () => {
    const type = eventTypes.get('exclusion.recorded')!
    expect(pseudonymise(type, { school: '812345' }, pseudonymOf)).toEqual({ school: '812345' })
  })

  it.each([
    [{ id: 'inc-Z855400125001' }, '/id'],
    [{ source: 'urn:pupil:z855400125001' }, '/source'],
    [{ subject: 'Z-855-4001-25-001' }, '/subject'],
    [
      {
        type: 'incident.resolved',
        data: {
          school: '812345',
          incident: { source: 'urn:x', id: 'Z855400125001' },
          resolvedOn: '2025-10-06',
          outcome: 'sanction',
        },
      },
      '/data/incident/id',
    ],
    [
      {
        type: 'checkin.submitted',
        data: {
          school: '812345',
          pupil: 'P',
          instrument: 'a@1',
          informant: 'self',
          submittedOn: '2025-10-06',
          answers: { z855400125001: 1 },
        },
      },
      '/data/answers',
    ],
  ])('shaped like a UPN are refused outside their fields: %j', (change, field) => {
    expect(written(change)).toMatchObject({ refused: [{ field, rule: 'upn' }] })
  })

  it('of the event itself are refused in its subject', () => {
    expect(written({ subject: 'pupil/p-1001' })).toMatchObject({
      refused: [{ field: '/subject', rule: 'pupilIdentifier' }],
    })
    expect(written({ subject: 'school/812345' })).toHaveProperty('ok')
  })
})

describe('a log record', () => {
  it('gives back the event that was written', () => {
    const read = fromLogRecord(record())
    if ('malformed' in read) throw new Error(read.malformed.rule)
    expect(read.ok).toMatchObject({
      authority: 855,
      type: incidentReported,
      event: { id: 'e-1', version: 3, time: '2025-10-06T10:00:00Z' },
    })
    expect(read.ok.event.data).toEqual(pseudonymise(incidentReported, incident, pseudonymOf))
  })

  it('has one hash for one content: the order of fields, time and subject do not count, data and version do', () => {
    const hashOf = (change: object) => {
      const result = written(change)
      return 'ok' in result && toLogRecord(result.ok as CloudEvent, 855).headers.cairn_hash
    }
    const turned = Object.fromEntries(Object.entries(incident).reverse())
    expect(hashOf({ data: turned, time: '2025-10-07T00:00:00Z', subject: 'x' })).toBe(hashOf({}))
    expect(hashOf({ version: 2 })).not.toBe(hashOf({}))
    expect(hashOf({ data: { ...incident, severity: 4 } })).not.toBe(hashOf({}))
  })

  it.each<[string, (r: LogRecord) => LogRecord, object]>([
    ['of an unknown type', (r) => with_(r, { ce_type: 'un.known' }), { field: '/type', rule: 'knownType' }],
    [
      'of an unknown version',
      (r) => with_(r, { ce_dataschema: 'urn:cairn:schema:incident.reported:9' }),
      { field: '/dataschema', rule: 'knownVersion' },
    ],
    [
      'without identity',
      (r) => with_(r, { cairn_identity: '' }),
      { field: '/cairn_identity', rule: 'pattern' },
    ],
    ['with a bad version', (r) => with_(r, { ce_version: '-1' }), { field: '/version', rule: 'version' }],
    ['that is no JSON', (r) => ({ ...r, value: '{"school' }), { field: '/data', rule: 'syntax' }],
    [
      'with a pupil who is no pseudonym',
      (r) => ({ ...r, value: r.value.replace(/k1:[0-9a-f]{32}/, 'P-1001') }),
      { field: '/data', rule: 'pseudonym' },
    ],
    ['that breaks its schema', (r) => ({ ...r, value: '{}' }), { field: '/data/school', rule: 'required' }],
  ])('%s is malformed, with a reason and what could be read, and is never thrown', (_, change, reason) => {
    const read = fromLogRecord(change(record()))
    expect(read).toMatchObject({ malformed: { ...reason, hash: record().headers.cairn_hash } })
    expect(JSON.stringify(read)).not.toContain('k1:')
  })
})

function with_(r: LogRecord, headers: Record<string, string>): LogRecord {
  return { ...r, headers: { ...r.headers, ...headers } }
}
