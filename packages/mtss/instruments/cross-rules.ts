import {
  type Bands,
  type Conversion,
  type For,
  type Informant,
  type InstrumentDefinition,
  type Item,
  informants,
  isFor,
  itemsOf,
  nameOf,
  type Subscale,
  scalesOf,
} from './definition.ts'
import type { DefinitionFlaw } from './rules.ts'

/** The raw scores that an informant can reach on a scale; undefined where the informant has no item of it. */
export function rawRange(
  definition: InstrumentDefinition,
  scale: string,
  informant: Informant,
): { readonly min: number; readonly max: number } | undefined {
  const subscale = definition.subscales.find(({ id }) => id === scale)
  if (subscale) {
    const items = itemsOf(definition, scale, informant)
    if (items.length === 0) return undefined
    if (subscale.method === 'mean') return { min: 0, max: 100 }
    const add = (end: (item: Item) => number) =>
      items.reduce((sum, item) => sum + end(item) * (item.weight ?? 1), 0)
    return subscale.method === 'sum'
      ? { min: add(({ min }) => min), max: add(({ max }) => max) }
      : { min: add(({ values }) => Math.min(...values!)), max: add(({ values }) => Math.max(...values!)) }
  }
  const total = definition.totals?.find(({ id }) => id === scale)
  const parts = total?.of.map((id) => rawRange(definition, id, informant))
  if (!total || !parts || parts.some((part) => part === undefined)) return undefined
  const per = total.method === 'mean' ? parts.length : 1
  const add = (end: 'min' | 'max') => parts.reduce((sum, part) => sum + part![end], 0) / per
  return { min: add('min'), max: add('max') }
}

/** The reported scores that an informant can reach: of the metric where the scale is converted. */
export function scoreRange(
  definition: InstrumentDefinition,
  scale: string,
  informant: Informant,
): { readonly min: number; readonly max: number } | undefined {
  const raw = rawRange(definition, scale, informant)
  const points = (definition.conversions ?? [])
    .filter((one) => one.scale === scale && isFor(one, informant))
    .flatMap((one) => one.points)
  return raw && points.length > 0 ? { min: Math.min(...points), max: Math.max(...points) } : raw
}

/** What is wrong with a definition whose structure is sound, in the order of its fields. */
export function flawsAcross(definition: InstrumentDefinition): DefinitionFlaw[] {
  const flaws: DefinitionFlaw[] = []
  const refuse = (field: string, rule: string) => flaws.push({ field, rule })
  const each = <T>(field: string, list: readonly T[] | undefined, check: (one: T, at: string) => void) => {
    for (const [index, one] of (list ?? []).entries()) check(one, `/${field}/${index}`)
  }
  const { corrects, licence, wording } = definition
  const scales = new Map(scalesOf(definition).map((one) => [one.id, one]))
  const subscales = new Map(definition.subscales.map((one) => [one.id, one]))

  if (corrects !== undefined) {
    const [id, version] = corrects.split('@')
    if (id !== definition.id || Number(version) >= definition.version) refuse('/corrects', 'corrects')
  }
  const whom = (part: For, at: string) => {
    if (part.informants?.some((one) => !definition.informants.includes(one)))
      refuse(`${at}/informants`, 'knownInformant')
    if (part.ages && part.ages.from > part.ages.to) refuse(`${at}/ages`, 'minBelowMax')
  }
  each('ages', definition.ages, whom)
  unique('/items', definition.items, refuse)
  each('items', definition.items, (item, at) => {
    whom(item, at)
    for (const flaw of flawsOfItem(item, subscales)) refuse(`${at}/${flaw.field}`, flaw.rule)
  })
  unique('/subscales', definition.subscales, refuse)
  // Rules about sums ask for sound items: one flaw is said once.
  if (flaws.length > 0) return flaws
  each('subscales', definition.subscales, (subscale, at) => {
    for (const flaw of flawsOfSubscale(definition, subscale)) refuse(`${at}/${flaw.field}`, flaw.rule)
  })
  each('totals', definition.totals, (total, at) => {
    if (subscales.has(total.id) || definition.totals!.find(({ id }) => id === total.id) !== total)
      refuse(`${at}/id`, 'unique')
    if (!total.of.every((id) => subscales.has(id))) refuse(`${at}/of`, 'knownSubscale')
    else if (!sameRange(definition, total.id, total.range)) refuse(`${at}/range`, 'rangeOfItems')
  })
  const scaled = (part: For & { readonly scale: string }, at: string): boolean => {
    whom(part, at)
    if (!scales.has(part.scale)) refuse(`${at}/scale`, 'knownScale')
    return scales.has(part.scale)
  }
  each('conversions', definition.conversions, (conversion, at) => {
    if (!scaled(conversion, at)) return
    const { range } = scales.get(conversion.scale)!
    if (!Number.isInteger(range.min) || conversion.points.length !== range.max - range.min + 1)
      refuse(`${at}/points`, 'coversRange')
    if (conversion.points.some((point, i) => i > 0 && point < conversion.points[i - 1]!))
      refuse(`${at}/points`, 'monotone')
    if (overlaps(conversion, definition.conversions!)) refuse(at, 'noOverlap')
  })
  each('bands', definition.bands, (bands, at) => {
    if (!scaled(bands, at)) return
    for (const flaw of flawsOfBands(definition, bands, scales.get(bands.scale)!.polarity))
      refuse(`${at}/steps`, flaw)
    if (overlaps(bands, definition.bands!)) refuse(at, 'noOverlap')
  })
  each('reliability', definition.reliability, (one, at) => {
    if (scaled(one, at) && overlaps(one, definition.reliability!)) refuse(at, 'noOverlap')
  })
  if (wording && (licence.holder !== 'Cairn' || definition.scoreOnly)) refuse('/wording', 'ownWording')
  const items = new Set(definition.items.map(({ id }) => id))
  for (const [informant, texts] of Object.entries(wording ?? {})) {
    if (!definition.informants.includes(informant as Informant))
      refuse(`/wording/${informant}`, 'knownInformant')
    if (!Object.keys(texts ?? {}).every((id) => items.has(id))) refuse(`/wording/${informant}`, 'knownItem')
  }
  return flaws
}

