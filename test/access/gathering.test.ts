import { createServer } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import express from 'express'
import { expect, it, onTestFinished } from 'vitest'
import { bufferedDestination } from '../../src/access/destination.ts'
import { accessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening } from './support.ts'

function gathered(
  settings: Partial<Parameters<typeof bufferedDestination<number>>[1]>,
  atTheEnd: () => void = () => {},
  given?: Parameters<typeof bufferedDestination<number>>[0],
) {
  const written: string[] = []
  const target = given ?? {
    write: (text: string) => written.push(text) > 0,
    writeSync: (text: string) => {
      atTheEnd()
      written.push(text)
    },
    onReady: () => {},
    close: () => Promise.resolve(),
  }
  const destination = bufferedDestination<number>(target, {
    size: 16_384,
    interval: 0,
    gap: 0,
    maxPending: 1_000_000,
    lineOf: (item) => (item < 0 ? undefined : `later ${item}`),
    onError: (error) => expect.unreachable(String(error)),
    ...settings,
  })
  onTestFinished(() => destination.close())
  return { written, destination }
}

it('makes the lines of one turn together when it is over, in the order in which they came', async () => {
  const { written, destination } = gathered({})
  destination.writeLater(1)
  destination.write('at once')
  destination.writeLater(-1)
  destination.writeLater(2)
  expect(written).toEqual([])
  await turn()
  await turn()
  expect(written).toEqual(['later 1\nat once\nlater 2\n'])
})

it('writes a line after a quiet time at once, and the next not before the gap is over', async () => {
  const { written, destination } = gathered({ gap: 3_600_000 })
  destination.writeLater(1)
  await turn()
  await turn()
  expect(written).toEqual(['later 1\n'])
  destination.writeLater(2)
  await turn()
  await turn()
  expect(written).toHaveLength(1)
  await destination.close()
  expect(written).toEqual(['later 1\n', 'later 2\n'])
})

it('counts lines that came too late or found no room, made or not', async () => {
  const { written, destination } = gathered({ interval: 60_000, maxPending: 20 })
  for (const item of [1, 2, 3]) destination.writeLater(item)
  destination.flush()
  expect([written, destination.dropped]).toEqual([['later 1\nlater 2\n'], 1])
  await destination.close()
  destination.writeLater(4)
  await turn()
  await turn()
  expect([written, destination.dropped]).toEqual([['later 1\nlater 2\n'], 2])
})

it('writes nothing more while the target is full, whoever asks for it', async () => {
  const written: string[] = []
  let ready = (): void => {}
  const target = {
    write: (text: string) => written.push(text) > 9,
    writeSync: (text: string) => void written.push(text),
    onReady: (then: () => void) => {
      ready = then
    },
    close: () => Promise.resolve(),
  }
  const { destination } = gathered({}, undefined, target)
  destination.write('first')
  destination.flush()
  destination.write('second')
  destination.flush()
  expect(written).toEqual(['first\n'])
  ready()
  expect(written).toEqual(['first\n', 'second\n'])
})

it('counts the lines that could not be written at the end', async () => {
  const { destination } = gathered({ interval: 60_000, onError: () => {} }, () => {
    throw new Error('full')
  })
  for (const item of [1, 2, 3]) destination.writeLater(item)
  await destination.close()
  expect(destination.dropped).toBe(3)
})

it('measures a framework’s requests from before its handlers on, once it has seen the framework', async () => {
  const lines = new Lines()
  const app = express()
  app.use((_req, _res, next) => setTimeout(next, 100))
  app.use(accessLog(':total-time[0] :connection-requests :pipelined', { to: lines.stream }))
  app.use((_req, res) => void res.end('x'))
  const { port } = await listening(createServer(app))
  for (const count of [1, 2]) {
    await exchangeText(port, lastRequest('/'))
    await lines.wait(count)
  }
  const [ms, ...rest] = (lines.all[1] ?? '').split(' ')
  expect(Number(ms)).toBeGreaterThanOrEqual(95)
  expect(rest).toEqual(['1', '.'])
})
