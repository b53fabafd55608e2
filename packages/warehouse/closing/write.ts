import { type Cube, type CubeProfile, profileOf } from '@cairn/disclosure'
import { grains } from '@cairn/metrics'
import type { Warehouse } from '../client.ts'
import type { ReleasedFigure, ReleaseInfo } from '../releases.ts'
import type { Carried } from './next.ts'

/** What a release was made of: true figures, and the thresholds that decided over them. */
export type Basis = Cube & { readonly profile?: CubeProfile }

/**
 * Writes a release: figures and what they were made of first, the release itself last, so that one that was broken off
 * is none. Written twice it is the same.
 */
export async function writeRelease(
  warehouse: Warehouse,
  release: ReleaseInfo,
  figures: readonly ReleasedFigure[],
  basis: Basis,
  carried: readonly Carried[] = [],
): Promise<void> {
  const { authority, year, number, digest } = release
  const key = [authority, year, number, digest]
  const keyColumns = ['authority', 'year', 'number', 'digest']
  await warehouse.insert({
    name: 'release_basis',
    table: 'release_basis',
    columns: [...keyColumns, 'cube', 'carried'],
    rows: [[...key, textOf(basis), JSON.stringify(carried)]],
  })
  await warehouse.insert({
    name: 'released_figures',
    table: 'released_figure',
    columns: [
      ...[...keyColumns, 'metric', 'outcome', 'school', 'grain', 'period', 'd', 'status'],
      ...['value', 'sx', 'sxx', 'median'],
    ],
    rows: figures.map(({ metric, outcome, school, grain, period, by, status, value, sx, sxx, median }) => [
      ...key,
      ...[metric, outcome, school, grains.indexOf(grain) + 1, period, by, status],
      ...[value ?? null, sx ?? null, sxx ?? null, median ?? null],
    ]),
  })
  await warehouse.insert({
    name: 'release',
    table: 'release',
    columns: [
      ...keyColumns,
      ...['profile', 'closed_at', 'off', 'schools', 'figures', 'shape', 'metrics', 'definitions'],
      ...['through', 'complete'],
    ],
    rows: [
      [
        ...key,
        ...[
          release.profile,
          release.closedAt,
          release.offset,
          release.schools,
          release.figures,
          release.shape,
        ],
        [...release.definitions.keys()],
        [...release.definitions.values()],
        ...[release.through, release.isComplete],
      ],
    ],
  })
}

/** The true figures behind a release: what the next one is measured against. */
export async function readBasis(warehouse: Warehouse, release: ReleaseInfo): Promise<Cube | undefined> {
  const { authority, year, number, digest } = release
  const rows = await warehouse.query<{ cube: string }>({
    name: 'release_basis',
    authorities: [authority],
    sql: `SELECT cube FROM release_basis WHERE authority = {authority:UInt16} AND year = {year:UInt16}
      AND number = {number:UInt32} AND digest = {digest:String} LIMIT 1`,
    params: { authority, year, number, digest },
  })
  return rows[0] && cubeFrom(rows[0].cube)
}

/** Metrics of which a release carried old figures, and why: for the operator alone. */
export async function readCarried(warehouse: Warehouse, release: ReleaseInfo): Promise<readonly Carried[]> {
  const { authority, year, number, digest } = release
  const rows = await warehouse.query<{ carried: string }>({
    name: 'release_carried',
    authorities: [authority],
    sql: `SELECT carried FROM release_basis WHERE authority = {authority:UInt16} AND year = {year:UInt16}
      AND number = {number:UInt32} AND digest = {digest:String} LIMIT 1`,
    params: { authority, year, number, digest },
  })
  return JSON.parse(rows[0]?.carried || '[]')
}

/** The thresholds that decided over a release; undefined where it is stamped with none that is known. */
export async function readProfile(
  warehouse: Warehouse,
  release: ReleaseInfo,
): Promise<CubeProfile | undefined> {
  const { authority, year, number, digest } = release
  const rows = await warehouse.query<{ profile: string }>({
    name: 'release_profile',
    authorities: [authority],
    sql: `SELECT JSONExtractRaw(cube, 'profile') AS profile FROM release_basis WHERE authority = {authority:UInt16}
      AND year = {year:UInt16} AND number = {number:UInt32} AND digest = {digest:String} LIMIT 1`,
    params: { authority, year, number, digest },
  })
  // Releases from before authorities had profiles of their own name one as shipped.
  return rows[0]?.profile ? JSON.parse(rows[0].profile) : profileOf(release.profile)
}

const textOf = ({ shape, denominators, metrics, profile }: Basis): string =>
  JSON.stringify({
    ...(profile && { profile }),
    shape,
    denominators: [...denominators],
    metrics: metrics.map(({ sums, ...metric }) => ({
      ...{ ...metric, rows: [...metric.rows] },
      ...(sums && { sums: [...sums] }),
    })),
  })

function cubeFrom(text: string): Cube {
  const { shape, denominators, metrics } = JSON.parse(text)
  return {
    shape,
    denominators: new Map(denominators),
    metrics: metrics.map(
      ({ sums, ...metric }: { rows: [string, number[][]][]; sums?: [string, number[][]][] }) => ({
        ...metric,
        rows: new Map(metric.rows),
        ...(sums && { sums: new Map(sums) }),
      }),
    ),
  }
}
