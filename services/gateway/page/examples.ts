export interface Example {
  readonly title: string
  readonly query: string
  /** What comes back, in words. */
  readonly expect: string
}

/** Queries to begin with, for the academic year of `today` (ISO date) and the one before. */
export function examples(today: string): Example[] {
  const year = Number(today.slice(0, 4)) - (today.slice(5, 7) < '08' ? 1 : 0)
  const name = (start: number) => `"${start}${String((start + 1) % 100).padStart(2, '0')}"`
  const [last, both] = [`[${name(year - 1)}]`, `[${name(year - 1)}, ${name(year)}]`]
  return [
    {
      title: 'Who am I, and what may I see?',
      query:
        '{\n  me {\n    reader\n    role\n    authorities { code name }\n    schools\n    profile\n  }\n}\n',
      expect: 'Your name and role, your authorities, and null for schools where you may see all of them.',
    },
    {
      title: 'Incidents per 100 pupils, school by school',
      query: `{
  figures(metric: "incident_rate", groupBy: ["school"], period: { academicYears: ${last} }) {
    asOf
    totalCount
    rows { schoolName numerator denominator value lower upper method status symbol release }
  }
}
`,
      expect:
        'One row a school, with a 95 % interval, from the year’s newest release. Where numbers are small, or would give a small one away, symbol is c and every number is null.',
    },
    {
      title: 'The year by half-terms',
      query: `{
  figures(metric: "incident_rate", groupBy: ["authority"], period: { grain: HALF_TERM, academicYears: ${both} }) {
    rows { timePeriod timeIdentifier authorityName numerator denominator value lower upper status release reason }
  }
}
`,
      expect:
        'Half-term 1 to 6 of each year, as far as they have begun: from releases where they have closed; of one that runs, reason says when it will be there.',
    },
    {
      title: 'My own school, as it stands today',
      query: `{
  figures(metric: "incidents", groupBy: ["school"], period: { grain: HALF_TERM, academicYears: [${name(year)}] }) {
    asOf
    rows { timeIdentifier schoolName value status profile release reason }
  }
}
`,
      expect:
        'With a school lead’s key: what its school has recorded so far, small numbers too. Everybody else gets what is released of each school, and the reason where nothing is.',
    },
    {
      title: 'My own school’s absence, by half-term',
      query: `{
  figures(metric: "absence_rate", groupBy: ["school"], period: { grain: HALF_TERM, academicYears: ${last} }) {
    totalCount
    rows { timeIdentifier schoolName numerator denominator value status reason }
  }
}
`,
      expect:
        'With a school lead’s key: sessions missed of those possible, with no interval, as sessions of one pupil are not independent. Nobody else is told of sessions.',
    },
    {
      title: 'Exclusions by reason',
      query: `{
  figures(metric: "exclusions", groupBy: ["authority", "reason"], period: { academicYears: ${last} }) {
    totalCount
    pageInfo { hasNextPage endCursor }
    rows { authorityName dimensions { name value label } value status release reason }
  }
}
`,
      expect:
        'Of the whole authority, and whole or not at all: where one number of the table is not safe, none is shown (exclusion_type is such a one here: few are permanent). Give endCursor as after for more.',
    },
    {
      title: 'Who is it that incidents are caused by?',
      query: `{
  inequality(metric: "incident_rate", by: "fsm", period: { academicYears: ${last} }) {
    groups { dimensions { value label } numerator denominator value lower upper status ratio { value lower upper } }
    bySchoolFsm { status slopeIndex { value lower upper } }
  }
}
`,
      expect:
        'Rates of pupils with and without free school meals, as at the day of each incident, with the ratio to all pupils; and the slope over schools from the fewest such pupils to the most.',
    },
    {
      title: 'Is a school different, or small?',
      query: `{
  compareSchools(metric: "incident_rate", period: { academicYears: ${last} }) {
    rows { schoolName phase numerator denominator value lower upper status judgement funnel { lower2s upper2s significance }
      standardisedRatio { strata value lower upper observed expected status } }
    benchmark { authorityName value lower upper }
    funnel { centre method reason }
    suppressed
  }
}
`,
      expect:
        'One row a school by name, its funnel limits, a judgement against the authority’s own figure, and how many there are for each 100 expected of its pupils by NC year, sex and free school meals. Say authority: … where you have several.',
    },
    {
      title: 'Did something change, or is it noise?',
      query: `{
  trend(metric: "incident_rate", period: { grain: WEEK, from: "${year - 1}-09-08", to: "${year - 1}-12-07" }, target: 1.5) {
    points { from value status specialCause direction }
    phases { mean lower upper points trialLimits }
    variation
    assurance
    warnings
  }
}
`,
      expect:
        'One point a released week of term, limits of an XmR chart, special causes, and whether the process will meet the target; warnings say why a week has no figure.',
    },
    {
      title: 'Where is need, and where does support go?',
      query: `{
  ecologicalProfile(period: { academicYears: ${last} }) {
    label
    strength { n value lower upper }
    need { numerator denominator value lower upper }
    interventions { numerator denominator value status }
    sessions { numerator denominator value status }
  }
}
`,
      expect:
        'Four levels, from individual to societal: the mean of the items of each, check-ins with need, and the share of interventions and sessions. Say authority: … where you have several.',
    },
    {
      title: 'Which factors protect?',
      query: `{
  protectiveFactors(period: { academicYears: ${last} }) {
    set
    label
    n
    value
    lower
    upper
    sd
    change
    status
  }
}
`,
      expect:
        'Protective factors, key concepts and internal factors, from check-ins of resilience-wheel@2, with the change since the year before. Held back where fewer than ten answered.',
    },
    {
      title: 'Where are pupils strong, and where not?',
      query: `{
  resilienceWheel(period: { academicYears: ${last} }) {
    weakest
    elements { element n value lower upper status basis { window asOf responseRate definitionId } }
  }
}
`,
      expect:
        'Six elements, always; a mean of 0 to 100 each, with its interval. basis says what a figure rests on, and how many of those asked did answer.',
    },
    {
      title: 'Did support change anything?',
      query: `{
  interventionEffect(period: { academicYears: ${last} }) {
    rows { label title n before after change g gLower gUpper fidelity cautions status }
  }
}
`,
      expect:
        'Scores before and after, by intervention and element: paired Hedges’ g with its interval, and what to be careful about.',
    },
    {
      title: 'Who waits for support, and how long?',
      query: `{
  screeningToSupport(period: { academicYears: ${last} }, pupilsBy: FSM) {
    values {
      pupils { value label }
      supported { numerator denominator value lower upper status }
      medianWeeks { n value status }
    }
  }
}
`,
      expect:
        'Pupils with and without free school meals, as at their first check-in with high need: the share for whom an intervention has begun, and the median weeks to it. All values are shown or none; pupilsBy tells every question about support apart, and time in tier.',
    },
    {
      title: 'What is there to ask for?',
      query:
        '{\n  metrics {\n    id\n    title\n    definition\n    kind\n    unit\n    polarity\n    intervalMethod\n    groupings\n    grains\n  }\n}\n',
      expect: 'The registry: every metric with its meaning, method and the dimensions that groupBy may name.',
    },
    {
      title: 'Is it fresh, and is it whole?',
      query:
        '{\n  freshness { authority newestAcceptedAt inFiguresUpTo waiting caughtUp }\n  reconciliation { authority accepted current superseded duplicates conflicts quarantined retracted erased difference currentFacts }\n}\n',
      expect: 'Difference 0, and current equal to currentFacts: every accepted event is accounted for.',
    },
  ]
}
