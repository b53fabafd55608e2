import { describeEnv, type EnvVariable } from '@cairn/config'
import { programs } from './compose.ts'

/** Every environment variable of every program, a row each: docs/deploy.md holds it. */
export function variableTable(): string {
  const rows = new Map<string, { variable: EnvVariable; readers: string[]; requiredBy: string[] }>()
  for (const [program, schema] of Object.entries(programs))
    for (const variable of describeEnv(schema)) {
      const row = rows.get(variable.name) ?? { variable, readers: [], requiredBy: [] }
      row.readers.push(program)
      if (variable.required) row.requiredBy.push(program)
      rows.set(variable.name, row)
    }
  const lines = [...rows.values()].map(({ variable, readers, requiredBy }) => {
    const { name, meaning, default: preset, secret } = variable
    const needed =
      requiredBy.length > 0 ? `required by ${requiredBy.join(', ')}` : preset ? `\`${preset}\`` : ''
    const who = readers.length === Object.keys(programs).length ? 'all' : readers.join(', ')
    return `| \`${name}\`${secret ? ' (secret)' : ''} | ${who} | ${needed} | ${meaning.replaceAll('|', '\\|')} |`
  })
  return ['| variable | read by | default | meaning |', '|---|---|---|---|', ...lines].join('\n')
}
