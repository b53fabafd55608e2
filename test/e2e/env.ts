/** The environment of a command under test: this process's own, and what a test sets. */
export const environment = (own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  ...own,
})
