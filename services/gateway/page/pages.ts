import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { homePage } from './home.ts'

/** `/` and GraphiQL at `/graphql`: both whole in themselves, nothing is fetched from another host. */
export function servePages(app: FastifyInstance, now: () => number): void {
  app.get('/', async (_, reply) => {
    const nonce = randomBytes(16).toString('base64')
    return html(
      reply,
      `script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`,
      homePage(nonce, new Date(now()).toISOString().slice(0, 10)),
    )
  })
  app.get('/graphql', async (request, reply) => {
    if (!request.headers.accept?.includes('text/html')) {
      reply.code(405).header('allow', 'POST')
      return {
        errors: [
          { message: 'Send queries with POST', extensions: { code: 'METHOD_NOT_ALLOWED', id: request.id } },
        ],
      }
    }
    const nonce = randomBytes(16).toString('base64')
    // The editor makes its styles as it goes, and its workers from blobs.
    const policy = `script-src 'nonce-${nonce}' blob:; worker-src blob:; style-src 'unsafe-inline'; font-src data:`
    return html(reply, policy, await graphiql(nonce))
  })
}

function html(reply: FastifyReply, policy: string, page: string): string {
  const common =
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
  reply.header('content-security-policy', `${common}; frame-ancestors 'none'; ${policy}`)
  reply.header('cache-control', 'no-store').type('text/html; charset=utf-8')
  return page
}

const mark = 'NONCE-OF-THIS-ANSWER'
let rendered: Promise<string[]> | undefined

/** Nine megabytes of editor, loaded when somebody first opens it. */
async function graphiql(nonce: string): Promise<string> {
  rendered ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
    renderGraphiQL({
      title: 'Cairn: GraphiQL',
      defaultQuery: '{\n  me { reader role authorities { code name } }\n}\n',
      headers: '{\n  "Authorization": "Bearer paste-your-key-here"\n}',
    })
      .replace('<script>', `<script nonce="${mark}">`)
      .split(mark),
  )
  return (await rendered).join(nonce)
}
