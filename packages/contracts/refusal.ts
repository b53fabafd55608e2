/** Why an event was refused. Never holds a value that was sent. */
export interface Refusal {
  /** JSON pointer into the event, `''` for the event as a whole. */
  readonly field: string
  /** A key of `rules`. */
  readonly rule: string
  /** The rule in a plain sentence. */
  readonly message: string
}

/** Every rule by which an event can be refused: JSON Schema's keywords, and Cairn's own. */
export const rules = {
  additionalProperties:
    'The field is not part of this event. Events carry coded fields only, never free text.',
  ageNeeded: 'The instrument converts its scores by age: age must be given.',
  ageOfInstrument: 'The instrument, as this informant answers it, is not for pupils of that age.',
  attributeName: 'An attribute name is not 1 to 20 lower-case letters and digits.',
  cloudEvent: 'Each event must be a JSON object in the form of CloudEvents 1.0.',
  dataschema: 'dataschema must be urn:cairn:schema:, the type, a colon and the major version.',
  enum: 'The value is not one of the codes that the field allows.',
  extension: 'An extension attribute must be a string, number or boolean of at most 1,024 characters.',
  format: 'The value is not a date of the form 2025-10-06.',
  informantOfInstrument: 'The instrument is not for this informant.',
  itemOfInstrument: 'The instrument has no such item.',
  inOrder: 'The dates are not in order, each later than the one before.',
  json: 'datacontenttype must be application/json.',
  jsonData: 'data must be JSON; data_base64 is not supported.',
  knownInstrument: 'Cairn does not know this instrument or this version of it.',
  knownType: 'Cairn does not know this event type.',
  knownVersion: 'Cairn does not know this major version of the event type.',
  longestSpan: 'The span is longer than 56 days, both ends included.',
  maxBytes: 'The event is too large.',
  maxDepth: 'The event is nested too deeply.',
  maximum: 'The number is too high.',
  maxItems: 'The list is too long.',
  maxLength: 'The text is too long.',
  maxProperties: 'There are too many fields.',
  minimum: 'The number is too low.',
  minItems: 'The list is too short.',
  minLength: 'The text must not be empty.',
  minProperties: 'There are too few fields.',
  notBefore: 'The day lies before the first day of the span.',
  pattern: 'The text does not have the form that the field asks for.',
  propertyNames: 'A field name does not have the form that is asked for.',
  pseudonym: 'A pupil in the log is not a pseudonym.',
  pupilIdentifier: 'A pupil identifier stands outside the fields for pupils.',
  rangeOfItem: 'The answer is outside the range of its item.',
  required: 'The field is missing.',
  sameAcademicYear: 'The span lies in two academic years: the last day must be in that of the first.',
  sameCombination: 'Another row already has the same combination of characteristics.',
  authorityKey: 'Only a key of the authority may send it, not one of a single school.',
  schoolOfAuthority: 'The school does not belong to the authority of the key.',
  schoolOfKey: 'The key is for another school.',
  sameGoal: 'Another goal of the plan already has the same id.',
  sourceOfKey: 'The key may not use this source.',
  sexNeeded: 'The instrument converts its scores by sex: sex must be F or M.',
  specversion: 'specversion must be 1.0.',
  sumOfSessions:
    'Sessions possible must be those attended and those of authorised and unauthorised absence together.',
  suspensionsOnly: 'The field belongs to suspensions (SUSP) only.',
  syntax: 'The text is not well-formed JSON in UTF-8.',
  timestamp: 'time must be an RFC 3339 timestamp.',
  twoSessionsADay: 'There are more sessions than two for each day of the span.',
  type: 'The value has the wrong JSON type.',
  uniqueItems: 'The list holds the same entry twice.',
  upn: 'Something shaped like a Unique Pupil Number stands outside the fields for pupils.',
  validOn: 'The code was not in use on that day.',
  withSenProvision: 'A type of need stands only with SEN provision K or E.',
  version: 'version must be a whole number from 1 to 9007199254740991.',
} as const satisfies Record<string, string>

/** A refusal; its sentence comes from the table. */
export function refusal(field: string, rule: string): Refusal {
  return {
    field,
    rule,
    message: (rules as Record<string, string>)[rule] ?? 'The field does not keep this rule.',
  }
}

export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null
