import { attackReleases, releaseRules } from './rules.ts'
const t = performance.now()
console.table(await attackReleases([1, 2], releaseRules))
console.log(performance.now() - t)
