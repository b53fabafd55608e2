/** Exit codes of every command. */
export const exitCodes = {
  /** Done, and what was claimed holds. */
  done: 0,
  /** Ran, but something was refused, differs or does not hold. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Cannot be done now: nothing is running, a port is taken, a file cannot be read. */
  unavailable: 3,
} as const

/** Ends a command with one line that says what is wrong, another with the way out, and an exit code. */
export class Fault extends Error {
  readonly wayOut: string | undefined
  readonly exitCode: number
  constructor(message: string, wayOut?: string, exitCode: number = exitCodes.unavailable) {
    super(message)
    this.wayOut = wayOut
    this.exitCode = exitCode
  }
}

/** A wrong argument. */
export const misuse = (message: string, wayOut?: string): Fault => new Fault(message, wayOut, exitCodes.usage)
