/** The schema in SDL, for docs/reference; loaded when asked for, since a reader of documents needs no server. */
export async function schemaSdl(): Promise<string> {
  const { printGatewaySchema } = await import('./schema.ts')
  return printGatewaySchema()
}
