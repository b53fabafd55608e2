import { type Code, type CodeSet, codesOf } from './code-set.ts'

const source = 'DfE Common Basic Data Set'

export const senNeeds: CodeSet = {
  id: 'sen-need',
  version: 1,
  title: 'Type of special educational need',
  source,
  codes: [
    { code: 'SPLD', label: 'Specific learning difficulty' },
    { code: 'MLD', label: 'Moderate learning difficulty' },
    { code: 'SLD', label: 'Severe learning difficulty' },
    { code: 'PMLD', label: 'Profound and multiple learning difficulty' },
    { code: 'SEMH', label: 'Social, emotional and mental health' },
    { code: 'SLCN', label: 'Speech, language and communication needs' },
    { code: 'HI', label: 'Hearing impairment' },
    { code: 'VI', label: 'Vision impairment' },
    { code: 'MSI', label: 'Multi-sensory impairment' },
    { code: 'PD', label: 'Physical disability' },
    { code: 'ASD', label: 'Autistic spectrum disorder' },
    { code: 'DS', label: 'Down syndrome' },
    { code: 'OTH', label: 'Other difficulty or disability' },
    { code: 'NSA', label: 'SEN support, no specialist assessment of type of need' },
  ],
}

/** [confirm] A typed history and no yes or no, because eligibility is widening (domain reference, 2.2). */
export const fsmTypes: CodeSet = {
  id: 'fsm-type',
  version: 1,
  title: 'Category of free school meals',
  source: 'DfE Common Basic Data Set of May 2026; `none` is Cairn’s',
  codes: [
    { code: 'TFSM', label: 'Targeted free school meals' },
    { code: 'EFSM', label: 'Expanded free school meals' },
    { code: 'OFSM', label: 'Other free school meals' },
    { code: 'none', label: 'Not eligible for free school meals' },
  ],
}

export const ethnicityGroups: CodeSet = {
  id: 'ethnicity-group',
  version: 1,
  title: 'Major ethnic groups',
  source: 'DfE, harmonised names for official statistics',
  codes: [
    { code: 'white', label: 'White' },
    { code: 'mixed', label: 'Mixed or multiple ethnic groups' },
    { code: 'asian', label: 'Asian or Asian British' },
    { code: 'black', label: 'Black, African, Caribbean or Black British' },
    { code: 'other', label: 'Other ethnic group' },
    { code: 'unknown', label: 'Refused or not yet obtained' },
  ],
}

/** A DfE ethnicity code and the major group that is published by default. */
export interface Ethnicity extends Code {
  readonly group: 'white' | 'mixed' | 'asian' | 'black' | 'other' | 'unknown'
}

export const ethnicities: CodeSet<Ethnicity> = {
  id: 'ethnicity',
  version: 1,
  title: 'Ethnicity',
  source,
  codes: [
    { code: 'WBRI', label: 'White British', group: 'white' },
    { code: 'WIRI', label: 'White Irish', group: 'white' },
    { code: 'WIRT', label: 'Traveller of Irish heritage', group: 'white' },
    { code: 'WROM', label: 'Gypsy or Roma', group: 'white' },
    { code: 'WOTH', label: 'Any other white background', group: 'white' },
    { code: 'MWBC', label: 'White and Black Caribbean', group: 'mixed' },
    { code: 'MWBA', label: 'White and Black African', group: 'mixed' },
    { code: 'MWAS', label: 'White and Asian', group: 'mixed' },
    { code: 'MOTH', label: 'Any other mixed background', group: 'mixed' },
    { code: 'AIND', label: 'Indian', group: 'asian' },
    { code: 'APKN', label: 'Pakistani', group: 'asian' },
    { code: 'ABAN', label: 'Bangladeshi', group: 'asian' },
    { code: 'CHNE', label: 'Chinese', group: 'asian' },
    { code: 'AOTH', label: 'Any other Asian background', group: 'asian' },
    { code: 'BCRB', label: 'Black Caribbean', group: 'black' },
    { code: 'BAFR', label: 'Black African', group: 'black' },
    { code: 'BOTH', label: 'Any other black background', group: 'black' },
    { code: 'OOTH', label: 'Any other ethnic group', group: 'other' },
    { code: 'REFU', label: 'Refused', group: 'unknown' },
    { code: 'NOBT', label: 'Not yet obtained', group: 'unknown' },
  ],
}

export const ethnicityCodes: readonly string[] = codesOf(ethnicities)

export const youngCarerCodes: CodeSet = {
  id: 'young-carer',
  version: 1,
  title: 'Young carer',
  source,
  codes: [
    { code: 'P', label: 'Identified by a parent or guardian' },
    { code: 'S', label: 'Identified by the school' },
    { code: 'N', label: 'Not declared' },
  ],
}
