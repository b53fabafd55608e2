import { describe, expect, it } from 'vitest'
import {
  behaviours,
  codeSets,
  exclusionReasonGroups,
  exclusionReasons,
  labelOf,
  reasonsValidOn,
} from '../index.ts'

const legacy = ['PP', 'PA', 'VP', 'VA', 'BU', 'RA', 'SM', 'DA', 'DM', 'TH', 'DB', 'OT']
const since2020 = ['OW', 'LG', 'DS', 'MT', 'PH']
const since2026 = ['BW', 'TB', 'SB', 'MB', 'AB', 'DR', 'AR', 'SR', 'VR', 'LD', 'CB', 'MP', 'OS']

describe('exclusion reasons', () => {
  it('in 2016/17 are the twelve of the old tables', () => {
    expect([...reasonsValidOn('2016-09-05')].sort()).toEqual([...legacy].sort())
  })

  it('lose "other" and gain the 2020 codes with the academic year 2020/21', () => {
    expect(reasonsValidOn('2020-07-31').has('OT')).toBe(true)
    expect(reasonsValidOn('2020-08-01').has('OT')).toBe(false)
    const broad = legacy.filter((code) => code !== 'OT')
    expect([...reasonsValidOn('2020-08-01')].sort()).toEqual([...broad, ...since2020].sort())
  })

  it('keep the broad codes beside the 29 of 2026', () => {
    expect(reasonsValidOn('2026-07-31').has('TB')).toBe(false)
    expect([...reasonsValidOn('2026-08-01')]).toEqual(expect.arrayContaining([...since2026, 'BU', 'DB']))
    expect(reasonsValidOn('2026-08-01').size).toBe(29)
  })

  it('each have a parent group that exists', () => {
    const groups = new Set(exclusionReasonGroups.codes.map(({ code }) => code))
    for (const { code, parent } of exclusionReasons.codes) expect(groups.has(parent), code).toBe(true)
  })
})

describe('code sets', () => {
  it.each([...codeSets.values()])('$id has each code once, with a label', ({ codes }) => {
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length)
    for (const { label } of codes) expect(label.length).toBeGreaterThan(0)
  })

  it('show the code itself where a newer set wrote it', () => {
    expect(labelOf(behaviours, 'theft')).toBe('Theft')
    expect(labelOf(behaviours, 'from_the_future')).toBe('from_the_future')
  })

  it('point from behaviours only to exclusion reasons that exist', () => {
    const reasons = new Set(exclusionReasons.codes.map(({ code }) => code))
    for (const { exclusionReasons: mapped } of behaviours.codes)
      for (const reason of mapped) expect(reasons.has(reason), reason).toBe(true)
  })
})
