/** The control plane cannot be asked now: its server is away, starting, stopping, or has no connection left. */
export class ControlPlaneUnavailable extends Error {
  override readonly name = 'ControlPlaneUnavailable'
  readonly code = 'CONTROL_PLANE_UNAVAILABLE'
  readonly retryable = true

  /** @param reason the server's or the system's code, never its text, which may quote the address and the user */
  constructor(reason: string) {
    super(`The control plane is unavailable: ${reason}.`)
  }
}

/** The server refused a statement for a reason that waiting does not mend. Carries its code alone: its text quotes rows. */
export class ControlPlaneRefusal extends Error {
  override readonly name = 'ControlPlaneRefusal'
  readonly code = 'CONTROL_PLANE_REFUSED'

  /** @param sqlState e.g. 28P01, a wrong password */
  constructor(sqlState: string) {
    super(`The control plane's server refused a statement: SQLSTATE ${sqlState}.`)
  }
}

/** PostgreSQL's classes 08 (connection), 53 (resources), 57P (shutdown, starting); the system's; the driver's own. */
const away =
  /^(08...|53...|57P0[1235]|57014|25P03|25006|40001|40P01|55P03|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const words =
  /(connection terminated|connection ended|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|not queryable|silent connection)/i

/** The error as the callers of the control plane know it: one that says whether it is worth another try. */
export function sayUnavailable(error: unknown): unknown {
  for (
    let one = error as { code?: string; message?: string; cause?: unknown } | undefined, depth = 0;
    one && depth < 5;
    depth++
  ) {
    if (typeof one.code === 'string' && away.test(one.code)) return new ControlPlaneUnavailable(one.code)
    const said = words.exec(one.message ?? '')
    if (said) return new ControlPlaneUnavailable(said[1]!.toLowerCase())
    // Of several addresses that were tried, each has its own.
    one = (one.cause ?? (one as { errors?: unknown[] }).errors?.[0]) as typeof one
  }
  const state = (error as { code?: unknown } | undefined)?.code
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? new ControlPlaneRefusal(state) : error
}

/** A part of the control plane whose methods say when the server is away. All of its methods are asynchronous. */
export function saying<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get(target, name) {
      const member = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        try {
          return await member.apply(target, args)
        } catch (error) {
          throw sayUnavailable(error)
        }
      }
    },
  })
}
