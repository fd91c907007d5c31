// Writes records to a file, a hundred in each turn of the event loop, and tells how many calls to write the system got.
import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger, fileSink } from 'rocksolid/logger'

const [file, turns, perTurn] = [process.argv[2], 200, 100]
const written = () => Number(/syscw: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1])

const log = createLogger({ sinks: [fileSink(file)] })
log.info('the first')
await log.flush()
const before = written()
for (let turn = 0; turn < turns; turn++) {
  for (let line = 0; line < perTurn; line++) log.info('a line', { turn, line })
  await nextTurn()
}
await log.flush()
const writes = written() - before
await log.close()
console.log(JSON.stringify({ writes, lines: turns * perTurn }))
