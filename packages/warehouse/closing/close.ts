import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Scope } from '@cairn/access'
import {
  type Cube,
  type CubeProfile,
  DisclosureError,
  nextReleaseInSteps,
  type Publication,
  type PublishedFigure,
  type Release,
  type Steps,
  stampOf,
} from '@cairn/disclosure'
import { definitionId, grains, metrics, releasedIds } from '@cairn/metrics'
import type { Warehouse } from '../client.ts'
import { type ReleasedFigure, type ReleaseInfo, readReleasedFigures, readReleases } from '../releases.ts'
import { type CubeSources, cubeOf, type Excluded } from './cube.ts'
import { layerFrom, layerId, ownOf } from './layers.ts'
import { type Carried, type Next, nextSafely } from './next.ts'
import { periodId, periodOf } from './periods.ts'
import { tablesOf } from './tables.ts'
import { readBasis, writeRelease } from './write.ts'

export interface Closing extends CubeSources {
  readonly profile: CubeProfile
  /** Below this offset its partition is counted. */
  readonly offset: number
  readonly now: Date
  /** A first release waits until no school is without a roll: those that have none then stay outside all year. */
  readonly everySchool?: boolean
  /** Before a new release is written: whoever audits it finds no release that was not announced. */
  announce?(release: ReleaseInfo, carried: readonly string[]): Promise<void>
}

/** What closing came to. Everything beside `release` is the operator's alone: a reader would learn what was corrected. */
export interface Closed {
  readonly release: ReleaseInfo
  /** False: nothing has changed that may be seen, and the release is the previous one. */
  readonly isNew: boolean
  readonly hidden: number
  /** Schools whose old rows were carried: fewer pupils than may be shown were corrected. */
  readonly carried: readonly string[]
  /** Metrics whose old figures were all carried, and why (see nextSafely); empty where nothing of them was held back. */
  readonly kept: readonly Carried[]
  readonly withheld: readonly { metric: string; what: string }[]
  readonly excluded: Excluded
  readonly ms: { readonly read: number; readonly suppress: number; readonly write: number }
}

/**
 * Closes a year: works out the whole cube, decides what may be seen, and freezes it under the next number. The same
 * content again makes no new release.
 * @throws DisclosureError where too few schools have a roll, or the shape is not that of the previous release
 */
export async function closeRelease(closing: Closing): Promise<Closed> {
  const { warehouse, scope, authority, year, profile } = closing
  const times = [performance.now()]
  const lap = () => times.push(performance.now())
  const before = (await readReleases(warehouse, scope, [year])).filter((one) => one.authority === authority)
  const last = before.at(-1)
  const basis = last && (await readBasis(warehouse, last))
  if (last && !basis)
    throw new DisclosureError('release_basis', 'holds what the previous release was made of')
  // Two patterns of hidden figures over the same numbers tell more than either.
  if (last && last.profile !== stampOf(profile))
    throw new DisclosureError('profile', `is that of the previous release, ${last.profile}`)
  for (const [id, definition] of last?.definitions ?? [])
    if (!metrics.has(id) || definitionId(metrics.get(id)!) !== definition)
      throw new DisclosureError(`definitions.${id}`, 'is that of the previous release')
  const { cube, excluded } = await cubeOf(closing, basis)
  if (cube.shape.schools.length === 0)
    throw new DisclosureError('roll', 'is known of a school: no event of the year says of any')
  if (cube.shape.schools.length < profile.smallestSchools)
    throw new DisclosureError(
      'schools',
      `with a roll are at least ${profile.smallestSchools}: no view across fewer closes`,
    )
  if (!last && closing.everySchool && excluded.withoutRoll.length > 0)
    throw new DisclosureError(
      'schools',
      `each have a roll: ${excluded.withoutRoll.length} have none, and would stay outside the whole year`,
    )
  lap()
  const found = await inTurns(
    basis
      ? nextSafely(
          { number: last!.number, cube: basis },
          await publishedIn(warehouse, scope, last!),
          cube,
          profile,
        )
      : firstRelease(cube, profile),
  )
  if (!found) throw new DisclosureError('release', 'is one that an earlier one does not give away: none is')
  const next = found.release
  const published = figuresOf(next.disclosure.publication)
  const ids = last ? [...last.definitions.keys()] : releasedIds()
  const groups = new Map(closing.schools.map((urn) => [urn, urn]))
  const tables = await tablesOf({
    reading: { warehouse, scope, authorities: [authority], groups, years: [year] },
    ...{ profile, basis, ids, cube: next.cube, figures: published },
    before: last ? await authorityFigures(warehouse, scope, last) : [],
  })
  const figures = [...published, ...tables]
  lap()
  const release = infoOf(closing, next, ids, figures)
  const isNew = release.digest !== last?.digest
  if (isNew) await closing.announce?.(release, next.carried)
  if (isNew) await writeRelease(warehouse, release, figures, { ...next.cube, profile }, found.carried)
  lap()
  const [read, suppressed, write] = times.slice(1).map((at, i) => Math.round(at - times[i]!))
  return {
    release: isNew ? release : last!,
    isNew,
    hidden: figures.filter(({ status }) => status === 'hidden').length,
    carried: next.carried,
    kept: found.carried,
    withheld: next.disclosure.withheld,
    excluded,
    ms: { read: read!, suppress: suppressed!, write: write! },
  }
}

