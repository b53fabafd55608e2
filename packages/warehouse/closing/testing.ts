import { temporaryControlPlane } from '@cairn/control-plane/testing'
import type { Grain } from '@cairn/metrics'
import { insertCalendar } from '../pipeline.ts'
import { type SeedCell, seed, temporaryWarehouse } from '../testing.ts'

/** A cell of an authority, by hand; a number is its total. */
export type Seed = readonly [
  school: number,
  metric: string,
  grain: Grain,
  period: number,
  counts: number | SeedCell['counts'],
]

/** For tests of releases: a warehouse and a control plane, and authorities whose cells are written by hand. */
export async function releaseWorld(year = 2024) {
  const { plane: controlPlane, remove: removeControlPlane } = await temporaryControlPlane()
  const { warehouse, remove: removeWarehouse } = await temporaryWarehouse()
  let last = 699
  return {
    ...{ controlPlane, warehouse, year },
    /** A new one with its schools and its calendar, so that each test has its own. */
    async authority(schools = 6) {
      const authority = ++last
      const urns = Array.from({ length: schools }, (_, i) => authority * 1_000 + i + 1)
      await controlPlane.authorities.add({
        ...{ code: authority, name: `Authority ${authority}`, gssCode: null },
      })
      await controlPlane.schools.import(
        urns.map((urn) => ({ urn, authority, name: `School ${urn}`, phase: 'PS' })),
      )
      const calendars = await controlPlane.calendars.weeks([authority], { from: year, to: year })
      await insertCalendar(warehouse, calendars, 1)
      return {
        ...{ authority, urns, weeks: calendars.flatMap(({ weeks }) => weeks) },
        seed: (seeds: readonly Seed[]) =>
          seed(
            warehouse,
            seeds.map(([school, metric, grain, period, of]) => ({
              ...{ authority, school, metric, grain, period },
              counts: typeof of === 'number' ? { '': of } : of,
            })),
          ),
      }
    },
    async remove() {
      await removeWarehouse()
      await removeControlPlane()
    },
  }
}

export type ReleaseWorld = Awaited<ReturnType<typeof releaseWorld>>
