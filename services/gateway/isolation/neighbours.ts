import { insertReceipts, noId } from '@cairn/warehouse'
import { type Installation, installation, seed } from '../installation.ts'
import { supported } from '../support/isolation/testing.ts'
import { tiersOf } from '../tiers/isolation/testing.ts'
import { alpha, bravo, cellsOf, phasesOf, type Tenant } from './tenants.ts'

export interface Reader {
  readonly key: string
  readonly tenant: Tenant
  readonly role: string
  /** Whether some of the authority's schools only. */
  readonly part: boolean
}

export async function receiptsOf(
  gateway: Installation,
  { code, urns: [school] }: Tenant,
  from: number,
  count: number,
): Promise<void> {
  const lines = Array.from({ length: count }, (_, i) => {
    const id = `00000000-0000-4000-8${code}-${String(from + i).padStart(12, '0')}`
    return JSON.stringify([code, id, 1, 'upsert', '7', 'incident', school, '2016-10-03', noId, [], from + i])
  })
  await insertReceipts(gateway.warehouse, lines.join('\n'))
}

/**
 * A gateway over two authorities in one partition of the log, with readers of every role in either.
 * @param cursors the cursors that analysts of either were given are added to them
 */
export async function neighbours(cursors: string[]) {
  const readers: Reader[] = []
  const gateway = await installation({
    authorities: [alpha, bravo].map((t) => ({ code: t.code, name: `${t.word} authority` })),
    schools: [alpha, bravo].flatMap((t) =>
      t.urns.map((urn, i) => ({
        urn,
        authority: t.code,
        name: `${t.word} school ${i}`,
        phase: phasesOf[i]!,
        laestab: t.code * 10_000 + 4_001 + i,
      })),
    ),
    limits: { perKey: 1_000_000, perAddress: 1_000_000 },
  })
  await seed(gateway.warehouse, [...cellsOf(alpha), ...cellsOf(bravo)])
  await receiptsOf(gateway, alpha, 0, 31)
  await receiptsOf(gateway, bravo, 31, 77)
  await supported(gateway.warehouse, alpha, 7)
  await supported(gateway.warehouse, bravo, 9)
  for (const { code } of [alpha, bravo]) await gateway.release({ authority: code, year: 2016 })
  await tiersOf(gateway, alpha)
  await tiersOf(gateway, bravo)
  for (const tenant of [alpha, bravo]) {
    const name = tenant.word.toLowerCase()
    const add = async (
      id: string,
      role: Parameters<Installation['keyOf']>[1],
      urns: readonly number[] | null = null,
    ) =>
      readers.push({
        key: await gateway.keyOf(`${name}-${id}`, role, [tenant.code], urns),
        tenant,
        role,
        part: urns !== null,
      })
    await add('analyst', 'analyst')
    await add('commissioner', 'commissioner')
    await add('part', 'commissioner', tenant.urns.slice(0, 2))
    await add('lead', 'school_lead', tenant.urns.slice(0, 1))
    await add('bi', 'bi')
  }
  for (const { key } of readers.filter((r) => r.role === 'analyst')) {
    const { data } = await gateway.ask(
      key,
      `{ schools(first: 1) { pageInfo { endCursor } }
         figures(metric: "exclusions", groupBy: ["school"], period: { academicYears: ["201617"] }, first: 1) { pageInfo { endCursor } } }`,
    )
    cursors.push(data.schools.pageInfo.endCursor, data.figures.pageInfo.endCursor)
    const own = readers.find((r) => r.key === key)!.tenant.code
    const released = await gateway.ask(
      key,
      `{ releasedFigures(release: "${own}/201617/1", metric: "incidents", first: 1) { pageInfo { endCursor } } }`,
    )
    cursors.push(released.data.releasedFigures.pageInfo.endCursor)
  }
  return { gateway, readers }
}