function unique(
  field: string,
  list: readonly { id: string }[],
  refuse: (field: string, rule: string) => void,
): void {
  const seen = new Set<string>()
  for (const [index, { id }] of list.entries()) {
    if (seen.has(id)) refuse(`${field}/${index}/id`, 'unique')
    seen.add(id)
  }
}

function flawsOfItem(item: Item, subscales: ReadonlyMap<string, Subscale>): DefinitionFlaw[] {
  const flaws: DefinitionFlaw[] = []
  if (item.min >= item.max) flaws.push({ field: 'min', rule: 'minBelowMax' })
  if (!item.subscales.every((id) => subscales.has(id)))
    flaws.push({ field: 'subscales', rule: 'knownSubscale' })
  const lookups = item.subscales.filter((id) => subscales.get(id)?.method === 'lookup').length
  if (lookups > 0 && item.values?.length !== item.max - item.min + 1)
    flaws.push({ field: 'values', rule: 'valueForEach' })
  if (item.values && (item.reverse || lookups < item.subscales.length))
    flaws.push({ field: 'values', rule: 'noValues' })
  return flaws
}

function flawsOfSubscale(definition: InstrumentDefinition, subscale: Subscale): DefinitionFlaw[] {
  const { id, method, minAnswered, prorate, range } = subscale
  const counts = definition.informants.map((one) => itemsOf(definition, id, one).length).filter((n) => n > 0)
  // The assignment of items is not part of the definition: it says so, and gives no score.
  if (counts.length === 0)
    return definition.needs?.includes('items') ? [] : [{ field: 'id', rule: 'unassigned' }]
  const flaws: DefinitionFlaw[] = []
  if (counts.some((items) => minAnswered * 2 < items || minAnswered > items))
    flaws.push({ field: 'minAnswered', rule: 'halfAnswered' })
  const short = counts.some((items) => minAnswered < items)
  if (method === 'mean' ? prorate !== undefined : short && prorate === undefined)
    flaws.push({ field: 'prorate', rule: 'prorateSum' })
  if (prorate !== undefined && !alike(definition, subscale))
    flaws.push({ field: 'prorate', rule: 'prorateAlike' })
  if (!sameRange(definition, id, range)) flaws.push({ field: 'range', rule: 'rangeOfItems' })
  return flaws
}

