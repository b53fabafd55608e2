import { ethnicities } from '@cairn/contracts'
import { domainBits, evidenceSources, kinds, scoreScale, sourceNumber } from '@cairn/mtss'
import { contextKind, type EvidenceFact, evidenceFacts, facts } from '@cairn/warehouse'

/** What a version says of each pupil that it names, as the tail of a line in the order of `evidenceColumns`. */
type Maker = (data: any, own: readonly any[], pupils: readonly string[]) => (pupil: string) => string

const tail = (kind: number, domains: number, source: number, rest: string): string =>
  `${kind},${domains},${source},${rest}`
const column = (fact: EvidenceFact, name: string): number =>
  Object.keys(facts.get(fact)!.columns).indexOf(name)

const at = {
  instrument: column('checkin', 'instrument'),
  subscales: column('checkin', 'subscales'),
  scores: column('checkin', 'scores'),
  bands: column('checkin', 'severity'),
}
const groups = new Map(ethnicities.codes.map(({ code, group }) => [code, group]))

const assignment = (domain: string, tier: number): string =>
  tail(
    kinds.assignment,
    domainBits[domain as keyof typeof domainBits],
    evidenceSources.decision,
    `"",[],[],0,${tier},0,0,""`,
  )

/**
 * Which domains read what. A check-in: SEMH, and behaviour, where it is the second source beside the log. An incident:
 * behaviour for who did it, SEMH for who it was done to; nothing for witnesses and reporters. Attendance: its own domain, as
 * the register has it. A decision: its own domain.
 * Suspensions are left out: the incident that led to one is sent as well, and would count twice.
 */
const makers: Record<EvidenceFact, Maker> = {
  checkin: ({ informant }, own) => {
    const form = [own[at.instrument], ...own[at.subscales]].join(' ')
    const scores = (own[at.scores] as number[]).map((score) => Math.round(score * scoreScale))
    const said = tail(
      kinds.score,
      domainBits.semh | domainBits.behaviour,
      sourceNumber(informant),
      `${JSON.stringify(form)},[${scores}],[${own[at.bands]}],0,0,0,0,""`,
    )
    return () => said
  },
  incident: ({ participants, severity }, _, pupils) => {
    const domains = new Map<string, number>()
    for (const [i, { role }] of participants.entries()) {
      const bit = role === 'perpetrator' ? domainBits.behaviour : role === 'target' ? domainBits.semh : 0
      domains.set(pupils[i]!, (domains.get(pupils[i]!) ?? 0) | bit)
    }
    return (pupil) =>
      tail(
        kinds.incident,
        domains.get(pupil)!,
        evidenceSources.behaviour_log,
        `"",[],[],${severity},0,0,0,""`,
      )
  },
  attendance: ({ attended, possible }) => {
    const sessions = `"",[],[],0,0,${attended},${possible},""`
    const said = tail(kinds.attendance, domainBits.attendance, evidenceSources.register, sessions)
    return () => said
  },
  tier_assignment: ({ domain, tier }) => {
    const said = assignment(domain, tier)
    return () => said
  },
  tier_exit: ({ domain }) => {
    const said = assignment(domain, 1)
    return () => said
  },
  pupil_context: ({ ncYear, sex, senProvision, ethnicity, fsm = [] }) => {
    const snapshot = [ncYear, sex, senProvision, groups.get(ethnicity)].map((code) => code ?? 'unknown')
    const history = fsm.map(({ type, from }: { type: string; from: string }) => [type, from])
    const text = JSON.stringify(JSON.stringify([...snapshot, history]))
    const said = tail(contextKind, 0, evidenceSources.other, `"",[],[],0,0,0,0,${text}`)
    return () => said
  },
}

const evidence: ReadonlySet<string> = new Set(evidenceFacts)

export const isEvidence = (fact: string): fact is EvidenceFact => evidence.has(fact)

/** Each pupil that a version names, once, with what it says. `pupils` as UUIDs, in the order of the event. */
export function evidenceOf(
  fact: EvidenceFact,
  data: unknown,
  own: readonly unknown[],
  pupils: readonly string[],
): [pupil: string, said: string][] {
  const said = makers[fact](data, own, pupils)
  return [...new Set(pupils)].map((pupil) => [pupil, said(pupil)])
}