function* firstRelease(cube: Cube, profile: CubeProfile): Steps<Next> {
  return { release: yield* nextReleaseInSteps(undefined, cube, profile), carried: [] }
}

/** Lets whatever else the process has to do go on between the steps. */
async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next()
  while (!step.done) {
    await setImmediate()
    step = steps.next()
  }
  return step.value
}

/** What a release published, with the names that a publication has. */
export async function publishedIn(
  warehouse: Warehouse,
  scope: Scope,
  release: ReleaseInfo,
): Promise<PublishedFigure[]> {
  const ids = [...release.definitions.keys()]
  const rows = await readReleasedFigures(warehouse, scope, { release, metrics: ids, grains })
  return rows.map(({ metric, outcome, school, grain, period, by, status, value, sx, sxx }) => {
    const parts = by === '' ? [] : by.split(';')
    const stored = metrics.get(metric)
    const own = stored?.kind === 'stored' ? ownOf(stored).length : 0
    return {
      metric: metric === 'headcount' ? 'denominators' : layerId(metric, parts.slice(0, own).join(';')),
      ...(outcome !== '' && { outcome }),
      ...(school > 0 && { school: String(school) }),
      period: periodId(grain, period),
      by: parts.slice(own).map(byOf),
      status,
      ...(value !== undefined && { value }),
      ...(sx !== undefined && sxx !== undefined && { sums: [sx, sxx] as const }),
    }
  })
}

const authorityFigures = async (warehouse: Warehouse, scope: Scope, release: ReleaseInfo) =>
  (
    await readReleasedFigures(warehouse, scope, { release, metrics: [...release.definitions.keys()], grains })
  ).filter(({ school }) => school === 0)

function byOf(part: string): PublishedFigure['by'][number] {
  const [characteristic, value] = part.split('=')
  return { characteristic: characteristic!, value: value! }
}

function figuresOf({ figures }: Publication): ReleasedFigure[] {
  return figures.map(({ metric: id, outcome, school, period, by, status, value, sums }) => {
    const { metric, own } = layerFrom(id === 'denominators' ? 'headcount' : id)
    const parts = by.map((one) => `${one.characteristic}=${one.value}`)
    return {
      metric,
      outcome: outcome ?? '',
      school: Number(school ?? 0),
      ...periodOf(period),
      by: [...(own === '' ? [] : [own]), ...parts].join(';'),
      status,
      ...(status === 'published' && { value: value! }),
      ...(status === 'published' && sums && { sx: sums[0], sxx: sums[1] }),
    }
  })
}

function infoOf(
  closing: Closing,
  next: Pick<Release, 'number' | 'cube' | 'disclosure'>,
  ids: readonly string[],
  figures: readonly ReleasedFigure[],
): ReleaseInfo {
  const { shape } = next.cube
  const { profile } = next.disclosure.publication
  const definitions = new Map(ids.map((id) => [id, definitionId(metrics.get(id)!)]))
  return {
    authority: closing.authority,
    year: closing.year,
    number: next.number,
    digest: sha256([profile, [...definitions], shape, figures]),
    profile,
    closedAt: closing.now.toISOString(),
    offset: closing.offset,
    schools: shape.schools.length,
    figures: figures.length,
    through: shape.halfTerms.length,
    isComplete: !shape.lasts,
    shape: sha256(shape),
    definitions,
  }
}

const sha256 = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex')