/**
 * Whether the mean of some items can stand for the others: with items of different ranges a prorated sum may leave the
 * range of the subscale, and so may one that is rounded where weights are no whole numbers.
 */
function alike(definition: InstrumentDefinition, { id, method, prorate }: Subscale): boolean {
  const items = definition.items.filter((item) => item.subscales.includes(id))
  const ends = items.map(({ min, max, values }) =>
    method === 'lookup' ? `${Math.min(...values!)} ${Math.max(...values!)}` : `${min} ${max}`,
  )
  const whole = items.every(({ weight = 1, values = [] }) => [weight, ...values].every(Number.isInteger))
  return new Set(ends).size === 1 && (prorate !== 'round' || whole)
}

/** Whether a declared range is the widest that any informant can reach. */
function sameRange(
  definition: InstrumentDefinition,
  scale: string,
  range: { readonly min: number; readonly max: number },
): boolean {
  const each = definition.informants.flatMap((one) => rawRange(definition, scale, one) ?? [])
  if (each.length === 0) return definition.needs?.includes('items') ?? false
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-9
  return (
    near(range.min, Math.min(...each.map(({ min }) => min))) &&
    near(range.max, Math.max(...each.map(({ max }) => max)))
  )
}

function flawsOfBands(
  definition: InstrumentDefinition,
  { scale, steps, ...whom }: Bands,
  polarity: Subscale['polarity'],
): string[] {
  const flaws: string[] = []
  if (steps.some(({ upTo }, i) => i > 0 && upTo <= steps[i - 1]!.upTo)) flaws.push('ascending')
  const better = polarity === 'higher is better' ? 1 : -1
  if (steps.some(({ severity }, i) => i > 0 && (steps[i - 1]!.severity - severity) * better < 0))
    flaws.push('severityByPolarity')
  const ends = definition.informants
    .filter((one) => isFor(whom, one))
    .flatMap((one) => scoreRange(definition, scale, one) ?? [])
  if (ends.some(({ min, max }) => steps.at(-1)!.upTo !== max || steps[0]!.upTo < min))
    flaws.push('endsAtRange')
  return flaws
}

/** Whether an earlier entry of the list, of the same scale, holds for some of the same pupils and informants. */
function overlaps<Part extends For & Pick<Conversion, 'scale' | 'sex'>>(
  part: Part,
  all: readonly Part[],
): boolean {
  const meet = (other: Part) =>
    other.scale === part.scale &&
    informants.some((one) => isFor(part, one) && isFor(other, one)) &&
    (!part.sex || !other.sex || part.sex === other.sex) &&
    (!part.ages || !other.ages || (part.ages.from <= other.ages.to && other.ages.from <= part.ages.to))
  return all.slice(0, all.indexOf(part)).some(meet)
}

/**
 * Whether a definition may put another right: whatever answers that one takes, this one takes too, so that no check-in
 * which has been scored falls out of the figures. Undefined where it may.
 */
export function flawOfCorrection(
  corrected: InstrumentDefinition,
  by: InstrumentDefinition,
): DefinitionFlaw | undefined {
  if (by.corrects !== nameOf(corrected)) return { field: '/corrects', rule: 'corrects' }
  if (!corrected.informants.every((one) => by.informants.includes(one)))
    return { field: '/informants', rule: 'takesWhatItCorrects' }
  const items = new Map(by.items.map((item) => [item.id, item]))
  const kept = corrected.items.every((old) => {
    const item = items.get(old.id)
    return (
      item !== undefined &&
      item.min <= old.min &&
      item.max >= old.max &&
      corrected.informants.every((one) => !isFor(old, one) || isFor(item, one))
    )
  })
  if (!kept) return { field: '/items', rule: 'takesWhatItCorrects' }
  const ages = JSON.stringify(by.ages ?? null)
  if (by.ages && ages !== JSON.stringify(corrected.ages ?? null))
    return { field: '/ages', rule: 'takesWhatItCorrects' }
  const asks = ({ conversions = [] }: InstrumentDefinition) => conversions.some((one) => one.ages || one.sex)
  return asks(by) && !asks(corrected) ? { field: '/conversions', rule: 'takesWhatItCorrects' } : undefined
}
