import type { CodeSet } from './code-set.ts'

const source = 'Cairn'

export const incidentModes: CodeSet = {
  id: 'incident-mode',
  version: 1,
  title: 'Where an incident was carried out',
  source,
  codes: [
    { code: 'in_person', label: 'In person' },
    { code: 'online', label: 'Online' },
    { code: 'both', label: 'In person and online' },
  ],
}

export const incidentLocations: CodeSet = {
  id: 'incident-location',
  version: 1,
  title: 'Places of incidents',
  source,
  codes: [
    { code: 'classroom', label: 'Classroom' },
    { code: 'corridor', label: 'Corridor or stairs' },
    { code: 'playground', label: 'Playground or field' },
    { code: 'dining_hall', label: 'Dining hall' },
    { code: 'toilets', label: 'Toilets' },
    { code: 'changing_room', label: 'Changing room' },
    { code: 'sports_facility', label: 'Sports hall or pitch' },
    { code: 'elsewhere_on_site', label: 'Elsewhere on site' },
    { code: 'school_transport', label: 'School transport' },
    { code: 'journey', label: 'On the way to or from school' },
    { code: 'off_site', label: 'Trip or off-site activity' },
    { code: 'online', label: 'Online' },
    { code: 'not_known', label: 'Not known' },
  ],
}

/** The code is the number that events carry. */
export const incidentSeverities: CodeSet = {
  id: 'incident-severity',
  version: 1,
  title: 'Severity of an incident',
  source,
  codes: [
    { code: '1', label: 'Minor: dealt with on the spot, no harm' },
    { code: '2', label: 'Moderate: needed follow-up by staff; brief distress' },
    { code: '3', label: 'Serious: harm or repetition; senior staff and families involved' },
    { code: '4', label: 'Critical: serious harm, or referred to an outside agency' },
  ],
}

/** Protected characteristics of the Equality Act 2010 that an incident was aimed at. */
export const incidentMotivations: CodeSet = {
  id: 'incident-motivation',
  version: 1,
  title: 'Protected characteristics that motivated an incident',
  source: 'Equality Act 2010, section 4',
  codes: [
    { code: 'age', label: 'Age' },
    { code: 'disability', label: 'Disability' },
    { code: 'gender_reassignment', label: 'Gender reassignment' },
    { code: 'marriage_civil_partnership', label: 'Marriage and civil partnership' },
    { code: 'pregnancy_maternity', label: 'Pregnancy and maternity' },
    { code: 'race', label: 'Race' },
    { code: 'religion_belief', label: 'Religion or belief' },
    { code: 'sex', label: 'Sex' },
    { code: 'sexual_orientation', label: 'Sexual orientation' },
  ],
}

/** Shape after Ed-Fi's participation codes; domain reference, section 7. */
export const incidentRoles: CodeSet = {
  id: 'incident-role',
  version: 1,
  title: 'Roles in an incident',
  source,
  codes: [
    { code: 'target', label: 'Target' },
    { code: 'perpetrator', label: 'Perpetrator' },
    { code: 'witness', label: 'Witness' },
    { code: 'reporter', label: 'Reporter' },
  ],
}

export const incidentOutcomes: CodeSet = {
  id: 'incident-outcome',
  version: 1,
  title: 'Outcomes of an incident',
  source,
  codes: [
    { code: 'no_further_action', label: 'No further action' },
    { code: 'not_upheld', label: 'Looked into and not upheld' },
    { code: 'restorative', label: 'Restorative meeting or agreement' },
    { code: 'support_for_target', label: 'Support for the target' },
    { code: 'support_for_perpetrator', label: 'Support for the perpetrator' },
    { code: 'family_meeting', label: 'Meeting with families' },
    { code: 'sanction', label: 'Sanction short of exclusion' },
    { code: 'suspension', label: 'Suspension' },
    { code: 'permanent_exclusion', label: 'Permanent exclusion' },
    { code: 'external_referral', label: 'Referral to an outside agency' },
  ],
}

export const reopeningReasons: CodeSet = {
  id: 'incident-reopening-reason',
  version: 1,
  title: 'Why an incident was opened again',
  source,
  codes: [
    { code: 'recurrence', label: 'It happened again' },
    { code: 'new_information', label: 'New information' },
    { code: 'agreement_not_kept', label: 'What was agreed was not kept' },
    { code: 'outcome_disputed', label: 'The outcome is disputed' },
    { code: 'closed_in_error', label: 'Closed in error' },
  ],
}

export const retractionReasons: CodeSet = {
  id: 'retraction-reason',
  version: 1,
  title: 'Why an event was taken back',
  source,
  codes: [
    { code: 'entered_in_error', label: 'Entered in error' },
    { code: 'duplicate_record', label: 'The same thing was recorded twice' },
    { code: 'wrong_pupil', label: 'Recorded for the wrong pupil' },
    { code: 'wrong_school', label: 'Recorded for the wrong school' },
    { code: 'participation_withdrawn', label: 'The pupil or parent has withdrawn' },
  ],
}
