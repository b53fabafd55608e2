import { type CodeSet, codesOf } from './code-set.ts'

/** Kinds of intimidation: what causes fear, discomfort or distress. Source: domain reference, row 47 and 2.3. */
export type Intimidation = 'bullying' | 'verbal_threat' | 'physical_aggression'

export const intimidationKinds: CodeSet = {
  id: 'intimidation',
  version: 1,
  title: 'Kinds of intimidation',
  source: 'Cairn, after the source taxonomy of intimidation',
  codes: [
    { code: 'bullying', label: 'Bullying' },
    { code: 'verbal_threat', label: 'Verbal threat' },
    { code: 'physical_aggression', label: 'Physical aggression' },
  ],
}

export const intimidationCodes: readonly string[] = codesOf(intimidationKinds)
