import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** The environment is not as it must be: names each variable and its rule, never a value. */
export class EnvError extends Error {
  override readonly name = 'EnvError'
}

/** What a page or a check says of one variable. */
export interface EnvVariable {
  readonly name: string
  readonly meaning: string
  /** As text; undefined where there is none. */
  readonly default: string | undefined
  readonly required: boolean
  /** Its value may stand in a file instead, named by NAME_FILE. */
  readonly secret: boolean
}

/**
 * Reads a service's settings. An empty value counts as absent, as compose files write it; a secret may be given as the
 * name of its file in NAME_FILE, as Docker and Kubernetes hand secrets over.
 * @throws EnvError with every variable that is wrong
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  service: string,
  schema: z.ZodObject<Shape>,
  source: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, string> = {}
  for (const { name, secret } of describeEnv(schema)) {
    const value = source[name] || (secret ? fromFile(name, source[`${name}_FILE`]) : undefined)
    if (value) given[name] = value
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const rules = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.')}: ${String(path[0]) in given ? '' : 'must be set, '}${message}`,
  )
  throw new EnvError(`Settings of ${service}: ${rules.join('; ')}`)
}

function fromFile(name: string, file: string | undefined): string | undefined {
  if (!file) return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new EnvError(`${name}_FILE: must name a file that can be read`)
  }
}

/** The variables of a schema, in their order; `.describe()` says what each is for. */
export function describeEnv(schema: z.ZodObject): EnvVariable[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const type = field as z.ZodType
    const absent = type.safeParse(undefined)
    return {
      name,
      meaning: type.description ?? '',
      default: absent.success && absent.data !== undefined ? String(absent.data) : undefined,
      required: !absent.success,
      secret: z.globalRegistry.get(type)?.secret === true,
    }
  })
}
