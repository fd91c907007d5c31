/**
 * The arguments that every benchmark takes in the same way: `npm run bench -- <name> [short] [--option value …]`.
 * What a benchmark does not know is an error that names what it knows.
 */

import { parseArgs } from 'node:util'

/**
 * @param name the benchmark
 * @param numbers options that are whole numbers from 1: `{ turns: [in full, in short mode] }`
 * @param words options that narrow what is measured, with the names that one of them must be part of: `{ table: [names] }`
 * @returns the options; `short` for the short mode; `thin` when less was measured than in full, so that no number may be
 * kept; `whole` when nothing was left out
 */
export function benchArguments(name, { numbers = {}, words = {} } = {}, args = process.argv.slice(2)) {
  const usage = usageOf(name, numbers, words)
  const fail = (reason) => {
    console.error(`bench ${name}: ${reason}\n${usage}`)
    process.exit(1)
  }
  const known = [...Object.keys(numbers), ...Object.keys(words)]
  const { values, positionals } = parsed(args, known, fail)
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const stray = positionals.find((word) => word !== 'short')
  if (stray !== undefined) fail(`"${stray}" is unknown here.`)
  const short = positionals.length > 0
  const result = { short }
  for (const [option, [full, brief]] of Object.entries(numbers)) {
    const text = values[option] ?? String(short ? brief : full)
    if (!/^[1-9]\d*$/.test(text)) fail(`--${option} is "${text}". Allowed: a whole number from 1.`)
    result[option] = Number(text)
  }
  for (const [option, names] of Object.entries(words)) {
    const word = (values[option] ?? '').toLowerCase()
    if (!names.some((one) => one.toLowerCase().includes(word)))
      fail(`--${option} is "${word}", which is part of none of: ${names.join('; ')}.`)
    result[option] = word
  }
  const narrowed = Object.keys(words).some((option) => values[option] !== undefined)
  const thin = short || Object.entries(numbers).some(([option, [full]]) => result[option] < full)
  return { ...result, thin, whole: !thin && !narrowed }
}

function parsed(args, known, fail) {
  const options = Object.fromEntries(known.map((option) => [option, { type: 'string' }]))
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    return fail(error.message.split('. ')[0])
  }
}

function usageOf(name, numbers, words) {
  const lines = [
    ...Object.entries(numbers).map(
      ([option, [full, brief]]) => `  --${option} <number>  ${full}, in short mode ${brief}`,
    ),
    ...Object.entries(words).map(([option, names]) => `  --${option} <part of>  ${names.join('; ')}`),
  ]
  return [`Usage: npm run bench -- ${name} [short] [options]`, ...lines].join('\n')
}
