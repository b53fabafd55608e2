import { type Code, type CodeSet, codesOf, validOn } from './code-set.ts'
import type { Intimidation } from './intimidation.ts'

/** A DfE reason for a suspension or permanent exclusion. */
export interface ExclusionReason extends Code {
  /** Stable group that broad and narrow codes share, so that figures can be compared over the years. */
  readonly parent: ExclusionReasonGroup
  /** Kinds of intimidation that the reason stands for; empty where it is none. */
  readonly intimidation: readonly Intimidation[]
}

export type ExclusionReasonGroup = (typeof groups)[number]['code']

const groups = [
  { code: 'physical_assault', label: 'Physical assault' },
  { code: 'verbal_abuse', label: 'Verbal abuse or threatening behaviour' },
  { code: 'weapon', label: 'Weapon or prohibited item' },
  { code: 'bullying', label: 'Bullying' },
  { code: 'identity_abuse', label: 'Abuse relating to a protected characteristic' },
  { code: 'sexual_misconduct', label: 'Sexual misconduct' },
  { code: 'substance', label: 'Drugs, alcohol, smoking and vaping' },
  { code: 'damage', label: 'Damage' },
  { code: 'theft', label: 'Theft' },
  { code: 'technology', label: 'Misuse of technology' },
  { code: 'public_health', label: 'Breach of public-health measures' },
  { code: 'disruption', label: 'Persistent disruptive behaviour' },
  { code: 'outside_school', label: 'Misbehaviour outside school' },
  { code: 'other', label: 'Other' },
] as const

export const exclusionReasonGroups: CodeSet = {
  id: 'exclusion-reason-group',
  version: 1,
  title: 'Groups of exclusion reasons',
  source: 'Cairn',
  codes: groups,
}

/** The 2020 set came with the academic year 2020/21. */
const since2020 = { validFrom: '2020-08-01' }
/**
 * [confirm] The codes of the Common Basic Data Set of May 2026: the census from which they count has not been
 * established, so they are taken from the academic year that follows it.
 */
const since2026 = { validFrom: '2026-08-01' }

/** Broad codes stay valid beside the narrow ones of 2026, which look like a transition set. */
export const exclusionReasons: CodeSet<ExclusionReason> = {
  id: 'exclusion-reason',
  version: 1,
  title: 'Reasons for suspension and permanent exclusion',
  source: 'DfE school census (sets of 2020 and of May 2026) and the codes before 2020/21',
  codes: [
    {
      code: 'PP',
      label: 'Physical assault against a pupil',
      parent: 'physical_assault',
      intimidation: ['physical_aggression'],
    },
    {
      code: 'PA',
      label: 'Physical assault against an adult',
      parent: 'physical_assault',
      intimidation: ['physical_aggression'],
    },
    {
      code: 'VP',
      label: 'Verbal abuse or threatening behaviour against a pupil',
      parent: 'verbal_abuse',
      intimidation: ['verbal_threat'],
    },
    {
      code: 'VA',
      label: 'Verbal abuse or threatening behaviour against an adult',
      parent: 'verbal_abuse',
      intimidation: ['verbal_threat'],
    },
    {
      code: 'OW',
      label: 'Use or threat of use of an offensive weapon or prohibited item',
      parent: 'weapon',
      intimidation: ['physical_aggression'],
      ...since2020,
    },
    { code: 'BU', label: 'Bullying', parent: 'bullying', intimidation: ['bullying'] },
    { code: 'RA', label: 'Racist abuse', parent: 'identity_abuse', intimidation: ['bullying'] },
    {
      code: 'LG',
      label: 'Abuse against sexual orientation and gender identity',
      parent: 'identity_abuse',
      intimidation: ['bullying'],
      ...since2020,
    },
    {
      code: 'DS',
      label: 'Abuse relating to disability',
      parent: 'identity_abuse',
      intimidation: ['bullying'],
      ...since2020,
    },
    { code: 'SM', label: 'Sexual misconduct', parent: 'sexual_misconduct', intimidation: [] },
    { code: 'DA', label: 'Drug and alcohol related', parent: 'substance', intimidation: [] },
    { code: 'DM', label: 'Damage', parent: 'damage', intimidation: [] },
    { code: 'TH', label: 'Theft', parent: 'theft', intimidation: [] },
    {
      code: 'MT',
      label: 'Inappropriate use of social media or online technology',
      parent: 'technology',
      intimidation: [],
      ...since2020,
    },
    {
      code: 'PH',
      label: 'Wilful and repeated breach of public-health protective measures',
      parent: 'public_health',
      intimidation: [],
      ...since2020,
    },
    {
      code: 'DB',
      label: 'Persistent or general disruptive behaviour',
      parent: 'disruption',
      intimidation: [],
    },
    {
      code: 'BW',
      label: 'Brought a weapon or prohibited item into school',
      parent: 'weapon',
      intimidation: [],
      ...since2026,
    },
    {
      code: 'TB',
      label: 'Cyber-bullying or threatening behaviour online',
      parent: 'bullying',
      intimidation: ['bullying', 'verbal_threat'],
      ...since2026,
    },
    {
      code: 'SB',
      label: 'Harmful sexual behaviour',
      parent: 'sexual_misconduct',
      intimidation: [],
      ...since2026,
    },
    {
      code: 'MB',
      label: 'Misogynistic behaviour',
      parent: 'identity_abuse',
      intimidation: ['bullying'],
      ...since2026,
    },
    {
      code: 'AB',
      label: 'Misandry behaviour',
      parent: 'identity_abuse',
      intimidation: ['bullying'],
      ...since2026,
    },
    { code: 'DR', label: 'Drug related', parent: 'substance', intimidation: [], ...since2026 },
    { code: 'AR', label: 'Alcohol related', parent: 'substance', intimidation: [], ...since2026 },
    { code: 'SR', label: 'Smoking related', parent: 'substance', intimidation: [], ...since2026 },
    { code: 'VR', label: 'Vape related', parent: 'substance', intimidation: [], ...since2026 },
    {
      code: 'LD',
      label: 'Persistent disruptive behaviour: low level',
      parent: 'disruption',
      intimidation: [],
      ...since2026,
    },
    {
      code: 'CB',
      label: 'Persistent disruptive behaviour: challenging',
      parent: 'disruption',
      intimidation: [],
      ...since2026,
    },
    { code: 'MP', label: 'Use of mobile phone', parent: 'technology', intimidation: [], ...since2026 },
    {
      code: 'OS',
      label: 'Misbehaviour outside school',
      parent: 'outside_school',
      intimidation: [],
      ...since2026,
    },
    { code: 'OT', label: 'Other', parent: 'other', intimidation: [], validTo: '2020-07-31' },
  ],
}

export const exclusionReasonCodes: readonly string[] = codesOf(exclusionReasons)

/** Reason codes that an exclusion starting on an ISO date may carry. */
export const reasonsValidOn: (date: string) => ReadonlySet<string> = validOn(exclusionReasons)
