import { operatorScope } from '@cairn/access/operator'
import { type CubeProfile, standard } from '@cairn/disclosure'
import { grains } from '@cairn/metrics'
import { readReleasedFigures, readReleases } from '@cairn/warehouse'
import { type ReleaseWorld, releaseWorld, type Seed } from '@cairn/warehouse/closing/testing'
import { closeYear } from './releases.ts'

/** For tests of closing: authorities of which each test has its own, and the operator who closes their year. */
export async function closings(): Promise<Closings> {
  const world = await releaseWorld()
  return { ...world, scene: (schools = 6) => scene(world, schools) }
}

export interface Closings extends ReleaseWorld {
  scene(schools?: number): Promise<Scene>
}

export type Scene = Awaited<ReturnType<typeof scene>>

async function scene({ warehouse, controlPlane, year, authority: add }: ReleaseWorld, schools: number) {
  const { authority, urns, seed } = await add(schools)
  /** Where the log ends: so many events wait, as nothing has been taken of it. */
  const log = { end: 0, partitionOf: () => 0, endOffsets: async () => new Map([[0, log.end]]) }
  const sources = { controlPlane, log, warehouse }
  const scope = operatorScope([authority])
  const closeOn = (day: string, through?: number, profile: CubeProfile = standard) =>
    closeYear(sources, { authority, year, profile, now: new Date(`${day}T12:00:00Z`), through })
  return {
    ...{ authority, urns, scope, log, sources, seed, closeOn },
    /** Long after the year. */
    close: (profile?: CubeProfile) => closeOn('2025-11-25', undefined, profile),
    /** Every figure of a release. */
    async read(number: number, reader = scope) {
      const release = (await readReleases(warehouse, reader, [year])).find((one) => one.number === number)
      if (!release) return []
      const metrics = [...release.definitions.keys()]
      return readReleasedFigures(warehouse, reader, { release, metrics, grains })
    },
    /** Incidents of each school in one week, and the pupils in them. */
    incidents: (incidents: readonly number[], pupils = incidents): Seed[] =>
      urns.flatMap((urn, i): Seed[] => [
        [urn, 'headcount', 'week', 20250113, 200],
        [urn, 'incidents', 'week', 20241007, incidents[i]!],
        [urn, 'pupils_with_incident', 'week', 20241007, pupils[i]!],
        [urn, 'pupils_with_incident', 'half_term', 202401, pupils[i]!],
        [urn, 'pupils_with_incident', 'term', 202401, pupils[i]!],
        [urn, 'pupils_with_incident', 'year', 2024, pupils[i]!],
      ]),
  }
}

/** Of six schools; every number of them can be shown. */
export const usual = [20, 25, 30, 35, 40, 45]
