import http from 'node:http'
import { withDebugger } from 'rocksolid/debugger'

interface Row {
  readonly id: number
  readonly name: string
}

type Finder = (id: number) => Row | undefined

class Table {
  readonly rows: Row[] = []
  #secret = 'hidden'

  find: Finder = (id: number): Row | undefined => {
    const wanted: number = id
    if (this.rows.length === 0) throw new Error(`no row ${wanted as number} in ${this.#secret.length}`)
    return this.rows.find((row) => row.id === wanted)
  }
}

async function handler(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
  const table = new Table()
  if (req.url === '/later') await later(table)
  const found: Row | undefined = table.find(7)
  res.end(found?.name)
}

async function later(table: Table): Promise<void> {
  const marker: string = 'in later'
  await new Promise((resolve) => setTimeout(resolve, 2))
  table.find(marker.length)
}

const port: number = Number(process.env.PORT ?? 0)
http.createServer(withDebugger(handler)).listen(port, 'localhost', function (this: http.Server) {
  console.log('listening', (this.address() as { port: number }).port)
})
