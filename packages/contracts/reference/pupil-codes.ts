import type { CodeSet } from './code-set.ts'

const source = 'DfE Common Basic Data Set'

/** How a characteristic that is not known stands in facts, cells and answers; never sent in an event. */
export const unknown = 'unknown'

export const ncYears: CodeSet = {
  id: 'nc-year',
  version: 1,
  title: 'National curriculum year (actual, not by age)',
  source,
  codes: [
    { code: 'E1', label: 'Early years, first year' },
    { code: 'E2', label: 'Early years, second year' },
    { code: 'N1', label: 'Nursery, first year' },
    { code: 'N2', label: 'Nursery, second year' },
    { code: 'R', label: 'Reception' },
    ...Array.from({ length: 14 }, (_, index) => ({ code: `${index + 1}`, label: `Year ${index + 1}` })),
    { code: 'X', label: 'Not following the national curriculum year' },
    { code: 'M', label: 'Mixed year class' },
  ],
}

export const sexes: CodeSet = {
  id: 'sex',
  version: 1,
  title: 'Sex',
  source,
  codes: [
    { code: 'F', label: 'Female' },
    { code: 'M', label: 'Male' },
    { code: 'U', label: 'Unknown' },
  ],
}

export const senProvisions: CodeSet = {
  id: 'sen-provision',
  version: 1,
  title: 'Special educational needs provision',
  source,
  codes: [
    { code: 'N', label: 'No SEN provision' },
    { code: 'K', label: 'SEN support' },
    { code: 'E', label: 'Education, health and care plan' },
  ],
}

/** Codes of facts and cells; events carry a boolean. */
export const fsmStatuses: CodeSet = {
  id: 'fsm',
  version: 1,
  title: 'Eligible for free school meals on census day',
  source,
  codes: [
    { code: 'yes', label: 'Eligible for free school meals' },
    { code: 'no', label: 'Not eligible for free school meals' },
    { code: unknown, label: 'Not known' },
  ],
}

export const censuses: CodeSet = {
  id: 'census',
  version: 1,
  title: 'School census',
  source,
  codes: [
    { code: 'autumn', label: 'Autumn census' },
    { code: 'spring', label: 'Spring census' },
    { code: 'summer', label: 'Summer census' },
  ],
}

export const informants: CodeSet = {
  id: 'informant',
  version: 1,
  title: 'Who answered a check-in',
  source: 'Cairn',
  codes: [
    { code: 'self', label: 'The pupil' },
    { code: 'staff', label: 'A member of staff' },
    { code: 'parent', label: 'A parent or carer' },
  ],
}

export const exclusionTypes: CodeSet = {
  id: 'exclusion-type',
  version: 1,
  title: 'Exclusion category',
  source,
  codes: [
    { code: 'SUSP', label: 'Suspension' },
    { code: 'PERM', label: 'Permanent exclusion' },
  ],
}
