import { ecologicalLevels, informants } from './definition.ts'

/** Codes of ICD-10 (F33.9, X60): analytics of pupils have no use for a diagnosis. Source: domain reference, section 0. */
const diagnosis = '\\b[A-TV-Z][0-9]{2}(\\.[0-9A-Z]{1,4})?\\b'
const diagnosisId = '^(f[0-9]{2}|x[67][0-9])(_|$)'

/** One line of letters, digits and plain marks: names, never remarks. */
const text = (maxLength: number, description: string) => ({
  type: 'string',
  minLength: 1,
  maxLength,
  pattern: '^\\S(.*\\S)?$',
  not: { pattern: diagnosis },
  description,
})
const id = (description: string) => ({
  type: 'string',
  pattern: '^[a-z][a-z0-9_]{0,39}$',
  not: { pattern: diagnosisId },
  description,
})
const name = (description: string) => ({
  type: 'string',
  maxLength: 64,
  pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*@[1-9][0-9]{0,3}$',
  description,
})
const list = (items: object, minItems: number, maxItems: number, unique = false) => ({
  type: 'array',
  minItems,
  maxItems,
  ...(unique ? { uniqueItems: true } : {}),
  items,
})
const object = (required: readonly string[], properties: Record<string, object>) => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
})
const whole = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum })
const number = { type: 'number', minimum: -1e6, maximum: 1e6 }
const polarity = { enum: ['higher is better', 'lower is better'] }
const range = object(['min', 'max'], { min: number, max: number })
const informantList = list({ enum: informants }, 1, informants.length, true)
const ages = object(['from', 'to'], { from: whole(0, 99), to: whole(0, 99) })
const whom = { informants: informantList, ages }
const scale = id('Id of a subscale or total')
const wordings = {
  type: 'object',
  propertyNames: { pattern: '^[a-z][a-z0-9_]{0,39}$' },
  additionalProperties: text(200, 'The item as it is asked'),
}

/** JSON Schema (draft 2020-12) of an instrument's definition: its structure; `validateDefinition` adds the rules across fields. */
export const definitionSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Instrument definition',
  ...object(['id', 'version', 'title', 'informants', 'licence', 'scoreOnly', 'items', 'subscales'], {
    id: {
      type: 'string',
      maxLength: 59,
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      description: 'Lower-case words joined by hyphens',
    },
    version: whole(1, 9999),
    title: text(100, 'Name of the instrument'),
    corrects: name('The definition that this one puts right, as id@version'),
    informants: informantList,
    ages: list(object(['ages'], whom), 1, 10),
    recallDays: whole(0, 3660),
    licence: object(['holder', 'terms'], {
      holder: text(100, 'Who owns the instrument'),
      terms: text(500, 'On what terms it may be used'),
      evidence: text(300, 'Where the permission can be looked up'),
      expires: { type: 'string', pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' },
    }),
    scoreOnly: { type: 'boolean' },
    needs: list({ enum: ['items', 'norms'] }, 1, 2, true),
    items: list(
      object(['id', 'min', 'max', 'subscales'], {
        id: id('Answers are sent by it'),
        min: whole(-100, 1000),
        max: whole(-100, 1000),
        reverse: { type: 'boolean' },
        optional: { type: 'boolean' },
        informants: informantList,
        subscales: list(id('Id of a subscale'), 0, 10, true),
        tags: list(id('A factor that the item speaks of'), 1, 10, true),
        level: { enum: ecologicalLevels },
        weight: { type: 'number', exclusiveMinimum: 0, maximum: 1000 },
        values: list(number, 2, 200),
      }),
      1,
      200,
    ),
    subscales: list(
      object(['id', 'title', 'method', 'minAnswered', 'polarity', 'range'], {
        id: id('Id of the subscale'),
        title: text(100, 'Name of the subscale'),
        method: { enum: ['sum', 'mean', 'lookup'] },
        minAnswered: whole(1, 200),
        prorate: { enum: ['round', 'exact'] },
        polarity,
        range,
      }),
      1,
      50,
    ),
    totals: list(
      object(['id', 'title', 'of', 'method', 'polarity', 'range'], {
        id: id('Id of the total'),
        title: text(100, 'Name of the total'),
        of: list(id('Id of a subscale'), 1, 50, true),
        method: { enum: ['sum', 'mean'] },
        polarity,
        range,
      }),
      0,
      20,
    ),
    conversions: list(
      object(['scale', 'points'], {
        ...{ scale, ...whom, sex: { enum: ['F', 'M'] } },
        points: list(number, 2, 2000),
      }),
      0,
      2000,
    ),
    bands: list(
      object(['scale', 'steps'], {
        ...{ scale, ...whom },
        steps: list(
          object(['upTo', 'label', 'severity'], {
            upTo: number,
            label: text(40, 'Name of the band'),
            severity: whole(0, 9),
          }),
          1,
          20,
        ),
      }),
      0,
      500,
    ),
    reliability: list(
      object(['scale', 'reliability', 'sd', 'source'], {
        ...{ scale, ...whom },
        reliability: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        sd: { type: 'number', exclusiveMinimum: 0, maximum: 1e6 },
        source: text(200, 'Where the two were published'),
      }),
      0,
      500,
    ),
    wording: object([], { self: wordings, staff: wordings, parent: wordings }),
  }),
} as const
