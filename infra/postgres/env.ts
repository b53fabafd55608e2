/** Which PostgreSQL the control plane's tests run on, and whether they must. */
export const readTestEnv = (source: NodeJS.ProcessEnv = process.env) => ({
  databaseUrl: source.DATABASE_URL || undefined,
  isRequired: Boolean(source.CAIRN_REQUIRE_POSTGRES),
})
