import { operatorScope } from '@cairn/access/operator'
import { releaseName, yearText } from '@cairn/warehouse'
import { closeDue, dueOf, profileToClose, refusalOf } from '@cairn/warehouse/closing'
import type { DataFolder } from '../data-folder.ts'
import { withControlPlane, withLog, withWarehouse } from '../open.ts'
import { counted, grouped } from '../table.ts'
import { demoAuthority, demoYears } from './county.ts'

/**
 * Releases what has closed of the demonstration, as the aggregator would half a minute later: whoever asks first gets
 * figures. What is released already stays; what is refused is told, and the aggregator tries it again.
 */
export async function releaseDemo(folder: DataFolder, say: (line: string) => void): Promise<void> {
  const { code: authority } = demoAuthority
  await withControlPlane(folder, (controlPlane) =>
    withLog(folder, (log) =>
      withWarehouse(folder, async (warehouse) => {
        const sources = { controlPlane, log, warehouse }
        for (const { academicYear: year } of demoYears) {
          const scope = operatorScope([authority])
          const request = { scope, authority, year, now: new Date(), everySchool: true }
          try {
            if (!(await dueOf(sources, request)).isDue) continue
            const profile = await profileToClose(sources, request)
            const { release, ms } = await closeDue(sources, { ...request, profile })
            const reach = release.isComplete ? 'the whole year' : counted(release.through, 'half-term')
            const seconds = ((ms.read + ms.suppress + ms.write) / 1_000).toFixed(1)
            say(
              `  released ${releaseName(release)}: ${reach}, ${grouped(release.figures)} figures in ${seconds} s`,
            )
          } catch (error) {
            say(`  ! ${yearText(year)} of the demonstration is not released: ${refusalOf(error)}`)
          }
        }
      }),
    ),
  )
}
