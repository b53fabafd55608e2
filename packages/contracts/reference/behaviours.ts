import { type Code, type CodeSet, codesOf } from './code-set.ts'
import type { Intimidation } from './intimidation.ts'

/** What happened in an incident, as a school records it: broader than the statutory reasons, and a different fact. */
export interface Behaviour extends Code {
  /** Kinds of intimidation that the behaviour stands for; empty where it is none. */
  readonly intimidation: readonly Intimidation[]
  /** DfE exclusion reasons that describe the same behaviour: for reading side by side, never for adding up. */
  readonly exclusionReasons: readonly string[]
}

export const behaviours: CodeSet<Behaviour> = {
  id: 'behaviour',
  version: 1,
  title: 'Behaviours in an incident',
  source: 'Cairn; crosswalk to intimidation after the domain reference, 2.3',
  codes: [
    behaviour('bullying', 'Bullying', ['bullying'], ['BU']),
    behaviour(
      'cyber_bullying',
      'Cyber-bullying or threats online',
      ['bullying', 'verbal_threat'],
      ['TB', 'MT'],
    ),
    behaviour('racist_abuse', 'Racist abuse', ['bullying'], ['RA']),
    behaviour(
      'orientation_abuse',
      'Abuse against sexual orientation or gender identity',
      ['bullying'],
      ['LG'],
    ),
    behaviour('disability_abuse', 'Abuse relating to disability', ['bullying'], ['DS']),
    behaviour('misogyny', 'Misogynistic behaviour', ['bullying'], ['MB']),
    behaviour('misandry', 'Misandrist behaviour', ['bullying'], ['AB']),
    behaviour(
      'verbal_threat',
      'Verbal abuse or threat against a pupil or an adult',
      ['verbal_threat'],
      ['VP', 'VA'],
    ),
    behaviour(
      'physical_aggression',
      'Physical aggression against a pupil or an adult',
      ['physical_aggression'],
      ['PP', 'PA'],
    ),
    behaviour('weapon_use', 'Use or threat of use of a weapon', ['physical_aggression'], ['OW']),
    behaviour('weapon_possession', 'Brought a weapon or prohibited item', [], ['BW']),
    behaviour('sexual_misconduct', 'Sexual misconduct or harmful sexual behaviour', [], ['SM', 'SB']),
    behaviour('drugs_alcohol', 'Drugs or alcohol', [], ['DA', 'DR', 'AR']),
    behaviour('smoking_vaping', 'Smoking or vaping', [], ['SR', 'VR']),
    behaviour('damage', 'Damage to property', [], ['DM']),
    behaviour('theft', 'Theft', [], ['TH']),
    behaviour('mobile_phone', 'Misuse of a mobile phone or technology', [], ['MP', 'MT']),
    behaviour('disruption', 'Disruptive behaviour', [], ['DB', 'LD', 'CB']),
    behaviour('public_health', 'Breach of public-health measures', [], ['PH']),
    behaviour('outside_school', 'Misbehaviour outside school', [], ['OS']),
  ],
}

function behaviour(
  code: string,
  label: string,
  intimidation: readonly Intimidation[],
  exclusionReasons: readonly string[],
): Behaviour {
  return { code, label, intimidation, exclusionReasons }
}

export const behaviourCodes: readonly string[] = codesOf(behaviours)
