import type { CodeSet } from './code-set.ts'

/** Codes of a register fall into these; which do is the Department's to say, so events carry no code of a session. */
export const absenceKinds: CodeSet = {
  id: 'absence',
  version: 1,
  title: 'Kinds of absence',
  source: 'DfE, Working together to improve school attendance: attendance and absence codes',
  codes: [
    { code: 'authorised', label: 'Authorised absence' },
    { code: 'unauthorised', label: 'Unauthorised absence' },
  ],
}
