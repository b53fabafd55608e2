/** What is wrong with a definition. Holds no value of it. */
export interface DefinitionFlaw {
  /** JSON pointer. */
  readonly field: string
  /** A keyword of JSON Schema, or a key of `definitionRules`. */
  readonly rule: string
}

/** The rules across the fields of a definition, each in a plain sentence. */
export const definitionRules = {
  additionalProperties: 'The field is not part of a definition. Definitions hold no free text.',
  ascending: 'Each step must lie above the one before.',
  corrects: 'A correction has the id of what it corrects and a higher version.',
  coversRange: 'There must be one point for each whole number of the scale’s range.',
  endsAtRange: 'The last band must end at the highest score that the informant can reach.',
  enum: 'The value is none of those that the field allows.',
  halfAnswered:
    'minAnswered must be from half of the items to all of them, for every informant who has them.',
  knownInformant: 'The instrument is not for this informant.',
  knownItem: 'The instrument has no such item.',
  knownScale: 'The instrument has no such subscale or total.',
  knownSubscale: 'The instrument has no such subscale.',
  minBelowMax: 'The minimum must lie below the maximum.',
  monotone: 'A higher raw score must not give a lower metric.',
  noDiagnosis: 'Codes of diagnoses are not taken.',
  noOverlap: 'Another entry of the same scale holds for some of the same informants, ages and sexes.',
  noValues: 'Only items of a subscale of method lookup have values, and they are not reversed.',
  ownWording: 'Only instruments of Cairn’s own carry wording; those of others are score-only.',
  pattern: 'The text does not have the form that the field asks for.',
  prorateAlike:
    'Only items of the same range can be prorated, and rounding needs whole weights and values: else a score may leave its range.',
  prorateSum:
    'A sum of fewer answers than items needs a rule to prorate it, and only a sum or lookup has one.',
  rangeOfItems: 'The range is not what the items, or the parts of the total, can add up to.',
  required: 'The field is missing.',
  severityByPolarity: 'Severity must fall as a score gets better.',
  takesWhatItCorrects:
    'A correction must take every answer, informant and age that the corrected definition takes.',
  unassigned: 'A subscale has no items, and needs does not say that the items are missing.',
  unique: 'Another entry already has the same id.',
  valueForEach: 'A lookup needs one value for each answer from min to max.',
} as const satisfies Record<string, string>
