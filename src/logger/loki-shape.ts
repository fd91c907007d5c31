/** Records as Grafana Loki's push API wants them: streams of labels, each with times and lines. */

import type { HttpShape } from './http-delivery.ts'
import { jsonFormat } from './json-format.ts'
import { textOf } from './record.ts'

/** @param labels of every stream; the level is added, since Loki selects by it */
export function lokiShape(labels: Readonly<Record<string, string>>): HttpShape {
  const format = jsonFormat()
  return {
    item: (record) =>
      JSON.stringify([record.level, nanoseconds(record.time), textOf(record, format).trimEnd()]),
    compose: (items) => {
      const streams = new Map<string, [time: string, line: string][]>()
      for (const item of items) {
        const [level, time, line] = JSON.parse(item) as [string, string, string]
        const values = streams.get(level)
        if (values === undefined) streams.set(level, [[time, line]])
        else values.push([time, line])
      }
      return JSON.stringify({
        streams: [...streams].map(([level, values]) => ({ stream: { ...labels, level }, values })),
      })
    },
    contentType: 'application/json',
  }
}

/** Epoch nanoseconds; a text, since no JavaScript number holds them. */
export const nanoseconds = (epochMs: number): string => String(BigInt(Math.round(epochMs * 1000)) * 1000n)
