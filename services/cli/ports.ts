import { createServer } from 'node:net'
import { Fault } from './fault.ts'

const host = '127.0.0.1'

/** Whether a port can be listened on now; 0 gives a free one. Rejects where it is taken. */
function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}

export const freePort = (): Promise<number> => probe(0)

/** Says in one line which port is taken and how to name another, before anything is started. */
export async function checkPort(port: number, what: string, option: string): Promise<void> {
  try {
    await probe(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'EACCES' ? 'may not be used by this user' : 'is in use by another program'
    throw new Fault(`Port ${port}, for the ${what}, ${why}.`, `Name another one: cairn start ${option} PORT`)
  }
}
