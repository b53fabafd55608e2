import { Command, CommanderError } from 'commander'
import { exitCodes, Fault } from './fault.ts'

/** In the order of the help. Loaded when named: a command does not wait for what the others need. */
const commands: Readonly<Record<string, () => Promise<() => Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  authority: async () => (await import('./commands/authority.ts')).authorityCommand,
  school: async () => (await import('./commands/school.ts')).schoolCommand,
  calendar: async () => (await import('./commands/calendar.ts')).calendarCommand,
  instrument: async () => (await import('./commands/instrument.ts')).instrumentCommand,
  policy: async () => (await import('./commands/policy.ts')).policyCommand,
  profile: async () => (await import('./commands/profile.ts')).profileCommand,
  key: async () => (await import('./commands/key.ts')).keyCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
  send: async () => (await import('./commands/send.ts')).sendCommand,
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  quarantine: async () => (await import('./commands/quarantine.ts')).quarantineCommand,
  rescore: async () => (await import('./commands/rescore.ts')).rescoreCommand,
  release: async () => (await import('./commands/release.ts')).releaseCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
}

const program = new Command('cairn')
  .description('Cairn: from a school’s event to a figure that a local authority can trust.')
  .addHelpText(
    'after',
    `
Every command has --help. Most take --data DIR (default: $CAIRN_DATA, else .cairn here) and --json, which prints
one JSON object as the last line of standard output; what is meant for people then goes to standard error or is left out.

Exit codes: 0 done, and what was claimed holds; 1 something was refused, differs or does not hold;
            2 the command line is wrong; 3 it cannot be done now (nothing runs, a port is taken, no such file).`,
  )
const named = process.argv[2] ?? ''
const wanted = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands)
for (const load of wanted) program.addCommand((await load())())
quietErrors(program)

/** Commander's own errors become exit code 2, in every command below too. */
function quietErrors(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help shows what it takes)')
  for (const sub of command.commands) quietErrors(sub)
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** Says what is wrong and what to do; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (error instanceof Fault) {
    console.error(`cairn: ${error.message}${error.wayOut ? `\n       ${error.wayOut}` : ''}`)
    return error.exitCode
  }
  const { name, message, field, rule } = error as {
    name: string
    message: string
    field?: string
    rule?: string
  }
  if (name === 'RefusedError' || name === 'DisclosureError') {
    console.error(`cairn: refused. ${field}: ${rule}`)
    return exitCodes.failed
  }
  if (
    name === 'WarehouseError' ||
    name === 'LogUnavailable' ||
    name === 'LogMismatch' ||
    name === 'LogDamaged'
  ) {
    console.error(`cairn: ${message}`)
    return exitCodes.unavailable
  }
  console.error('cairn: this should not have happened:', error)
  return exitCodes.unavailable
}
