import { type InstallationOptions, installation } from '../../../services/gateway/installation.ts'
import { schoolsOf } from './world.ts'

export const authority = 855

/** The invented authority that is attacked, in a gateway of its own that counts nobody's requests. */
export async function openAuthority(seed: number, options: Pick<InstallationOptions, 'now' | 'wrap'>) {
  const schools = schoolsOf(seed, 812301)
  const gateway = await installation({
    authorities: [{ code: authority, name: 'Cairnshire' }],
    schools: schools.map(({ urn, phase }) => ({ urn, authority, name: `School ${urn}`, phase })),
    limits: { perKey: 1e9, perAddress: 1e9 },
    ...options,
  })
  return { gateway, schools, urns: schools.map(({ urn }) => urn) }
}
