import { medianFromHistogram } from '@cairn/statistics'
import type { Waits } from '@cairn/warehouse'
import { mayTell, mayTellMean, numbersOf, type Parts, type Reader, shareAmong } from './among.ts'
import { type AskedBy, type PupilGroup, valuesOf } from './by-pupils.ts'
import { type MeanFigure, meanOfNobody, median, type ShareFigure } from './shown.ts'
import { mayShowTable, shareOfValue, shownValues, type TableRow } from './tables.ts'

/** Weeks within which support should begin, unless a school's lead asks otherwise. */
export const plainWeeks = 6

const pupilsIn = (waits: readonly Waits[]): number => waits.reduce((sum, wait) => sum + wait.pupils, 0)

/** Those with high need so many days ago, and of them the ones who had no support on that day or in time. */
function needIn(waits: readonly Waits[], days: number) {
  const known = waits.filter(({ observed }) => observed >= days)
  const isUnmet = ({ already, waited }: Waits) => !already && (waited === null || waited > days)
  return { known, unmet: known.filter(isUnmet), met: known.filter((wait) => !isUnmet(wait)) }
}

const bySchool = (waits: readonly Waits[]) => numbersOf(waits, ({ pupils }) => pupils)

export function unmetOf(asked: Reader, waits: readonly Waits[], days: number): ShareFigure {
  const { known, unmet } = needIn(waits, days)
  return shareAmong(asked, bySchool(unmet), bySchool(known))
}

export interface UnmetOfPupils {
  readonly pupils: PupilGroup
  readonly unmet: ShareFigure
}

export function unmetByPupils(by: AskedBy, waits: readonly Waits[], days: number): UnmetOfPupils[] {
  const rows = placesOf(waits).map(({ school, value, own }): TableRow => {
    const { unmet, met } = needIn(own, days)
    return { school, value, parts: [pupilsIn(unmet), pupilsIn(met)] }
  })
  const isTold = mayShowTable(by, rows)
  const shown = shownValues(new Map([['unmet', rows]]), new Set(isTold ? [] : ['unmet']))
  return valuesOf(by.pupilsBy, shown).map((pupils) => ({
    pupils,
    unmet: shareOfValue(rows, pupils.value, !isTold),
  }))
}

/** Of one school, or of all together. */
export interface Waiting {
  readonly medianWeeks: MeanFigure
  readonly supported: ShareFigure
}

/** Those who had support already waited for none. */
const openOf = (waits: readonly Waits[]) => waits.filter(({ already }) => !already)
const begunOf = (waits: readonly Waits[]) => openOf(waits).filter(({ waited }) => waited !== null)

function medianOf(begun: readonly Waits[]): number | null {
  const bins = begun.map((wait) => ({ value: wait.waited! / 7, count: wait.pupils }))
  return bins.length > 0 ? medianFromHistogram(bins).value : null
}

/** Counts of those who wait, of all pupils. */
export function waitingOf(asked: Reader, waits: readonly Waits[]): Waiting {
  const [open, begun] = [openOf(waits), begunOf(waits)]
  const schools = [...new Set(waits.map(({ school }) => school))]
  const isTold =
    asked.isOwnSchool ||
    mayTell(
      asked,
      schools.map((of) => partsBeside(of, waits)),
    )
  const [part, whole] = [bySchool(begun), bySchool(open)]
  const supported = shareAmong(asked, part, whole, !isTold)
  const isOpen = supported.status === 'OK' && mayTellMean(asked, part)
  return { medianWeeks: median(pupilsIn(begun), medianOf(begun), isOpen), supported }
}

/**
 * Unmet need is told of the same pupils: from what both tell follows how many had support already, waited longer, or have
 * had too little time yet for unmet need to count them.
 */
function partsBeside(school: Waits['school'], waits: readonly Waits[]): Parts {
  const days = 7 * plainWeeks
  const isOf: readonly ((wait: Waits) => boolean)[] = [
    ({ already }) => already,
    ({ already, waited }) => !already && waited === null,
    ({ already, waited }) => !already && waited !== null && waited <= days,
    ({ already, waited }) => !already && waited !== null && waited > days,
  ]
  return [true, false].flatMap((isKnown) => {
    const own = waits.filter((wait) => wait.school === school && wait.observed >= days === isKnown)
    return isOf.map((is) => pupilsIn(own.filter(is)))
  })
}

export interface WaitingOfPupils extends Waiting {
  readonly pupils: PupilGroup
}

/** By value: all of them, where the values of unmet need could be told together with these. */
export function waitingByPupils(by: AskedBy, waits: readonly Waits[]): WaitingOfPupils[] {
  const tableOf = (partsOf: (own: readonly Waits[], school: Waits['school']) => Parts) =>
    placesOf(waits).map(
      ({ school, value, own }): TableRow => ({ school, value, parts: partsOf(own, school) }),
    )
  const begun = tableOf((own) => [pupilsIn(begunOf(own))])
  const supported = tableOf((own) => [
    ...[pupilsIn(begunOf(own)), pupilsIn(openOf(own)) - pupilsIn(begunOf(own))],
  ])
  const beside = tableOf((own, school) => partsBeside(school, own))
  const isTold = mayShowTable(by, supported) && (by.isOwnSchool || mayShowTable(by, beside))
  const isMedianTold = isTold && mayShowTable(by, begun)
  const shown = shownValues(new Map([['supported', supported]]), new Set(isTold ? [] : ['supported']))
  return valuesOf(by.pupilsBy, shown).map((pupils) => {
    const own = begunOf(waits.filter(({ value }) => value === pupils.value))
    return {
      pupils,
      medianWeeks:
        isMedianTold && own.length === 0
          ? meanOfNobody()
          : median(pupilsIn(own), medianOf(own), isMedianTold),
      supported: shareOfValue(supported, pupils.value, !isTold),
    }
  })
}

/** Waits by school and value. */
function placesOf(waits: readonly Waits[]) {
  const places = new Map<string, { school: number; value: string; own: Waits[] }>()
  for (const wait of waits) {
    const key = `${wait.school} ${wait.value}`
    const place = places.get(key) ?? { school: wait.school!, value: wait.value!, own: [] }
    place.own.push(wait)
    places.set(key, place)
  }
  return [...places.values()]
}
